"""Numbers, dates and states as a reader's language writes them; for pages and for paper."""
