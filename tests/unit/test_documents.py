"""What README and docs point at is there, and the commands in them are commands."""

import re
from pathlib import Path

import click
import pytest

from onmodel.cli.main import main

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.relative_to(ROOT).as_posix()
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
#: A path of this repository in code marks; names of folders and files that people make are not.
PATH = re.compile(r"`((?:src|tests|docs|tools|examples|bench|requirements)/[\w./-]+)`")
OPTION = re.compile(r"(?<=\s|\[)--[a-z][a-z-]*")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_path_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in LINK.findall(text) if "://" not in link]
    missing = [link for link in links if link and not (document.parent / link).exists()]
    missing += [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    assert missing == []


def code_of(text: str) -> str:
    """The indented and fenced lines."""
    fenced = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    return fenced + "\n" + "\n".join(line for line in text.splitlines() if line.startswith("    "))


def command_of(line: str) -> tuple[click.Command, str]:
    """The command that a line calls, and what it is given."""
    words = line.split("#")[0].split()
    command: click.Command = main
    at = words.index("onmodel") + 1
    context = click.Context(main)
    while isinstance(command, click.Group) and at < len(words) and not words[at].startswith("-"):
        found = command.get_command(context, words[at])
        assert found is not None, f"no command {words[at]!r} in: {line}"
        command, at = found, at + 1
    return command, " ".join(words[at:])


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_takes_the_options_it_is_shown_with(document: Path) -> None:
    code = code_of(document.read_text(encoding="utf-8")).replace("\\\n", " ")
    for line in code.splitlines():
        if not re.match(r"\s*(?:\w+=\S+ )*onmodel\s", line):
            continue
        command, given = command_of(line)
        if command.name == "manage":
            continue
        known = {
            name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
        }
        wrong = [option for option in OPTION.findall(f" {given}") if option not in {*known, "--help"}]
        assert wrong == [], line


def test_every_command_has_help_whose_examples_are_commands() -> None:
    for command in walk(main):
        for line in (command.help or "").replace("\\\n", " ").splitlines():
            if line.strip().startswith("onmodel "):
                found, given = command_of(line)
                known = {
                    name
                    for parameter in found.params
                    for name in (*parameter.opts, *parameter.secondary_opts)
                }
                wrong = [option for option in OPTION.findall(f" {given}") if option not in known]
                assert wrong == [], line


def walk(command: click.Command):
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name))
