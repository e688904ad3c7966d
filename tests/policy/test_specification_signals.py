"""What each rights signal says of training; expectations by hand, from the three specifications."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.policy.pack import Kind
from assent.policy.signals import denies_training
from assent.vocabulary.records import NO_SIGNALS, Signals

GENERATIVE, OTHER, ADS = Kind.GENERATIVE_TRAINING, Kind.TRAINING, Kind.ADVERTISING


@pytest.mark.parametrize(
    ("header", "denies"),
    [
        ("train-ai=n", True),
        ("search=y, train-ai=n", True),
        ("train-ai=y, train-ai=n", True),
        ("train-ai=n, train-ai=y", False),
        ("train-ai=n;why=me", True),
        ("train-ai=y", False),
        ("train-ai=N", False),
        ('train-ai="n"', False),
        ("train-ai=?0", False),
        ("train-ai", False),
        ("train-ai=(n)", False),
        ("search=n", False),
        ("Train-AI=n", False),
        ("train-ai=n,", False),
        ("train-ai=ñ", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_aipref_is_a_dictionary_with_the_token_n(header, denies):
    assert denies_training(Signals(aipref=header), GENERATIVE) is denies


@pytest.mark.parametrize(
    ("value", "denies"),
    [(1, True), ("1", True), (0, False), ("0", False), (2, False), ("yes", False), (True, False), (None, False)],
)
@pytest.mark.parametrize("kind", [GENERATIVE, OTHER])
def test_tdm_reservation_is_zero_or_one(kind, value, denies):
    assert denies_training(Signals(tdm_reservation=value), kind) is denies


@pytest.mark.parametrize(
    ("entries", "kind", "denies"),
    [
        ({"cawg.ai_generative_training": {"use": "notAllowed"}}, GENERATIVE, True),
        ({"cawg.ai_generative_training": {"use": "constrained", "constraint_info": "ask"}}, GENERATIVE, True),
        ({"cawg.ai_generative_training": {"use": "allowed"}}, GENERATIVE, False),
        ({"c2pa.ai_generative_training": {"use": "notAllowed"}}, GENERATIVE, True),
        ({"ai_generative_training": "notAllowed"}, GENERATIVE, True),
        ({"entries": {"cawg.ai_generative_training": {"use": "notAllowed"}}}, GENERATIVE, True),
        ({"cawg.ai_training": {"use": "notAllowed"}}, OTHER, True),
        ({"cawg.ai_training": {"use": "notAllowed"}}, GENERATIVE, False),
        ({"cawg.data_mining": {"use": "notAllowed"}}, OTHER, False),
        ({"cawg.ai_training": {"use": ["notAllowed"]}}, OTHER, False),
        ({"cawg.ai_training": {}}, OTHER, False),
        ({"entries": "notAllowed"}, GENERATIVE, False),
        ({}, GENERATIVE, False),
        ("notAllowed", GENERATIVE, False),
        (None, GENERATIVE, False),
    ],
)
def test_cawg_entries(entries, kind, denies):
    assert denies_training(Signals(cawg=entries), kind) is denies


@pytest.mark.parametrize("kind", [Kind.ADVERTISING, Kind.FEATURE])
def test_nothing_denies_what_trains_nothing(kind):
    loud = Signals("train-ai=n", 1, {"cawg.ai_training": {"use": "notAllowed"}})
    assert denies_training(loud, kind) is False


def test_no_signal_denies_nothing():
    assert [denies_training(NO_SIGNALS, kind) for kind in Kind] == [False] * len(Kind)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["use", "entries", "cawg.ai_training"]), inner)
    ),
    max_leaves=8,
)


@given(st.text(max_size=40) | st.none(), junk, junk)
def test_whatever_stands_there_there_is_an_answer(header, reservation, assertion):
    assert denies_training(Signals(header, reservation, assertion), GENERATIVE) in (True, False)
