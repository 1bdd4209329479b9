"""What every definition of a pack has: a header, texts in two languages, a stated certainty."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", description="lower case, digits, underscore")]
Version = Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+$", description="major.minor.patch")]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a definition: immutable, and strict about the fields that it knows."""


class Text(Part, frozen=True, kw_only=True):
    """The same words in English and in Dutch."""

    en: str
    nl: str

    def in_(self, language: str) -> str:
        """The words in `language` ("en", "nl", "nl-be", ...); English for any other language."""
        return self.nl if language.startswith("nl") else self.en


class Confidence(StrEnum):
    """How sure a figure is: seen in a public source, well known, or still to be verified."""

    VERIFIED = "verified"
    LIKELY = "likely"
    UNVERIFIED = "unverified"
    DERIVED = "derived"


class SubjectKind(StrEnum):
    """What a form, a check, a signal or an action is about."""

    TREATMENT = "treatment"
    SESSION = "session"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    TEAM = "team"
    PROGRAMME = "programme"


class Respondent(StrEnum):
    """Who fills a form."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    SUPERVISEE = "supervisee"
    EXPERT = "expert"
    INTERVIEWER = "interviewer"
    TEAM_MEMBER = "team_member"
    MANAGER = "manager"


class Level(StrEnum):
    """The three levels of treatment integrity (D ch. 6), and the programme as a whole."""

    ORGANISATION = "organisation"
    ORGANISATION_TEAM = "organisation_team"
    TEAM = "team"
    THERAPIST = "therapist"
    PROGRAMME = "programme"
    PATIENT = "patient"


class Definition(Part, frozen=True, kw_only=True):
    """The header that each file of a pack carries.

    `checked_by` is empty as long as nobody but the author has checked the file; `next_review` is
    the day from which the pack check warns that the file must be looked at again.
    """

    id: Id
    version: Version
    title: Text
    source: str
    author: str
    checked_by: str
    next_review: datetime.date
    licence: str
    note: Text | None = None
