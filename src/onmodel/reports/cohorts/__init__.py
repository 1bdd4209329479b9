"""How groups of a programme's patients fare, by cohort, team or therapy group: numbers, then blocks."""
