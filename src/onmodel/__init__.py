"""OnModel keeps a psychotherapy programme on model."""

__version__ = "0.1.0"
