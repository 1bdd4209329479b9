"""`onmodel schedule`."""

import pytest
from click.testing import CliRunner

from onmodel.assessments.models import Assignment
from onmodel.cli.main import main

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["schedule", *arguments])
    return result.exit_code, result.output


def test_choose_list_and_follow(cast):
    code, said = run("choose", "day-hospital", "minimal_set", "--since", "2025-01-01")
    assert (code, said) == (0, "minimal_set holds in day-hospital; 1 treatments follow it.\n")
    assert "minimal_set: Minimal set  holds, forms from 2025-01-01" in run("list", "day-hospital")[1]
    assert Assignment.objects.count() == 14
    assert "day-hospital: nothing to change" in run("follow", "--programme", "day-hospital")[1]
    assert run("choose", "day-hospital", "minimal_set")[0] == 1


def test_assign_to_some(cast):
    code, said = run("assign", "day-hospital", "minimal_set", "P-1001", "--since", "2025-01-01")
    assert (code, said) == (0, "1 treatments follow minimal_set from now on.\n")
    assert run("assign", "day-hospital", "nonsense", "P-1001")[0] == 1


def test_nobody_is_assigned_when_one_is_unknown(cast):
    code, said = run("assign", "day-hospital", "minimal_set", "P-1001", "P-9999")
    assert code == 1
    assert "P-9999" in said
    assert not Assignment.objects.exists()
    assert run("list", "nowhere") == (1, "Error: There is no programme 'nowhere'.\n")
