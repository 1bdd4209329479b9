"""Sessions in the database, asked for only by keys that could be ours."""

from __future__ import annotations

import re

from django.contrib.sessions.backends import db

KEY = re.compile(r"[0-9a-z]{32}")


class SessionStore(db.SessionStore):
    """A cookie may hold anything, also what PostgreSQL refuses to look for (NUL)."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))
