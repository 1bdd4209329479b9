"""How a patient gets to the own treatment without an account: a one-time link, or a short code."""
