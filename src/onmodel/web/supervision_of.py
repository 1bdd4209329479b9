"""What was agreed in supervision about a therapist's work, for the therapist's own page."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.programmes.models import Programme
from onmodel.supervision.models import Agreement
from onmodel.web.components import Table
from onmodel.web.views.supervision import agreements_table

HALF_A_YEAR = datetime.timedelta(days=183)


def worked_on(programme: Programme, therapist: User, reader: User) -> Table | None:
    """Agreements of the last half-year that name the therapist, as far as the reader sees their meetings.

    For `web/supervision_of.html`, under the name `worked_on`.
    """
    today = timezone.localdate()
    found = Agreement.objects.visible_to(reader).filter(
        Q(about=therapist) | Q(owner=therapist),
        meeting__programme=programme,
        meeting__day__gte=today - HALF_A_YEAR,
    )
    return agreements_table(found, today, _("Worked on in supervision"))
