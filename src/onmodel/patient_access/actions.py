"""Give a patient a link or code, take it back, and open the treatment with it."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patient_access.codes import digest_of, new_code
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.models import Identity, Treatment

Kind = PatientAccess.Kind
LENGTH = {Kind.LINK: 20, Kind.CODE: 10}
VALID_FOR = {Kind.LINK: datetime.timedelta(days=7), Kind.CODE: datetime.timedelta(days=30)}
#: For so long the unit's tablet stays with one patient.
AT_THE_TABLET = datetime.timedelta(hours=2)


@dataclass(frozen=True)
class Answer:
    """What came of a code: the access that it opens, or a question for the birth date, or neither."""

    access: PatientAccess | None = None
    asks_birth_date: bool = False


@transaction.atomic
def make_access(*, treatment: Treatment, kind: str, by: User | None) -> tuple[PatientAccess, str]:
    """A new link or code for the patient, and its signs, which are nowhere kept.

    Raises ValidationError where the programme asks for the birth date and the record has none.
    """
    if treatment.programme.asks_birth_date and not birth_date_of(treatment):
        raise ValidationError(_("This programme asks for the birth date, and the record has none."))
    code = new_code(LENGTH[Kind(kind)])
    access = PatientAccess.objects.create(
        treatment=treatment,
        kind=kind,
        digest=digest_of(code),
        made_by=by,
        expires_at=timezone.now() + VALID_FOR[Kind(kind)],
    )
    record(by=by, verb="patient access made", subject=treatment, access=str(access.pk), kind=kind)
    return access, code


@transaction.atomic
def open_kiosk(*, treatment: Treatment, by: User) -> PatientAccess:
    """Hand a device of the unit to the patient: a session for the own forms, opened at once."""
    now = timezone.now()
    access = PatientAccess.objects.create(
        treatment=treatment,
        kind=Kind.KIOSK,
        digest=digest_of(new_code(LENGTH[Kind.LINK])),  # told to nobody
        made_by=by,
        made_at=now,
        expires_at=now + AT_THE_TABLET,
        uses=1,
        used_at=now,
        session=secrets.token_hex(16),
    )
    record(by=by, verb="tablet handed over", subject=treatment, access=str(access.pk))
    return access


@transaction.atomic
def revoke_access(*, access: PatientAccess, by: User) -> None:
    """It opens nothing any more, and the session that it opened ends at once."""
    if access.revoked_at:
        return
    access.revoked_at, access.session = timezone.now(), ""
    access.save(update_fields=["revoked_at", "session"])
    record(by=by, verb="patient access revoked", subject=access.treatment, access=str(access.pk))


@transaction.atomic
def open_access(*, code: str, birth_date: datetime.date | None = None) -> Answer:
    """Use a code. What is wrong with it is told to nobody; a wrong birth date counts against it."""
    usable = PatientAccess.objects.usable().select_for_update(of=("self",))
    access = usable.select_related("treatment__programme").filter(digest=digest_of(code)).first()
    if access is None:
        return Answer()
    if access.treatment.programme.asks_birth_date:
        if birth_date is None:
            return Answer(asks_birth_date=True)
        if birth_date.isoformat() != birth_date_of(access.treatment):
            return _count_failure(access)
    access.uses += 1
    access.used_at, access.session = timezone.now(), secrets.token_hex(16)
    access.save(update_fields=["uses", "used_at", "session"])
    record(by=None, verb="patient access opened", subject=access.treatment, access=str(access.pk))
    return Answer(access)


def _count_failure(access: PatientAccess) -> Answer:
    access.failures += 1
    access.save(update_fields=["failures"])
    verb = "patient access refused: birth date"
    record(by=None, verb=verb, subject=access.treatment, access=str(access.pk), failures=access.failures)
    return Answer(asks_birth_date=access.state == "usable")


def birth_date_of(treatment: Treatment) -> str:
    """The birth date of the sealed identity, as YYYY-MM-DD; empty where none is known."""
    identity = Identity.objects.filter(patient=treatment.patient_id).first()
    return str(identity.sealed.get("birth_date") or "") if identity else ""


def access_of_session(*, access_id: str, session: str) -> PatientAccess | None:
    """The access whose open session this is; None when it was revoked, opened anew elsewhere, or is over.

    However busily it is used, a session ends SESSION_COOKIE_AGE after it was opened.
    """
    found = PatientAccess.objects.select_related("treatment__programme__organisation", "treatment__patient")
    opened = timezone.now() - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    live = found.filter(revoked_at__isnull=True, used_at__gt=opened).exclude(session="")
    live = live.exclude(kind=Kind.KIOSK, expires_at__lte=timezone.now())
    return live.filter(pk=access_id, session=session).first()
