"""One reader's selection: its figures where they are kept, or computed at once where that is quick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from onmodel.programmes.models import Programme
from onmodel.reports.cohorts import keeping
from onmodel.reports.cohorts.computing import compute
from onmodel.reports.cohorts.keeping import Kept, Progress
from onmodel.reports.cohorts.readers import Scope
from onmodel.reports.cohorts.selection import Selection

#: So many treatments are computed while the page is being made.
AT_ONCE = 600


@dataclass(frozen=True)
class Wanted:
    programme: Programme
    scope: Scope
    selection: Selection

    @property
    def name(self) -> str:
        return f"{self.programme.pk}|{self.scope.name}|{self.selection.key}"

    @cached_property
    def version(self) -> str:
        return keeping.data_version()

    def figures(self) -> Kept | None:
        """What is kept, if it is fresh; else computed now, if quick; else the stale ones, if any."""
        found = keeping.kept(self.name, self.version)
        if found is not None and found.fresh:
            return found
        if self.scope.treatments.count() <= AT_ONCE:
            return Kept(self.compute(), fresh=True)
        return found

    def compute(self):
        """Compute and keep them, telling how far it is."""
        version, after = self.version, keeping.withdrawals()
        found = compute(
            self.programme, self.scope.treatments, self.selection, until=timezone.localdate(), tell=self.tell
        )
        keeping.keep(self.name, version, found, after=after)
        return found

    def tell(self, done: int, of: int) -> None:
        keeping.tell(self.name, done, of)

    def silence(self) -> None:
        keeping.silence(self.name)

    def under_way(self) -> Progress | None:
        return keeping.under_way(self.name)
