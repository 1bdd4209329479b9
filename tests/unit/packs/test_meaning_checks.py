"""Norms, cut-offs, bands and the like that cannot hold are refused, with their key."""

import pytest


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('[[norms]]\nscale = "TOTAL"', '[[norms]]\nscale = "T"', "norms[0].scale", "'T' is no scale"),
        ("sd = 1.5", "sd = 0.0", "norms[0].sd", "not above 0"),
        ("mean = 2.0", "mean = 60.0", "norms[0].mean", "cannot be reached"),
        ('[[cut_offs]]\nscale = "TOTAL"', '[[cut_offs]]\nscale = "T"', "cut_offs[0].scale", "no scale"),
        ('use = "clinical"', 'use = "fun"', "cut_offs[0].use", "none of clinical"),
        ('[[bands]]\nscale = "TOTAL"', '[[bands]]\nscale = "T"', "bands[0].scale", "no scale"),
        ("below = 3", "below = 4", "bands[0].levels[0].below", "overlaps"),
        ("below = 3", "below = 0", "bands[0].levels[0].below", "not above 0"),
        ("below = 3\n", "", "bands[0].levels[0].below", "only the last band"),
        (
            '[[reliabilities]]\nscale = "TOTAL"',
            '[[reliabilities]]\nscale = "T"',
            "reliabilities[0].scale",
            "no",
        ),
        ('kind = "alpha"', 'kind = "beta"', "reliabilities[0].kind", "none of alpha"),
        (
            '[[reliable_changes]]\nscale = "TOTAL"',
            '[[reliable_changes]]\nscale = "T"',
            "reliable_changes[0].scale",
            "no",
        ),
        ("sd = 1.5\nreliability = 0.8", "sd = 1.5", "reliable_changes[0]", "needs a value"),
        ('[[risk_items]]\nitem = "c"', '[[risk_items]]\nitem = "z"', "risk_items[0].item", "no item"),
        ('item = "c"\nat_least = 1', 'item = "c"\nat_least = 9', "risk_items[0].at_least", "highest answer"),
    ],
)
def test_refused(refused, old: str, new: str, key: str, words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in refused("instruments/form.toml", old, new)[key]
