"""What happens from day to day: risk, reports of sessions, calls, incidents, absences, time-outs."""
