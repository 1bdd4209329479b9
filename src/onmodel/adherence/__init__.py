"""Adherence and competence of therapists: which session is rated, by whom, and what the ratings come to."""
