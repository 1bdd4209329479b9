"""Draft a report, say what people have to say of it, recommend, and tell what became of recommendations."""

from __future__ import annotations

import datetime
import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.access.policy import has_permission
from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.pirs.looking import bring_up_to_date
from onmodel.pirs.models import SPEAKS, DraftValue, Fate, Pir, Reader, Recommendation, Remark, Side
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.models import Programme
from onmodel.reports.actions import as_json
from onmodel.reports.pir import Versions, check_period, report_versions
from onmodel.wording.numbers import date_written


@transaction.atomic
def begin(
    *,
    programme: Programme,
    start: datetime.date,
    end: datetime.date,
    by: User,
    at: datetime.datetime | None = None,
) -> Pir:
    """Begin the report of a period that is over, with its figures as the record has them.

    ValidationError for a period that ends before it begins, is not over, or overlaps another report's.
    `at` is when it was done, if not now.
    """
    at = at or timezone.now()
    check_period(start, end)
    if end >= timezone.localtime(at).date():
        raise ValidationError(
            {"end": _("The period is not over: it ends on %(end)s.") % {"end": date_written(end)}}
        )
    speaks_for(by, Side.SUPERVISOR, programme)
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    other = programme.pirs.overlapping(start, end).first()
    if other is not None:
        days = {"start": date_written(other.start), "end": date_written(other.end)}
        refused = _("There is a report of %(start)s to %(end)s already; the periods overlap.") % days
        raise ValidationError({"start": refused})
    pir = Pir(programme=programme, start=start, end=end, drafted_by=by)
    _draft(pir, by, at)
    record(by=by, verb="PIR begun", subject=pir, start=start, end=end, values=_digests(pir))
    return pir


@transaction.atomic
def draft_anew(*, pir: Pir, by: User) -> Pir:
    """Take the figures from the record again; the draft before stays beside it, to see what changed."""
    current = unsigned(pir)
    speaks_for(by, Side.SUPERVISOR, current.programme)
    _draft(current, by, timezone.now())
    record(by=by, verb="PIR drafted anew", subject=current, values=_digests(current))
    return current


def _draft(pir: Pir, by: User, at: datetime.datetime) -> None:
    versions = report_versions(pir.programme, pir.start, pir.end)
    report = next(iter(versions.whole.values()))
    pir.pack, pir.pack_version, pir.template_version = (
        report.pack,
        report.pack_version,
        report.template_version,
    )
    pir.drafted_at, pir.drafted_by = at, by
    pir.save()
    before = {(value.language, value.reader): value.content for value in pir.drafts.all()}
    pir.drafts.all().delete()
    DraftValue.objects.bulk_create(_values(pir, versions, before))


def _values(pir: Pir, versions: Versions, before: dict[tuple[str, str], str]) -> list[DraftValue]:
    values = []
    for reader, reports in ((Reader.WHOLE, versions.whole), (Reader.OUTSIDE, versions.outside)):
        for language, report in reports.items():
            content = as_json(report)
            values.append(
                DraftValue(
                    pir=pir,
                    language=language,
                    reader=reader,
                    content=content.decode(),
                    before=before.get((language, reader), ""),
                    digest=hashlib.sha256(content).hexdigest(),
                )
            )
    return values


def _digests(pir: Pir) -> dict[str, str]:
    return {f"{value.language}.{value.reader}": value.digest for value in pir.drafts.all()}


@transaction.atomic
def discard(*, pir: Pir, why: str, by: User) -> None:
    """Remove a report that nobody signed, with what was said in it."""
    current = unsigned(pir)
    speaks_for(by, Side.SUPERVISOR, current.programme)
    if not why.strip():
        raise ValidationError({"why": _("Say why it is discarded.")})
    programme, start, end = current.programme, current.start, current.end
    current.delete()
    record(by=by, verb="PIR discarded", subject=programme, why=why.strip(), start=start, end=end)


def remark_stamp(remark: Remark | None) -> str:
    return stamp(remark, ("text",))


@transaction.atomic
def remark(
    *, pir: Pir, section: str, side: str, text: str, by: User, seen: str | None = None
) -> Remark | None:
    """Say something of a section for one's side; an empty text takes it away.

    ChangedMeanwhileError where it was changed after the person saw `seen` (`remark_stamp`).
    """
    current = unsigned(pir)
    speaks_for(by, side, current.programme)
    if section not in sections_of(current):
        raise ValidationError(_("This report has no section “%(section)s”.") % {"section": section})
    kept = current.remarks.select_for_update().filter(section=section, side=side).first()
    refuse_stale(kept, remark_stamp(kept), seen)
    if not text.strip():
        current.remarks.filter(section=section, side=side).delete()
        kept = None
    else:
        kept, _created = Remark.objects.update_or_create(
            pir=current,
            section=section,
            side=side,
            defaults={"text": text.strip(), "said_by": by, "said_at": timezone.now()},
        )
    record(by=by, verb="PIR remarked upon", subject=current, why=text.strip(), section=section, side=side)
    return kept


@transaction.atomic
def recommend(*, pir: Pir, what: str, owner: User, due_on: datetime.date, by: User) -> Recommendation:
    """Recommend something that this person of the programme does by that day; the same twice is one."""
    current = unsigned(pir)
    speaks_for_any(by, current.programme)
    if not what.strip():
        raise ValidationError({"what": _("Say what is recommended.")})
    if due_on <= current.end:
        days = {"day": date_written(due_on), "end": date_written(current.end)}
        refused = _("A recommendation is for after the period: %(day)s is not after %(end)s.") % days
        raise ValidationError({"due_on": refused})
    if not owner.memberships.in_force().of_programme(current.programme).exists():
        raise ValidationError(
            {"owner": _("%(name)s does not work in this programme.") % {"name": owner.name}}
        )
    made, created = Recommendation.objects.get_or_create(
        pir=current, what=what.strip(), owner=owner, due_on=due_on, defaults={"made_by": by}
    )
    if created:
        record(
            by=by,
            verb="PIR recommends",
            subject=current,
            why=made.what,
            recommendation=made.pk,
            due_on=due_on,
        )
    return made


@transaction.atomic
def withdraw_recommendation(*, recommendation: Recommendation, by: User) -> None:
    """Take a recommendation out of a report that nobody signed."""
    current = unsigned(recommendation.pir)
    speaks_for_any(by, current.programme)
    what, number = recommendation.what, recommendation.pk
    recommendation.delete()
    record(by=by, verb="PIR recommends no more", subject=current, why=what, recommendation=number)


@transaction.atomic
def say_what_became(
    *,
    recommendation: Recommendation,
    became: str,
    words: str = "",
    by: User,
    at: datetime.datetime | None = None,
) -> Fate:
    """Tell how far a recommendation of a signed report is.

    ValidationError where it was settled before, or is dropped without a reason, or somebody has signed the
    draft that tells of it.
    """
    locked = Recommendation.objects.select_for_update(of=("self",)).select_related("pir__programme")
    current = locked.get(pk=recommendation.pk)
    pir, programme = current.pir, current.pir.programme
    speaks_for_any(by, programme)
    if not pir.is_frozen:
        raise ValidationError(_("The report that recommends it is not signed yet."))
    if became not in Fate.Became.values:
        raise ValidationError(_("“%(word)s” says nothing of a recommendation.") % {"word": became})
    if became == Fate.Became.DROPPED and not words.strip():
        raise ValidationError({"words": _("Say why the recommendation was dropped.")})
    for draft in programme.pirs.filter(frozen_at__isnull=True):
        unsigned(draft)
    last = current.fates.last()
    if last is not None and last.became in Fate.SETTLED:
        raise ValidationError(_("It was settled already: %(state)s.") % {"state": last.get_became_display()})
    fate = Fate.objects.create(
        recommendation=current,
        became=became,
        words=words.strip(),
        said_by=by,
        said_at=at or timezone.now(),
    )
    bring_up_to_date(programme, "recommendation_overdue", by=by)
    record(
        by=by,
        verb="PIR followed",
        subject=pir,
        why=fate.words,
        recommendation=current.pk,
        became=became,
    )
    return fate


def sections_of(pir: Pir) -> tuple[str, ...]:
    """Ids of what can be remarked upon and asked about, in the order of the report."""
    template = pir.programme.definitions.reports["pir"]
    return ("brief", *(section.id for section in template.sections))


def unsigned(pir: Pir) -> Pir:
    """The report as it stands, locked. ValidationError once it is frozen, or somebody has signed it."""
    current = Pir.objects.select_for_update(of=("self",)).select_related("programme").get(pk=pir.pk)
    if current.is_frozen:
        raise ValidationError(_("This report is signed by both and frozen: nothing in it changes any more."))
    signature = current.signatures.select_related("by").first()
    if signature is not None:
        raise ValidationError(
            _("%(name)s has signed this report. To change it, that signature is taken back first.")
            % {"name": signature.by.name}
        )
    return current


def speaks_for(user: User, side: str, programme: Programme) -> None:
    """ValidationError unless the user speaks for that side in the programme."""
    if side not in Side.values or not has_permission(user, SPEAKS[Side(side)], programme=programme):
        labels = {"name": user.name, "side": Side(side).label if side in Side.values else side}
        raise ValidationError(_("%(name)s does not speak here as %(side)s.") % labels)


def speaks_for_any(user: User, programme: Programme) -> None:
    if not any(has_permission(user, permission, programme=programme) for permission in SPEAKS.values()):
        raise ValidationError(
            _("Only the supervisor and the manager of a programme write its report; %(name)s is neither.")
            % {"name": user.name}
        )
