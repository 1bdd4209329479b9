"""How large a request may be, decided before any of it is read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

IMPORT_ADDRESS_ENDS = "/import/"
RECORDING_ADDRESS_ENDS = "/recording/"
ROOM_FOR_THE_REST = 1024 * 1024  # the map, the other fields


class LimitingHandler(FileUploadHandler):
    """Refuses (400) what is too large: an import and a recording may be large, nothing else."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, *_rest: object, **_named: object
    ) -> None:
        if content_length > largest(META.get("PATH_INFO", "")):
            raise RequestDataTooBig("The request is larger than this address takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def largest(path: str) -> int:
    """In bytes."""
    if path.endswith(IMPORT_ADDRESS_ENDS):
        return settings.MAX_IMPORT_BYTES + ROOM_FOR_THE_REST
    if path.endswith(RECORDING_ADDRESS_ENDS):
        return settings.MAX_RECORDING_BYTES + ROOM_FOR_THE_REST
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
