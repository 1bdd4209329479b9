"""A scale that cannot be computed is refused, with its key."""

import pytest


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('items = ["a", "b", "c"]', 'items = ["a", "b", "c", "d"]', "scales[0].items", "'d' is no item"),
        ('item = "c"', 'item = "z"', "scales[6].item", "'z' is no item"),
        ('items = ["a", "b", "c"]', 'items = ["a", "b", "c", "c"]', "scales[0].items[3]", "twice"),
        ('"TOTAL", "RECODED"', '"TOTAL", "NOWHERE"', "scales[2].scales", "'NOWHERE' is no scale"),
        ('numerator = "TOTAL"', 'numerator = "X"', "scales[3].numerator", "'X' is no scale"),
        ('"TOTAL", "RECODED"', '"TOTAL", "BOTH"', "scales[2].scales", "BOTH -> BOTH"),
        ('reverse = ["b"]', 'reverse = ["words"]', "scales[0].reverse", "not among the items"),
        ("0 = 3, 1 = 1, 2 = 0", "0 = 3, 1 = 1, 2 = 0, 3 = 0", "scales[1].recode.3", "outside the answers"),
        ("0 = 3, 1 = 1, 2 = 0", "0 = 3, 1 = 1", "scales[1].recode", "what answer 2 to item a becomes"),
        ("0 = 3, 1 = 1, 2 = 0", "0 = 3, 1 = 1, 2 = 0, x = 0", "scales[1].recode.x", "no answer"),
        ("{b = {0 = 0", "{c = {0 = 0", "scales[1].recode_items.c", "not among the items"),
        ("weights = [1.0, 2.0]", "weights = [1.0]", "scales[2].weights", "1 weights for 2 scales"),
        ('statistic = "sum"', 'statistic = "average"', "scales[2].statistic", "none of sum, mean"),
        ("at_least = 1\n[[scales]]", "at_least = 5\n[[scales]]", "scales[4].at_least", "above the highest"),
        ("a = [-0.1, -0.2]", "a = [-0.1]", "scales[5].decrements.a", "ask for 2"),
        ("a = [-0.1, -0.2], ", "", "scales[5].decrements", "has none for item a"),
        ("at_most = 1", "at_most = 3", "scales[0].missing.at_most", "some answer must be left"),
        ("at_most = 1", "at_most_share = 1.5", "scales[0].missing.at_most_share", "no share"),
        ('main_scale = "TOTAL"', 'main_scale = "SUM"', "main_scale", "'SUM' is no scale"),
        # a sum of three items from 0 to 2 goes from 0 to 6; a mean to 2; a count to 3; recoded: (3 + 3) / 2
        ("maximum = 6", "maximum = 9", "scales[0].maximum", "9, but the items reach 6"),
        ("minimum = 0\nmaximum = 6", "minimum = 1\nmaximum = 6", "scales[0].minimum", "the items reach 0"),
        ('rule = "sum"', 'rule = "mean"', "scales[0].maximum", "6, but the items reach 2"),
        ("at_least = 1\n[[scales]]", "at_least = 1\nmaximum = 2\n[[scales]]", "scales[4].maximum", "reach 3"),
        ('id = "RECODED"', 'id = "RECODED"\nmaximum = 4', "scales[1].maximum", "reach 3"),
        ('item = "c"', 'item = "c"\nmaximum = 3', "scales[6].maximum", "3, but the items reach 2"),
        (
            "minimum = 0\nmaximum = 6",
            "minimum = 6\nmaximum = 0",
            "scales[0].minimum",
            "not below the maximum",
        ),
        ("minimum = 0\nmaximum = 6", 'direction = "up"', "scales[0].direction", "none of worse, better"),
    ],
)
def test_refused(refused, old: str, new: str, key: str, words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in refused("instruments/form.toml", old, new)[key]
