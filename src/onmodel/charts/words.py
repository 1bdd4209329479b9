"""The words in and under charts, in both languages: charts know no web framework and its catalogues."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Words:
    """Sentences are `str.format` patterns; `decimal` is the language's decimal mark."""

    language: str = "en"
    decimal: str = "."
    thousands: str = ","
    months: str = "Months since start"
    month: str = "Month"
    group: str = "Group"
    mean: str = "Observed mean"
    n: str = "n"
    interval: str = "95% interval"
    to: str = "to"
    model: str = "Model"
    model_interval: str = "Model, 95% interval"
    cut_off: str = "cut-off"
    normal: str = "usual range"
    moment: str = "Moment"
    score: str = "Score"
    meaning: str = "Meaning"
    missing: str = "not answered"
    expected: str = "Expected course"
    reliable: str = "within measurement error of the start"
    item: str = "Item"
    rating: str = "Rating"
    kind: str = "Kind"
    adequate: str = "adequate"
    share: str = "Share"
    unknown: str = "unknown"
    course_says: str = "{measure} over time. {groups}"
    course_group: str = (
        "{name}: {first} at {start} months (n {n_first}), {last} at {end} months (n {n_last})."
    )
    course_none: str = "{name}: nothing observed."
    share_group: str = "{name}: {first} % at {start} months, {last} % at {end} months (n {n})."
    lower_better: str = "Lower is better."
    higher_better: str = "Higher is better."
    patient_says: str = (
        "{measure}: {first} at month {start}, {last} at month {end}; {missing} of {all} moments not answered."
    )
    patient_none: str = "{measure}: no scores yet; {missing} of {all} moments not answered."
    profile_says: str = "{below} of {known} rated items are below {adequate}; {unknown} not rated."
    not_rated: str = "not rated"
    profile_plain: str = "{known} rated items; {unknown} not rated."
    change: str = "Change"
    dots_moved: str = "Of {both} scored both times, {up} went up and {down} went down."
    quarter: str = "Quarter"
    report: str = "Report"
    value: str = "Value"
    years_says: str = "{measure}, report by report: {first} in {start}, {last} in {end}."
    drift_says: str = "{measure} by quarter: {first} in {start} (n {n_first}), {last} in {end} (n {n_last})."
    characteristic: str = "Characteristic"
    before: str = "Before matching"
    after: str = "After matching"
    standardised: str = "Standardised difference"
    balance_says: str = (
        "{before} of {all} characteristics differ by more than {limit} SD before matching, {after} after it."
    )


ENGLISH = Words()
DUTCH = replace(
    ENGLISH,
    language="nl",
    decimal=",",
    thousands=".",
    months="Maanden sinds de start",
    month="Maand",
    group="Groep",
    mean="Gemeten gemiddelde",
    interval="95%-interval",
    to="tot",
    model="Model",
    model_interval="Model, 95%-interval",
    cut_off="afkappunt",
    normal="gebruikelijk bereik",
    moment="Meetmoment",
    score="Score",
    meaning="Betekenis",
    missing="niet ingevuld",
    expected="Verwacht beloop",
    reliable="binnen de meetfout van de start",
    item="Item",
    rating="Beoordeling",
    kind="Soort",
    adequate="voldoende",
    share="Aandeel",
    unknown="onbekend",
    course_says="{measure} in de tijd. {groups}",
    course_group="{name}: {first} na {start} maanden (n {n_first}), {last} na {end} maanden (n {n_last}).",
    course_none="{name}: niets gemeten.",
    share_group="{name}: {first} % na {start} maanden, {last} % na {end} maanden (n {n}).",
    lower_better="Lager is beter.",
    higher_better="Hoger is beter.",
    patient_says=(
        "{measure}: {first} in maand {start}, {last} in maand {end}; "
        "{missing} van {all} meetmomenten niet ingevuld."
    ),
    patient_none="{measure}: nog geen scores; {missing} van {all} meetmomenten niet ingevuld.",
    profile_says="{below} van {known} beoordeelde items liggen onder {adequate}; {unknown} niet beoordeeld.",
    not_rated="niet beoordeeld",
    profile_plain="{known} beoordeelde items; {unknown} niet beoordeeld.",
    change="Verschil",
    dots_moved="Van de {both} die beide keren gescoord zijn, gingen er {up} omhoog en {down} omlaag.",
    quarter="Kwartaal",
    report="Rapport",
    years_says="{measure}, rapport voor rapport: {first} in {start}, {last} in {end}.",
    value="Waarde",
    drift_says=("{measure} per kwartaal: {first} in {start} (n {n_first}), {last} in {end} (n {n_last})."),
    characteristic="Kenmerk",
    before="Vóór het matchen",
    after="Na het matchen",
    standardised="Gestandaardiseerd verschil",
    balance_says=(
        "{before} van {all} kenmerken verschillen vóór het matchen meer dan {limit} SD, {after} erna."
    ),
)


def words(language: str) -> Words:
    """The words of "nl" (also "nl-be"), else English."""
    return DUTCH if language.startswith("nl") else ENGLISH


def written(value: float | None, words: Words, digits: int = 1) -> str:
    """A number as the language writes it; None as the word for unknown."""
    if value is None:
        return words.unknown
    text = f"{value:,.{digits}f}"
    if digits and text.endswith("." + "0" * digits) and value == int(value):
        text = text[: -digits - 1]
    swap = str.maketrans({",": words.thousands, ".": words.decimal, "-": "\N{MINUS SIGN}"})
    return text.translate(swap)


def span(low: float | None, high: float | None, words: Words, digits: int = 1) -> str | None:
    """ "10.1 to 14.7", or None where a bound is unknown."""
    if low is None or high is None:
        return None
    return f"{written(low, words, digits)} {words.to} {written(high, words, digits)}"
