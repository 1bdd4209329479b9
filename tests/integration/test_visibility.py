"""Who sees which treatments: by work relation and its dates."""

import datetime

import pytest

from onmodel.patients.models import GroupLead, GroupPlace, Treatment
from onmodel.programmes.models import Group, Programme
from tests.factories import InvolvementFactory, MembershipFactory, TreatmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("patient_user", True),
        ("therapist", True),
        ("colleague", False),  # works in the programme, not in this treatment
        ("supervisor", True),
        ("manager", True),
        ("assistant", True),
        ("expert", False),  # aggregates only
        ("stakeholder", False),
        ("administrator", False),
        ("leaver", False),  # was involved; the membership has ended
        ("outsider", False),
    ],
)
def test_who_sees_a_treatment(cast, who, sees):
    visible = Treatment.objects.visible_to(getattr(cast, who))
    assert visible.filter(pk=cast.treatment.pk).exists() is sees


def test_a_supervisor_sees_no_other_team(cast):
    other = TreatmentFactory(programme=cast.programme, team=cast.other_team)
    assert other not in Treatment.objects.visible_to(cast.supervisor)
    assert other in Treatment.objects.visible_to(cast.manager)


def test_a_group_therapist_sees_the_group_for_as_long_as_both_are_in_it(cast):
    treatment = TreatmentFactory(programme=cast.programme, team=cast.other_team)
    group = Group.objects.create(team=cast.other_team, name="Tuesday", starts_on=datetime.date(2024, 1, 1))
    place = GroupPlace.objects.create(treatment=treatment, group=group, starts_on=datetime.date(2025, 1, 1))
    lead = GroupLead.objects.create(
        group=group, therapist=cast.therapist, starts_on=datetime.date(2024, 1, 1)
    )
    assert treatment in Treatment.objects.visible_to(cast.therapist)
    lead.ends_on = datetime.date(2025, 6, 1)
    lead.save()
    assert treatment not in Treatment.objects.visible_to(cast.therapist)
    lead.ends_on = None
    lead.save()
    place.ends_on = datetime.date(2025, 6, 1)
    place.save()
    assert treatment not in Treatment.objects.visible_to(cast.therapist)


def test_involvement_without_membership_opens_nothing(cast):
    somebody = UserFactory()
    InvolvementFactory(treatment=cast.treatment, therapist=somebody)
    assert not Treatment.objects.visible_to(somebody).exists()


def test_a_membership_elsewhere_opens_nothing_here(cast):
    InvolvementFactory(treatment=cast.treatment, therapist=cast.outsider)
    MembershipFactory(user=cast.outsider, programme=cast.other_programme, role="therapist")
    assert cast.treatment not in Treatment.objects.visible_to(cast.outsider)


def test_a_membership_of_the_whole_organisation_reaches_its_programmes_only(cast):
    user = UserFactory()
    MembershipFactory(user=user, programme=None, organisation=cast.organisation, role="manager")
    assert list(Programme.objects.visible_to(user)) == [cast.programme]
    assert list(Treatment.objects.visible_to(user)) == [cast.treatment]
