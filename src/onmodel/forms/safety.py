"""What patients read after an answer that asks for attention, and on paper before they give one."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.forms.models import SafetyText
from onmodel.programmes.models import Programme


def safety_text(programme: Programme) -> str:
    """The programme's own words; those that hold everywhere in Europe where it has none yet."""
    own = SafetyText.objects.current(programme)
    return own.in_(get_language() or "en") if own else default_safety_text()


def default_safety_text() -> str:
    return _(
        "Are you thinking of hurting yourself or of ending your life? Do not stay alone with it. Use your "
        "crisis plan, or call your therapist, your family doctor or the out-of-hours service now. In "
        "immediate danger call 112."
    )
