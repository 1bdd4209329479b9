"""What becomes a number to tap, and what does not."""

import pytest

from onmodel.web.phone_numbers import with_links


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Call 112.", "112"),
        ("call 113, day and night", "113"),
        ("the helpline on 116 123", "116123"),
        ("0800-0113 costs nothing", "08000113"),
        ("088 555 0100 (by day)", "0885550100"),
        ("from abroad +31 88 555 0100", "+31885550100"),
        ("(06-55501234)", "0655501234"),
    ],
)
def test_a_number_to_call(text, called):
    assert f'<a href="tel:{called}">' in with_links(text)


@pytest.mark.parametrize(
    "text",
    ["in 24 hours", "from 9-17", "room 1120", "room 3-112", "1125 Amsterdam", "112,50 euro", "on 1 May 2026"],
)
def test_no_number_to_call(text):
    assert with_links(text) == text


def test_two_numbers_and_what_is_typed_is_escaped():
    assert with_links("<b>112</b> or 113") == (
        '&lt;b&gt;<a href="tel:112">112</a>&lt;/b&gt; or <a href="tel:113">113</a>'
    )
