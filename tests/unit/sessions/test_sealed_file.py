"""Files that are encrypted in pieces: the same bytes come back from anywhere, and altered ones do not."""

import io

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from onmodel.sessions.sealed_file import PIECE, TAG, DamagedFileError, SealedReader, SealedUpload, new_key

SIZE = 2 * PIECE + 100
PLAIN = bytes(n % 251 for n in range(SIZE))


def sealed(plain: bytes, key: str) -> bytes:
    return b"".join(SealedUpload(ContentFile(plain), key).chunks())


KEY = new_key()
SEALED = sealed(PLAIN, KEY)


def reader(content: bytes = SEALED, key: str = KEY, size: int = SIZE) -> SealedReader:
    return SealedReader(io.BytesIO(content), key, size)


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_any_size_comes_back_and_costs_a_tag_a_piece(size):
    content = sealed(PLAIN[:size], KEY)
    assert len(content) == size + TAG * -(-size // PIECE)
    assert reader(content, size=size).readall() == PLAIN[:size]


@given(st.integers(0, SIZE + 10), st.integers(0, PIECE + 10))
def test_reading_from_anywhere(start, length):
    file = io.BufferedReader(reader())
    file.seek(start)
    assert file.read(length) == PLAIN[start : start + length]


def test_seeking_as_files_do():
    file = reader()
    assert (file.seek(-10, io.SEEK_END), file.tell()) == (SIZE - 10, SIZE - 10)
    assert file.seek(3, io.SEEK_CUR) == SIZE - 7
    assert file.read() == PLAIN[-7:]


ONE = PIECE + TAG


@pytest.mark.parametrize(
    "altered",
    [
        SEALED[:ONE][:-1] + b"\0" + SEALED[ONE:],
        SEALED[ONE : 2 * ONE] + SEALED[:ONE] + SEALED[2 * ONE :],
        SEALED[:ONE] * 2 + SEALED[2 * ONE :],
    ],
    ids=["a byte", "swapped", "repeated"],
)
def test_what_was_altered_does_not_open(altered):
    with pytest.raises(DamagedFileError, match="does not open"):
        reader(altered).readall()


def test_what_was_cut_off_does_not_pass_for_whole():
    with pytest.raises(DamagedFileError, match="piece 1"):
        reader(SEALED[: 2 * ONE], size=2 * PIECE).readall()


def test_another_key_does_not_open_it():
    with pytest.raises(DamagedFileError, match="piece 0"):
        reader(key=new_key()).read(1)
