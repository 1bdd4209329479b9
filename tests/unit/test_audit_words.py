"""Every verb that the source records has words that a patient understands."""

import re
from pathlib import Path

from onmodel.audit.words import VERBS

SOURCE = Path(__file__).parents[2] / "src" / "onmodel"


def test_every_verb_has_words():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    verbs = set(re.findall(r'verb="([^"]+)"', text)) | {f"action {state}" for state in ("done", "dropped")}
    assert verbs - set(VERBS) == set()
    assert len(verbs) > 30
