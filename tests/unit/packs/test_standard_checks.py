"""What cannot hold within a file of standards, levels, terms and the like is refused."""

import pytest

NEW_LIMIT = """at_most = 30
unit = "days"
source = "Example"
[[standards.limits]]
id = "usual"
at_most = 60"""


@pytest.mark.parametrize(
    ("path", "old", "new", "key", "words"),
    [
        (
            "schedules/yearly.toml",
            'recommended = ["start"]',
            'recommended = ["stop"]',
            "instruments[0].recommended",
            "'stop' is no moment",
        ),
        ("schedules/yearly.toml", "every_days = 7", "every_days = 0", "repeats[0].every_days", "below 1"),
        (
            "schedules/yearly.toml",
            "until_months = 2",
            "until_months = 1",
            "repeats[0].until_months",
            "not after",
        ),
        ("schedules/yearly.toml", "= 0.8", "= 80", "target_completeness", "no share"),
        ("checklists/intake.toml", 'section = "before"', 'section = "x"', "checks[0].section", "no section"),
        ("checklists/intake.toml", "maximum = 1", "maximum = 0", "maximum", "below the number of checks"),
        (
            "standards/clocks.toml",
            'limit = "usual"',
            'limit = "rare"',
            "standards[0].limit",
            "names no variant",
        ),
        (
            "standards/clocks.toml",
            'measure = "days_to_plan"\n',
            "",
            "standards[0].measure",
            "said to be computed",
        ),
        (
            "standards/clocks.toml",
            "at_least = 1",
            "at_least = 31",
            "standards[0].limits[0].at_least",
            "above at_most",
        ),
        (
            "standards/clocks.toml",
            "at_least = 1\nat_most = 30\n",
            "",
            "standards[0].limits[0]",
            "has no number",
        ),
        ("standards/clocks.toml", "at_most = 30", NEW_LIMIT, "standards[0].limits[1].id", "twice"),
        ("rules/signals.toml", "{days} dagen", "{dagen} dagen", "rules[0].text", "one language only"),
        ("rules/signals.toml", "{days} dagen", "{days dagen", "rules[0].text", "not closed"),
        (
            "accreditation/levels.toml",
            'after = ["basic"]',
            'after = ["x"]',
            "levels[1].after",
            "'x' is no level",
        ),
        (
            "accreditation/levels.toml",
            '["patients"]',
            '["course"]',
            "levels[1].obtains[0].alternatives",
            "no requirement",
        ),
        ("terms/words.toml", 'parent = "stance"', 'parent = "x"', "terms[1].parent", "'x' is no term"),
        ("terms/words.toml", 'parent = "stance"', 'parent = "curious"', "terms[1].parent", "circle"),
        ("terms/words.toml", 'id = "curious"', 'id = "stance"', "terms[1].id", "twice"),
    ],
)
def test_refused(  # type: ignore[no-untyped-def]
    refused, path: str, old: str, new: str, key: str, words: str
) -> None:
    assert words in refused(path, old, new)[key]
