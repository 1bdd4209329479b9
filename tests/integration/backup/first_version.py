"""Rows of the first version's tables, as its own columns had them; ids count from 1."""

import json

from cryptography.fernet import Fernet
from django.db import connection

DAY = "2025-03-01"
AT = "2025-03-01 10:00:00+00:00"
TREATMENT = "11111111111141118111111111111111"
FORM = "22222222222242228222222222222222"
SIGNAL = "33333333333343338333333333333333"
IMPORT = "44444444444444448444444444444444"
KEY = "0" * 43 + "="
WHO = json.dumps({"name": "Pia Patient", "record_number": "RN-77431", "birth_date": "1990-04-05"})

PERIOD = {"starts_on": DAY, "ends_on": None}
USER = {
    "password": "!",
    "last_login": None,
    "is_superuser": False,
    "first_name": "",
    "last_name": "",
    "is_staff": False,
    "is_active": True,
    "date_joined": AT,
    "language": "nl",
}


def rows() -> dict[str, list[dict[str, object]]]:
    """By table, in the order in which they refer to each other."""
    return {
        "accounts_user": [
            USER | {"username": "tess", "email": "tess@example.org", "name": "Tess Therapist"},
            USER | {"username": "pia", "email": "pia@example.org", "name": "Pia Patient"},
        ],
        "programmes_organisation": [{"name": "Riverside", "slug": "riverside"}],
        "programmes_programme": [
            {
                "organisation_id": 1,
                "name": "Day hospital",
                "slug": "day-hospital",
                "pack": "mbt",
                "format": "",
                "opened_on": DAY,
                "closed_on": None,
                "is_simulated": False,
            }
        ],
        "programmes_team": [{"programme_id": 1, "name": "Blue team", **PERIOD}],
        "programmes_group": [{"team_id": 1, "name": "Tuesday group", **PERIOD}],
        "programmes_membership": [
            {
                "user_id": 1,
                "organisation_id": 1,
                "programme_id": 1,
                "team_id": 1,
                "role": "therapist",
                "position": "",
                "training": "",
                "hours_per_week": 28,
                **PERIOD,
            }
        ],
        "programmes_threshold": [
            {
                "programme_id": 1,
                "standard": "req_05_team_size",
                "variant": "",
                "at_least": 3.0,
                "at_most": None,
                "reason": "a small team",
                "set_by_id": 1,
                "set_at": AT,
            }
        ],
        "patients_patient": [
            {
                "organisation_id": 1,
                "pseudonym": "P-1001",
                "user_id": 2,
                "year_of_birth": 1990,
                "gender": "",
            }
        ],
        "patients_identity": [
            {"patient_id": 1, "sealed": Fernet(KEY).encrypt(WHO.encode()), "record_number_index": "0" * 64}
        ],
        "patients_treatment": [
            {
                "id": TREATMENT,
                "patient_id": 1,
                "programme_id": 1,
                "team_id": 1,
                "primary_clinician_id": 1,
                "referred_on": DAY,
                "oriented_on": None,
                "started_on": DAY,
                "start_is_nominal": False,
                "ended_on": None,
                "end_kind": "",
                "end_reason": "",
                "cohort": "",
            }
        ],
        "patients_phase": [{"treatment_id": TREATMENT, "kind": "main", **PERIOD}],
        "patients_involvement": [
            {"treatment_id": TREATMENT, "therapist_id": 1, "function": "individual", **PERIOD}
        ],
        "patients_groupplace": [{"treatment_id": TREATMENT, "group_id": 1, **PERIOD}],
        "patients_grouplead": [{"group_id": 1, "therapist_id": 1, **PERIOD}],
        **_machine(),
        **_trade(),
    }


def _machine() -> dict[str, list[dict[str, object]]]:
    about = {
        "programme_id": 1,
        "subject_kind": "treatment",
        "treatment_id": TREATMENT,
        "person_id": None,
        "team_id": None,
        "pack": "mbt",
    }
    return {
        "assessments_assignment": [
            about
            | {
                "id": FORM,
                "instrument": "phq9",
                "instrument_version": "1.0.0",
                "respondent": "patient",
                "respondent_user_id": None,
                "months": 0.0,
                "occasion": "",
                "opens_on": None,
                "due_on": DAY,
                "closes_on": None,
                "status": "partial",
                "set_aside_reason": "",
                "answered_on": DAY,
                "recorded_at": AT,
                "recorded_by_id": 1,
            }
        ],
        "assessments_answer": [
            {"assignment_id": FORM, "item": "1", "value": 2.0, "text": "", "not_applicable": False}
        ],
        "assessments_score": [
            {
                "assignment_id": FORM,
                "scale": "total",
                "value": None,
                "answered_items": 1,
                "items": 9,
                "rule": "sum",
                "entered": False,
                "scored_at": AT,
            }
        ],
        "signals_signal": [
            about
            | {
                "id": SIGNAL,
                "rule": "deteriorated",
                "rule_version": "1.0.0",
                "key": "",
                "severity": "urgent",
                "state": "open",
                "evidence": '{"n": 2}',
                "latest_evidence": '{"n": 2}',
                "opened_at": AT,
                "last_found_at": AT,
                "acknowledged_at": None,
                "acknowledged_by_id": None,
                "closed_at": None,
                "closed_by_id": None,
                "closing_note": "",
            }
        ],
    }


def _trade() -> dict[str, list[dict[str, object]]]:
    return {
        "followup_action": [
            {
                "programme_id": 1,
                "signal_id": SIGNAL,
                "what": "Talk about the plan",
                "owner_id": 1,
                "due_on": DAY,
                "agreed_at": AT,
                "agreed_by_id": 1,
                "state": "agreed",
                "settled_on": None,
                "result": "",
            }
        ],
        "outcomes_importrun": [
            {
                "id": IMPORT,
                "programme_id": 1,
                "file_name": "outcomes.csv",
                "file": "",
                "map": "",
                "digest": "0" * 64,
                "state": "done",
                "started_at": AT,
                "started_by_id": 1,
                "ended_at": AT,
                "stage": "",
                "done_rows": 1,
                "total_rows": 1,
                "summary": "{}",
                "problems": "[]",
            }
        ],
        "process_plan": [
            {
                "treatment_id": TREATMENT,
                "kind": "crisis_plan",
                "made_on": DAY,
                "agreed_on": None,
                "made_by_id": 1,
            }
        ],
        "process_incident": [
            {
                "programme_id": 1,
                "treatment_id": TREATMENT,
                "kind": "complaint",
                "happened_on": DAY,
                "note": "too loud",
            }
        ],
        "requirements_attestation": [
            {
                "programme_id": 1,
                "standard": "req_05_team_size",
                "met": True,
                "evidence": "The rota",
                "attested_by_id": 1,
                "attested_on": DAY,
                "expires_on": None,
                "recorded_at": AT,
            }
        ],
        "audit_event": [
            {
                "at": AT,
                "by_id": 1,
                "verb": verb,
                "subject_kind": "assessments.assignment",
                "subject_id": "22222222-2222-4222-8222-222222222222",
                "detail": '{"items": ["1"]}',
            }
            for verb in ("form planned", "answers recorded")
        ],
    }


def make() -> None:
    """The tables of the first version, with the rows."""
    from django.db.migrations.executor import MigrationExecutor

    apps = {table.partition("_")[0] for table in rows()}
    MigrationExecutor(connection).migrate([(app, "0001_initial") for app in sorted(apps)])
    with connection.cursor() as cursor:
        for table, listed in rows().items():
            for row in listed:
                columns = ", ".join(connection.ops.quote_name(name) for name in row)
                places = ", ".join(["%s"] * len(row))
                cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(row.values()))


def show() -> str:
    """What stands in those columns now, each row once, as text that both databases give."""
    found = {}
    with connection.cursor() as cursor:
        for table, listed in rows().items():
            names = [name for name in listed[0] if name != "sealed" and not name.endswith("_index")]
            columns = ", ".join(connection.ops.quote_name(name) for name in names)
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = sorted([str(value) for value in row] for row in cursor.fetchall())
    return json.dumps(found, sort_keys=True)
