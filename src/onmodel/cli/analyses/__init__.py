"""The analyses of `onmodel analyse`, a module each."""
