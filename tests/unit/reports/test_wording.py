import pytest
from django.utils.translation import override

from onmodel.reports.document import Figure
from onmodel.reports.wording import value_of


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0004, "<\N{NO-BREAK SPACE}0.001"), (0.001, "0.001"), (0.25, "0.250"), (None, "unknown")],
)
def test_a_small_p_is_written_as_less_than(value, written) -> None:
    with override("en"):
        assert value_of(Figure(value=value, decimals=3, least=0.001)) == written
