"""The levels of treatment integrity, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LEVELS: dict[str, Promise] = {
    "organisation": _("Organisation"),
    "organisation_team": _("Organisation and team"),
    "team": _("Team"),
    "therapist": _("Therapist"),
    "programme": _("Programme"),
    "patient": _("Patient"),
}


def level_in_words(level: str) -> str:
    """As a reader knows it; a name that is none of ours stays as it is."""
    return str(LEVELS.get(level, level))
