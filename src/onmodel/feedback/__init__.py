"""Looking together: the course, what to expect of it, impressions, goals, and the yearly letter."""
