"""Recordings as they lie on disk: encrypted in pieces, so that a player can start anywhere in them.

Each file has a key of its own (AES-256-GCM), which stands sealed by `IDENTITY_KEYS` in its row. A piece's
nonce is its number and whether it is the last one, as in age's STREAM, so that pieces which were
swapped, repeated or cut off do not open. Without its key, a copy of the file is noise.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.base import File

from onmodel.patients.sealing import reseal, seal_text, sealed_by_first_key, unseal_text

PIECE = 64 * 1024
TAG = 16
KEY_BITS = 256


class DamagedFileError(OSError):
    """A piece does not open: the file was altered, cut off, or belongs to another key."""


def new_key() -> str:
    """A key for one file, sealed."""
    return seal_text(AESGCM.generate_key(KEY_BITS).hex())


def has_first_key(sealed_key: str) -> bool:
    return sealed_by_first_key(sealed_key.encode())


def reseal_key(sealed_key: str) -> str:
    """The same key under the first of IDENTITY_KEYS; cryptography's InvalidToken where none opens it."""
    return reseal(sealed_key)


def _box(sealed_key: str) -> AESGCM:
    return AESGCM(bytes.fromhex(unseal_text(sealed_key)))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedUpload(File):
    """A plain file that a storage writes encrypted, piece by piece: none of it lies plain in the store."""

    def __init__(self, plain: File, sealed_key: str) -> None:
        super().__init__(plain, plain.name)
        self._sealed_key = sealed_key

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        box, number = _box(self._sealed_key), 0
        self.file.seek(0)
        piece = self.file.read(PIECE)
        while piece:
            following = self.file.read(PIECE)
            yield box.encrypt(_nonce(number, last=not following), piece, None)
            piece, number = following, number + 1


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file of `size` plain bytes, from wherever one seeks to."""

    def __init__(self, sealed: BinaryIO, sealed_key: str, size: int) -> None:
        self._sealed, self._box, self._size = sealed, _box(sealed_key), size
        self._at, self._number, self._piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, PIECE)
        part = self._open(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _open(self, number: int) -> bytes:
        if number != self._number:
            self._sealed.seek(number * (PIECE + TAG))
            last = (number + 1) * PIECE >= self._size
            try:
                self._piece = self._box.decrypt(
                    _nonce(number, last=last), self._sealed.read(PIECE + TAG), None
                )
            except InvalidTag:
                raise DamagedFileError(f"piece {number} of the recording does not open") from None
            self._number = number
        return self._piece

    def close(self) -> None:
        self._sealed.close()
        super().close()
