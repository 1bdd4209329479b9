"""The import as pages: choose, say what is what, preview, confirm, result."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from onmodel.outcomes.models import ImportRun
from onmodel.signals.models import Signal
from tests.import_files import EXAMPLES, LONG_MAP, records
from tests.real_data import beat_the_blues

pytestmark = pytest.mark.django_db
State = ImportRun.State
GOOD = "id,month,bdi\nA,0,30\nA,6,20\nB,0,25\n"


@pytest.fixture(autouse=True)
def installation(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def manager(client, cast):
    client.force_login(cast.manager)
    return client


def start(client, cast, text, map_text="", name="outcomes.csv"):
    """The run that comes of choosing this file."""
    data = {"file": SimpleUploadedFile(name, text.encode())}
    if map_text:
        data["map_file"] = SimpleUploadedFile("map.toml", map_text.encode())
    response = client.post(reverse("import-start", args=[cast.programme.slug]), data)
    assert response.status_code == 302, response.content.decode()
    return ImportRun.objects.latest("started_at")


def page(client, run):
    response = client.get(reverse("import-run", args=[run.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_beat_the_blues_from_choice_to_result(manager, cast):
    table = beat_the_blues().to_csv(index=False)
    map_text = (EXAMPLES / "beat-the-blues.toml").read_text(encoding="utf-8")
    run = start(manager, cast, table, map_text, name="btheb.csv")
    before = records()
    shown = page(manager, run)
    for words in (
        "Nothing is written yet",
        "23.3",
        "16.9",
        "14.8",
        "12.8",
        "11.1",
        "380",
        "Not used: drug, length",
    ):
        assert words in shown
    assert records() == before
    response = manager.post(reverse("import-confirm", args=[run.pk]), follow=True)
    run.refresh_from_db()
    assert run.state == State.DONE
    assert "Import another file" in response.content.decode()
    assert cast.programme.assignments.count() == 380


def test_signals_are_looked_for_after_an_import(manager, cast):
    text = "id,month,bdi\nP-1001,0,10\nP-1001,6,50\n"
    run = start(manager, cast, text, LONG_MAP)
    manager.post(reverse("import-confirm", args=[run.pk]))
    assert Signal.objects.filter(treatment=cast.treatment, rule__contains="deteriorat").exists()


def test_the_guide_makes_a_map_of_a_wide_file(manager, cast):
    run = start(manager, cast, beat_the_blues().to_csv(index=False), name="btheb.csv")
    shown = page(manager, run)
    assert "each patient has one row" in shown
    assert "“bdi.6m”: months since the start" in shown
    said = {
        "patient": "rownames",
        "score": "bdi2:TOTAL",
        "nominal_start": "2000-01-01",
        "cohort": "treatment",
    }
    months = {f"months_{number}": value for number, value in enumerate((0, 2, 4, 6, 8))}
    response = manager.post(reverse("import-run", args=[run.pk]), said | months, follow=True)
    shown = response.content.decode()
    assert "23.3" in shown
    run.refresh_from_db()
    assert [row["n"] for row in run.summary["moments"]] == [100, 97, 73, 58, 52]


def test_the_guide_makes_a_map_of_a_long_file_with_dates(manager, cast):
    text = "code;intake;meting_datum;bdi\nA;01-02-2024;01-02-2024;30,5\nA;01-02-2024;01-08-2024;20\n"
    run = start(manager, cast, text)
    shown = page(manager, run)
    assert "each measurement has a row" in shown
    said = {
        "patient": "code",
        "score": "bdi2:TOTAL",
        "column": "bdi",
        "moment": "meting_datum",
        "start": "intake",
    }
    response = manager.post(reverse("import-run", args=[run.pk]), said, follow=True)
    run.refresh_from_db()
    assert run.state == State.PREVIEW, run.problems
    assert "dates = &quot;day_first&quot;" in response.content.decode()
    assert [row["months"] for row in run.summary["moments"]] == [0, 5.98]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "Choose a column, or give one date below."),
        ({"start": "", "nominal_start": "2020-01-01", "months_0": "x"}, "Enter a number."),
        ({"nominal_start": "2020-01-01"}, "Say for at least one column"),
    ],
)
def test_the_guide_says_what_is_missing(manager, cast, said, error):
    run = start(manager, cast, "id,bdi0,bdi6\nA,1,2\nB,2,3\n")
    data = {"patient": "id", "score": "bdi2:TOTAL"} | said
    response = manager.post(reverse("import-run", args=[run.pk]), data)
    assert response.status_code == 422
    assert error in response.content.decode()


def test_the_other_layout_can_be_asked_for(manager, cast):
    run = start(manager, cast, GOOD)
    url = reverse("import-run", args=[run.pk])
    assert "months since the start" in manager.get(f"{url}?layout=wide").content.decode()
    assert "Which column says when?" in manager.get(url).content.decode()


def test_a_refused_file_shows_each_cell_and_can_be_mended_by_its_map(manager, cast):
    run = start(manager, cast, "id,month,bdi\nA,0,-99\nA,6,20\n", LONG_MAP)
    assert run.state == State.REFUSED
    shown = page(manager, run)
    for words in ("-99", "no score of BDI-II can be this", "a score from 0 to 63"):
        assert words in shown
    mended = LONG_MAP.replace('layout = "long"', 'layout = "long"\nfile = { missing = [-99] }')
    response = manager.post(reverse("import-run", args=[run.pk]), {"map": mended}, follow=True)
    assert "Nothing is written yet" in response.content.decode()


def test_a_refused_file_cannot_be_confirmed(manager, cast):
    run = start(manager, cast, "id,month,bdi\nA,0,-99\n", LONG_MAP)
    before = records()
    manager.post(reverse("import-confirm", args=[run.pk]))
    assert records() == before


def test_a_file_without_a_map_cannot_be_confirmed(manager, cast):
    run = start(manager, cast, GOOD)
    before = records()
    manager.post(reverse("import-confirm", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, records()) == (State.PREVIEW, before)


def test_the_problems_as_a_file_for_a_spreadsheet(manager, cast):
    run = start(manager, cast, "id,month,bdi\nA,0,=1+1\nB,0,-5\nC,0,-x\n", LONG_MAP)
    response = manager.get(reverse("import-problems", args=[run.pk]))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[:3] for row in rows] == [
        ["line", "column", "value"],
        ["2", "bdi", "'=1+1"],
        ["3", "bdi", "-5"],
        ["4", "bdi", "'-x"],
    ]


def test_many_problems_come_in_pages(manager, cast):
    rows = "\n".join(f"P{n},0,bad" for n in range(120))
    run = start(manager, cast, f"id,month,bdi\n{rows}\n", LONG_MAP)
    second = manager.get(reverse("import-run", args=[run.pk]), {"page": 2}).content.decode()
    assert "line 52<" in second
    assert "line 51<" not in second


def test_confirming_twice_imports_once(manager, cast):
    run = start(manager, cast, GOOD, LONG_MAP)
    url = reverse("import-confirm", args=[run.pk])
    manager.post(url)
    before = records()
    response = manager.post(url, follow=True)
    assert response.status_code == 200
    assert records() == before


def test_the_same_file_again_says_so(manager, cast):
    for _ in range(2):
        run = start(manager, cast, GOOD, LONG_MAP)
        manager.post(reverse("import-confirm", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == State.UNCHANGED
    shown = page(manager, run)
    assert "Nothing new" in shown
    assert "by Mia Manager" in shown


def test_progress_is_asked_for_until_the_end(manager, cast):
    run = start(manager, cast, GOOD, LONG_MAP)
    ImportRun.objects.filter(pk=run.pk).update(
        state=State.RUNNING, stage="checking", done_rows=50, total_rows=200
    )
    url = reverse("import-progress", args=[run.pk])
    response = manager.get(url)
    assert "25%" in response.content.decode()
    assert f'hx-get="{url}"' in response.content.decode()
    assert "You can leave this page" in page(manager, run)
    ImportRun.objects.filter(pk=run.pk).update(state=State.DONE)
    assert manager.get(url).headers["HX-Refresh"] == "true"


def test_a_file_can_be_thrown_away(manager, cast, settings):
    run = start(manager, cast, GOOD, LONG_MAP)
    manager.post(reverse("import-discard", args=[run.pk]))
    assert not ImportRun.objects.exists()
    assert list((settings.MEDIA_ROOT / "imports").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,month\nA\n", "line 2 has 1 cell"),
        ("\0\1", "not a text file"),
        ("id,id\n1,2\n", "more than one column"),
    ],
)
def test_what_is_no_table_is_told_without_a_map_too(manager, cast, text, says):
    run = start(manager, cast, text)
    response = manager.get(reverse("import-run", args=[run.pk]))
    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_file_that_is_too_large_or_empty_is_refused(manager, cast, settings):
    settings.MAX_IMPORT_BYTES = 10
    url = reverse("import-start", args=[cast.programme.slug])
    large = manager.post(url, {"file": SimpleUploadedFile("a.csv", b"x" * 11)})
    assert (large.status_code, "larger than" in large.content.decode()) == (422, True)
    empty = manager.post(url, {"file": SimpleUploadedFile("a.csv", b"")})
    assert empty.status_code == 422
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("manager", 200),
        ("assistant", 200),
        ("therapist", 403),
        ("supervisor", 403),
        ("expert", 403),
        ("administrator", 403),
        ("stakeholder", 403),
        ("patient_user", 404),
        ("outsider", 404),
        ("leaver", 404),
    ],
)
def test_who_may_start_an_import(client, cast, who, code):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("import-start", args=[cast.programme.slug])).status_code == code


@pytest.mark.parametrize(
    ("who", "code"), [("therapist", 403), ("expert", 403), ("administrator", 403), ("outsider", 404)]
)
@pytest.mark.parametrize("name", ["import-run", "import-confirm", "import-discard"])
def test_who_may_not_import_changes_nothing(client, cast, who, code, name):
    client.force_login(cast.manager)
    run = start(client, cast, GOOD, LONG_MAP)
    client.force_login(getattr(cast, who))
    response = client.post(reverse(name, args=[run.pk]), {"map": "x"})
    assert response.status_code == code
    run.refresh_from_db()
    assert (run.state, run.map) == (State.PREVIEW, LONG_MAP)


@pytest.mark.parametrize("content", [b"layout = '\xff'", b"layout = '\0'"])
def test_a_map_that_is_no_text_is_refused(manager, cast, content):
    files = {
        "file": SimpleUploadedFile("a.csv", GOOD.encode()),
        "map_file": SimpleUploadedFile("map.toml", content),
    }
    response = manager.post(reverse("import-start", args=[cast.programme.slug]), files)
    assert response.status_code == 422
    assert "A map is a text file in UTF-8." in response.content.decode()
