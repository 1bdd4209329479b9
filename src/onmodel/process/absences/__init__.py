"""Sessions missed in a row, and what was tried to bring the patient back."""
