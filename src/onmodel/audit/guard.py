"""The database's own refusal to change or remove an event.

Installed by migration, and again after every migration: SQLite loses triggers when a table is made
anew. Whoever may alter the tables can take them away; then the chain still shows what was done.
"""

from __future__ import annotations

from typing import Any

EVENTS, HEAD, WORDS = "audit_event", "audit_head", "audit_words"
REFUSAL = "The audit trail is append-only."

POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON {EVENTS}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON {EVENTS}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER audit_head_no_return BEFORE UPDATE ON {HEAD}
    FOR EACH ROW WHEN (NEW.sequence <= OLD.sequence) EXECUTE FUNCTION audit_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER audit_head_no_removal BEFORE DELETE ON {HEAD}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
)
#: Words may go, when their patient is erased; what is left out unlawfully is found by `verifying`.
POSTGRESQL_WORDS = (
    f"""
    CREATE OR REPLACE TRIGGER audit_words_no_change BEFORE UPDATE ON {WORDS}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
)
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
SQLITE = (
    f"CREATE TRIGGER IF NOT EXISTS audit_event_no_change BEFORE UPDATE ON {EVENTS} {_REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS audit_event_no_removal BEFORE DELETE ON {EVENTS} {_REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS audit_head_no_return BEFORE UPDATE ON {HEAD} "
    f"WHEN NEW.sequence <= OLD.sequence {_REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS audit_head_no_removal BEFORE DELETE ON {HEAD} {_REFUSE}",
)
SQLITE_WORDS = (f"CREATE TRIGGER IF NOT EXISTS audit_words_no_change BEFORE UPDATE ON {WORDS} {_REFUSE}",)
STATEMENTS = {"postgresql": POSTGRESQL + POSTGRESQL_WORDS, "sqlite": SQLITE + SQLITE_WORDS}
NAMES = {
    "postgresql": {
        "audit_event_no_change": EVENTS,
        "audit_event_no_truncate": EVENTS,
        "audit_head_no_return": HEAD,
        "audit_head_no_removal": HEAD,
        "audit_words_no_change": WORDS,
    },
    "sqlite": {
        "audit_event_no_change": EVENTS,
        "audit_event_no_removal": EVENTS,
        "audit_head_no_return": HEAD,
        "audit_head_no_removal": HEAD,
        "audit_words_no_change": WORDS,
    },
}


def install(connection: Any) -> None:
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor]:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """For emptying a database on purpose: a demonstration, a test."""
    with connection.cursor() as cursor:
        for name, table in NAMES[connection.vendor].items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: Any) -> list[str]:
    """The triggers that are not there, or on PostgreSQL turned off."""
    query = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return sorted(NAMES[connection.vendor].keys() - found)
