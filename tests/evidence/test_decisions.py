"""Decisions: the root follows from the rows, and a proof gives all rows of a member or shows there are none."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.decisions import (
    DECISION_SCHEMA,
    GROUP_ROWS,
    ROW_BYTES,
    DecisionProof,
    decisions_root,
    encode_row,
    encode_rows,
    hash_decisions,
    mask_of,
    prove_member,
    prove_places,
    verify_member,
)
from assent.evidence.merkle import EMPTY_ROOT, Frontier, leaf_hash
from assent.evidence.tags import member_key, member_tag, record_tag

KEY = b"k" * 32


def rows_of(members: dict[str, int]) -> bytes:
    """Sorted rows: each member with that many records, masks 0, 1, 2, …"""
    rows = []
    for member, count in members.items():
        key = member_key(KEY, member)
        rows += [encode_row(member_tag(key), record_tag(key, f"{member}-{n}"), n) for n in range(count)]
    return b"".join(sorted(rows))


MANY = {f"m{n}": n % 7 for n in range(60)} | {"busy": 40}


def checked(rows: bytes, member: str) -> dict[bytes, int]:
    key = member_key(KEY, member)
    count = len(rows) // ROW_BYTES
    return verify_member(prove_member(rows, key), root=decisions_root([rows]), count=count, key=key)


def test_a_batch_encodes_as_its_rows_one_after_the_other() -> None:
    rows = [(b"a" * 16, b"b" * 16, 1), (b"c" * 16, b"d" * 16, 2**31)]
    batch = pa.RecordBatch.from_pylist(
        [{"member_tag": m, "record_tag": r, "mask": x} for m, r, x in rows], schema=DECISION_SCHEMA
    )

    assert encode_rows(batch) == b"".join(encode_row(*row) for row in rows)


def test_a_sliced_batch_encodes_its_own_rows_only() -> None:
    batch = pa.RecordBatch.from_pylist(
        [{"member_tag": bytes([n]) * 16, "record_tag": b"r" * 16, "mask": n} for n in range(5)],
        schema=DECISION_SCHEMA,
    )

    assert encode_rows(batch.slice(2, 2)) == encode_row(b"\2" * 16, b"r" * 16, 2) + encode_row(b"\3" * 16, b"r" * 16, 3)


def test_the_root_is_rfc_6962_over_leaves_of_sixteen_rows() -> None:
    rows = rows_of({"a": 16, "b": 4})
    leaves = [rows[: 16 * ROW_BYTES], rows[16 * ROW_BYTES :]]

    assert decisions_root([rows]) == Frontier().extend([leaf_hash(leaf) for leaf in leaves]).root


@given(st.lists(st.integers(0, 3000), max_size=5))
@settings(max_examples=30, deadline=None)
def test_the_root_does_not_depend_on_how_the_rows_are_portioned(cuts: list[int]) -> None:
    rows = rows_of(MANY)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]

    assert decisions_root(rows[a:b] for a, b in pairwise(edges)) == decisions_root([rows])


def test_no_rows_have_the_empty_root() -> None:
    assert decisions_root([]) == EMPTY_ROOT


@pytest.mark.parametrize("member", [*MANY, "nobody", "someone else"])
def test_a_proof_gives_every_mask_of_the_member_and_no_other(member: str) -> None:
    key = member_key(KEY, member)

    assert checked(rows_of(MANY), member) == {record_tag(key, f"{member}-{n}"): n for n in range(MANY.get(member, 0))}


def test_a_mask_is_found_by_the_record_id() -> None:
    key = member_key(KEY, "busy")

    assert mask_of(checked(rows_of(MANY), "busy"), key, "busy-3") == 3


def test_a_record_that_never_came_in_has_no_mask() -> None:
    assert mask_of(checked(rows_of(MANY), "busy"), member_key(KEY, "busy"), "busy-99") is None


def test_an_empty_snapshot_proves_that_nobody_is_in_it() -> None:
    assert checked(b"", "busy") == {}


def _busy() -> tuple[DecisionProof, dict[str, object]]:
    rows = rows_of(MANY)
    key = member_key(KEY, "busy")
    return prove_member(rows, key), {
        "root": decisions_root([rows]),
        "count": len(rows) // ROW_BYTES,
        "key": key,
    }


LEAF = 16 * ROW_BYTES


def test_a_proof_without_its_last_leaf_does_not_verify() -> None:
    proof, claim = _busy()

    with pytest.raises(EvidenceError):
        verify_member(replace(proof, rows=proof.rows[:-LEAF]), **claim)


def test_a_proof_that_shows_too_few_leaves_does_not_verify() -> None:
    rows = rows_of(MANY)
    _, claim = _busy()
    busy = [n for n in range(len(rows) // ROW_BYTES) if rows[n * ROW_BYTES :][:16] == member_tag(claim["key"])]

    honest = prove_places(
        busy[0], busy[-1] - 16, len(rows) // ROW_BYTES, lambda a, b: rows[a * ROW_BYTES : b * ROW_BYTES]
    )

    with pytest.raises(EvidenceError, match="does not enclose"):
        verify_member(honest, **claim)


def test_a_proof_without_its_first_leaf_does_not_verify() -> None:
    proof, claim = _busy()

    with pytest.raises(EvidenceError):
        verify_member(replace(proof, first=proof.first + 1, rows=proof.rows[LEAF:]), **claim)


def test_a_proof_with_a_leaf_missing_inside_does_not_verify() -> None:
    proof, claim = _busy()

    with pytest.raises(EvidenceError):
        verify_member(replace(proof, rows=proof.rows[:LEAF] + proof.rows[2 * LEAF :]), **claim)


def test_a_flipped_mask_does_not_verify() -> None:
    proof, claim = _busy()
    forged = bytearray(proof.rows)
    forged[LEAF + ROW_BYTES - 1] ^= 1

    with pytest.raises(EvidenceError, match="another root"):
        verify_member(replace(proof, rows=bytes(forged)), **claim)


@pytest.mark.parametrize("changed", ["dropped", "added", "swapped", "short"])
def test_other_hashes_do_not_verify(changed: str) -> None:
    proof, claim = _busy()
    hashes = list(proof.hashes)
    forged = {
        "dropped": hashes[1:],
        "added": [*hashes, hashes[0]],
        "swapped": hashes[::-1],
        "short": [hashes[0][:-1], *hashes[1:]],
    }[changed]

    with pytest.raises(EvidenceError):
        verify_member(replace(proof, hashes=tuple(forged)), **claim)


@given(st.integers(0, 9_500), st.integers(0, 2**32), st.data())
@settings(max_examples=25, deadline=None)
def test_a_proof_from_the_level_that_is_kept_is_the_one_from_all_rows(
    count: int, seed: int, data: st.DataObject
) -> None:
    random = Random(seed)
    tags = sorted(random.randbytes(16) for _ in range(max(1, count // 7)))
    rows = b"".join(sorted(encode_row(random.choice(tags), random.randbytes(16), n % 9) for n in range(count)))
    low = data.draw(st.integers(0, count))
    high = data.draw(st.integers(low, min(count, low + 600)))
    hashed, read = hash_decisions([rows]), []

    def some(start: int, stop: int) -> bytes:
        read.append(stop - start)
        return rows[start * ROW_BYTES : stop * ROW_BYTES]

    proof = prove_places(low, high, count, some, hashed.groups)

    assert proof == prove_places(low, high, count, some)
    assert len(hashed.groups) == count // GROUP_ROWS * 32


def test_a_proof_reads_little_of_a_large_snapshot() -> None:
    rows = b"".join(encode_row(n.to_bytes(16), b"r" * 16, 0) for n in range(20 * GROUP_ROWS + 5))
    hashed, read = hash_decisions([rows]), []

    def some(start: int, stop: int) -> bytes:
        read.append(stop - start)
        return rows[start * ROW_BYTES : stop * ROW_BYTES]

    prove_places(7 * GROUP_ROWS - 3, 7 * GROUP_ROWS + 500, len(rows) // ROW_BYTES, some, hashed.groups)

    assert sum(read) < 4 * GROUP_ROWS


def test_a_proof_about_another_count_does_not_verify() -> None:
    proof, claim = _busy()

    with pytest.raises(EvidenceError, match="another number"):
        verify_member(proof, **(claim | {"count": 1}))


def test_an_empty_proof_against_a_root_with_rows_does_not_verify() -> None:
    _, claim = _busy()

    with pytest.raises(EvidenceError):
        verify_member(DecisionProof(0, 0, b"", ()), **claim)
