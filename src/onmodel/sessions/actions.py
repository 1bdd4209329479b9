"""Keep a session and who was there; add its recording under consent, and erase it again."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import GroupPlace, Patient, Treatment
from onmodel.programmes.models import Group, Programme
from onmodel.sessions.media import EXTENSIONS, HEAD, media_type
from onmodel.sessions.models import Attendance, Recording, Session, SessionTherapist
from onmodel.sessions.sealed_file import SealedUpload, new_key

#: The pack's list of parts of the programme.
COMPONENTS = "therapy_components"


@transaction.atomic
def keep_session(
    *,
    programme: Programme,
    held_on: datetime.date,
    component: str,
    therapists: Iterable[User],
    by: User,
    treatment: Treatment | None = None,
    group: Group | None = None,
    theme: str = "",
) -> Session:
    """Keep a session with one patient, or of a group with everybody who has a place in it that day.

    Raises ValidationError for a day in the future, a component or theme that the pack does not know, no
    therapist or one without work in the programme that day, and for a session that is kept already.
    """
    given = list(therapists)
    Programme.objects.select_for_update().get(pk=programme.pk)
    _check_session(programme, held_on, component, given, treatment, group)
    if theme and theme not in themes(programme, component):
        raise ValidationError(_("%(theme)s is no theme of that part of the programme.") % {"theme": theme})
    team = group.team if group else treatment.team
    session = Session.objects.create(
        programme=programme,
        team=team,
        group=group,
        kind=Session.Kind.GROUP if group else Session.Kind.INDIVIDUAL,
        component=component,
        theme=theme,
        held_on=held_on,
        kept_by=by,
    )
    SessionTherapist.objects.bulk_create([SessionTherapist(session=session, therapist=one) for one in given])
    expected = [treatment] if treatment else _places(group, held_on)
    Attendance.objects.bulk_create([Attendance(session=session, treatment=one) for one in expected])
    record(by=by, verb="session kept", subject=session, patients=[one.patient_id for one in expected])
    return session


def _check_session(
    programme: Programme,
    held_on: datetime.date,
    component: str,
    therapists: list[User],
    treatment: Treatment | None,
    group: Group | None,
) -> None:
    if (treatment is None) == (group is None):
        raise ValidationError(_("A session is of one patient or of one group: choose one of the two."))
    if held_on > timezone.localdate():
        raise ValidationError(
            _("%(day)s lies in the future; keep a session after it was held.") % {"day": held_on}
        )
    if component not in components(programme):
        raise ValidationError(_("%(part)s is no part of this programme.") % {"part": component})
    _check_place(programme, treatment, group)
    _check_therapists(programme, therapists, held_on)
    same = Session.objects.filter(programme=programme, held_on=held_on, component=component, group=group)
    if treatment is not None:
        same = same.filter(attendances__treatment=treatment)
    if same.exists():
        raise ValidationError(_("This session of %(day)s is kept already.") % {"day": held_on})


def _check_place(programme: Programme, treatment: Treatment | None, group: Group | None) -> None:
    of = treatment.programme_id if treatment else group.team.programme_id
    if of != programme.pk:
        raise ValidationError(_("That patient or group is of another programme."))


def _check_therapists(programme: Programme, therapists: list[User], day: datetime.date) -> None:
    if not therapists:
        raise ValidationError(_("Say who gave the session."))
    for one in therapists:
        working = one.memberships.in_force(day).of_programme(programme)
        if not working.filter(role__in=["therapist", "supervisor"]).exists():
            wrong = {"name": one.name, "day": day}
            raise ValidationError(_("%(name)s did not work in this programme on %(day)s.") % wrong)


def _places(group: Group, day: datetime.date) -> list[Treatment]:
    places = GroupPlace.objects.in_force(day).filter(group=group).select_related("treatment")
    return list({place.treatment_id: place.treatment for place in places}.values())


def components(programme: Programme) -> dict[str, object]:
    """The parts of the programme by their id, as the pack lists them."""
    listed = programme.definitions.terms.get(COMPONENTS)
    return {term.id: term.label for term in listed.terms} if listed else {}


def themes(programme: Programme, component: str) -> dict[str, object]:
    """The set themes of a part of the programme by their id, in their order; most parts have none."""
    terms = programme.definitions.terms
    listed = terms.get(COMPONENTS)
    part = next((term for term in (listed.terms if listed else ()) if term.id == component), None)
    lists = [terms[link] for link in (part.links if part else ()) if link in terms]
    return {term.id: term.label for one in lists for term in one.terms}


@transaction.atomic
def keep_attendance(*, session: Session, present: Iterable[Treatment], by: User) -> Session:
    """Say who of the expected patients was there; the others were not."""
    there = {one.pk for one in present}
    rows = list(session.attendances.select_for_update().select_related("treatment"))
    if unknown := there - {row.treatment_id for row in rows}:
        raise ValidationError(_("%(n)s of these patients were not expected.") % {"n": len(unknown)})
    for row in rows:
        row.present = row.treatment_id in there
    Attendance.objects.bulk_update(rows, ["present"])
    record(
        by=by,
        verb="attendance kept",
        subject=session,
        patients=[row.treatment.patient_id for row in rows],
        present=len(there),
    )
    return session


@transaction.atomic
def add_recording(*, session: Session, by: User, file: File | None = None, reference: str = "") -> Recording:
    """Add a file, or say where the recording is kept.

    Raises ValidationError where a patient who was there does not allow it, where there is a recording
    already or one was erased, and for a file that is no audio or video that a browser plays.
    """
    Session.objects.select_for_update().get(pk=session.pk)
    reference = reference.strip()
    if bool(file) == bool(reference):
        raise ValidationError(_("Give a file, or say where the recording is kept: one of the two."))
    _check_consent(session)
    if earlier := Recording.objects.filter(session=session).first():
        said = _("was erased") if earlier.erased_at else _("is there already")
        raise ValidationError(_("The recording of this session %(said)s.") % {"said": said})
    kind, size = ("", None) if file is None else _checked_file(file)
    recording = Recording(session=session, reference=reference, media_type=kind, size=size, added_by=by)
    if file is not None:
        recording.sealed_key = new_key()
        sealed = SealedUpload(file, recording.sealed_key)
        recording.file.save(f"{uuid.uuid4()}.{EXTENSIONS[kind]}.sealed", sealed, save=False)
    recording.save()
    record(by=by, verb="recording added", subject=session, patients=patients_of(session), size=size)
    return recording


def _check_consent(session: Session) -> None:
    there = session.attendances.filter(present=True)
    if not there.exists():
        raise ValidationError(_("No recording without consent: no patient was there."))
    if against := there.refusing():
        names = ", ".join(row.treatment.patient.pseudonym for row in against)
        raise ValidationError(
            _("No recording without consent: %(patients)s did not allow it.") % {"patients": names}
        )


def _checked_file(file: File) -> tuple[str, int]:
    file.seek(0)
    kind = media_type(file.read(HEAD))
    file.seek(0)
    if kind is None:
        wanted = ", ".join(sorted(set(EXTENSIONS.values())))
        wrong = {"name": file.name, "wanted": wanted}
        raise ValidationError(_("%(name)s is no recording that can be played; it may be %(wanted)s.") % wrong)
    return kind, file.size


@transaction.atomic
def erase_recording(*, session: Session, reason: str, by: User | None) -> Recording:
    """Remove the file and the reference for good; that there was a recording, and why it went, stays."""
    if not reason.strip():
        raise ValidationError(_("Say why the recording is erased."))
    recording = Recording.objects.select_for_update().filter(session=session, erased_at=None).first()
    if recording is None:
        raise ValidationError(_("There is no recording to erase."))
    storage, name = recording.file.storage, recording.file.name
    recording.file, recording.reference, recording.sealed_key = "", "", ""
    recording.erased_at, recording.erased_why = timezone.now(), reason.strip()
    recording.save()
    if name:
        transaction.on_commit(lambda: storage.delete(name))
    record(by=by, verb="recording erased", subject=session, patients=patients_of(session), why=reason.strip())
    return recording


@transaction.atomic
def forget_sessions_of(*, patient: Patient, reason: str, by: User | None) -> int:
    """Erase the recordings in which the patient is heard or seen; part of erasing the patient."""
    heard = Session.objects.with_recording().filter(attendances__treatment__patient=patient).distinct()
    for session in list(heard):
        erase_recording(session=session, reason=reason, by=by)
    return len(heard)


def patients_of(session: Session) -> list[int]:
    """Whom an event about it is about."""
    return list(session.attendances.values_list("treatment__patient", flat=True))
