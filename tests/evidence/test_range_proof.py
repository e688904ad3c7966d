"""One proof for consecutive leaves leads to the root of RFC 6962, and to no other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.merkle import in_memory, inclusion_proof, leaf_hashes, root_of
from assent.evidence.range_proof import range_path, root_from_range, verify_range

MANY = leaf_hashes([n.to_bytes(4) for n in range(70)])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 70])
def test_every_range_of_a_tree_leads_to_its_root(size: int) -> None:
    leaves = MANY[:size]
    root = root_of(leaves)

    for start in range(size):
        for stop in range(start + 1, size + 1):
            path = range_path(start, stop, size, in_memory(leaves))
            assert root_from_range(leaves[start:stop], start, size, path) == root


def test_the_path_of_one_leaf_has_the_hashes_of_its_inclusion_proof() -> None:
    assert sorted(range_path(11, 12, 70, in_memory(MANY))) == sorted(inclusion_proof(MANY, 11))


def test_a_long_range_needs_no_more_than_two_hashes_a_level() -> None:
    assert len(range_path(5, 66, 70, in_memory(MANY))) <= 2 * 7


@given(st.integers(1, 70), st.data())
@settings(max_examples=60, deadline=None)
def test_leaves_in_another_place_do_not_verify(size: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, size - 1))
    stop = data.draw(st.integers(start + 1, size))
    elsewhere = data.draw(st.integers(-1, size).filter(lambda place: place != start))
    leaves = MANY[:size]
    path = range_path(start, stop, size, in_memory(leaves))

    with pytest.raises(EvidenceError):
        verify_range(leaves[start:stop], elsewhere, size, path, root_of(leaves))


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 3), (5, 4), (60, 71)])
def test_a_range_that_is_none_is_refused(start: int, stop: int) -> None:
    with pytest.raises(EvidenceError, match="no entries"):
        range_path(start, stop, 70, in_memory(MANY))
