"""What can be seen in the source without running it: markup, SQL, redirects, tokens, secrets, access."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "onmodel"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(SOURCE.rglob("*.html"))

#: Files that mark text as safe, and why it is: what is marked was escaped before, or is a constant.
MARKED_SAFE = {
    "web/components.py": "what a template rendered, which escapes; numbers and dates; escaped text",
    "web/templatetags/components.py": "what a template rendered, which escapes",
    "web/icons.py": "constants of the module",
    "web/report_blocks.py": "an empty text",
    "reports/page.py": "a drawing that the chart library made; it escapes its texts",
}
#: Templates that do so.
UNESCAPED = {
    "components/field_notes.html": "help texts of forms, which are constants or built by format_html"
}
#: Modules that write SQL by hand; of these the tests of each hold what is put into it.
OWN_SQL = {
    "assessments/rows.py": "names of tables and columns of our models",
    "audit/guard.py": "constants of the module",
    "backup/databases.py": "table names that the database itself tells, quoted",
}
#: Views that are posted to from elsewhere, and why.
WITHOUT_TOKEN = {
    "web/views/links.py": "mail programs post to the signed link that stops reminders (RFC 8058)",
}
#: Views with an id in their address that authorise otherwise, and by what.
AUTHORISED_OTHERWISE = {
    "account/passkeys/<int:pk>/remove/": "django-allauth looks among the user's own",
    "signals/<uuid:pk>/actions/<int:action_pk>/": "among the actions of a signal that may be handled",
    "treatments/<uuid:pk>/contacts/<int:contact>/strike/": "among the contacts of a treatment one may see",
    "treatments/<uuid:pk>/reviews/<int:review_pk>/": "a review of a treatment one may see",
    "treatments/<uuid:pk>/reviews/<int:review_pk>/edit/": "a review of a treatment one may see",
    "treatments/<uuid:pk>/reviews/<int:review_pk>/agenda.pdf": "a review of a treatment one may see",
    "treatments/<uuid:pk>/reviews/<int:review_pk>/step/<slug:step>/": "a review of a treatment one may see",
    "treatments/<uuid:pk>/decisions/<int:decision>/": "a review of a treatment one may see",
    "treatments/<uuid:pk>/plans/<int:plan_pk>/": "a plan of a treatment one may see",
    "treatments/<uuid:pk>/plans/<int:plan_pk>/edit/": "a plan of a treatment one may see",
    "treatments/<uuid:pk>/plans/<int:plan_pk>/compare/": "a plan of a treatment one may see",
    "treatments/<uuid:pk>/plans/<int:plan_pk>/pdf/": "a plan of a treatment one may see",
    "treatments/<uuid:pk>/plans/<int:plan_pk>/<slug:step>/": "a plan of a treatment one may see",
    "treatments/<uuid:pk>/days/<slug:thing>/<int:row>/": "of a treatment one may see",
    "programmes/<slug:slug>/groups/<int:group>/day/": "a group of which one sees every patient",
    "my/plans/<int:plan_pk>/": "a plan that was released, of the treatment that the session is open for",
    "my/plans/<int:plan_pk>/pdf/": "a plan that was released, of the treatment that the session is open for",
    "treatments/<uuid:pk>/course/<slug:stretch>/<int:row>/end/": "a stretch of a treatment one may see",
    "pirs/<uuid:pk>/recommendations/<int:recommendation>/withdraw/": "of a report one may write",
    "pirs/<uuid:pk>/recommendations/<int:recommendation>/became/": "of a programme that one reports about",
    "pirs/<uuid:pk>/questions/<int:question>/answer/": "of a report one may write",
    r"^no-reminders/(?P<token>[0-9a-f]{32}:[-\w]+)/$": "the link is signed, and only stops messages",
    "programmes/<slug:slug>/adherence/therapists/<int:person>/": "oneself, or one whose sessions one rates",
    "programmes/<slug:slug>/supervision/supervisors/<int:person>/": "oneself, or one whom one rates",
    "programmes/<slug:slug>/supervision/supervisors/<int:person>/rate/": "a supervisor whom one rates",
    "programmes/<slug:slug>/supervision/supervisors/<int:person>/say/": "a supervisor who supervises oneself",
    "adherence/draws/<int:pk>/": "a draw of a session that one may rate",
    "adherence/draws/<int:pk>/ask/": "a draw of a session that one may rate",
    "adherence/draws/<int:pk>/refuse/": "a draw of a session that one may rate",
    "ratings/<uuid:pk>/notes/<int:note>/remove/": "among the notes of one's own rating",
    "programmes/<slug:slug>/teams/<int:team>/": "a team that one works in, supervises or manages",
    "programmes/<slug:slug>/teams/<int:team>/rate/": "a team that one supervises",
    "programmes/<slug:slug>/teams/<int:team>/answer/": "a team that one works in",
    "programmes/<slug:slug>/teams/<int:team>/factors/": "a team that one supervises",
    "my/consent/<slug:purpose>/": "a purpose, of the treatment that the session is open for",
    "my/letters/<uuid:letter_pk>/": "a letter, of the treatment that the session is open for",
    "my/copy/<slug:kind>/": "a kind of file, of the treatment that the session is open for",
    "sign-in/by/<slug:provider_id>/": "the institution's name, no record",
    "sign-in/by/<slug:provider_id>/back/": "the institution's name, no record",
}
HELPERS = re.compile(r"\b(\w+_for|_treatment|visible_to|visible_treatments|known_to)\(")
PERSONAL = {"name", "birth", "born", "email", "phone", "number", "bsn", "patient", "pseudonym", "record"}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{20,}|eyJ[A-Za-z0-9_-]{20,}\.eyJ"
)


def short(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """(last part of what is called, the call) of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def test_text_is_marked_safe_only_where_it_is_known_why():
    marking = {"mark_safe", "SafeString", "SafeText", "SafeData"}
    found = {
        short(path)
        for path in MODULES
        for name, call in calls(path)
        if name in marking and not (call.args and is_constant(call.args[0]))
    }
    assert found <= set(MARKED_SAFE)


def test_formatted_markup_has_a_constant_pattern():
    """format_html escapes what is put in, not the pattern."""
    wrong = [
        f"{short(path)}:{call.lineno}"
        for path in MODULES
        for name, call in calls(path)
        if name in ("format_html", "format_html_join")
        and not is_constant(call.args[1 if name.endswith("join") else 0])
    ]
    assert wrong == []


def test_templates_escape():
    unescaped = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off|<script(?![^>]*(src=|application/json))")
    found = {
        path.as_posix().partition("/templates/")[2]
        for path in TEMPLATES
        if unescaped.search(path.read_text(encoding="utf-8"))
    }
    assert found <= set(UNESCAPED)


def test_no_help_text_is_put_together_from_what_people_typed():
    """They are shown unescaped: each is a constant, a translation of one, or nothing."""
    wrong = []
    for path in MODULES:
        for _name, call in calls(path):
            for keyword in call.keywords:
                if keyword.arg == "help_text" and not is_wording(keyword.value):
                    wrong.append(f"{short(path)}:{call.lineno}")
    assert wrong == []


def is_wording(node: ast.expr) -> bool:
    """A constant, or a translation of one."""
    return is_constant(node) or (isinstance(node, ast.Call) and all(is_constant(arg) for arg in node.args))


def test_sql_is_written_by_the_orm():
    """A statement of one's own is a constant; where it is put together, it is known from what."""
    wrong = {
        short(path)
        for path in MODULES
        for name, call in calls(path)
        if name in ("execute", "executemany", "raw", "extra", "RawSQL")
        and call.args
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
    }
    assert wrong <= set(OWN_SQL)


def test_no_view_leads_where_a_request_says():
    """`redirect` gets names of addresses and ids; `next` is left to Django and django-allauth."""
    asked = re.compile(r"\b(GET|POST|META|headers|get_full_path|build_absolute_uri)\b")
    wrong = [
        f"{short(path)}:{call.lineno}"
        for path in MODULES
        for name, call in calls(path)
        if name in ("redirect", "HttpResponseRedirect", "HttpResponsePermanentRedirect")
        and call.args
        and asked.search(ast.unparse(call.args[0]))
    ]
    assert wrong == []


def test_no_view_is_without_its_token():
    found = {short(p) for p in MODULES if "csrf_exempt" in p.read_text(encoding="utf-8")}
    assert found == set(WITHOUT_TOKEN)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_is_sent_has_its_token(path):
    text = path.read_text(encoding="utf-8")
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
    assert [form[:80] for form in forms if "csrf_token" not in form] == []
    assert len(forms) == len(re.findall(r"<form\b[^>]*method=\"post\"", text, re.IGNORECASE))


def addresses() -> Iterator[tuple[str, object]]:
    """(route, view) of the whole site."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns, before=""):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route, pattern.callback
            else:
                yield from walk(pattern.url_patterns, route)

    yield from walk(get_resolver().url_patterns)


def test_every_view_with_an_object_loads_and_authorises_in_one_step():
    """It calls a helper of `web/access.py`, or asks `visible_to`."""
    import inspect

    wrong = []
    for route, view in addresses():
        inner = inspect.unwrap(view)
        name = getattr(inner, "__name__", "")
        if "<" not in route or route in AUTHORISED_OTHERWISE:
            continue
        if not inner.__module__.startswith("onmodel.") or not HELPERS.search(inspect.getsource(inner)):
            wrong.append(f"{route}: {inner.__module__}.{name}")
    assert wrong == []


def test_no_address_has_room_for_who_somebody_is():
    """Ids are random, words are the pack's: no parameter is named for personal data or takes any text."""
    for route, _view in addresses():
        for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
            assert name.casefold() not in PERSONAL, route
            assert kind not in ("str", "path"), route
            assert kind != "int" or route in AUTHORISED_OTHERWISE, f"{route}: numbers can be counted through"


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names] or MODULES


def test_the_repository_holds_no_secret():
    wrong = []
    for path in tracked():
        if path.is_file() and path.stat().st_size < 2_000_000:
            text = path.read_text(encoding="utf-8", errors="ignore")
            wrong += [path.name for found in SECRETS.finditer(text)]
    names = {path.name for path in tracked()}
    assert wrong == []
    assert not names & {".env", "id_rsa", "id_ed25519", "credentials.json"}
    assert not {path.name for path in tracked() if path.suffix in (".pem", ".key", ".p12", ".sqlite3")}


def test_the_rules_about_security_hold_for_the_source():
    """Ruff's S rules, but for `assert` and simulated chance; each other exception stands on its line."""
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in ruff["select"]
    assert {rule for rule in ruff["ignore"] if rule.startswith("S") and not rule.startswith("SIM")} <= {
        "S101",
        "S311",
    }
    assert not [where for where in ruff["per-file-ignores"] if where.startswith("src")]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "S", "--ignore", "S101,S311", str(SOURCE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    for path in MODULES:
        assert not re.search(
            r"#\s*(ruff|flake8):\s*noqa|#\s*noqa\s*$", path.read_text(encoding="utf-8"), re.M
        ), path
