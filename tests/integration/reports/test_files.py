"""The report as files: PDF, HTML and JSON, from the command and from the page."""

import io
import json

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from onmodel.cli.pir import pir
from onmodel.reports.page import as_html
from onmodel.reports.paper.pdf import as_pdf
from onmodel.reports.pir import programme_implementation_report
from tests.factories import ProgrammeFactory
from tests.integration.test_pir import START, fill_with_trial

pytestmark = pytest.mark.django_db

PERIOD = ["--from", "2025-01-01", "--to", "2025-12-31"]


@pytest.fixture
def trial(db):
    programme = ProgrammeFactory(name="Beat the Blues", slug="beat-the-blues")
    fill_with_trial(programme)
    return programme


def report(programme, language="en"):
    return programme_implementation_report(
        programme, START, START.replace(month=12, day=31), language=language
    )


def text_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_pdf_is_tagged_titled_and_the_same_twice(trial):
    first, second = as_pdf(report(trial)), as_pdf(report(trial))
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    assert reader.metadata.title == "Programme implementation report: Beat the Blues"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_simulated_is_said_on_every_page_and_in_every_file(trial):
    trial.is_simulated = True
    trial.save()
    made = report(trial)
    pages = PdfReader(io.BytesIO(as_pdf(made))).pages
    assert all("Simulated data" in page.extract_text() for page in pages)
    assert "Simulated data" in as_html(made)
    assert made.as_dict()["simulated"] is True


def test_html_stands_alone(trial):
    page = as_html(report(trial))
    assert "<svg" in page
    assert "<script" not in page
    assert "src=" not in page
    assert 'href="http' not in page
    assert "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}100" in page


def test_html_escapes_what_people_typed(db):
    page = as_html(report(ProgrammeFactory(name="<script>alert(1)</script>")))
    assert "<script>" not in page


def test_the_pdf_survives_any_name(db):
    name = '#emph[x] "quotes" \\ $math$ <tag> ümläut 你'
    assert "quotes" in text_of(as_pdf(report(ProgrammeFactory(name=name))))


def test_dutch_numbers_and_words(trial):
    text = text_of(as_pdf(report(trial, "nl")))
    assert "23,33" in text
    assert "Programma-implementatierapport" in text


@pytest.mark.parametrize("ending", ["pdf", "html", "json"])
def test_the_command_writes_what_the_name_asks_for(trial, tmp_path, ending):
    out = tmp_path / f"pir.{ending}"
    result = CliRunner().invoke(pir, ["beat-the-blues", *PERIOD, "--out", str(out)])
    assert result.exit_code == 0, result.output
    start = out.read_bytes()[:15]
    assert {"pdf": b"%PDF", "html": b"<!doctype html", "json": b"{"}[ending] in start


def test_json_leads_every_figure_to_its_basis(trial):
    result = CliRunner().invoke(pir, ["beat-the-blues", *PERIOD, "--json"])
    content = json.loads(result.output)
    outcome = next(section for section in content["sections"] if section["id"] == "outcome")
    table = next(block for block in outcome["blocks"] if block["kind"] == "table")
    figure = table["rows"][0][1]
    assert (figure["n"], round(figure["value"], 2)) == (100, 23.33)
    assert {"rule", "version", "data"} <= set(figure["basis"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere", *PERIOD, "--json"], 1, "no programme 'nowhere'"),
        (["beat-the-blues", *PERIOD], 2, "Say where to write it"),
        (["beat-the-blues", *PERIOD, "--out", "pir.docx"], 2, "ends in .html, .pdf or .json, not .docx"),
        (["beat-the-blues", "--from", "2025-02-01", "--to", "2025-01-01", "--json"], 2, "before it begins"),
        (["beat-the-blues", "--from", "soon", "--to", "2025-01-01", "--json"], 2, "soon"),
        (["beat-the-blues", *PERIOD, "--out", "/nowhere/pir.json"], 1, "cannot be written"),
    ],
)
def test_refusals(trial, arguments, code, message):
    result = CliRunner().invoke(pir, arguments)
    assert result.exit_code == code
    assert message in result.output
