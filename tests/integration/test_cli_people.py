"""Accounts and roles from the command line."""

import pytest
from click.testing import CliRunner

from onmodel.accounts.models import User
from onmodel.cli.people import people
from onmodel.programmes.models import Programme
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough word"


@pytest.fixture
def programme(db):
    return ProgrammeFactory(name="Day hospital", slug="day-hospital")


def run(*arguments: str):
    return CliRunner().invoke(people, arguments)


def add(username="tom", **options: str):
    given = {"programme": "day-hospital", "role": "therapist", "password": PASSWORD, **options}
    return run("add", username, *[part for name, value in given.items() for part in (f"--{name}", value)])


def test_a_new_person_gets_account_role_and_team(programme, client):
    result = add(name="Tom Visser", team="Blue", hours="28", training="a")
    assert result.exit_code == 0, result.output
    user = User.objects.get(username="tom")
    (membership,) = user.memberships.all()
    assert (membership.team.name, membership.hours_per_week, membership.training) == ("Blue", 28, "a")
    assert client.login(username="tom", password=PASSWORD)
    assert list(Programme.objects.known_to(user)) == [programme]


def test_a_second_role_needs_no_second_account(programme):
    add(name="Tom")
    result = add(role="supervisor")
    assert result.exit_code == 0, result.output
    assert User.objects.get().memberships.count() == 2


def test_the_end_of_a_role_ends_access_the_day_after(programme):
    add(name="Tom")
    assert run("end", "tom", "--programme", "day-hospital", "--on", "2024-01-01").exit_code == 0
    assert User.objects.get().memberships.filter(ends_on__isnull=True).exists()  # not in force that day
    assert "1 roles" in run("end", "tom", "--programme", "day-hospital").output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"role": "wizard"}, "There is no role wizard; the roles are"),
        ({"hours": "99"}, "99 hours a week are not from 0 to 60"),
        ({"programme": "nowhere"}, "There is no programme 'nowhere'"),
        ({"password": "short"}, "too short"),
    ],
)
def test_refusals_keep_nothing(programme, options, message):
    result = add(name="Tom", **options)
    assert result.exit_code == 1
    assert message in result.output
    assert not User.objects.exists()


def test_the_same_role_twice_is_refused(programme):
    add(name="Tom")
    result = add()
    assert result.exit_code == 1
    assert "already" in result.output
