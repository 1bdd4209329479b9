"""A reader that follows every link and sends every form, as a person with a browser could."""

from __future__ import annotations

import datetime
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve

from tests.integration.security.state import undone

MOST_PAGES = 200
#: Of pages that differ in a standard or a period only, so many are read.
MOST_ALIKE = {"requirement": 2, "pir": 2, "pir-file": 2}
#: Of pages for which the same fields were filled in otherwise, so many are read: all that `queries` asks for.
MOST_CHOICES = 8
LINKS = {"href", "src", "hx-get", "data-url", "data-spec"}
FILE = b"id,score\nNEW-1,3\n"


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)  # name -> what may be chosen
    files: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._select = ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.links += [value for name, value in named.items() if name in LINKS]
        if "hx-post" in named:
            self.forms.append(Form("post", named["hx-post"]))
        if tag == "form":
            self.forms.append(Form(named.get("method", "get").lower(), named.get("action", "")))
        elif self.forms and named.get("name"):
            self._control(tag, named)
        elif tag == "option" and self.forms and self._select:
            self.forms[-1].fields[self._select].append(named.get("value", ""))

    def _control(self, tag: str, named: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], named["name"], named.get("type", "text")
        if tag == "select":
            self._select = name
            form.fields.setdefault(name, [])
        elif kind == "file":
            form.files.append(name)
        elif tag in ("input", "textarea", "button"):
            form.fields.setdefault(name, []).append(named.get("value") or guess(kind))


def guess(kind: str) -> str:
    return {"date": datetime.date.today().isoformat(), "number": "1"}.get(kind, "words")


@dataclass(frozen=True)
class Answer:
    """What came back: from where, how, and everything in it that a person could read."""

    method: str
    url: str
    status: int
    text: str


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + "\n" + "\n".join(f"{k}: {v}" for k, v in response.items())


def crawl(client: Client, start: str = "/") -> Iterator[Answer]:
    """Every page that can be reached, and what each form of it answers; nothing sent is kept."""
    waiting, seen, sent = deque([start]), {start}, set()
    alike: Counter[str] = Counter()
    visited = 0
    while waiting and visited < MOST_PAGES:
        url = waiting.popleft()
        visited += 1
        response = client.get(url)
        answer = Answer("get", url, response.status_code, text_of(response))
        yield answer
        found = [response.url] if response.status_code in (301, 302, 303) else []
        if "html" in response.headers.get("Content-Type", ""):
            page = Page(answer.text)
            found += page.links
            for form in page.forms:
                target = local(url, form.action)
                if target is None or (form.method, target, tuple(form.fields)) in sent:
                    continue
                sent.add((form.method, target, tuple(form.fields)))
                if form.method == "get":
                    found += [f"{target.partition('?')[0]}?{query}" for query in queries(form)]
                else:
                    yield post(client, target, form)
        for link in found:
            target = local(url, link)
            if target is None or target in seen or is_paper(target):
                continue
            seen.add(target)
            name, asked = resolved(target), asked_by(target)
            alike[name] += 1
            alike[asked] += 1
            if alike[name] <= MOST_ALIKE.get(name, MOST_PAGES) and alike[asked] <= MOST_CHOICES:
                waiting.append(target)


def local(base: str, link: str) -> str | None:
    """The address on this site that a link leads to; None for elsewhere and for plain files."""
    parts = urlsplit(urldefrag(urljoin(f"http://testserver{base}", link))[0])
    if parts.netloc != "testserver" or parts.path.startswith("/static/"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_paper(target: str) -> bool:
    """A PDF says what its page says, and only a reader of PDFs can tell."""
    return "pdf" in target.partition("?")[0]


def resolved(target: str) -> str:
    try:
        return resolve(target.partition("?")[0]).url_name or ""
    except Resolver404:
        return ""


def asked_by(target: str) -> str:
    """The address with the names of the fields that are filled in, whatever they hold."""
    path, _, query = target.partition("?")
    return f"{path}?{'&'.join(sorted({name for name, _ in parse_qsl(query)}))}"


def queries(form: Form) -> Iterator[str]:
    """Each choice of each field once."""
    for name, values in form.fields.items():
        yield from (f"{name}={value}" for value in values[:6])


def post(client: Client, target: str, form: Form) -> Answer:
    """Send it as filled in, with the first real choice of each field; undo what it does."""
    data: dict[str, object] = {
        name: next((value for value in values if value), "") for name, values in form.fields.items()
    }
    data |= {name: SimpleUploadedFile("try.csv", FILE) for name in form.files}
    other = Client()
    other.cookies = client.cookies.copy()
    with undone():
        response = other.post(target, data)
        return Answer("post", target, response.status_code, text_of(response))
