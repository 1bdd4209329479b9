"""What a course says, in plain words for patient and therapist together."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.feedback.expecting import certainty_in_words
from onmodel.feedback.looking import Seen
from onmodel.feedback.models import ExpectedCourse
from onmodel.inference.expected import Track
from onmodel.measurement.change import Outcome
from onmodel.packs.instruments import Direction
from onmodel.packs.standards import Term
from onmodel.wording.numbers import date_written, written


def course_in_words(seen: Seen) -> str:
    """From which score to which, and when."""
    measured = seen.measured
    first, last = written(measured.scores[0]), written(measured.scores[-1])
    if seen.n == 1:
        return _("One measurement so far, on %(day)s: %(score)s (%(better)s).") % {
            "day": date_written(measured.days[0]), "score": first, "better": better(seen),
        }  # fmt: skip
    return _("From %(first)s on %(start)s to %(last)s on %(end)s (%(better)s); %(n)s measurements.") % {
        "first": first, "start": date_written(measured.days[0]), "last": last,
        "end": date_written(measured.days[-1]), "better": better(seen), "n": seen.n,
    }  # fmt: skip


def better(seen: Seen) -> str:
    direction = seen.instrument.scale(seen.scale).direction or seen.instrument.direction
    words = {Direction.WORSE: _("lower is better"), Direction.BETTER: _("higher is better")}
    return words.get(Direction(direction), _("no better or worse"))


def change_in_words(seen: Seen) -> str:
    """What the change since the start is worth."""
    if seen.n == 1:
        return _("Of change nothing can be said yet.")
    if seen.verdict is None or seen.criterion is None:
        return _(
            "Whether the change is more than chance cannot be said: for this scale no published criterion is "
            "known."
        )
    needed = {"needed": written(seen.criterion.value)}
    return {
        Outcome.RECOVERED: _(
            "Reliably better than at the start (a change of %(needed)s is needed), and now where people "
            "without these problems score."
        ),
        Outcome.IMPROVED: _("Reliably better than at the start: the change is more than %(needed)s."),
        Outcome.UNCHANGED: _("No reliable change: a difference of less than %(needed)s can be chance."),
        Outcome.DETERIORATED: _("Reliably worse than at the start: the change is more than %(needed)s."),
    }[seen.verdict] % needed


def norm_in_words(seen: Seen) -> str:
    """The band of normal; empty where no norm is known."""
    norm = seen.norm
    if norm is None:
        return ""
    low, high = normal_band(seen)
    who = norm.population if norm.group is None else f"{norm.population}, {group_in_words(norm.group)}"
    return _("Usual is %(low)s to %(high)s: mean ± 1 SD of %(who)s.") % {
        "low": written(low), "high": written(high), "who": who,
    }  # fmt: skip


def group_in_words(group: str) -> str:
    return {"male": _("men"), "female": _("women")}.get(group, group)


def normal_band(seen: Seen) -> tuple[float, float]:
    """Mean ± 1 SD of the norm, within the ends of the scale."""
    assert seen.norm is not None
    return within(seen, seen.norm.mean - seen.norm.sd), within(seen, seen.norm.mean + seen.norm.sd)


def within(seen: Seen, value: float) -> float:
    """No further than the ends of the scale, where those are known."""
    scale = seen.instrument.scale(seen.scale)
    if scale.minimum is not None:
        value = max(value, scale.minimum)
    return value if scale.maximum is None else min(value, scale.maximum)


def standing_in_words(seen: Seen) -> str:
    """Where the patient stands against what was to be expected, and how sure that is."""
    found = seen.standing
    if found is None:
        return ""
    named = {
        "expected": written(found.expected, 2),
        "low": written(within(seen, found.low), 2),
        "high": written(within(seen, found.high), 2),
        "latest": written(found.latest),
        "month": written(found.month),
        "sure": certainty_in_words(found.certainty),
    }
    told = _(
        "Of patients who began at the same score, %(expected)s was to be expected at month %(month)s; eight "
        "in ten measure between %(low)s and %(high)s. It was %(latest)s."
    )
    return f"{told % named} {sure_in_words(found.status) % named}"


def sure_in_words(track: Track) -> str:
    return {
        Track.ON: _("With %(sure)s certainty this is not among the third that goes least well."),
        Track.UNCERTAIN: _("Whether this is among the third that goes least well cannot be told yet."),
        Track.OFF: _("With %(sure)s certainty this is among the third that goes least well."),
    }[track]


def basis_in_words(seen: Seen) -> str:
    """What the expected course rests on."""
    course = seen.course
    if course is None:
        return ""
    return _(
        "Rests on %(others)s other patients of %(programme)s, %(measurements)s measurements with %(form)s; "
        "fitted on %(day)s, %(pack)s %(version)s. %(kept)s"
    ) % {
        "others": seen.others, "programme": course.programme.name, "form": seen.instrument.abbreviation,
        "measurements": seen.others_measurements, "day": date_written(course.until),
        "pack": course.pack, "version": course.pack_version, "kept": kept_in_words(course),
    }  # fmt: skip


def kept_in_words(course: ExpectedCourse) -> str:
    """How many of them kept answering: who stops may do otherwise."""
    if len(course.by_month) < 2:
        return ""
    (_first, began), (last, stayed) = course.by_month[0], course.by_month[-1]
    return _("Measured at the start: %(began)s, at month %(last)s: %(stayed)s.") % {
        "began": began, "last": written(last), "stayed": stayed,
    }  # fmt: skip


def nothing_expected(seen: Seen, least: int, published: Term | None) -> str:
    """Why there is no expected course; with what a published programme saw, where the pack has that."""
    why = _("What to expect of one patient cannot be said: that asks for %(least)s patients of this "
            "programme who were measured twice.") % {"least": least}  # fmt: skip
    if published is None:
        return why
    values = published.values
    went = _("In a published programme the average went from %(m00)s to %(m18)s at month 18 and %(m36)s at "
             "month 36 (%(source)s); single patients go otherwise.") % {
        **{name: written(float(values[name])) for name in ("m00", "m18", "m36")}, "source": published.source,
    }  # fmt: skip
    return f"{why} {went}"


def cautions(seen: Seen) -> list[str]:
    """Where the measures are few or selective."""
    notes = []
    if seen.few:
        notes.append(
            ngettext(
                "Only %(n)s measurement: one bad or good day weighs heavily.",
                "Only %(n)s measurements: one bad or good day weighs heavily.",
                seen.n,
            )
            % {"n": seen.n}
        )
    if seen.selective:
        notes.append(
            _("Of %(all)s planned measurements %(n)s were answered; the others may have been otherwise.")
            % {"all": seen.n + len(seen.missed), "n": seen.n}
        )
    return notes


def title_of(seen: Seen) -> str:
    return seen.instrument.scale(seen.scale).title.in_(get_language() or "en")
