"""Patients and their treatments. Who a patient is stands apart, encrypted (`Identity`)."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from onmodel.access.permissions import OPENED_IN_EMERGENCY, Permission, Reach, roles_reaching, roles_with
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.sealing import SealedField, indexes_of, name_index, number_index
from onmodel.programmes.models import Group, Organisation, PeriodQuerySet, Programme, Team, period_constraint


class PatientQuerySet(models.QuerySet):
    def meant_by(self, text: str, organisation: Organisation) -> PatientQuerySet:
        """Those of the organisation of exactly that pseudonym, record number or full name."""
        called = Q(identity__in=Identity.objects.called(text))
        return self.filter(Q(pseudonym__iexact=text.strip()) | called, organisation=organisation)


class Patient(models.Model):
    """The clinical record's person: a pseudonym and what analyses need."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="patients")
    pseudonym = models.CharField(max_length=40)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="patient"
    )
    year_of_birth = models.PositiveSmallIntegerField(null=True, blank=True)
    gender = models.CharField(max_length=20, blank=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "pseudonym"], name="one_patient_of_a_pseudonym")
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.pk


class IdentityQuerySet(models.QuerySet):
    def called(self, text: str) -> IdentityQuerySet:
        """Those of exactly that name or record number, without decrypting; case and accents do not count."""
        name, number = name_index(text), number_index(text)
        if not name:
            return self.none()
        return self.filter(Q(name_index=name) | Q(record_number_index=number))


class Identity(models.Model):
    """Who a pseudonym is: name, contacts, birth date, record number. Encrypted as one piece."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="identity")
    sealed = SealedField()
    name_index = models.CharField(max_length=64, blank=True, db_index=True)
    record_number_index = models.CharField(max_length=64, blank=True, db_index=True)
    email_index = models.CharField(max_length=64, blank=True, db_index=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return f"identity of {self.patient_id}"

    def save(self, *args, **kwargs) -> None:
        self.indexed()
        super().save(*args, **kwargs)

    def indexed(self) -> Identity:
        """Itself, findable; `save` does it, a bulk write has to ask."""
        for name, value in indexes_of(self.sealed).items():
            setattr(self, name, value)
        return self

    @property
    def of_patient(self) -> int:
        return self.patient_id


class TreatmentQuerySet(models.QuerySet):
    def visible_to(self, user, permission: Permission = Permission.TREATMENT_VIEW) -> TreatmentQuerySet:
        """The treatments that the user may see today, by each membership's reach (`access.permissions`).

        Beside those, the ones opened in an emergency, for as long as that holds and the user still works
        as a clinician in the organisation.
        """
        today = timezone.localdate()
        memberships = user.memberships.in_force(today)

        def those(reach: Reach):
            return memberships.filter(role__in=roles_reaching(reach, permission))

        involved = Involvement.objects.in_force(today).filter(therapist=user).values("treatment")
        grouped = GroupPlace.objects.in_force(today).filter(group__in=led_by(user, today)).values("treatment")
        working_in = those(Reach.INVOLVED).values("programme")
        team_wide = those(Reach.TEAM)
        whole = those(Reach.PROGRAMME)
        return self.filter(
            Q(patient__user=user)
            | Q(programme__in=working_in) & (Q(id__in=involved) | Q(id__in=grouped))
            | Q(team__in=team_wide.filter(team__isnull=False).values("team"))
            | Q(programme__in=team_wide.filter(team__isnull=True).values("programme"))
            | Q(programme__in=whole.values("programme"))
            | Q(programme__organisation__in=whole.filter(programme__isnull=True).values("organisation"))
            | Q(id__in=EmergencyAccess.objects.in_force().filter(user=user).values("treatment"))
            & Q(programme__organisation__in=_clinician(memberships, permission).values("organisation"))
        )

    def found_by(self, text: str, *, known: models.QuerySet) -> TreatmentQuerySet:
        """Those whose pseudonym holds the text; of the `known` ones also by exact name or record number.

        `known` are the treatments of whom the reader may see who they are.
        """
        found = Q(patient__pseudonym__icontains=text.strip())
        found |= Q(patient__identity__in=Identity.objects.called(text), pk__in=known.values("pk"))
        return self.filter(found)

    def active_on(self, day: datetime.date | None = None) -> TreatmentQuerySet:
        """Started and not ended on that day (today)."""
        day = day or timezone.localdate()
        return self.filter(started_on__lte=day).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))

    def waiting_on(self, day: datetime.date | None = None) -> TreatmentQuerySet:
        """Referred, not started and not ended on that day (today)."""
        day = day or timezone.localdate()
        not_started = Q(started_on__isnull=True) | Q(started_on__gt=day)
        not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=day)
        return self.filter(not_started, not_ended, referred_on__lte=day)

    def started_between(self, start: datetime.date, end: datetime.date) -> TreatmentQuerySet:
        return self.filter(started_on__range=(start, end))

    def ended_between(self, start: datetime.date, end: datetime.date) -> TreatmentQuerySet:
        return self.filter(ended_on__range=(start, end))


def _clinician(memberships, permission: Permission):
    """The memberships by which one may open a treatment in an emergency, and then has the permission."""
    if permission not in OPENED_IN_EMERGENCY:
        return memberships.none()
    roles = set(roles_with(Permission.EMERGENCY_ACCESS)) & set(roles_with(permission))
    return memberships.filter(role__in=roles)


class Treatment(models.Model):
    """One patient's course through one programme, from referral to end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="treatments")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="treatments")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="treatments")
    primary_clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    referred_on = models.DateField(null=True, blank=True)
    oriented_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    start_is_nominal = models.BooleanField(default=False)  # one date given for a whole imported file
    ended_on = models.DateField(null=True, blank=True)
    end_kind = models.CharField(max_length=40, blank=True)  # a term of the pack's end_kinds
    end_reason = models.TextField(blank=True)
    cohort = models.CharField(max_length=80, blank=True)  # trial arm, or any other label to compare by

    objects = TreatmentQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "id"]
        indexes = [models.Index(fields=["programme", "started_on"])]
        constraints = [
            period_constraint("treatment_ends_after_it_starts", "started_on", "ended_on"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_kind="") | Q(ended_on__isnull=False) & ~Q(end_kind=""),
                name="treatment_end_has_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} in {self.programme}"

    @property
    def of_patient(self) -> int:
        return self.patient_id

    def months_at(self, day: datetime.date) -> float | None:
        """Months since the start (of 365.25 / 12 days); None before a start is known."""
        return (day - self.started_on).days / DAYS_A_MONTH if self.started_on else None


DAYS_A_MONTH = 365.25 / 12


class Phase(models.Model):
    """A phase of a treatment: a term of the pack's phases, from day to day."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [period_constraint("phase_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.treatment_id}"


class Involvement(models.Model):
    """A therapist's part in a treatment, in a function (individual, group, psychiatrist, ...), for a time."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="involvements")
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="involvements"
    )
    function = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [period_constraint("involvement_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.therapist_id} in {self.treatment_id}"


class GroupPlace(models.Model):
    """A patient's place in a therapy group, for a time."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="group_places")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="places")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [period_constraint("group_place_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.treatment_id} in {self.group_id}"


class GroupLead(models.Model):
    """A therapist who leads a therapy group, for a time."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="leads")
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="group_leads"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [period_constraint("group_lead_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.therapist_id} leads {self.group_id}"


def led_by(user, day: datetime.date):
    """The groups that the user leads on that day."""
    return GroupLead.objects.in_force(day).filter(therapist=user).values("group")
