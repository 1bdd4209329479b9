"""Signing in and staying signed in: what OnModel asks of django-allauth, and adds to it."""
