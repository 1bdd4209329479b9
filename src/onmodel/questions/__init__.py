"""Questions to a supervisor about how figures came about, and the explanations given."""
