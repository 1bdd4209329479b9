"""An instrument whose items, answers or words are not sound is refused, with its key."""

import pytest


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('id = "b"\nlabel', 'id = "a"\nlabel', "items[1].id", "'a' stands here twice"),
        ('kind = "text"', 'kind = "count"', "items[3]", "in no scale"),
        ("[[options]]", "numbered_items = 2\n[[options]]", "numbered_items", "items 1, 2 in no scale"),
        ('part = "first"', 'part = "second"', "items[0].part", "no part of this form"),
        ("maximum = 2\n", "maximum = -1\n", "minimum", "not below the maximum"),
        ("value = 1\n", "value = 0\n", "options[1].value", "stands here twice"),
        ('label = {en = "Item B", nl = "Vraag B"}\n', "", "items[1].label", "item b without a label"),
        ('label = {en = "Yes", nl = "Ja"}\n', "", "options", "need a label"),
        ('wording = "shipped"', 'wording = "none"', "wording", "there are items"),
        ('wording = "shipped"', 'wording = "none"', "scales[0].rule", '"entered"'),
        ('respondents = ["patient"]', "respondents = []", "respondents", "is empty"),
    ],
)
def test_refused(refused, old: str, new: str, key: str, words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in refused("instruments/form.toml", old, new)[key]
