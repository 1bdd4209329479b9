"""Reaching patients about their forms: contacts by people, reminders by the program, the worklist of both."""
