"""Figures of staffing and signs of trouble in words: names, units, and why one is not known."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext


def name_of(figure: str) -> str:
    return str(
        {
            "therapist_hours": _("Therapists' hours, the middle one"),
            "supervisor_hours": _("Supervisor's hours"),
            "caseload": _("Largest caseload in active treatment"),
            "vacant_hours": _("Hours of open vacancies"),
            "direct_contact": _("Time with patients"),
            "occupancy": _("Places in groups taken"),
            "referrals": _("Referrals"),
            "starts": _("Treatments started"),
            "turnover": _("Turnover of therapists"),
            "sickness": _("Sickness absence"),
            "waiting_time": _("From referral to start, the middle one"),
        }[figure]
    )


def unit_of(unit: str, count: float | None = None) -> str:
    many = 1 if count == 1 else 2
    return str(
        {
            "percent": "%",
            "percent_taken": _("% taken"),
            "weeks": ngettext("week", "weeks", many),
            "patients": ngettext("patient", "patients", many),
            "hours_per_week": ngettext("hour a week", "hours a week", many),
            "vacancies": ngettext("vacancy opened", "vacancies opened", many),
            "incidents": "",
            "times": "",
        }[unit]
    )


def why_unknown(why: str) -> str:
    """The reason in a few words; empty for none."""
    return str(
        {
            "": "",
            "absences": _("absences are not kept here"),
            "vacancies": _("vacancies are not kept here"),
            "places": _("the places of the groups are not kept here"),
            "starts": _("no start with a known referral"),
            "incidents": _("this programme records no incidents"),
            "events": _("no events are recorded here"),
            "nothing": _("nothing to count"),
            "not_recorded": _("not recorded"),
            "hours": _("hours are not known"),
            "clinicians": pgettext("why", "nobody is primary clinician"),
            "time_spent": _("time with patients is not kept here"),
            "few": _("too few quarters at the start are known, so there are no limits"),
            "still": _("nothing varied in the first quarters, so there are no limits"),
        }[why]
    )


def why_no_forecast(why: str) -> str:
    return str(
        {
            "standards": _(
                "The pack does not say how many patients somebody can have, and with how many hours."
            ),
            "hours": _("Of a primary clinician the hours are not known."),
            "arrivals": _("Fewer than ten referrals in the last two years tell too little of how many come."),
            "ended": _("Fewer than ten treatments have ended: too little to tell how long they take."),
            "unfinished": _(
                "More than a fifth of the treatments go on longer than any that was followed: how long they "
                "take cannot be told yet."
            ),
            "places": _("There is no place for anybody."),
        }[why]
    )
