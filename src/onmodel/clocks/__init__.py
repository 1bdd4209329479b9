"""Clocks: until when something has to be there, and whether it was, read from the record."""
