"""Signatures under a report, what they freeze, and what stakeholders get of it."""
