"""Reading is total: whatever the files say, there is a pack or a PackError that names the file."""

import contextlib
import datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.packs.base import Text
from onmodel.packs.checks import check_pack
from onmodel.packs.fhir import read_questionnaire, texts_of
from onmodel.packs.instruments import Instrument, Wording
from onmodel.packs.lock import Locked, digest, digests, lock_text
from onmodel.packs.problems import PackError, Problem
from onmodel.packs.reading import parse_files, read_lock, read_pack
from onmodel.packs.scales import SumScale
from onmodel.packs.texts import Texts, apply_texts, read_texts, texts_toml

HEADER = """version = "1.0.0"
source = "s"
author = "a"
checked_by = ""
next_review = 2027-11-21
licence = "CC0"
title = {en = "Title", nl = "Titel"}
"""
PACK = f'id = "small"\n{HEADER}'.encode()
FORM = f"""id = "form"
{HEADER}
abbreviation = "FRM"
subject = "treatment"
respondents = ["patient"]
wording = "owner"
direction = "worse"
main_scale = "TOTAL"
numbered_items = 3
minimum = 0
maximum = 4
[[scales]]
rule = "recoded"
id = "TOTAL"
title = {{en = "Total", nl = "Totaal"}}
items = ["1", "2", "3"]
recode = {{0 = 0, 1 = 1, 2 = 2, 3 = 3, 4 = 4}}
[[scales]]
rule = "combined"
id = "MEAN"
title = {{en = "Mean", nl = "Gemiddelde"}}
scales = ["TOTAL"]
statistic = "mean"
[[bands]]
scale = "TOTAL"
source = "s"
confidence = "likely"
[[bands.levels]]
at_least = 0
below = 2
label = {{en = "a", nl = "b"}}
[[bands.levels]]
at_least = 2
label = {{en = "c", nl = "d"}}
""".encode()
VALUES = b'" ] nan -inf {} [] true "0" -1 1979-05-27 07:32:00 1e400'.split()
LINES = [b"", b"\xff", b"\r\n", b"[[scales]]\n", b"[[items]]\n", b"[a.b]\n", b'x = "y"\n']
LONG = [b"9" * 40, b"9" * 5000, b"[" * 900]
SCRAPS = st.sampled_from(VALUES + LINES + LONG) | st.binary(max_size=6)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with up to four pieces replaced by scraps."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        content = content[:start] + draw(SCRAPS) + content[end:]
    return content


@st.composite
def rewritten(draw: st.DrawFn) -> bytes:
    """The form with the value of one field replaced by another value of TOML."""
    lines = FORM.split(b"\n")
    index = draw(st.sampled_from([i for i, line in enumerate(lines) if b" = " in line]))
    name = lines[index].split(b" = ")[0]
    lines[index] = name + b" = " + draw(SCRAPS.filter(lambda scrap: b"\n" not in scrap))
    return b"\n".join(lines)


def outcome(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """The problems; that nothing else is raised is what is asked."""
    try:
        problems = check_pack(read_pack(files), day=datetime.date(2026, 11, 21))
    except PackError as error:
        problems = error.problems or (Problem("", "", "refused without a problem"),)
    assert all(problem.file and problem.message for problem in problems)
    return problems


@settings(deadline=None)
@given(damaged(FORM), damaged(PACK))
def test_a_damaged_pack_is_read_or_refused(form: bytes, pack: bytes) -> None:
    outcome({"pack.toml": PACK, "instruments/form.toml": form})
    outcome({"pack.toml": pack, "instruments/form.toml": FORM})


@settings(deadline=None)
@given(rewritten())
def test_any_value_in_any_field_is_read_or_refused(form: bytes) -> None:
    outcome({"pack.toml": PACK, "instruments/form.toml": form})


@settings(deadline=None)
@given(damaged(b'["instruments/form"]\nversion = "1.0.0"\ndigest = "sha256:' + b"0" * 64 + b'"\n'))
def test_a_damaged_lock_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(PackError):
        assert all(isinstance(file, Locked) for file in read_lock({"digests.toml": content}).values())


@given(st.dictionaries(st.text(), st.floats(allow_nan=False) | st.text() | st.lists(st.integers())))
def test_the_order_of_keys_does_not_change_a_digest(data: dict[str, object]) -> None:
    assert digest(dict(reversed(data.items()))) == digest(data)


@given(st.dictionaries(st.from_regex(r"\A[a-z]+\Z"), st.sampled_from([PACK, FORM]), max_size=4))
def test_a_lock_is_read_as_it_was_written(files: dict[str, bytes]) -> None:
    now = digests(parse_files({f"{name}.toml": content for name, content in files.items()})[0])
    assert read_lock({"digests.toml": lock_text(now).encode()}) == now


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(st.dictionaries(WORDS, WORDS), st.dictionaries(WORDS, WORDS, max_size=3), WORDS)
def test_texts_are_read_as_they_were_written(
    items: dict[str, str], options: dict[str, str], owner: str
) -> None:
    texts = Texts(instrument="form", language="nl", owner=owner, licence="", items=items, options=options)
    assert read_texts(texts_toml(texts).encode(), "f") == texts


@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 5))
def test_texts_fit_only_the_number_of_items_that_the_form_has(k: int, given_: int, top: int) -> None:
    title = Text(en="t", nl="t")
    form = Instrument(
        id="form", version="1.0.0", title=title, source="s", author="a", checked_by="", licence="l",
        next_review=datetime.date(2027, 1, 1), abbreviation="F", subject="treatment", respondents=(),  # type: ignore[arg-type]
        wording=Wording.OWNER, direction="worse", minimum=0.0, maximum=float(top), numbered_items=k,  # type: ignore[arg-type]
        scales=(SumScale(id="T", title=title, items=tuple(str(n) for n in range(1, k + 1))),), main_scale="T",
    )  # fmt: skip
    texts = Texts(
        instrument="form", language="en", owner="o", licence="l",
        items={str(n): f"word {n}" for n in range(1, given_ + 1)}, options={"0": "no", str(top): "yes"},
    )  # fmt: skip
    try:
        worded = apply_texts(form, [texts])
    except PackError:
        assert given_ != k
        return
    assert given_ == k
    assert [worded.limits_of(item) for item in worded.all_items()] == [(0.0, float(top))] * k
    assert worded.scales == form.scales


NAMES = [
    "item",
    "linkId",
    "text",
    "_text",
    "type",
    "answerOption",
    "valueCoding",
    "extension",
    "url",
    "code",
    "language",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, JSON, JSON)
def test_any_json_is_a_questionnaire_or_refused(items: object, language: object, options: object) -> None:
    item = {"linkId": "1", "type": "choice", "text": "words", "answerOption": options}
    content = {"resourceType": "Questionnaire", "language": language, "item": [item, items]}
    form = read_pack({"pack.toml": PACK, "instruments/form.toml": FORM}).instrument("form")
    with contextlib.suppress(PackError):
        found = texts_of(read_questionnaire(msgspec.json.encode(content), "q.json", "nl"), form, "q.json")
        assert all(set(texts.items) == {"1", "2", "3"} for texts in found)
