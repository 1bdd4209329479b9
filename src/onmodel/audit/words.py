"""What an event says, in words that a patient understands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERBS = {
    "access log opened": _("opened this access log"),
    "access log printed": _("printed this access log"),
    "account created": _("made an account"),
    "action agreed": _("agreed on an action"),
    "action done": _("finished an action"),
    "action dropped": _("dropped an action"),
    "answers recorded": _("kept answers to a form"),
    "consent given": _("kept a consent"),
    "consent read": _("looked at a consent"),
    "consent refused": _("kept a refusal of consent"),
    "consent text added": _("added a text of consent"),
    "consent withdrawn": _("kept the withdrawal of a consent"),
    "emergency access judged": _("judged an emergency access"),
    "emergency access opened": _("opened the record in an emergency"),
    "emergency access read": _("read about an emergency access"),
    "emergency access sought": _("sought emergency access"),
    "emergency accesses listed": _("saw the uses of emergency access"),
    "expected courses fitted": _("computed the courses to expect"),
    "figures taken": _("took figures of outcome as a file"),
    "form corrected": _("corrected a form"),
    "form filled": _("finished a form"),
    "form opened to correct": _("opened a form to correct it"),
    "form opened to fill": _("opened a form to fill it"),
    "form reopened": _("opened a missed form again"),
    "form set aside": _("marked a form as not applicable"),
    "forms planned": _("planned forms"),
    "home opened": _("saw what asks for attention"),
    "identities sealed anew": _("sealed names and contacts with a new key"),
    "identity corrected": _("changed name, birth date, contacts or record number"),
    "identity opened": _("saw name, birth date and contacts"),
    "import confirmed": _("confirmed an import"),
    "import discarded": _("discarded a file"),
    "import file erased": _("erased an imported file"),
    "import opened": _("brought in a file"),
    "import problems taken": _("took the list of what was wrong in a file"),
    "import read": _("looked at an import"),
    "institution's identity connected": _("connected a sign-in of the institution"),
    "membership added": _("gave somebody a role"),
    "membership ended": _("ended somebody's role"),
    "outcomes imported": _("imported outcomes from a file"),
    "outcomes opened": _("opened the outcomes of groups"),
    "password changed": _("changed the password"),
    "patient access made": _("made a link or code for the patient"),
    "patient access opened": _("used the patient's link or code"),
    "patient access read": _("looked at the patient's links and codes"),
    "patient access refused: birth date": _("gave a wrong birth date with the patient's link or code"),
    "patient access revoked": _("took back the patient's link or code"),
    "patient erased": _("erased the record"),
    "patient exported": _("took a copy of the record"),
    "own feelings no longer shared": _("no longer shows the supervisor notes of own feelings"),
    "own feelings shared": _("lets the supervisor see notes of own feelings"),
    "patients scheduled": _("planned forms by a schedule"),
    "patients listed": _("saw the list of patients"),
    "patients sought": _("searched for a patient"),
    "programme created": _("set up the programme"),
    "report opened": _("opened the programme's report"),
    "released reports listed": _("saw the list of released reports"),
    "report released": _("released a report to the stakeholders"),
    "report released taken": _("took a released report as a file"),
    "report taken": _("took the programme's report as a file"),
    "report taken back": _("took a released report back"),
    "retention period set": _("set how long records are kept"),
    "schedule chosen": _("chose a schedule of forms for the programme"),
    "schedule ended": _("ended a schedule of forms for new patients"),
    "schedule of patient ended": _("ended a schedule of forms"),
    "scores recorded": _("kept scores of a form"),
    "second factor added": _("added a second step at sign-in"),
    "second factor removed": _("removed a second step at sign-in"),
    "sharing agreed": _("agreed how far answers about the therapists reach"),
    "second factors sealed anew": _("sealed second steps at sign-in with a new key"),
    "sign-in refused": _("was refused at sign-in"),
    "signal acknowledged": _("marked a signal as seen"),
    "signal acted upon": _("acted upon a signal"),
    "signal closed": _("closed a signal"),
    "signal opened": _("found a signal"),
    "signal read": _("read a signal"),
    "signals listed": _("saw the list of signals"),
    "signed in": _("signed in"),
    "signed out": _("signed out"),
    "simulated service loaded": _("loaded the simulated service"),
    "standard attested": _("gave word on a requirement"),
    "threshold set": _("set a threshold"),
    "treatment corrected": _("corrected the dates of the treatment"),
    "treatment opened to correct": _("opened the treatment to correct its dates"),
    "treatment opened with identity": _("opened the record, with name and contacts"),
    "treatment opened": _("opened the record"),
}
CHANNELS = {
    "web": _("the pages"),
    "api": _("another program"),
    "command": _("the command line"),
    "job": _("a job in the background"),
    "program": _("the program"),
}
ROLES = {
    "patient": _("patient"),
    "therapist": _("therapist"),
    "supervisor": _("supervisor"),
    "manager": _("programme manager"),
    "expert": _("expert"),
    "research_assistant": _("research assistant"),
    "stakeholder": _("stakeholder"),
    "administrator": _("administrator"),
    "privacy_officer": _("privacy officer"),
}


def verb_in_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))


def channel_in_words(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))


def role_in_words(role: str) -> str:
    return str(ROLES.get(role, role))
