"""What data may be used for, and what holds for a patient who never said anything about it.

`docs/privacy.md` gives the reasoning. In short: the record and quality monitoring rest on the
treatment itself and on the law, and a patient can object; the rest needs an explicit yes.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    TREATMENT_RECORD = "treatment_record", _("Treatment record")
    QUALITY_MONITORING = "quality_monitoring", _("Monitoring of quality")
    RESEARCH = "research", _("Research")
    SESSION_RECORDING = "session_recording", _("Recording of sessions")
    BENCHMARK = "benchmark", _("Comparison with other programmes")


#: Allowed until the patient objects; every other purpose is allowed only after a yes.
ALLOWED_UNTIL_REFUSED = frozenset({Purpose.TREATMENT_RECORD, Purpose.QUALITY_MONITORING})
