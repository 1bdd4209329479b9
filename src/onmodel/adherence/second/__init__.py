"""Second, blind ratings: of a share of each quarter's sessions, drawn by chance."""
