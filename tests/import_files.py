"""Small files and maps for the tests of the import."""

from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"

LONG_MAP = """
layout = "long"
[patient]
column = "id"
[treatment]
nominal_start = 2020-01-01
[moment]
months = "month"
[[measures]]
instrument = "bdi2"
scale = "TOTAL"
column = "bdi"
"""

WIDE_MAP = """
layout = "wide"
[patient]
column = "id"
[treatment]
nominal_start = 2020-01-01
[[measures]]
instrument = "bdi2"
scale = "TOTAL"
moments = { bdi0 = 0, bdi6 = 6 }
"""

DATED_MAP = """
layout = "long"
[patient]
column = "id"
[treatment]
start = "started"
[moment]
date = "measured"
[[measures]]
instrument = "bdi2"
scale = "TOTAL"
column = "bdi"
"""


def written(folder: Path, text: str, name: str = "outcomes.csv", encoding: str = "utf-8") -> Path:
    """The text as a file in the folder."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def import_file(programme, path: Path, map_text: str, by=None, name: str = ""):
    """The file brought in; the run."""
    from django.core.files import File

    from onmodel.outcomes.actions import open_import, run_import

    with path.open("rb") as content:
        run = open_import(
            programme=programme, file=File(content, name=name or path.name), map_text=map_text, by=by
        )
    return run_import(run=run, by=by)


def records() -> tuple[int, ...]:
    """How many rows of each kind an import could have made."""
    from onmodel.assessments.models import Answer, Assignment, Score
    from onmodel.audit.models import Event
    from onmodel.patients.models import Patient, Treatment

    kinds = (Patient, Treatment, Assignment, Answer, Score)
    looks = ("import opened", "import read", "import problems taken")
    events = Event.objects.exclude(verb__in=looks).count()
    return (*(model.objects.count() for model in kinds), events)
