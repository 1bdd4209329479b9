"""Which bytes a player gets, by RFC 9110, section 14."""

import io

import pytest
from django.test import RequestFactory

from onmodel.web.ranges import UnsatisfiableError, asked_range, in_parts


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-9", (0, 9)),
        ("bytes=10-", (10, 99)),
        ("bytes=-5", (95, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=90-500", (90, 99)),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=0-9", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_the_range_asked_for(header, expected):
    assert asked_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_a_range_beyond_the_end(header):
    with pytest.raises(UnsatisfiableError):
        asked_range(header, 100)


def body(header: str):
    request = RequestFactory().get("/", headers={"range": header} if header else {})
    return in_parts(request, lambda: io.BytesIO(bytes(range(100))), size=100, media_type="audio/wav")


def test_the_whole_a_part_and_none():
    whole, part, none = body(""), body("bytes=10-19"), body("bytes=500-")
    assert whole.status_code == 200
    assert b"".join(whole.streaming_content) == bytes(range(100))
    assert (part.status_code, part["Content-Range"], part["Content-Length"]) == (206, "bytes 10-19/100", "10")
    assert b"".join(part.streaming_content) == bytes(range(10, 20))
    assert (none.status_code, none["Content-Range"]) == (416, "bytes */100")
