"""How the database is talked to."""

from django.db import connection

from onmodel.accounts.models import User
from tests.factories import UserFactory


def test_no_cursor_is_left_on_the_server(db) -> None:
    """What an unfinished iterator leaves behind is closed by the garbage collector, perhaps in the middle of
    another query: then psycopg waits for itself."""
    UserFactory.create_batch(3)
    rows = User.objects.iterator(chunk_size=1)
    next(rows)
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_cursors")
            assert cursor.fetchone() == (0,)
