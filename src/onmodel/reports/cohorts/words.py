"""Names of groups and measures of a page of outcomes, in the language in force."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from onmodel.packs.pack import Pack
from onmodel.reports.cohorts.selection import EARLIER, EVERYBODY, NOWHERE, OTHER, By
from onmodel.reports.period import words


@dataclass(frozen=True)
class Names:
    """`groups` are the keys in order: the first named period says until when the earlier ones go."""

    definitions: Pack
    by: By
    groups: tuple[str, ...]

    def group(self, key: str) -> str:
        if key == EVERYBODY:
            return _("All patients")
        if key == EARLIER:
            first = next(k for k in self.groups if k != EARLIER)
            return _("Before %(period)s") % {"period": self._period(first)}
        return {OTHER: _("The other groups together"), NOWHERE: _("Not recorded")}.get(key) or self._named(
            key
        )

    def _named(self, key: str) -> str:
        if self.by in (By.YEAR, By.HALF_YEAR):
            return _("Started in %(period)s") % {"period": self._period(key)}
        return key

    def _period(self, key: str) -> str:
        year, _sep, half = key.partition("-")
        if not half:
            return year
        return (
            _("the first half of %(year)s") % {"year": year}
            if half == "1"
            else (_("the second half of %(year)s") % {"year": year})
        )

    def scale(self, measure: str) -> str:
        """ "BSI Global severity" of "bsi.GSI"."""
        form, _sep, scale = measure.partition(".")
        instrument = self.definitions.instruments.get(form)
        if instrument is None:
            return measure
        return f"{instrument.abbreviation} {words(instrument.scale(scale).title)}"

    def form(self, measure: str) -> str:
        instrument = self.definitions.instruments.get(measure.partition(".")[0])
        return instrument.abbreviation if instrument else measure

    def term(self, listed: str, key: str) -> str:
        """The label of a term; the key itself where the pack has no such term."""
        terms = self.definitions.terms.get(listed)
        found = next((t for t in (terms.terms if terms else ()) if t.id == key), None)
        return words(found.label) if found else key.replace("_", " ").capitalize()
