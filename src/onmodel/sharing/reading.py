"""The condition that every read of scores and answers puts to the database, and the same in a sentence.

An answer reaches as far as was agreed when it was given and as far as is agreed now, whichever is less:
what a patient was told before answering holds for good.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel import library
from onmodel.packs.instruments import Audience
from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.sharing.models import Agreement, OwnShare, Reaches, reaches_at_least

Period = tuple[datetime.date, datetime.date | None]


def packs() -> Iterator[Pack]:
    """Those that can be read; forms of another one are shown to nobody."""
    for name in library.folders():
        with suppress(PackError):
            yield library.load(name)


def instruments_for(audience: Audience) -> dict[str, list[str]]:
    """Pack -> its instruments of that audience."""
    found = {pack.id: [i.id for i in pack.instruments.values() if i.audience is audience] for pack in packs()}
    return {pack: names for pack, names in found.items() if names}


def of_audience(audience: Audience, prefix: str = "") -> Q:
    """Forms of that audience: by the patient where it is `agreed`, by a therapist where it is `own`."""
    respondent = {Audience.AGREED: "patient", Audience.OWN: "therapist"}[audience]
    condition = Q(pk__in=[])
    for pack, names in instruments_for(audience).items():
        condition |= Q(**{f"{prefix}pack": pack, f"{prefix}instrument__in": names})
    return condition & Q(**{f"{prefix}respondent": respondent})


def for_everybody(prefix: str = "") -> Q:
    """Forms that all who see the treatment may read."""
    known = Q(**{f"{prefix}pack__in": [pack.id for pack in packs()]})
    return known & ~of_audience(Audience.AGREED, prefix) & ~of_audience(Audience.OWN, prefix)


def readable(reader, level: Reaches, prefix: str = "") -> Q:
    """Forms of which the reader may see what `level` shows. `prefix` is the way to the assignment.

    It does not ask whether the reader may see the treatment; `visible_to` does.
    """
    own = Q(**{f"{prefix}treatment__patient__user": reader})
    return (
        for_everybody(prefix)
        | of_audience(Audience.AGREED, prefix) & (own | _agreed(level, prefix))
        | of_audience(Audience.OWN, prefix)
        & (Q(**{f"{prefix}respondent_user": reader}) | _shared(reader, prefix))
    )


def for_the_patient(prefix: str = "") -> Q:
    """Forms that the patient may read: all but what a therapist noted of the own feelings."""
    return ~of_audience(Audience.OWN, prefix)


def _agreed(level: Reaches, prefix: str) -> Q:
    """Answered while, and in a programme where, at least `level` is agreed."""
    condition = Q(pk__in=[])
    for programme, periods in _open_periods(Agreement.objects.all(), level).items():
        answered = Q(pk__in=[])
        for start, end in periods:
            given = Q(**{f"{prefix}answered_on__gte": start})
            if end is not None:
                given &= Q(**{f"{prefix}answered_on__lt": end})
            answered |= given
        condition |= Q(**{f"{prefix}programme": programme}) & answered
    return condition


def _open_periods(agreements: Iterable[Agreement], level: Reaches) -> dict[int, list[Period]]:
    """Programme -> when at least `level` was agreed, for the programmes where it still is."""
    today, wide = timezone.localdate(), set(reaches_at_least(level))
    by_programme: dict[int, list[Agreement]] = defaultdict(list)
    for agreement in sorted(agreements, key=lambda a: (a.starts_on, a.pk)):
        if agreement.starts_on <= today:
            by_programme[agreement.programme_id].append(agreement)
    found = {}
    for programme, history in by_programme.items():
        if history[-1].reaches in wide:
            ends = [*(later.starts_on for later in history[1:]), None]
            found[programme] = [
                (agreement.starts_on, end)
                for agreement, end in zip(history, ends, strict=True)
                if agreement.reaches in wide
            ]
    return found


def _shared(reader, prefix: str) -> Q:
    """What therapists shared of treatments that the reader supervises."""
    shared = OwnShare.objects.in_force().filter(
        treatment__in=supervised_by(reader),
        treatment=OuterRef(f"{prefix}treatment"),
        therapist=OuterRef(f"{prefix}respondent_user"),
    )
    return Q(Exists(shared))


def supervised_by(reader):
    """The treatments of the teams and programmes that the reader supervises today."""
    roles = reader.memberships.in_force().filter(role="supervisor")
    whole = roles.filter(team__isnull=True)
    return Treatment.objects.filter(
        Q(team__in=roles.filter(team__isnull=False).values("team"))
        | Q(programme__in=whole.filter(programme__isnull=False).values("programme"))
        | Q(programme__organisation__in=whole.filter(programme__isnull=True).values("organisation"))
    )


def agreed_in(programme: Programme, day: datetime.date | None = None) -> Reaches:
    """How far a patient's answers about the therapists reach, of those given on that day (today)."""
    latest = programme.sharing_agreements.in_force(day).first()
    return Reaches(latest.reaches) if latest else Reaches.NOTHING


def who_sees(assignment) -> str:
    """One sentence for who fills the form in, before it is filled in: who will see the answers."""
    instrument = library.load(assignment.pack).instruments[assignment.instrument]
    if instrument.audience is Audience.OWN and assignment.respondent == "therapist":
        return _("Only you see this. You can choose to show it to your supervisor.")
    if instrument.audience is Audience.AGREED and assignment.respondent == "patient":
        return sentence(agreed_in(assignment.programme))
    if assignment.respondent == "patient":
        return _("The people who treat you, and those who supervise them, can see your answers.")
    return _("Everybody who works in this treatment can see these answers.")


def sentence(reaches: Reaches) -> str:
    """What a patient is told of an agreement."""
    return {
        Reaches.NOTHING: _(
            "Your therapists and their supervisor do not see what you answer here, and no score either. "
            "It only counts in the average of the whole programme."
        ),
        Reaches.TREND: _(
            "Your therapists do not see what you answer here, and no score: only whether it went up or "
            "down since the time before."
        ),
        Reaches.SCORES: _("Your therapists see the scores of this form, but not your separate answers."),
        Reaches.ITEMS: _("Your therapists can see what you answer here."),
    }[reaches]
