"""A file in parts, as a player asks for it when somebody seeks (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
MOST_DIGITS = 18


class UnsatisfiableError(ValueError):
    """The range lies outside the file."""


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None for the whole file.

    Another unit, several ranges or what is no range is answered with the whole file, as the standard
    allows. Raises UnsatisfiableError for a range that lies beyond the end.
    """
    found = ONE_RANGE.fullmatch(header.strip())
    if found is None or not any(found.groups()) or max(map(len, found.groups())) > MOST_DIGITS:
        return None
    first, last = found.groups()
    if not first:
        start, end = max(size - int(last), 0), size - 1
        if int(last) == 0:
            raise UnsatisfiableError(header)
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size:
        raise UnsatisfiableError(header)
    return start, end


def in_parts(
    request: HttpRequest, opened: Callable[[], BinaryIO], *, size: int, media_type: str
) -> HttpResponse:
    """200 with all of the file, 206 with the range asked for, 416 for one that is not there.

    The file is opened when the first part of it is sent.
    """
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    try:
        asked = asked_range(request.headers.get("Range", ""), size)
    except UnsatisfiableError:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = asked or (0, size - 1)
    response = StreamingHttpResponse(
        _chunks(opened, start, end - start + 1), status=206 if asked else 200, content_type=media_type
    )
    for name, value in headers.items():
        response[name] = value
    response["Content-Length"] = str(end - start + 1)
    if asked:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


def _chunks(opened: Callable[[], BinaryIO], start: int, length: int) -> Iterator[bytes]:
    with opened() as file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
