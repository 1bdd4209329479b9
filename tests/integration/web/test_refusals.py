"""What was filled in wrongly is refused beside its field, in plain words; what was filled in stays."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from onmodel.pirs.signing.actions import sign
from tests.pirs import drafted_pir
from tests.projects import arranged, begun_project

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
BACKWARDS = {"starts_on": "2025-06-01", "ends_on": "2025-05-01"}


def tomorrow() -> str:
    return str(TODAY() + datetime.timedelta(days=1))


def at(name: str, *more: object) -> str:
    return reverse(name, args=["day-hospital", *more])


def report(cast) -> tuple[str, dict[str, str]]:
    drafted_pir(cast.programme, cast.supervisor)
    return at("pirs"), {"start": "2025-03-01", "end": "2025-08-31"}


def recommendation(cast) -> tuple[str, dict[str, str]]:
    pir = drafted_pir(cast.programme, cast.supervisor)
    sent = {"what": "Ask earlier", "owner": str(cast.manager.pk), "due_on": "2025-06-30"}
    return reverse("pir-recommend", args=[pir.pk]), sent


def self_assessment(cast) -> tuple[str, dict[str, str]]:
    return at("criteria-begin"), {"kind": "self", "day": tomorrow()}


def improvement(cast) -> tuple[str, dict[str, str]]:
    sent = {"criterion": "1", "what": "Ask earlier", "owner": str(cast.manager.pk), "due_on": "2020-01-01"}
    return at("improvement-new"), sent


def round_of_one(cast) -> tuple[str, dict[str, str]]:
    period = {"starts_on": "2025-01-01", "ends_on": "2025-06-30"}
    sent = {"instrument": "team_factors", "named": "yes", "raters": str(cast.manager.pk)}
    return at("consensus"), {**sent, **period}


def round_backwards(cast) -> tuple[str, dict[str, str]]:
    return at("consensus"), {**round_of_one(cast)[1], **BACKWARDS}


def yes_no_sum(cast) -> tuple[str, dict[str, str]]:
    return at("yes-no-list", "organisation_33"), {"yes": "24", **BACKWARDS}


def too_many_yes(cast) -> tuple[str, dict[str, str]]:
    return at("yes-no-list", "organisation_33"), {"yes": "34", **BACKWARDS, "ends_on": "2025-06-30"}


def absence(cast) -> tuple[str, dict[str, str]]:
    sent = {"person": str(cast.therapist.pk), "kind": "sickness", **BACKWARDS}
    return at("staffing-record", "absence"), {f"absence-{name}": value for name, value in sent.items()}


def agreement(cast) -> tuple[str, dict[str, str]]:
    return at("partners"), {"kind": "crisis_service", "partner": "Team", "agreed": "Call.", **BACKWARDS}


def review_to_come(cast) -> tuple[str, dict[str, str]]:
    sent = {"held_on": tomorrow(), "who": "Mia", "result": "works", "found": "Well."}
    address = at("partner-review", arranged(cast).pk)
    return address, {f"review-{name}": value for name, value in sent.items()}


def end_too_early(cast) -> tuple[str, dict[str, str]]:
    return at("partner-end", arranged(cast).pk), {"end-on": "2020-01-01", "end-why": "A merger."}


def project(cast) -> tuple[str, dict[str, str]]:
    return at("implementing-project"), {"begun_on": "2025-06-01", "opens_on": "2025-05-01"}


def task(cast) -> tuple[str, dict[str, str]]:
    begun_project(cast)
    return at("implementing-task", "population"), {"state": "done", "evidence": " "}


def decision(cast) -> tuple[str, dict[str, str]]:
    begun_project(cast)
    sent = {"outcome": "go", "taken_by": "The board", "ground": "Enough staff.", "taken_on": tomorrow()}
    return at("implementing-decision"), sent


@pytest.mark.parametrize(
    ("make", "field", "says"),
    [
        (report, "start", "1 Jan 2025 to 30 Jun 2025 already; the periods overlap"),
        (recommendation, "due_on", "30 Jun 2025 is not after 30 Jun 2025"),
        (self_assessment, "day", "has not come yet"),
        (improvement, "due_on", "This day is over"),
        (round_of_one, "raters", "Ask at least 2 people; chosen now: 1"),
        (round_backwards, "ends_on", "ends on 1 May 2025, before it begins on 1 Jun 2025"),
        (yes_no_sum, "ends_on", "ends on 1 May 2025, before it begins on 1 Jun 2025"),
        (too_many_yes, "yes", "34 is no sum of this list; it goes from 0 to 33"),
        (absence, "absence-ends_on", "1 May 2025, before it begins on 1 Jun 2025"),
        (agreement, "ends_on", "cannot end on 1 May 2025 when it begins on 1 Jun 2025"),
        (review_to_come, "review-held_on", "is still to come"),
        (end_too_early, "end-on", "cannot end on 1 Jan 2020"),
        (project, "opens_on", "cannot open on 1 May 2025"),
        (task, "evidence", "Say what shows that it is done"),
        (decision, "taken_on", "is still to come"),
    ],
)
def test_it_is_refused_beside_the_field_and_kept(cast, client, make, field, says) -> None:
    address, sent = make(cast)
    client.force_login(cast.supervisor if make is report else cast.manager)
    answer = client.post(address, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    beside = page[page.index(f'id="id_{field}_error"') :]
    assert says in beside[: beside.index("</p>")]
    assert page.count("There is something to correct") == 1
    assert all(value in page for value in sent.values() if value.strip())


@pytest.mark.parametrize(
    ("name", "args", "sent"),
    [
        ("pir-remark", ["supervisor", "brief"], {"text": "Two therapists left."}),
        ("pir-recommend", [], {"what": "Two therapists left.", "due_on": "2026-06-30"}),
    ],
)
def test_what_comes_after_a_signature_is_refused_and_not_lost(cast, client, name, args, sent) -> None:
    pir = drafted_pir(cast.programme, cast.supervisor)
    sign(pir=pir, side="manager", by=cast.manager)
    client.force_login(cast.supervisor)
    answer = client.post(reverse(name, args=[pir.pk, *args]), {"owner": cast.manager.pk, **sent})
    assert answer.status_code == 422
    assert f"{cast.manager.name} has signed this report" in answer.content.decode()
    assert "Two therapists left." in answer.content.decode()
