"""The components: what they say, to eyes and to screen readers, in both languages."""

import datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString

from onmodel.charts import Bar, bars
from onmodel.web.components import (
    Chart,
    Column,
    EmptyState,
    Fact,
    Facts,
    Figure,
    Link,
    Progress,
    Sparkline,
    Status,
    Tab,
    Table,
    cell,
    sort_order,
)
from onmodel.web.icons import ICONS
from onmodel.wording import status

RISKY = "<script>alert(1)</script>"


def rendered(source: str, **context) -> str:
    return Template(source).render(Context(context))


def in_one_line(html: object) -> str:
    return " ".join(str(html).split())


# --- numbers and unknown ---
@pytest.mark.parametrize(
    ("source", "english", "dutch"),
    [
        ("{{ 12.5|number }}", "12.5", "12,5"),
        ("{{ 12|number }}", "12", "12"),
        ("{{ 12|number:1 }}", "12.0", "12,0"),
        ("{{ 1234567.891|number:1 }}", "1,234,567.9", "1.234.567,9"),
        ("{{ small|number }}", "−0.33", "−0,33"),
        ("{{ tiny|number:1 }}", "0.0", "0,0"),
        ("{{ 0|number }}", "0", "0"),
    ],
)
def test_numbers_follow_the_language(source: str, english: str, dutch: str) -> None:
    with translation.override("en"):
        assert rendered(source, small=-0.333, tiny=-0.01) == english
    with translation.override("nl"):
        assert rendered(source, small=-0.333, tiny=-0.01) == dutch


@pytest.mark.parametrize("source", ["{{ value|number }}", "{{ value|unknown }}", "{{ value|cell }}"])
def test_none_is_unknown_and_never_nought(source: str) -> None:
    assert "unknown" in rendered(source, value=None)
    assert "0" not in rendered(source, value=None)
    assert "unknown" not in rendered(source, value=0)


def test_unknown_says_why() -> None:
    assert "not asked" in rendered("{{ value|unknown:'not asked' }}", value="")


@pytest.mark.parametrize(("language", "shown"), [("en", "3 Feb 2025"), ("nl", "3 feb 2025")])
def test_dates_in_cells(language: str, shown: str) -> None:
    with translation.override(language):
        assert cell(datetime.date(2025, 2, 3)) == shown


def test_cells_escape_text_but_not_components() -> None:
    assert RISKY not in cell(RISKY)
    assert "<a href" in cell(Link("P-1", "/p/1/"))


# --- status ---
@pytest.mark.parametrize(("of", "word"), [(of, word) for of, words in status.LOOKS.items() for word in words])
def test_every_status_has_a_word_an_icon_and_a_tone(of: str, word: str) -> None:
    look = status.look(word, of)
    html = Status(word, of).render()
    assert str(look.label) in html
    assert look.icon in ICONS
    assert "<svg" in html
    assert f"status-{look.tone}" in html


def test_a_state_of_the_same_name_depends_on_what_has_it() -> None:
    assert status.look("open").tone == "info"
    assert status.look("open", of="signal").tone == "attention"


def test_a_status_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(KeyError, match="met, not_met, unknown"):
        status.look("perhaps", of="requirement")


def test_statuses_are_dutch_in_dutch() -> None:
    with translation.override("nl"):
        assert "Verslechterd" in rendered('{% status "deteriorated" %}')


# --- figure ---
def test_a_figure_shows_number_unit_interval_n_and_basis() -> None:
    figure = Figure(
        12.4, unit="points", n=57, of=84, interval=(10.1, 14.7), digits=1, basis=Status("computed")
    )
    text = in_one_line(figure)
    for part in ("12.4", "points", "95% interval 10.1 to 14.7", "57 of 84", "Computed"):
        assert part in text.replace("&nbsp;", " ")


def test_a_figure_without_a_value_is_unknown_and_says_why() -> None:
    assert "two more sessions needed" in str(Figure(None, why="two more sessions needed"))


def test_a_figure_of_nought_is_nought() -> None:
    assert "unknown" not in str(Figure(0, n=0))


def test_a_figure_leads_to_its_data() -> None:
    assert '<a href="/why/">12</a>' in str(Figure(12, href="/why/"))


def test_the_tag_takes_the_interval_in_two_parts() -> None:
    assert "10.1 to 14.7" in rendered("{% figure 12.4 low=10.1 high=14.7 %}")


# --- table ---
def table(**changes) -> Table:
    named = {
        "caption": "Patients",
        "columns": [Column("Patient", sort="code"), Column("Score", sort="score", numeric=True), "Remark"],
        "rows": [["P-1", 12, None], ["P-2", 1.5, RISKY]],
        **changes,
    }
    return Table(**named)


def test_a_table_has_a_caption_and_scopes() -> None:
    html = in_one_line(table())
    assert "<caption id=" in html
    assert html.count('scope="col"') == 3
    assert html.count('scope="row"') == 2
    assert RISKY not in html


def test_headings_sort_and_say_the_order() -> None:
    request = RequestFactory().get("/", {"sort": "-score", "q": "p", "page": "3"})
    html = in_one_line(table(sort="-score").render(request))
    assert 'aria-sort="descending"' in html
    assert "sort=score" in html
    assert "q=p" in html
    assert "page=3" not in html


@pytest.mark.parametrize(
    ("asked", "order"),
    [("score", "score"), ("-score", "-score"), ("password", "code"), ("", "code"), (None, "code")],
)
def test_only_orders_that_are_offered_are_followed(asked: str | None, order: str) -> None:
    request = RequestFactory().get("/", {} if asked is None else {"sort": asked})
    assert sort_order(request, "code", ["score"]) == order


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        table(rows=[["P-1"]]).render()


def test_an_empty_table_says_what_would_be_here() -> None:
    html = str(
        table(rows=[], empty=EmptyState("No patients yet", "Import a file.", Link("Import", "/import/")))
    )
    assert "<table" not in html
    assert "No patients yet" in html
    assert 'href="/import/"' in html


def test_pages_keep_the_search_and_mark_where_one_is() -> None:
    page = Paginator(range(100), 10).get_page(3)
    request = RequestFactory().get("/", {"q": "p"})
    html = in_one_line(table(page=page).render(request))
    assert '<span aria-current="page">3</span>' in html
    assert "?q=p&amp;page=4" in html
    assert "21 to 30 of 100" in html


# --- chart, progress, facts, sparkline ---
def test_a_chart_brings_its_table_its_words_and_its_label() -> None:
    drawing = bars([Bar(label="North", value=82.5, n=40), Bar(label="East", value=None)], measure="Share")
    html = in_one_line(Chart(drawing, title="On time", id="c", n=71, simulated=True))
    assert 'role="img" aria-label="On time. North: 82.5, East: unknown."' in html
    assert '<script id="c-spec" type="application/json">' in html
    assert "<th" in html
    assert "82.5" in html
    assert "Simulated data" in html
    assert " style=" not in html


def test_progress_asks_on_until_it_is_done() -> None:
    assert "hx-get" in str(Progress("Reading", 40, poll="/p/"))
    assert "hx-get" not in str(Progress("Reading", 100, poll="/p/", done=True))
    assert "hx-get" not in str(Progress("Reading", 40, poll="/p/", failed="Row 3"))


@pytest.mark.parametrize(
    ("value", "maximum", "percent"), [(40, 100, 40), (3, 4, 75), (0, 0, 0), (9, 4, 100), (None, 100, None)]
)
def test_progress_in_per_cent(value: int | None, maximum: int, percent: int | None) -> None:
    assert Progress("Reading", value, maximum).extra()["percent"] == percent


def test_progress_of_unknown_length_has_no_value() -> None:
    assert "value=" not in str(Progress("Waiting"))


def test_facts_are_a_list_of_terms() -> None:
    html = in_one_line(Facts([Fact("Crisis plan", None), Fact("Patients", 84, "in 6 groups")]))
    assert '<dt>Crisis plan</dt><dd><span class="unknown">' in html
    assert "<dd>84<span" in html


def test_a_sparkline_says_in_words_what_it_draws_in_any_language() -> None:
    with translation.override("nl"):
        html = str(Sparkline([31, None, 12.5, 20.25], "van 31 naar 20"))
    assert 'role="img" aria-label="van 31 naar 20"' in html
    assert 'cx="84" ' in html


def test_tabs_mark_the_page_that_one_is_on() -> None:
    tabs = [Tab("Overview", "/", current=True), Tab("Patients", "/p/", count=1200)]
    html = rendered('{% tabs tabs label="Parts" %}', tabs=tabs)
    assert html.count("aria-current") == 1
    assert "1,200" in html


def test_tabs_show_the_parts_of_the_group_that_one_is_in_and_no_others() -> None:
    parts = (Tab("Worklist", "/w/", around=True), Tab("Compare", "/c/"))
    tabs = [
        Tab("Outcomes", "/o/", around=True, parts=parts),
        Tab("Reports", "/r/", parts=(Tab("Released", "/f/"),)),
    ]
    html = rendered('{% tabs tabs label="Parts" %}', tabs=tabs)
    assert html.count('aria-current="true"') == 2
    assert '<ul class="tab-parts" aria-label="Outcomes">' in html
    assert "/c/" in html
    assert "/f/" not in html


# --- blocks ---
def test_a_heading_has_crumbs_and_actions() -> None:
    html = rendered(
        '{% heading title crumbs=crumbs %}<a href="/edit/">Edit</a>{% endheading %}',
        title=RISKY,
        crumbs=[("Programmes", "/programmes/")],
    )
    assert '<a href="/edit/">Edit</a>' in html
    assert 'href="/programmes/"' in html
    assert RISKY not in html


def test_a_dialog_is_a_link_to_a_dialog_with_a_name() -> None:
    html = rendered('{% dialog "end" title="End" open="End ..." %}<p>Sure?</p>{% enddialog %}')
    assert 'href="#end"' in html
    assert '<dialog id="end" aria-labelledby="end-title">' in html
    assert "<p>Sure?</p>" in html


def test_variables_in_a_block_stay_escaped() -> None:
    assert RISKY not in rendered("{% panel title %}{{ text }}{% endpanel %}", title=RISKY, text=RISKY)


def test_simulated_data_say_so_and_real_data_do_not() -> None:
    assert "Simulated data" in rendered("{% simulated True %}")
    assert rendered("{% simulated False %}").strip() == ""


# --- forms ---
class Example(forms.Form):
    code = forms.CharField(label="Code", help_text="As in the record.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")
    remark = forms.CharField(label="Remark", required=False, widget=forms.Textarea)
    file = forms.FileField(label="File", required=False)
    choice = forms.ChoiceField(label="Choice", choices=[("a", "A")])


def field(name: str, form: forms.Form) -> str:
    return in_one_line(rendered("{% field field %}", field=form[name]))


def test_a_field_ties_label_and_help_to_its_control() -> None:
    html = field("code", Example())
    assert '<label class="field-label" for="id_code">' in html
    assert 'aria-describedby="id_code_helptext"' in html
    assert 'id="id_code_helptext"' in html
    assert "aria-invalid" not in html


def test_an_error_is_tied_to_its_control_and_marked() -> None:
    html = field("code", Example({}))
    assert 'aria-describedby="id_code_helptext id_code_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_code_error"' in html


def test_choices_are_a_group_with_a_legend() -> None:
    html = field("kind", Example({}))
    assert "<fieldset" in html
    assert "<legend" in html
    assert 'aria-describedby="id_kind_error"' in html
    assert html.count('type="radio"') == 2


@pytest.mark.parametrize(
    ("name", "class_"),
    [
        ("code", "form-control"),
        ("agreed", "form-check-input"),
        ("choice", "form-select"),
        ("file", "form-control"),
    ],
)
def test_each_control_has_its_class(name: str, class_: str) -> None:
    assert class_ in field(name, Example())


def test_what_may_be_left_out_is_said() -> None:
    assert "(optional)" in field("remark", Example())
    assert "(optional)" not in field("code", Example())


def test_errors_are_listed_with_links_to_the_fields() -> None:
    html = in_one_line(rendered("{% fields form %}", form=Example({})))
    assert 'href="#id_code"' in html
    assert 'role="alert"' in html
    assert html.index("error-summary") < html.index("field-label")


def test_components_are_safe_to_print() -> None:
    assert isinstance(Status("met").render(), SafeString)
    assert rendered("{{ it }}", it=Status("met")) == str(Status("met"))
