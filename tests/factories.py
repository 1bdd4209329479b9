"""Records for tests, each with the least that it needs."""

import datetime

import factory
from factory.django import DjangoModelFactory

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.patients.models import Involvement, Patient, Treatment
from onmodel.programmes.models import Membership, Organisation, Programme, Team

LONG_AGO = datetime.date(2020, 1, 1)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"Person {n}")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Programme {n}")
    slug = factory.Sequence(lambda n: f"programme-{n}")


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Team {n}")
    starts_on = LONG_AGO


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.SelfAttribute("programme.organisation")
    role = "therapist"
    hours_per_week = 28
    starts_on = LONG_AGO


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = Patient

    organisation = factory.SubFactory(OrganisationFactory)
    pseudonym = factory.Sequence(lambda n: f"P{n:04d}")


class TreatmentFactory(DjangoModelFactory):
    class Meta:
        model = Treatment

    programme = factory.SubFactory(ProgrammeFactory)
    patient = factory.SubFactory(
        PatientFactory, organisation=factory.SelfAttribute("..programme.organisation")
    )
    referred_on = datetime.date(2024, 12, 1)
    started_on = datetime.date(2025, 1, 1)


class InvolvementFactory(DjangoModelFactory):
    class Meta:
        model = Involvement

    treatment = factory.SubFactory(TreatmentFactory)
    therapist = factory.SubFactory(UserFactory)
    function = "individual"
    starts_on = datetime.date(2025, 1, 1)


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    treatment = factory.SubFactory(TreatmentFactory)
    programme = factory.SelfAttribute("treatment.programme")
    subject_kind = "treatment"
    pack = "mbt"
    instrument = "phq9"
    instrument_version = "1.0.0"
    respondent = "patient"
    months = 0.0
    due_on = datetime.date(2025, 1, 1)
    status = "open"
