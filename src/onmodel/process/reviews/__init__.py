"""Reviews of a treatment: what is on the table, what was said and decided, and when the next one is."""
