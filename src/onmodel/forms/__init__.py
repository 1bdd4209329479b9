"""Forms while they are filled: sittings, answers before the form is finished, what follows at once."""
