"""Checklists about a treatment: which checks the record answers, which a person does, what is missing."""
