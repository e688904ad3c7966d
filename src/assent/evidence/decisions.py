"""Every input record's decision under one Merkle root, and proofs of what became of a member's records.

A row is `member tag (16) ‖ record tag (16) ‖ mask (u32, big-endian)`, one for each input record, sorted as
bytes, so that a member's rows lie together. Up to 16 consecutive rows make a leaf; `decisions_root` is the
RFC 6962 root over the leaves. A proof is a stretch of consecutive leaves with their paths: it holds
all rows of a member, or shows the two neighbours between which there are none.

Whoever checks a proof needs the root and the count from a manifest they trust, the member key, and
nothing else.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.errors import EvidenceError
from assent.evidence.merkle import (
    EMPTY_ROOT,
    Frontier,
    in_memory,
    inclusion_path,
    leaf_hash,
    leaf_hashes,
    verify_inclusion,
)
from assent.evidence.tags import TAG_BYTES, member_tag, record_tag

MASK_BYTES: Final = 4
ROW_BYTES: Final = 2 * TAG_BYTES + MASK_BYTES
LEAF_ROWS: Final = 16
LEAF_BYTES: Final = LEAF_ROWS * ROW_BYTES
_PORTION: Final = 1 << 16

DECISION_SCHEMA = pa.schema(
    [
        pa.field("member_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("record_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("mask", pa.uint32(), nullable=False),
    ]
)
"""How rows lie in the files of `decisions/`, in order from the first file to the last."""


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """A leaf's bytes, its position, and the hashes from it up to the root."""

    index: int
    rows: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class DecisionProof:
    """Consecutive leaves that hold every row a member can have in a snapshot."""

    count: int
    leaves: tuple[ProvenLeaf, ...]


def encode_row(member: bytes, record: bytes, mask: int) -> bytes:
    """One decision as it is hashed."""
    return member + record + mask.to_bytes(MASK_BYTES)


def encode_rows(batch: pa.RecordBatch) -> bytes:
    """The decisions of a batch as they are hashed, one after the other.

    Args:
        batch: in `DECISION_SCHEMA`, without nulls.
    """
    masks = array("I", batch.column("mask").to_pylist())
    if sys.byteorder == "little":
        masks.byteswap()
    ends = pa.Array.from_buffers(pa.binary(MASK_BYTES), len(batch), [None, pa.py_buffer(masks)])
    parts = [column.cast(pa.binary()) for column in (batch.column("member_tag"), batch.column("record_tag"), ends)]
    joined = pc.binary_join_element_wise(*parts, b"")
    return joined.buffers()[2].to_pybytes() if len(batch) else b""


def leaves_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The leaves of rows that come as bytes in any portions, in order."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk if rest else chunk
        whole = len(data) - len(data) % LEAF_BYTES
        yield from (data[start : start + LEAF_BYTES] for start in range(0, whole, LEAF_BYTES))
        rest = data[whole:]
    if rest:
        yield rest


def decisions_root(chunks: Iterable[bytes]) -> bytes:
    """The root over rows that are sorted and come as bytes in any portions.

    Cost: O(n), one hash a leaf and one a node.
    """
    tree = Frontier()
    leaves = leaves_of(chunks)
    while portion := list(islice(leaves, _PORTION)):
        tree = tree.extend(leaf_hashes(portion))
    return tree.root


def prove_member(rows: bytes, key: bytes) -> DecisionProof:
    """The proof of all decisions on the owner of this member key, or that there are none.

    Args:
        rows: every row of the snapshot, in order.
    """
    count = len(rows) // ROW_BYTES
    tag = member_tag(key)
    if not count:
        return DecisionProof(0, ())
    low = bisect_left(range(count), tag, key=lambda place: _tag_at(rows, place))
    high = bisect_right(range(count), tag, key=lambda place: _tag_at(rows, place))
    # One row more on either side, so that the stretch visibly begins before the member and ends after.
    first, last = max(low - 1, 0) // LEAF_ROWS, min(high, count - 1) // LEAF_ROWS
    leaves = list(leaves_of([rows]))
    node = in_memory(leaf_hashes(leaves))
    return DecisionProof(
        count,
        tuple(
            ProvenLeaf(index, leaves[index], tuple(inclusion_path(index, len(leaves), node)))
            for index in range(first, last + 1)
        ),
    )


def verify_member(proof: DecisionProof, *, root: bytes, count: int, key: bytes) -> dict[bytes, int]:
    """The masks of all records of the owner of this member key, by record tag; empty when there are none.

    Guarantee: complete. A proof that leaves a row of the member out does not verify.

    Raises:
        EvidenceError: the leaves are not the root's, do not follow each other, or do not enclose the member.
    """
    if proof.count != count or bool(count) != bool(proof.leaves):
        raise EvidenceError("the proof is about another number of decisions")
    if not count:
        if root != EMPTY_ROOT:
            raise EvidenceError("a root over no decisions is not this one")
        return {}
    rows = _proven_rows(proof.leaves, count, root)
    tag = member_tag(key)
    tags = [row[:TAG_BYTES] for row in rows]
    begins = proof.leaves[0].index == 0 or tags[0] < tag
    ends = proof.leaves[-1].index == (count - 1) // LEAF_ROWS or tags[-1] > tag
    if not begins or not ends:
        raise EvidenceError("the proof does not enclose the member, so that a row could be missing")
    return {row[TAG_BYTES:-MASK_BYTES]: int.from_bytes(row[-MASK_BYTES:]) for row in rows if row[:TAG_BYTES] == tag}


def mask_of(masks: dict[bytes, int], key: bytes, record: str) -> int | None:
    """The verified mask of one record; None for a record the snapshot was never asked about."""
    return masks.get(record_tag(key, record))


def _proven_rows(leaves: Sequence[ProvenLeaf], count: int, root: bytes) -> list[bytes]:
    leaf_count = -(-count // LEAF_ROWS)
    rows: list[bytes] = []
    for place, leaf in enumerate(leaves):
        expected = LEAF_ROWS if leaf.index < leaf_count - 1 else count - (leaf_count - 1) * LEAF_ROWS
        if leaf.index != leaves[0].index + place or not 0 <= leaf.index < leaf_count:
            raise EvidenceError("the leaves of the proof do not follow each other")
        if len(leaf.rows) != expected * ROW_BYTES:
            raise EvidenceError(f"leaf {leaf.index} has not the size it must have")
        verify_inclusion(leaf_hash(leaf.rows), leaf.index, leaf_count, leaf.path, root)
        rows += [leaf.rows[start : start + ROW_BYTES] for start in range(0, len(leaf.rows), ROW_BYTES)]
    if rows != sorted(set(rows)):
        raise EvidenceError("the rows of the proof are not in order")
    return rows


def _tag_at(rows: bytes, place: int) -> bytes:
    return rows[place * ROW_BYTES : place * ROW_BYTES + TAG_BYTES]
