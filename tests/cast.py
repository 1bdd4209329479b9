"""The fixed cast: one programme with everybody in it, and people who have no business there."""

import datetime
from types import SimpleNamespace

from onmodel.accounts.models import User
from onmodel.programmes.models import Membership
from tests.factories import (
    InvolvementFactory,
    MembershipFactory,
    OrganisationFactory,
    PatientFactory,
    ProgrammeFactory,
    TeamFactory,
    TreatmentFactory,
    UserFactory,
)

PASSWORD = "correct horse battery"
YESTERDAY_YEARS_AGO = datetime.date(2021, 1, 1)


def person(username: str, name: str) -> User:
    user = UserFactory(username=username, name=name)
    user.set_password(PASSWORD)
    user.save()
    return user


def member(programme, username: str, name: str, role: str, **kwargs: object) -> User:
    user = person(username, name)
    MembershipFactory(user=user, programme=programme, role=role, **kwargs)
    return user


def assemble() -> SimpleNamespace:
    """Everybody, by the name that tests call them."""
    organisation = OrganisationFactory(name="Riverside", slug="riverside")
    programme = ProgrammeFactory(organisation=organisation, name="Day hospital", slug="day-hospital")
    team = TeamFactory(programme=programme, name="Blue team")
    other_team = TeamFactory(programme=programme, name="Green team")
    patient_user = person("patient", "Pia Patient")
    patient = PatientFactory(organisation=organisation, pseudonym="P-1001", user=patient_user)
    cast = SimpleNamespace(
        organisation=organisation,
        programme=programme,
        team=team,
        other_team=other_team,
        patient_user=patient_user,
        patient=patient,
        therapist=member(programme, "therapist", "Tess Therapist", "therapist", team=team),
        colleague=member(programme, "colleague", "Cor Colleague", "therapist", team=other_team),
        supervisor=member(programme, "supervisor", "Sam Supervisor", "supervisor", team=team),
        manager=member(programme, "manager", "Mia Manager", "manager"),
        expert=member(programme, "expert", "Eva Expert", "expert"),
        assistant=member(programme, "assistant", "Ravi Assistant", "research_assistant"),
        stakeholder=member(programme, "stakeholder", "Bo Board", "stakeholder"),
        administrator=member(programme, "administrator", "Ada Admin", "administrator"),
        privacy_officer=member(programme, "privacy", "Pim Privacy", "privacy_officer"),
        leaver=member(programme, "leaver", "Leo Leaver", "therapist", ends_on=YESTERDAY_YEARS_AGO),
    )
    cast.treatment = TreatmentFactory(
        programme=programme, patient=patient, team=team, primary_clinician=cast.therapist
    )
    InvolvementFactory(treatment=cast.treatment, therapist=cast.therapist)
    InvolvementFactory(treatment=cast.treatment, therapist=cast.leaver)
    other_programme = ProgrammeFactory(name="Elsewhere", slug="elsewhere")
    cast.other_programme = other_programme
    cast.outsider = member(other_programme, "outsider", "Otto Outsider", "manager")
    cast.other_treatment = TreatmentFactory(programme=other_programme)
    assert Membership.objects.count() == 11
    return cast
