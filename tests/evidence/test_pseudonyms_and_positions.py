import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.erasure import is_pseudonym, pseudonym_of, read_positions, suppression_tag, write_positions


def test_positions_have_one_text():
    assert write_positions([3, 17, 18, 19, 204]) == "3,17-19,204"


@given(st.sets(st.integers(0, 300)))
def test_positions_are_read_back(seqs):
    runs = read_positions(write_positions(sorted(seqs)))
    assert [seq for run in runs for seq in run] == sorted(seqs)


@pytest.mark.parametrize("text", ["3,2", "3,3", "3,4", "4-4", "5-3", "01", "1,", "a", "-1", "1-", "1 ,2", "3-5,5"])
def test_any_other_text_is_refused(text):
    with pytest.raises(EvidenceError):
        read_positions(text)


def test_a_pseudonym_says_nothing_without_the_key():
    assert pseudonym_of(suppression_tag(b"a" * 32, "m")) != pseudonym_of(suppression_tag(b"b" * 32, "m"))


@pytest.mark.parametrize(("name", "is_one"), [("erased:" + "0" * 32, True), ("erased:0", False), ("mira", False)])
def test_a_pseudonym_is_told_by_its_form(name, is_one):
    assert is_pseudonym(name) == is_one
