"""A name that the pack does not know is refused, with file and key."""

import pytest


@pytest.mark.parametrize(
    ("path", "old", "new", "key", "words"),
    [
        (
            "schedules/yearly.toml",
            'instrument = "form"',
            'instrument = "from"',
            "instruments[0].instrument",
            "did you mean 'form'",
        ),
        (
            "schedules/yearly.toml",
            'instrument = "form"',
            'instrument = "form"\nrespondent = "manager"',
            "instruments[0].respondent",
            "does not fill",
        ),
        (
            "checklists/intake.toml",
            'within = "plan_in_time"',
            'within = "plan"',
            "checks[0].within",
            "no standard",
        ),
        (
            "checklists/intake.toml",
            'within = "plan_in_time"',
            'within = "plan_in_time"\nphases = ["later"]',
            "checks[0].phases",
            "no phase",
        ),
        (
            "roles/people.toml",
            'acts_as = "therapist"',
            'acts_as = "king"',
            "roles[0].acts_as",
            "'king' is none",
        ),
        (
            "rules/signals.toml",
            'responsible = "nurse"',
            'responsible = "cook"',
            "rules[0].responsible",
            "no role",
        ),
        (
            "rules/signals.toml",
            'standard = "plan_in_time"',
            'standard = "x"',
            "rules[0].settings.standard",
            "no standard",
        ),
        (
            "rules/signals.toml",
            'standard = "plan_in_time"',
            'standards = ["x"]',
            "rules[0].settings.standards",
            "no standard",
        ),
        (
            "rules/signals.toml",
            'instrument = "form"',
            'instrument = "x"',
            "rules[0].settings.instrument",
            "no instrument",
        ),
        (
            "rules/signals.toml",
            '"form.TOTAL"',
            '"form.T"',
            "rules[0].settings.scales",
            "'T' is no scale of form",
        ),
        (
            "rules/signals.toml",
            '"form.TOTAL"',
            '"x.TOTAL"',
            "rules[0].settings.scales",
            "'x' is no instrument",
        ),
        (
            "reports/yearly.toml",
            'instrument = "form"',
            'instrument = "x"',
            "outcomes[0].instrument",
            "no instrument",
        ),
        ("terms/words.toml", '"form.a"', '"form.z"', "terms[1].links", "'form.z' is nothing in this pack"),
        ("terms/words.toml", '"late"', '"early"', "terms[1].links", "'early' is nothing in this pack"),
        ("reports/yearly.toml", 'scale = "TOTAL"', 'scale = "T"', "outcomes[0].scale", "no scale of form"),
    ],
)
def test_refused(  # type: ignore[no-untyped-def]
    refused, path: str, old: str, new: str, key: str, words: str
) -> None:
    assert words in refused(path, old, new)[key]
