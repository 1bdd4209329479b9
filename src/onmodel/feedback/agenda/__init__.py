"""The agenda of a review, as the record fills it on a day."""

from onmodel.feedback.agenda.taking import agenda_of

__all__ = ["agenda_of"]
