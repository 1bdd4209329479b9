"""Each patient predicted from the others, and how that came out."""

import json

import pytest
from click.testing import CliRunner

from onmodel.cli.main import main
from onmodel.feedback.hindsight import NO_BETTER, WORSE, came_out
from tests.followed import day_of, follow, measure

pytestmark = pytest.mark.django_db
UNTIL = day_of(8)


@pytest.fixture
def followed(cast):
    follow(cast.programme, cast.team, patients=60)
    return cast.programme


def test_bands_hold_and_ends_are_counted(followed):
    found = came_out(followed, until=UNTIL, early=3.0)["bsi.GSI"]
    assert (found.patients, found.measurements, found.folds) == (60, 120, 10)
    for coverage in found.coverage:
        share = coverage.from_start
        assert share.lower <= coverage.level <= share.upper
    assert set(found.hits) == {WORSE, NO_BETTER}
    hits = found.hits[NO_BETTER]
    assert hits.patients == 60
    assert sum(share.n for share in hits.badly.values() if share) == 60


def test_with_few_patients_nothing_is_counted(cast):
    follow(cast.programme, cast.team, patients=10)
    assert came_out(cast.programme, until=UNTIL, early=3.0) == {}


def test_the_end_is_the_last_score_against_the_first(followed):
    treatment = followed.treatments.get(patient__pseudonym="F-000")
    measure(treatment, (7.0, 4.0))
    found = came_out(followed, until=UNTIL, early=3.0)["bsi.GSI"]
    assert found.measurements == 121
    assert found.hits[WORSE].found.n >= 1


def test_the_command_prints_both(followed):
    asked = ["hindsight", followed.slug, "--until", UNTIL.isoformat(), "--early", "3"]
    printed = CliRunner().invoke(main, asked)
    assert printed.exit_code == 0, printed.output
    assert "in the 80% band, from the first score: 0." in printed.output
    as_json = CliRunner().invoke(main, [*asked, "--json"])
    assert json.loads(as_json.output)["bsi.GSI"]["patients"] == 60


def test_the_command_knows_programmes_only(db):
    answer = CliRunner().invoke(main, ["hindsight", "nowhere"])
    assert answer.exit_code == 1
    assert "no programme 'nowhere'" in answer.output
