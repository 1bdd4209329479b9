"""Codes for patients: unambiguous, and forgiving of how they are typed."""

import pytest

from onmodel.patient_access.codes import ALPHABET, LOOKS_LIKE, digest_of, new_code, normal_form


def test_no_two_signs_of_the_alphabet_look_alike():
    assert len(set(ALPHABET)) == len(ALPHABET) == 25
    assert not set("01ILOQBGSZU") & set(ALPHABET)
    assert {chr(meant) if isinstance(meant, int) else meant for meant in LOOKS_LIKE.values()} <= set(ALPHABET)


def test_a_code_comes_in_groups_and_never_twice():
    codes = {new_code(10) for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == 11 and code[5] == "-" and set(code) <= set(ALPHABET + "-") for code in codes)


@pytest.mark.parametrize(
    "typed",
    [
        "58RD2-8VKMA",
        "58rd2-8vkma",
        " 58RD 28VK MA ",
        "58RD28VKMA",
        "58RD2–8VKMA",
        "sbro2 bukma",
        "S8R0Z-BVKMA",
    ],
)
def test_typed_in_any_of_these_ways_it_is_the_same_code(typed):
    assert normal_form(typed) == "58RD28VKMA"
    assert digest_of(typed) == digest_of("58RD2-8VKMA")


def test_the_digest_depends_on_the_key_of_the_installation(settings):
    before = digest_of("58RD2-8VKMA")
    settings.SECRET_KEY = "another key of another installation"
    assert digest_of("58RD2-8VKMA") != before
    assert "58RD" not in before
