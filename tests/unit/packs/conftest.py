"""A small pack that has one of everything, and what the checks say after changing a line of it."""

import datetime
from collections.abc import Callable

import pytest

from onmodel.packs.checks import check_pack
from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError, Problem, ProblemSeverity
from onmodel.packs.reading import read_pack

DAY = datetime.date(2026, 11, 21)
HEADER = """
version = "1.0.0"
source = "A hand-made example"
author = "A. Author"
checked_by = ""
next_review = 2027-11-21
licence = "CC0"
title = {en = "Title", nl = "Titel"}
"""
PACK = f"""id = "small"
{HEADER}"""
FORM = f"""id = "form"
abbreviation = "FRM"
subject = "treatment"
respondents = ["patient"]
wording = "shipped"
direction = "worse"
main_scale = "TOTAL"
minimum = 0
maximum = 2
{HEADER}
[[options]]
value = 0
label = {{en = "No", nl = "Nee"}}
[[options]]
value = 1
[[options]]
value = 2
label = {{en = "Yes", nl = "Ja"}}

[[parts]]
id = "first"
title = {{en = "First", nl = "Eerste"}}

[[items]]
id = "a"
part = "first"
label = {{en = "Item A", nl = "Vraag A"}}
[[items]]
id = "b"
label = {{en = "Item B", nl = "Vraag B"}}
[[items]]
id = "c"
label = {{en = "Item C", nl = "Vraag C"}}
[[items]]
id = "words"
kind = "text"
label = {{en = "Anything else?", nl = "Nog iets?"}}

[[scales]]
rule = "sum"
id = "TOTAL"
title = {{en = "Total", nl = "Totaal"}}
items = ["a", "b", "c"]
reverse = ["b"]
minimum = 0
maximum = 6
[scales.missing]
at_most = 1
[[scales]]
rule = "recoded"
id = "RECODED"
title = {{en = "Recoded", nl = "Omgezet"}}
items = ["a", "b"]
recode = {{0 = 3, 1 = 1, 2 = 0}}
recode_items = {{b = {{0 = 0, 1 = 1, 2 = 3}}}}
[[scales]]
rule = "combined"
id = "BOTH"
title = {{en = "Both", nl = "Beide"}}
scales = ["TOTAL", "RECODED"]
weights = [1.0, 2.0]
statistic = "sum"
[[scales]]
rule = "ratio"
id = "RATIO"
title = {{en = "Ratio", nl = "Verhouding"}}
numerator = "TOTAL"
denominator = "COUNT"
[[scales]]
rule = "count"
id = "COUNT"
title = {{en = "Count", nl = "Aantal"}}
items = ["a", "b", "c"]
at_least = 1
[[scales]]
rule = "value_set"
id = "VALUE"
title = {{en = "Value", nl = "Waarde"}}
set_id = "example"
items = ["a", "b"]
constant = -0.1
decrements = {{a = [-0.1, -0.2], b = [-0.1, -0.3]}}
source = "Example"
[[scales]]
rule = "single"
id = "ONE"
title = {{en = "One", nl = "Een"}}
item = "c"

[[norms]]
scale = "TOTAL"
population = "general"
mean = 2.0
sd = 1.5
source = "Example"
confidence = "verified"
[[cut_offs]]
scale = "TOTAL"
value = 3
use = "clinical"
population = "general"
source = "Example"
confidence = "derived"
[[bands]]
scale = "TOTAL"
source = "Example"
confidence = "likely"
[[bands.levels]]
at_least = 0
below = 3
label = {{en = "Low", nl = "Laag"}}
[[bands.levels]]
at_least = 3
label = {{en = "High", nl = "Hoog"}}
[[reliabilities]]
scale = "TOTAL"
kind = "alpha"
value = 0.8
sample = "students"
source = "Example"
confidence = "unverified"
[[reliable_changes]]
scale = "TOTAL"
sd = 1.5
reliability = 0.8
source = "Example"
confidence = "derived"
[[risk_items]]
item = "c"
at_least = 1
meaning = {{en = "Ask at once", nl = "Vraag meteen door"}}
"""
SCHEDULE = f"""id = "yearly"
{HEADER}
target_completeness = 0.8
[[moments]]
id = "start"
months = 0
title = {{en = "Start", nl = "Begin"}}
[[instruments]]
instrument = "form"
recommended = ["start"]
[[repeats]]
instrument = "form"
every_days = 7
from_months = 1
until_months = 2
"""
CHECKLIST = f"""id = "intake"
subject = "treatment"
maximum = 1
{HEADER}
[[sections]]
id = "before"
title = {{en = "Before", nl = "Vooraf"}}
[[checks]]
id = "plan"
section = "before"
within = "plan_in_time"
text = {{en = "There is a plan", nl = "Er is een plan"}}
"""
STANDARDS = f"""id = "clocks"
{HEADER}
[[standards]]
id = "plan_in_time"
kind = "clock"
level = "team"
text = {{en = "A plan in time", nl = "Op tijd een plan"}}
known_by = "computed"
measure = "days_to_plan"
limit = "usual"
source = "Example"
[[standards.limits]]
id = "usual"
at_least = 1
at_most = 30
unit = "days"
source = "Example"
[[standards.aspects]]
id = "aspect"
text = {{en = "Aspect", nl = "Aspect"}}
"""
ROLES = f"""id = "people"
{HEADER}
[[roles]]
id = "nurse"
title = {{en = "Nurse", nl = "Verpleegkundige"}}
acts_as = "therapist"
"""
RULES = f"""id = "signals"
{HEADER}
[[rules]]
id = "late"
detector = "overdue"
subject = "treatment"
severity = "attention"
title = {{en = "Late", nl = "Te laat"}}
text = {{en = "{{days}} days late", nl = "{{days}} dagen te laat"}}
responsible = "nurse"
source = "Example"
settings = {{standard = "plan_in_time", instrument = "form", scales = ["form.TOTAL"], days = 7}}
"""
LEVELS = f"""id = "levels"
{HEADER}
[[levels]]
id = "basic"
title = {{en = "Basic", nl = "Basis"}}
source = "Example"
[[levels.obtains]]
id = "course"
text = {{en = "A course", nl = "Een cursus"}}
[[levels]]
id = "advanced"
after = ["basic"]
title = {{en = "Advanced", nl = "Gevorderd"}}
source = "Example"
[[levels.obtains]]
id = "hours"
alternatives = ["patients"]
text = {{en = "Hours", nl = "Uren"}}
[[levels.obtains]]
id = "patients"
text = {{en = "Patients", nl = "Patiënten"}}
"""
TERMS = f"""id = "words"
{HEADER}
[[terms]]
id = "stance"
label = {{en = "Stance", nl = "Houding"}}
[[terms]]
id = "curious"
parent = "stance"
links = ["plan_in_time", "form", "form.a", "form.TOTAL", "intake.plan", "levels.basic", "nurse", "late"]
label = {{en = "Curious", nl = "Nieuwsgierig"}}
"""
REPORT = f"""id = "yearly"
{HEADER}
[[sections]]
id = "outcome"
title = {{en = "Outcome", nl = "Uitkomst"}}
blocks = ["course"]
[[outcomes]]
instrument = "form"
scale = "TOTAL"
"""
FILES = {
    "pack.toml": PACK,
    "instruments/form.toml": FORM,
    "schedules/yearly.toml": SCHEDULE,
    "checklists/intake.toml": CHECKLIST,
    "standards/clocks.toml": STANDARDS,
    "roles/people.toml": ROLES,
    "rules/signals.toml": RULES,
    "accreditation/levels.toml": LEVELS,
    "terms/words.toml": TERMS,
    "reports/yearly.toml": REPORT,
}

Change = Callable[[str, str, str], tuple[Problem, ...]]


def encoded(texts: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}


@pytest.fixture
def files() -> dict[str, bytes]:
    """The pack's files, free to change."""
    return encoded(FILES)


@pytest.fixture
def small() -> Pack:
    return read_pack(encoded(FILES))


@pytest.fixture
def refused(after: Change) -> Callable[[str, str, str], dict[str, str]]:
    """Key -> message of what is refused in the file `path` after such a change."""

    def change(path: str, old: str, new: str) -> dict[str, str]:
        return {
            problem.key: problem.message
            for problem in reversed(after(path, old, new))
            if problem.severity is ProblemSeverity.REFUSED and problem.file == f"small/{path}"
        }

    return change


@pytest.fixture
def after() -> Change:
    """The problems after replacing `old` by `new` in the file `path` (once, and it must be there)."""

    def change(path: str, old: str, new: str) -> tuple[Problem, ...]:
        assert FILES[path].count(old) >= 1, f"{old!r} is not in {path}"
        texts = {**FILES, path: FILES[path].replace(old, new, 1)}
        try:
            return check_pack(read_pack(encoded(texts)), day=DAY)
        except PackError as error:
            return error.problems

    return change
