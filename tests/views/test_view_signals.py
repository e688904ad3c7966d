"""The patterns of views find every denial that the parsers find; where a value is well formed, no other."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assent.gate.views.signals import aipref_pattern, json_pattern, tdm_pattern
from assent.policy.signals import aipref, tdmrep

_AIPREF, _TDM = re.compile(aipref_pattern()), re.compile(tdm_pattern())
_PARTS = ["train-ai=n", "train-ai=y", "train-ai", "train-aix=n", "train-a", "t", "*", "=", ",", " ", "\t", ";", "n",
          '"x,y"', '"\\""', '%"%c3%a9"', "%", "(1 2)", ":YQ==:", "\n", "é", "\xa0", "?1", ";q=1", ", ", '"', "\\"]  # fmt: skip
_MEMBERS = ["train-ai=n", "train-ai=y", "train-ai", "train-ai=?0", 'train-ai="n"', "train-ai=(n)", "train-ai=n;x=1", "a",
            "tr=1", "train-aix=n", 'b="train-ai=n, c"', "c=(1 2);q", "d=%", "*e.f-g_=:YQ==:", 'f=%"a%22"']  # fmt: skip


def denies(text: str) -> bool:
    return aipref.preference(text) is aipref.Preference.DISALLOW


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map("".join))
def test_no_denial_is_missed(text):
    assert _AIPREF.search(text) or not denies(text)


@given(st.lists(st.sampled_from([each for each in _MEMBERS if each != "d=%"]), max_size=5).map(", ".join))
def test_a_dictionary_is_read_alike(text):
    assert bool(_AIPREF.search(text)) == denies(text)


@given(st.text("01 \n\tx", max_size=8))
def test_a_reservation_is_read_alike(text):
    assert bool(_TDM.search(text)) == (tdmrep.reserved(text) is True)


@given(st.text("01 \nx\xa0\r\u2028é", max_size=8))
def test_no_reservation_is_missed(text):
    assert _TDM.search(text) or tdmrep.reserved(text) is not True


def test_a_hostile_value_takes_no_time():
    for text in ("train-ai=n," + '%"a"' * 20_000 + "é", "%" * 50_000 + "é", "a" * 50_000 + '"', "0\n" * 20_000 + "x"):
        assert not _AIPREF.search(text)
        assert not _TDM.search(text)


def test_json_is_matched_below_its_key():
    found = re.compile(json_pattern(("cawg.ai_training", "ai_training"), ("notAllowed",)))
    assert found.search('{"cawg.ai_training": {"constraint": 1, "use" : "notAllowed"}}')
    assert found.search('{"ai_training":"notAllowed"}')
    assert not found.search('{"cawgxai_training": {"use": "notAllowed"}, "ai_training": {"use": "allowed"}}')
