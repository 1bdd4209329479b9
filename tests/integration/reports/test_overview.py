"""The course on a programme's first page: kept while nothing changed, drawn anew as soon as something did."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onmodel.reports.overview import overview
from tests.integration.test_queries import fill, measure

pytestmark = pytest.mark.django_db


def test_it_is_kept_until_a_score_comes_in(cast) -> None:
    assert not overview(cast.programme, "en").measured
    fill(cast, 12)
    first = overview(cast.programme, "en")
    with CaptureQueriesContext(connection) as asked:
        assert overview(cast.programme, "en") == first
    assert len(asked) == 2
    measure(cast.programme, list(cast.programme.treatments.all()), 12.0, "bsi", "GSI", 0.4)
    again = overview(cast.programme, "en")
    assert len(again.drawing.rows) == len(first.drawing.rows) + 1


def test_each_language_has_its_own(cast) -> None:
    fill(cast, 12)
    assert overview(cast.programme, "en").drawing.headers != overview(cast.programme, "nl").drawing.headers
