"""The words for states, each with a tone and an icon: a state is never told by colour alone."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Look(NamedTuple):
    """How a state is shown: its word, one of the tones of onmodel.css, an icon of `icons.ICONS`."""

    label: str | Promise
    tone: str
    icon: str


#: What has the state -> the state's name in the records -> how it is shown.
LOOKS: dict[str, dict[str, Look]] = {
    "assignment": {
        "planned": Look(_("Planned"), "quiet", "calendar"),
        "open": Look(_("Open"), "info", "circle"),
        "partial": Look(_("Partly answered"), "attention", "half"),
        "answered": Look(_("Answered"), "good", "check"),
        "missed": Look(_("Missed"), "urgent", "cross"),
        "not_applicable": Look(_("Not applicable"), "quiet", "dash"),
    },
    "requirement": {
        "met": Look(_("Met"), "good", "check"),
        "not_met": Look(_("Not met"), "urgent", "cross"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
    },
    "known_by": {
        "computed": Look(_("Computed"), "quiet", "sum"),
        "attested": Look(_("Attested"), "quiet", "pen"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
    },
    "severity": {
        "info": Look(_("Information"), "info", "info"),
        "attention": Look(_("Attention"), "attention", "triangle"),
        "urgent": Look(_("Urgent"), "urgent", "exclamation"),
    },
    "signal": {
        "open": Look(pgettext_lazy("signal", "Open"), "attention", "circle"),
        "acknowledged": Look(_("Seen"), "info", "eye"),
        "acted_upon": Look(_("Acted upon"), "info", "arrow"),
        "closed": Look(_("Closed"), "quiet", "check"),
    },
    "course": {
        "recovered": Look(_("Recovered"), "good", "star"),
        "improved": Look(_("Improved"), "good", "up"),
        "unchanged": Look(_("Unchanged"), "quiet", "dash"),
        "deteriorated": Look(_("Deteriorated"), "urgent", "down"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
    },
    "track": {
        "on_track": Look(_("As expected"), "good", "check"),
        "uncertain": Look(_("Not sure yet"), "info", "half"),
        "off_track": Look(_("Less well than expected"), "attention", "triangle"),
    },
    "impression": {
        "same": Look(_("They agree"), "good", "check"),
        "apart": Look(_("They differ"), "attention", "triangle"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
    },
    "emergency": {
        "to_judge": Look(_("To be judged"), "attention", "circle"),
        "justified": Look(_("Justified"), "good", "check"),
        "not_justified": Look(_("Not justified"), "urgent", "cross"),
    },
    "comparison": {
        "courses_differ": Look(_("They differ"), "attention", "triangle"),
        "no_difference": Look(_("No difference shown"), "quiet", "dash"),
    },
    "action": {
        "agreed": Look(_("Agreed"), "info", "circle"),
        "done": Look(_("Done"), "good", "check"),
        "dropped": Look(_("Dropped"), "quiet", "dash"),
        "overdue": Look(_("Overdue"), "urgent", "clock"),
    },
    "arrangement": {
        "none": Look(_("No agreement"), "quiet", "dash"),
        "to_come": Look(_("Still to begin"), "info", "calendar"),
        "in_force": Look(_("In force"), "good", "check"),
        "due": Look(_("Review due"), "attention", "clock"),
        "overdue": Look(_("Review overdue"), "urgent", "clock"),
        "ended": Look(_("Ended"), "quiet", "cross"),
    },
    "review": {
        "works": Look(_("It works"), "good", "check"),
        "points": Look(_("Works, with points to mend"), "attention", "triangle"),
        "fails": Look(_("Does not work"), "urgent", "cross"),
    },
    "project_task": {
        "to_do": Look(_("To do"), "quiet", "circle"),
        "under_way": Look(_("Under way"), "info", "half"),
        "done": Look(_("Done"), "good", "check"),
        "not_needed": Look(_("Not needed here"), "quiet", "dash"),
        "overdue": Look(_("Overdue"), "urgent", "clock"),
    },
    "decision": {
        "go": Look(_("Go"), "good", "check"),
        "go_if": Look(_("Go, on conditions"), "attention", "triangle"),
        "no_go": Look(_("No go"), "urgent", "cross"),
    },
    "outcome_of_case": {
        "success": Look(_("Succeeded"), "good", "check"),
        "mixed": Look(_("Mixed"), "attention", "half"),
        "failure": Look(_("Failed"), "urgent", "cross"),
    },
    "import": {
        "preview": Look(_("Preview"), "info", "eye"),
        "queued": Look(_("Waiting"), "quiet", "clock"),
        "running": Look(_("Running"), "info", "half"),
        "done": Look(_("Done"), "good", "check"),
        "unchanged": Look(_("Nothing new"), "quiet", "dash"),
        "refused": Look(_("Refused"), "urgent", "cross"),
        "failed": Look(_("Failed"), "urgent", "exclamation"),
    },
    "patient_access": {
        "usable": Look(_("Ready for use"), "good", "check"),
        "used": Look(_("Used"), "quiet", "check"),
        "expired": Look(_("Expired"), "quiet", "clock"),
        "revoked": Look(_("Taken back"), "quiet", "cross"),
        "locked": Look(_("Locked: wrong birth dates"), "attention", "exclamation"),
    },
    "assessment": {
        "complete": Look(pgettext_lazy("assessment", "Complete"), "good", "check"),
        "begun": Look(pgettext_lazy("assessment", "Begun"), "attention", "half"),
        "none": Look(_("Not yet"), "quiet", "circle"),
    },
    "check": {
        "done": Look(_("Done"), "good", "check"),
        "overdue": Look(_("Overdue"), "urgent", "clock"),
        "missing": Look(_("Missing"), "attention", "triangle"),
        "not_due": Look(_("Not due yet"), "quiet", "circle"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
        "attested": Look(_("Attested"), "good", "pen"),
    },
    "clock": {
        "unknown": Look(_("Unknown"), "quiet", "question"),
        "running": Look(pgettext_lazy("clock", "Running"), "quiet", "circle"),
        "due": Look(_("Due soon"), "attention", "calendar"),
        "overdue": Look(_("Overdue"), "urgent", "clock"),
        "met": Look(_("In time"), "good", "check"),
        "late": Look(_("Done late"), "attention", "check"),
        "stopped": Look(_("No longer asked"), "quiet", "dash"),
    },
    "due": {
        "today": Look(_("Today"), "attention", "calendar"),
        "open": Look(pgettext_lazy("form", "Can be filled"), "info", "circle"),
        "overdue": Look(_("Overdue"), "urgent", "clock"),
    },
    "sending": {
        "planned": Look(_("Planned"), "quiet", "calendar"),
        "sending": Look(_("Being sent"), "info", "half"),
        "sent": Look(_("Sent"), "good", "check"),
        "failed": Look(_("Failed"), "urgent", "exclamation"),
        "unclear": Look(_("Broken off: it may have arrived"), "attention", "question"),
        "cancelled": Look(_("No longer needed"), "quiet", "dash"),
    },
    "consent": {
        "allowed": Look(_("Allowed"), "good", "check"),
        "not_allowed": Look(_("Not allowed"), "quiet", "cross"),
    },
    "recording": {
        "none": Look(_("None"), "quiet", "dash"),
        "kept": Look(_("Recorded"), "good", "check"),
        "erased": Look(_("Erased"), "quiet", "cross"),
    },
    "rating": {
        "not_asked": Look(_("Not asked"), "quiet", "dash"),
        "waiting": Look(_("Waiting"), "info", "clock"),
        "submitted": Look(_("Submitted"), "good", "check"),
        "called_off": Look(_("Called off"), "quiet", "cross"),
        "new": Look(_("New"), "info", "half"),
        "seen": Look(_("Seen"), "good", "check"),
    },
    "meeting": {
        "planned": Look(_("Planned"), "quiet", "calendar"),
        "held": Look(_("Held"), "good", "check"),
        "not_held": Look(_("Not held"), "attention", "cross"),
        "not_logged": Look(_("Not logged yet"), "attention", "question"),
    },
    "agreement": {
        "open": Look(pgettext_lazy("agreement", "Open"), "info", "circle"),
        "overdue": Look(_("Overdue"), "attention", "clock"),
        "done": Look(_("Done"), "good", "check"),
        "dropped": Look(_("Dropped"), "quiet", "dash"),
    },
    "pir": {
        "draft": Look(pgettext_lazy("report", "Draft"), "info", "pen"),
        "half_signed": Look(_("Signed by one"), "attention", "half"),
        "frozen": Look(_("Signed by both"), "good", "check"),
        "unread": Look(_("Unread"), "attention", "circle"),
        "read": Look(_("Read"), "quiet", "check"),
        "late": Look(_("Late"), "attention", "clock"),
        "on_time": Look(_("On time"), "good", "check"),
    },
    "recommendation": {
        "done": Look(_("Done"), "good", "check"),
        "under_way": Look(_("Under way"), "info", "half"),
        "not_begun": Look(_("Not begun"), "attention", "circle"),
        "dropped": Look(_("Dropped"), "quiet", "dash"),
        "overdue": Look(_("Overdue"), "attention", "clock"),
        "unknown": Look(_("Not said yet"), "quiet", "question"),
    },
    "rhythm": {
        "kept": Look(_("As often as it should be"), "good", "check"),
        "short": Look(_("Less often than it should be"), "attention", "triangle"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
        "free": Look(_("No standard"), "quiet", "dash"),
    },
    "exchange": {
        "asked": Look(_("Waits for a comment"), "info", "clock"),
        "answered": Look(_("Commented on"), "good", "check"),
        "taken_back": Look(_("Taken back"), "quiet", "cross"),
    },
    "sign": {
        "usual": Look(_("As usual here"), "good", "check"),
        "weak": Look(_("Worse than usual"), "attention", "triangle"),
        "alarm": Look(_("Beyond its limits"), "urgent", "exclamation"),
        "climate": Look(_("Several signs at once"), "urgent", "exclamation"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
        "unjudged": Look(_("Not judged"), "quiet", "dash"),
    },
    "integrity": {
        "on_model": Look(pgettext_lazy("integrity", "On model"), "good", "check"),
        "partly": Look(_("Partly on model"), "attention", "half"),
        "off_model": Look(_("Off model"), "urgent", "cross"),
        "unknown": Look(_("Unknown"), "quiet", "question"),
    },
    "criteria_review": {
        "planned": Look(_("Planned"), "quiet", "calendar"),
        "begun": Look(_("Begun"), "info", "half"),
        "finished": Look(_("Finished"), "good", "check"),
    },
    "consensus": {
        "alone": Look(_("Everybody scores alone"), "info", "half"),
        "talking": Look(_("To be discussed"), "attention", "circle"),
        "agreed": Look(_("Agreed on"), "good", "check"),
    },
    "raters": {
        "close": Look(_("Close"), "good", "check"),
        "apart": Look(_("Apart"), "attention", "exclamation"),
    },
    "treatment": {
        "planned": Look(_("Planned"), "quiet", "calendar"),
        "running": Look(_("In treatment"), "info", "half"),
        "ended": Look(_("Ended"), "quiet", "check"),
        "completed": Look(_("Completed"), "good", "check"),
        "drop_out": Look(_("Dropped out"), "attention", "arrow"),
        "push_out": Look(_("Ended by the team"), "attention", "arrow"),
        "transferred": Look(_("Transferred"), "quiet", "arrow"),
    },
}


def look(word: str, of: str | None = None) -> Look:
    """How `word` is shown; without `of`, as the first kind of thing that knows the word.

    Raises KeyError with the known words for one that is not known: a state may not be invented
    in a template.
    """
    for kind in [of] if of else LOOKS:
        if word in LOOKS[kind]:
            return LOOKS[kind][word]
    known = sorted(LOOKS[of]) if of else sorted({name for names in LOOKS.values() for name in names})
    raise KeyError(f"no status {word!r}; known: {', '.join(known)}")
