"""Malformed input at every address and every form, as everybody: nothing fails, nothing refused changes."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.security import addresses, crawl, state
from tests.integration.security.estate import assemble

pytestmark = pytest.mark.django_db

PEOPLE = ("manager", "therapist", "assistant", "privacy_officer", "patient_user", "outsider", None)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND")
SERVER_ERROR = 500
MOST_SECONDS = 20  # of this process' own time, whatever else the machine does

#: A page that keeps what was right of a form that it refuses -> what may have changed.
OF_CRITERIA = {"assessments.Assignment", "criteria.Remark", "forms.DraftAnswer", "forms.Sitting"}
KEEPS_WHAT_IS_RIGHT = {
    "form-enter": {"forms.Sitting", "forms.DraftAnswer", "signals.Signal"},
    "criteria-answers": OF_CRITERIA,
    "criteria-finish": OF_CRITERIA,
    "consensus-agree": {"criteria.AgreedScore"},
    "review-edit": {"process.Review", "process.Decision"},
}

NASTY = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ufeff",
    "\u202egnp.exe",
    "\U0001f600" * 300,
    "e\u0301" * 60,
    "٣",
    "²",
    "9" * 19,
    "9" * 5_000,
    "-1",
    "-0",
    "1e309",
    "NaN",
    "-Infinity",
    "0x10",
    "1_000",
    "true",
    "null",
    "[]",
    '{"id": 1}',
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2024-02-30",
    "2024-W01-1",
    "'; DROP TABLE patients_patient; --",
    "\" OR ''='",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}",
    "${7*7}%(x)s%n",
    "../../../etc/passwd",
    "C:\\nul",
    "//evil.example/",
    "http://evil.example/",
    "javascript:alert(1)",
    "\r\nSet-Cookie: a=b",
    "patient__identity__sealed",
    "-primary_clinician__password",
    "?",
    "a" * 60_000,
]
nasty = st.sampled_from(NASTY)
#: A word as bytes on the wire: also what is no UTF-8 and what is a surrogate.
raw = st.one_of(nasty.map(str.encode), st.text(max_size=40).map(lambda t: t.encode(errors="surrogatepass")))
raw = st.one_of(raw, st.binary(max_size=30))
KEYS = ("q", "sought", "state", "team", "sort", "page", "start", "end", "next", "language", "layout", "map")
KEYS += ("kind", "seen", "decision", "value", "owner", "severity", "code", "birth_date", "login", "password")
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=no-such",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "multipart/mixed; boundary=" + "b" * 300,
    "application/json",
    "text/plain; charset=utf-7",
    "",
    "a/b/c;;;=",
)


def quick(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture
def estate(cast):
    return assemble(cast)


@pytest.fixture
def targets(estate) -> list[addresses.Address]:
    """One address of each pattern, of the programme at home where it names an object."""
    found = {}
    for address in addresses.all_addresses(estate):
        if (address.case or "blue") == "blue" and (address.place or "home") == "home":
            found[address.name] = address
    return list(found.values())


@pytest.fixture
def clients(estate) -> dict[str | None, Client]:
    found = {name: Client() for name in PEOPLE}
    for name, client in found.items():
        if name is not None:
            client.force_login(estate.who[name])
    return found


@pytest.fixture
def sent_forms(clients) -> list[tuple[str | None, str, crawl.Form]]:
    """Every form that these people come by: who, where to, what it has."""
    found = {}
    for name in ("manager", "patient_user", "privacy_officer", None):
        for url, form in forms_of(clients[name]):
            target = crawl.local(url, form.action)
            if target is not None:
                found.setdefault((target, form.method, tuple(form.fields)), (name, target, form))
    return list(found.values())


def forms_of(client: Client) -> Iterator[tuple[str, crawl.Form]]:
    for answer in crawl.crawl(client):
        if answer.method == "get" and answer.status == 200 and "Content-Type: text/html" in answer.text:
            yield from ((answer.url, form) for form in crawl.Page(answer.text).forms)


def ask(client: Client, method: str, path: str, **named: object):
    """Send it as it is; what it does is undone. Fails where it fails, takes too long, or refuses in part."""
    other = Client()
    other.cookies = client.cookies.copy()
    with state.undone():
        before = state.digest() if method not in ("GET", "HEAD") else None
        started = time.process_time()
        response = other.generic(method, path, **named)
        crawl.text_of(response)  # as a server does: read to the end, a file that is handed out is closed
        assert response.status_code < SERVER_ERROR, (method, path)
        assert time.process_time() - started < MOST_SECONDS, (method, path)
        if before is not None and response.status_code >= 400:
            left_alone(path, before, state.digest())
        return response


def left_alone(path: str, before: dict[str, str], after: dict[str, str]) -> None:
    """Nothing changed but what the page keeps of a refused form."""
    changed = {name for name in before if after[name] != before[name]}
    try:
        kept = KEEPS_WHAT_IS_RIGHT.get(resolve(path.partition("?")[0]).view_name, set())
    except Resolver404:
        kept = set()
    assert changed <= kept, path


def pairs(names: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Names and values, some names repeated, percent-encoded or not."""

    def join(found: list[tuple[bytes, bytes]], encoded: bool) -> bytes:
        if encoded:
            return b"&".join(
                quote_from_bytes(k).encode() + b"=" + quote_from_bytes(v).encode() for k, v in found
            )
        return b"&".join(k + b"=" + v for k, v in found)

    return st.builds(join, st.lists(st.tuples(names, raw), max_size=5), st.booleans())


fields = pairs(st.one_of(st.sampled_from([key.encode() for key in KEYS]), raw))


def as_query(query: bytes) -> str:
    """As a server hands it over (PEP 3333): bytes as Latin-1, of a length that servers accept."""
    return query[:8_000].decode("latin-1")


def test_anything_at_any_address_by_any_method(targets, clients):
    slow = {"pir", "pir-file"}  # have a test of their own
    quick_ones = [target for target in targets if target.name not in slow]

    @quick(150)
    @given(
        st.sampled_from(PEOPLE),
        st.sampled_from(quick_ones),
        st.sampled_from(METHODS),
        fields,
        st.one_of(fields, st.binary(max_size=200)),
        st.sampled_from(TYPES),
    )
    def tried(name, target, method, query, body, kind):
        headers = {"QUERY_STRING": as_query(query)}
        ask(clients[name], method, target.url, data=body, content_type=kind, **headers)

    tried()


def test_every_form_with_fields_that_nobody_would_fill_in_so(sent_forms, clients):
    """Filled in as the page would have it, but for one or two fields."""

    @quick(150)
    @given(st.sampled_from(sent_forms), st.data())
    def tried(sent, data):
        name, target, form = sent
        filled = [(key, value) for key, values in form.fields.items() for value in values[:1]]
        for _ in range(data.draw(st.integers(1, 2))):
            if filled:
                at = data.draw(st.integers(0, len(filled) - 1))
                filled[at] = (filled[at][0], data.draw(nasty))
        again = data.draw(st.booleans())
        body = urlencode(filled + filled[:1] if again else filled).encode()
        if form.method == "post":
            ask(clients[name], "POST", target, data=body, content_type=TYPES[0])
        else:
            ask(clients[name], "GET", target.partition("?")[0], QUERY_STRING=as_query(body))

    tried()


def test_addresses_that_nobody_made(targets, clients):
    """Ids and words of an address replaced."""

    @quick(100)
    @given(
        st.sampled_from(["manager", "outsider", None]),
        st.sampled_from(targets),
        st.integers(1, 3),
        raw,
        fields,
    )
    def tried(name, target, at, word, query):
        parts = target.url.split("/")
        parts[min(at, len(parts) - 1)] = quote_from_bytes(word[:2_000])
        path = "/" + "/".join(parts).lstrip("/")
        ask(clients[name], "GET", path, QUERY_STRING=as_query(query))

    tried()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01", "9999-12-31"),
        ("9999-12-30", "9999-12-31"),
        ("0001-01-01", "0001-01-01"),
        ("2024-02-29", "2024-02-29"),
        ("", ""),
        ("x", "\0"),
        ("2025-06-30", "2025-01-01"),
    ],
)
@pytest.mark.parametrize("kind", ["", "json/", "html/"])
def test_a_report_on_any_period(estate, clients, start, end, kind):
    query = urlencode({"start": start, "end": end})
    ask(clients["manager"], "GET", f"/programmes/day-hospital/report/{kind}", QUERY_STRING=query)


MAPS = [
    "",
    "a = " + "[" * 5_000,
    "[[[[",
    "layout = 'long'\npatient = 3\nmeasures = []",
    "layout = 'wide'\nmeasures = []\n[patient]\ncolumn = 'id'\n[file]\ndelimiter = '\\u0000'",
    "layout = 'wide'\nmeasures = []\n[patient]\ncolumn = 'id'\n[file]\ndelimiter = ';;;'",
    "layout = 'long'\n[patient]\ncolumn = 'id'\n[[measures]]\ninstrument = 'phq9'\nscale = 'total'\n"
    "column = 'score'\n[moment]\nmonths = 'm'\n[treatment]\nnominal_start = 0001-01-01",
    "layout = 'long'\n[patient]\ncolumn = 'id'\n[[measures]]\ninstrument = 'phq9'\nitems = '{item[0]!r:>9}'\n"
    "[moment]\nmonths = 'm'\n[treatment]\nnominal_start = 2025-01-01",
    "layout = 'wide'\n[patient]\ncolumn = 'id'\n[[measures]]\ninstrument = '../phq9'\nscale = 'total'\n"
    "moments = {score = inf}",
    "x = 1\n" * 2_000,
]
FILES = [
    b"",
    b"\0" * 50,
    b"id,score,m\n1,2,3\n",
    b"id,score,m\n\xff\xfe,1e999,9e99\n",
    b"id;score;m\n" + b"x" * 5_000 + b";NaN;inf\n",
    b'id,score,m\n"1,2,3\n',
    b"id,id,id\n1,1,1\n",
    b"," * 3_000 + b"\n",
    b"PAR1" + b"\0" * 40 + b"PAR1",
    b"$FL2@(#) SPSS" + b"\xff" * 200,
    b"=cmd|' /C calc'!A1,score,m\n@x,-2+3,+1\n",
]
NAMES = [
    "a.csv",
    "../../a.csv",
    "a.sav",
    "a.parquet",
    "\0.csv",
    "a" * 300 + ".csv",
    "ё\u202e.csv",
    "a.CSV.exe",
]


def test_broken_uploads(clients):
    """Files and maps that are none, by names that are none; then the map again, and confirmed."""

    @quick(60)
    @given(st.sampled_from(FILES), st.sampled_from(NAMES), st.sampled_from(MAPS), st.sampled_from(MAPS))
    def tried(content, name, map_text, later):
        client = Client()
        client.cookies = clients["manager"].cookies.copy()
        with state.undone():
            file, map_file = io.BytesIO(content), io.BytesIO(map_text.encode())
            file.name, map_file.name = name, "map.toml"
            sent = {"file": file} | ({"map_file": map_file} if map_text else {})
            answer = client.post("/programmes/day-hospital/import/", sent)
            assert answer.status_code in (302, 400, 422)
            if answer.status_code == 302:
                for again in (
                    client.get(answer.url),
                    client.get(answer.url, {"layout": "wide"}),
                    client.post(answer.url, {"map": later}),
                    client.get(answer.url),
                    client.get(answer.url + "problems.csv"),
                    client.post(answer.url + "confirm/"),
                    client.post(answer.url + "discard/"),
                ):
                    assert again.status_code < SERVER_ERROR

    tried()


def test_cookies_that_we_never_set(targets):
    @quick(60)
    @given(
        st.sampled_from(targets),
        st.sampled_from(["sessionid", "csrftoken", "django_language", "messages"]),
        st.one_of(st.sampled_from([n for n in NASTY if len(n) < 4_000]), st.text(max_size=40)),
    )
    def tried(target, cookie, value):
        header = f"{cookie}={value}".encode(errors="surrogatepass").decode("latin-1")
        with state.undone():
            assert Client().get(target.url, HTTP_COOKIE=header).status_code < SERVER_ERROR

    tried()
