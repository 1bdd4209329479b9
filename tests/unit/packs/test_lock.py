"""The lock: a published version never changes."""

import pytest

from onmodel.packs.lock import Locked, compare, digest, digests, lock_text, relock
from onmodel.packs.problems import PackError, Problem, ProblemSeverity
from onmodel.packs.reading import parse_files, read_lock

FORM = "instruments/form.toml"


def of(files: dict[str, bytes]) -> dict[str, Locked]:
    return digests(parse_files(files)[0])


def change(files: dict[str, bytes], *, version: bytes | None = None, path: str = FORM) -> dict[str, bytes]:
    """The files with other content in one of them, and a new version where one is given."""
    content = files[path].replace(b'nl = "Titel"', b'nl = "Andere titel"')
    return {**files, path: content.replace(b'"1.0.0"', version) if version else content}


def test_layout_comments_and_order_do_not_count(files: dict[str, bytes]) -> None:
    lines = files["pack.toml"].decode().strip().splitlines()
    other = "# a comment\n\n" + "\r\n".join(reversed([f"{line}   " for line in lines]))
    assert of({**files, "pack.toml": other.encode()}) == of(files)


def test_a_digest_is_that_of_the_content_in_a_fixed_order() -> None:
    # printf '{"a":[1,2.5],"b":"é"}' | sha256sum
    assert digest({"b": "é", "a": [1, 2.5]}) == (
        "sha256:2071e5952e3110d79f01f374bf90abe7fc01cf116fd0a40af0ab60d3f9a99f8d"
    )


def test_an_unchanged_pack_passes(files: dict[str, bytes]) -> None:
    assert list(compare(of(files), of(files))) == []


def test_changed_content_under_an_unchanged_version_is_refused(files: dict[str, bytes]) -> None:
    now = of(change(files))
    message = "the content changed but the version is still 1.0.0: give it a new version"
    expected = Problem("small/instruments/form.toml", "version", message)
    assert expected in list(compare(now, of(files), "small/"))
    with pytest.raises(PackError, match=r"still 1\.0\.0"):
        relock(now, of(files))
    with pytest.raises(PackError, match=r"still 1\.0\.0"):
        relock(now, of(files), draft=True)


def test_a_draft_may_be_locked_anew(files: dict[str, bytes]) -> None:
    files["pack.toml"] = files["pack.toml"].replace(b"1.0.0", b"0.1.0")
    now = of(change(files))
    with pytest.raises(PackError):
        relock(now, of(files))
    assert relock(now, of(files), draft=True) == now


def test_a_published_pack_does_not_become_a_draft(files: dict[str, bytes]) -> None:
    locked = of(files)
    files["pack.toml"] = files["pack.toml"].replace(b"1.0.0", b"0.9.0")
    with pytest.raises(PackError, match=r"lower than the locked 1\.0\.0"):
        relock(of(change(files)), locked, draft=True)


def test_a_new_version_is_locked_when_the_pack_has_one_too(files: dict[str, bytes]) -> None:
    changed = change(files, version=b'"1.1.0"')
    with pytest.raises(PackError, match=r"pack\.toml: version: is still 1\.0\.0, but files differ"):
        relock(of(changed), of(files))
    changed["pack.toml"] = changed["pack.toml"].replace(b"1.0.0", b"1.1.0")
    problems = list(compare(of(changed), of(files)))
    assert {problem.severity for problem in problems} == {ProblemSeverity.WARNING}
    assert relock(of(changed), of(files)) == of(changed)


def test_a_lower_version_is_refused(files: dict[str, bytes]) -> None:
    problems = list(compare(of(change(files, version=b'"0.9.10"')), of(files)))
    assert "0.9.10 is lower than the locked 1.0.0" in [problem.message for problem in problems]


def test_versions_are_compared_as_numbers(files: dict[str, bytes]) -> None:
    locked = {"pack": Locked(version="0.9.0", digest="sha256:" + "0" * 64)}
    now = {"pack": Locked(version="0.10.0", digest="sha256:" + "1" * 64)}
    assert relock(now, locked) == now


def test_new_and_gone_files_are_told_in_one_warning(files: dict[str, bytes]) -> None:
    files["pack.toml"] = files["pack.toml"].replace(b"1.0.0", b"0.1.0")
    less = {path: content for path, content in files.items() if path != "terms/words.toml"}
    message = "does not have what the files say of terms/words: run `onmodel packs lock`"
    expected = [Problem("small/digests.toml", "", message, ProblemSeverity.WARNING)]
    assert list(compare(of(files), of(less), "small/")) == expected
    assert list(compare(of(less), of(files), "small/")) == expected
    (many,) = compare(of(files), {})
    assert "and 5 more" in many.message


def test_the_lock_is_read_as_it_was_written(files: dict[str, bytes]) -> None:
    text = lock_text(of(files))
    assert read_lock({"digests.toml": text.encode()}) == of(files)
    assert read_lock({}) == {}


@pytest.mark.parametrize("content", [b"<<<<<<< HEAD", b'[pack]\nversion = "1"', b"pack = 3"])
def test_a_broken_lock_is_refused(content: bytes) -> None:
    with pytest.raises(PackError, match=r"small/digests\.toml"):
        read_lock({"digests.toml": content}, "small/")
