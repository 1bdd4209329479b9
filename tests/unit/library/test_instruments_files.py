"""Every instrument file: read, in two languages, honest about where its words come from."""

from pathlib import Path

import msgspec
import pytest

import onmodel.library
from onmodel.packs.instruments import Instrument, ItemKind, Wording
from onmodel.packs.walk import texts

LIBRARY = Path(onmodel.library.__file__).parent
FILES = sorted(LIBRARY.glob("*/instruments/*.toml"))

GENERIC = """phq9 gad7 bsi bsi18 scl90r bdi2 oq45 bsl23 core_om core10 ors srs eq5d3l eq5d5l eq_vas ticp sds
    wsas gaf iip64 iip32 cip48 ecr ecr_r wai_sr wai_s fwc_bv lpfs_bf2 mzq ments sipp118 sipp_sf dapp_sf scid1
    scid2 sshi care_consumption"""
MBT = """pai_bor rfq8 rfq bpdsi zan_bpd mbt_acs mbt_g_aqs weekly_check patient_perspective
    therapist_self_check therapist_impression supervisory_adherence team_items team_factors
    quality_criteria"""
OURS = {
    "care_consumption",
    "weekly_check",
    "patient_perspective",
    "therapist_self_check",
    "therapist_impression",
    "supervisory_adherence",
    "team_items",
    "team_factors",
    "quality_criteria",
}
#: Forms whose labels are ours though the scale is another's: ratings, counts and numbers.
OUR_LABELS = {"mbt_acs", "mbt_g_aqs", "gaf", "scid1", "scid2", "sshi"}
SCORE_ONLY = {"cip48", "dapp_sf", "fwc_bv", "ments", "mzq", "rfq", "sipp118", "sipp_sf", "ticp"}


#: By the name of the file, both packs.
ALL = {path.stem: msgspec.toml.decode(path.read_bytes(), type=Instrument) for path in FILES}


def test_every_instrument_is_there() -> None:
    assert {path.stem for path in FILES if path.parts[-3] == "generic"} == set(GENERIC.split())
    assert {path.stem for path in FILES if path.parts[-3] == "mbt"} == set(MBT.split())


def test_only_our_own_forms_are_not_validated() -> None:
    assert {id_ for id_, form in ALL.items() if not form.validated} == OURS


def test_words_ship_only_where_they_are_ours() -> None:
    by_wording = {word: {id_ for id_, form in ALL.items() if form.wording is word} for word in Wording}
    assert by_wording[Wording.SHIPPED] == OURS | OUR_LABELS
    assert by_wording[Wording.NONE] == SCORE_ONLY


@pytest.mark.parametrize("instrument", ALL.values(), ids=ALL)
class TestInstrument:
    def test_has_its_file_name_as_id(self, instrument: Instrument) -> None:
        assert ALL[instrument.id] is instrument

    def test_texts_are_there_in_both_languages(self, instrument: Instrument) -> None:
        for key, text in texts(instrument):
            assert text.en.strip() == text.en != "", key
            assert text.nl.strip() == text.nl != "", key

    def test_says_where_it_comes_from_and_under_which_licence(self, instrument: Instrument) -> None:
        assert instrument.source
        assert instrument.licence
        figures = (*instrument.norms, *instrument.cut_offs, *instrument.bands)
        for figure in (*figures, *instrument.reliabilities, *instrument.reliable_changes):
            assert figure.source

    def test_owners_words_stay_out(self, instrument: Instrument) -> None:
        if instrument.wording is Wording.SHIPPED:
            return
        for item in instrument.all_items():
            assert item.label is None
            assert item.help is None
            assert all(option.label is None for option in instrument.options_of(item))

    def test_every_choice_has_words_where_they_ship(self, instrument: Instrument) -> None:
        if instrument.wording is not Wording.SHIPPED:
            return
        for item in instrument.all_items():
            assert item.label is not None
            if item.kind is ItemKind.CHOICE:
                options = instrument.options_of(item)
                assert options
                assert all(option.label for option in options)
