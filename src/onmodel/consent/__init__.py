"""What patients agreed to, by purpose, and the one question that every use of their data asks."""
