"""A folder for packs of one's own, and one for loaded wording."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onmodel import library

HEADER = """version = "1.0.0"
source = "A hand-made example"
author = "A. Author"
checked_by = ""
next_review = 2027-11-21
licence = "CC0"
title = {en = "Title", nl = "Titel"}
"""
FORM = f"""id = "form"
{HEADER}
abbreviation = "FRM-3"
subject = "treatment"
respondents = ["patient"]
wording = "owner"
direction = "worse"
main_scale = "TOTAL"
numbered_items = 3
minimum = 0
maximum = 2
[[scales]]
rule = "sum"
id = "TOTAL"
title = {{en = "Total", nl = "Totaal"}}
items = ["1", "2", "3"]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a pack named `own`, found beside those that ship."""
    folder = tmp_path / "packs" / "own"
    (folder / "instruments").mkdir(parents=True)
    (folder / "pack.toml").write_text(f'id = "own"\n{HEADER}', encoding="utf-8")
    (folder / "instruments" / "form.toml").write_text(FORM, encoding="utf-8")
    monkeypatch.setenv("ONMODEL_PACKS", str(folder.parent))
    monkeypatch.setenv("ONMODEL_DATA", str(tmp_path / "data"))
    library.forget()
    yield folder
    library.forget()


@pytest.fixture
def dutch(tmp_path: Path) -> Path:
    """A file with Dutch wording for that form."""
    path = tmp_path / "form-nl.toml"
    path.write_text(
        'instrument = "form"\n'
        + 'language = "nl"\nowner = "Eigenaar"\nlicence = "Hier"\n'
        + '[items]\n1 = "Een"\n2 = "Twee"\n3 = "Drie"\n[options]\n0 = "Nee"\n2 = "Ja"\n',
        encoding="utf-8",
    )
    return path
