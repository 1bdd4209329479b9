"""What a source of evidence says, in one line: its value, its limit, n and day; or why it is unknown."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.criteria.evidence import Source
from onmodel.reports.units import bound_in_words, unit_in_words, why_in_words
from onmodel.requirements.standing import Known, Standing, State
from onmodel.wording.numbers import date_written, written


def name_of(source: Source) -> str:
    """The words of the standard, item or scale; of a form, with its name."""
    text = source.text.in_(get_language() or "en").rstrip(".") if source.text else source.link
    return f"{source.form}: {text}" if source.form else text


def says(source: Source) -> str:
    """What was found, against which limit, from how many and as of when."""
    if source.is_score:
        return _score(source)
    if source.overdue is not None:
        return _("%(over)s of %(n)s past their day on %(day)s") % {
            "over": source.overdue,
            "n": source.n,
            "day": date_written(source.day),
        }
    return standing_in_words(source.standing) if source.standing else _("nothing is recorded")


def _score(source: Source) -> str:
    if source.value is None:
        return _("not scored")
    said = {
        "value": written(source.value, 1),
        "most": written(source.most) if source.most is not None else "–",
        "adequate": written(source.adequate),
        "n": source.n,
        "day": date_written(source.day),
    }
    text = _("%(value)s of %(most)s, adequate from %(adequate)s (n = %(n)s, last on %(day)s)") % said
    if source.low is None or source.high is None:
        return text
    return f"{text}; " + _("95 %% interval %(low)s to %(high)s") % {
        "low": written(source.low, 1),
        "high": written(source.high, 1),
    }


def standing_in_words(standing: Standing) -> str:
    if standing.state is State.UNKNOWN:
        return why_in_words(standing.why) if standing.why else _("unknown")
    if standing.known is Known.ATTESTED and standing.attestation is not None:
        said = standing.attestation
        word = _("attested as met") if said.met else _("attested as not met")
        return _("%(word)s on %(day)s: %(evidence)s") % {
            "word": word,
            "day": date_written(said.attested_on),
            "evidence": said.evidence,
        }
    bound = bound_in_words(standing.limit) if standing.limit else ""
    sizes = {"failing": len(standing.failing), "all": len(standing.found), "bound": bound}
    if sizes["all"] == 1:
        (found,) = standing.found
        unit = unit_in_words(standing.limit.unit, found.value) if standing.limit else ""
        said = {"value": f"{written(found.value, 1)} {unit}".strip(), "n": found.n, "bound": bound}
        return _("%(value)s (n = %(n)s); bound %(bound)s") % said
    if standing.failing:
        return _("%(failing)s of %(all)s outside the bound %(bound)s") % sizes
    return _("all %(all)s within the bound %(bound)s") % sizes
