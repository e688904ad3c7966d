"""Every input record's decision under one Merkle root, and proofs of what became of a member's records.

A row is `member tag (16) ‖ record tag (16) ‖ mask (u32, big-endian)`, one for each input record, sorted as
bytes, so that a member's rows lie together. Up to 16 consecutive rows make a leaf; `decisions_root` is the
RFC 6962 root over the leaves. A proof is a stretch of consecutive leaves and the hashes beside them: it holds
all rows of a member, or shows the two neighbours between which there are none.

Whoever checks a proof needs the root and the count from a manifest they trust, the member key, and
nothing else. Whoever makes one needs the rows of that stretch and, so that the rest need not be read, the
roots over every 256 leaves, which whoever writes decisions keeps beside them (`hash_decisions`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assent.errors import EvidenceError
from assent.evidence.merkle import EMPTY_ROOT, HASH_BYTES, Frontier, Node, leaf_hashes, node_hash, perfect_root
from assent.evidence.range_proof import range_path, verify_range
from assent.evidence.tags import TAG_BYTES, member_tag, record_tag

MASK_BYTES: Final = 4
ROW_BYTES: Final = 2 * TAG_BYTES + MASK_BYTES
LEAF_ROWS: Final = 16
LEAF_BYTES: Final = LEAF_ROWS * ROW_BYTES
GROUP_HEIGHT: Final = 8
"""The level of the tree that is kept: the roots of perfect subtrees over 256 leaves, which are 4,096 rows."""
GROUP_ROWS: Final = LEAF_ROWS << GROUP_HEIGHT
_PORTION: Final = 1 << 16

DECISION_SCHEMA = pa.schema(
    [
        pa.field("member_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("record_tag", pa.binary(TAG_BYTES), nullable=False),
        pa.field("mask", pa.uint32(), nullable=False),
    ]
)
"""How rows lie in the files of `decisions/`, in order from the first file to the last."""

Rows = Callable[[int, int], bytes]
"""Gives the rows at the places [start, stop) as they are hashed."""


@dataclass(frozen=True, slots=True)
class HashedDecisions:
    """What follows from sorted rows.

    Args:
        groups: the roots over each 256 leaves, one after another; what is left over at the end has none.
    """

    root: bytes
    groups: bytes


@dataclass(frozen=True, slots=True)
class DecisionProof:
    """Consecutive leaves that hold every row a member can have in a snapshot.

    Args:
        count: of all decisions of the snapshot.
        first: the index of the first of the leaves.
        rows: the leaves' bytes, one after another.
        hashes: the path of a range proof (`range_proof`).
    """

    count: int
    first: int
    rows: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """All rows of a member, as a verified proof shows them.

    Args:
        place: of the first of them among all decisions; where there are none, of the neighbour after them.
        masks: by record tag, in order.
    """

    place: int
    masks: dict[bytes, int]


def encode_row(member: bytes, record: bytes, mask: int) -> bytes:
    """One decision as it is hashed."""
    return member + record + mask.to_bytes(MASK_BYTES)


def encode_rows(batch: pa.RecordBatch) -> bytes:
    """The decisions of a batch as they are hashed, one after the other.

    Args:
        batch: in `DECISION_SCHEMA`, without nulls.
    """
    rows = np.empty((len(batch), ROW_BYTES), np.uint8)
    rows[:, :TAG_BYTES] = _octets(batch.column("member_tag"))
    rows[:, TAG_BYTES:-MASK_BYTES] = _octets(batch.column("record_tag"))
    rows[:, -MASK_BYTES:] = batch.column("mask").to_numpy().astype(">u4").view(np.uint8).reshape(-1, MASK_BYTES)
    return rows.tobytes()


def _octets(tags: pa.Array) -> npt.NDArray[np.uint8]:
    """The tags' bytes, a row for each."""
    data = np.frombuffer(tags.buffers()[1] or b"", np.uint8)
    return data[tags.offset * TAG_BYTES : (tags.offset + len(tags)) * TAG_BYTES].reshape(-1, TAG_BYTES)


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
    """The root over rows that are sorted and come as bytes in any portions."""
    return hash_decisions(chunks).root


def hash_decisions(chunks: Iterable[bytes]) -> HashedDecisions:
    """The root over rows that are sorted and come as bytes in any portions, and the level that is kept.

    Cost: O(n), one hash a leaf and one a node.
    """
    tree = Frontier()
    leaves = leaves_of(chunks)
    kept: list[bytes] = []
    while portion := list(islice(leaves, _PORTION)):
        hashes = leaf_hashes(portion)
        whole = len(hashes) >> GROUP_HEIGHT << GROUP_HEIGHT
        groups = [perfect_root(hashes[at : at + (1 << GROUP_HEIGHT)]) for at in range(0, whole, 1 << GROUP_HEIGHT)]
        # Only the last portion has leaves left over, so the tree's size is a multiple of a group until then.
        tree = tree.extend(groups, height=GROUP_HEIGHT).extend(hashes[whole:])
        kept += groups
    return HashedDecisions(tree.root, b"".join(kept))


def prove_member(rows: bytes, key: bytes) -> DecisionProof:
    """The proof of all decisions on the owner of this member key, or that there are none.

    Args:
        rows: every row of the snapshot, in order.
    """
    count = len(rows) // ROW_BYTES
    tag = member_tag(key)
    low = bisect_left(range(count), tag, key=lambda place: _tag_at(rows, place))
    high = bisect_right(range(count), tag, key=lambda place: _tag_at(rows, place))
    return prove_places(low, high, count, lambda start, stop: rows[start * ROW_BYTES : stop * ROW_BYTES])


def prove_places(low: int, high: int, count: int, rows: Rows, groups: bytes = b"") -> DecisionProof:
    """The proof of the decisions at the places [low, high), and of what stands on either side of them.

    Args:
        groups: as `hash_decisions` gives them; without them every row is read and hashed.

    Cost: with groups, the stretch and at most some 16,000 rows beside it are read.
    """
    if not count:
        return DecisionProof(0, 0, b"", ())
    # One row more on either side, so that the stretch visibly begins before the member and ends after.
    first, last = max(low - 1, 0) // LEAF_ROWS, min(high, count - 1) // LEAF_ROWS
    size = -(-count // LEAF_ROWS)
    path = range_path(first, last + 1, size, _nodes(count, rows, groups))
    return DecisionProof(count, first, rows(first * LEAF_ROWS, min((last + 1) * LEAF_ROWS, count)), tuple(path))


def verify_member(proof: DecisionProof, *, root: bytes, count: int, key: bytes) -> dict[bytes, int]:
    """The masks of all records of the owner of this member key, by record tag; empty when there are none.

    Guarantee: complete. A proof that leaves a row of the member out does not verify.

    Raises:
        EvidenceError: the leaves are not the root's, do not follow each other, or do not enclose the member.
    """
    return verify_rows(proof, root=root, count=count, key=key).masks


def verify_rows(proof: DecisionProof, *, root: bytes, count: int, key: bytes) -> Proven:
    """The same, with the place where they stand."""
    if proof.count != count or bool(count) != bool(proof.rows):
        raise EvidenceError("the proof is about another number of decisions")
    if not count:
        if root != EMPTY_ROOT or proof.hashes or proof.first:
            raise EvidenceError("a root over no decisions is not this one")
        return Proven(0, {})
    rows = _proven_rows(proof, root)
    tag = member_tag(key)
    tags = [row[:TAG_BYTES] for row in rows]
    begins = proof.first == 0 or tags[0] < tag
    ends = proof.first * LEAF_ROWS + len(rows) == count or tags[-1] > tag
    if not begins or not ends:
        raise EvidenceError("the proof does not enclose the member, so that a row could be missing")
    own = [row for row in rows if row[:TAG_BYTES] == tag]
    place = proof.first * LEAF_ROWS + bisect_left(tags, tag)
    return Proven(place, {row[TAG_BYTES:-MASK_BYTES]: int.from_bytes(row[-MASK_BYTES:]) for row in own})


def mask_of(masks: dict[bytes, int], key: bytes, record: str) -> int | None:
    """The verified mask of one record; None for a record the snapshot was never asked about."""
    return masks.get(record_tag(key, record))


def _proven_rows(proof: DecisionProof, root: bytes) -> list[bytes]:
    size = -(-proof.count // LEAF_ROWS)
    leaves = list(leaves_of([proof.rows]))
    until = min((proof.first + len(leaves)) * LEAF_ROWS, proof.count)
    if proof.first < 0 or len(proof.rows) != (until - proof.first * LEAF_ROWS) * ROW_BYTES:
        raise EvidenceError("the leaves of the proof have not the size they must have")
    verify_range(leaf_hashes(leaves), proof.first, size, proof.hashes, root)
    rows = [proof.rows[start : start + ROW_BYTES] for start in range(0, len(proof.rows), ROW_BYTES)]
    if rows != sorted(set(rows)):
        raise EvidenceError("the rows of the proof are not in order")
    return rows


def _nodes(count: int, rows: Rows, groups: bytes) -> Node:
    """The nodes of the tree: from the level that is kept where it reaches, else from the rows."""

    def node(height: int, index: int) -> bytes:
        if height > GROUP_HEIGHT and not groups:
            return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))
        if height >= GROUP_HEIGHT and groups:
            width = HASH_BYTES << (height - GROUP_HEIGHT)
            found = groups[index * width : (index + 1) * width]
            return perfect_root([found[at : at + HASH_BYTES] for at in range(0, width, HASH_BYTES)])
        start, stop = (each * LEAF_ROWS << height for each in (index, index + 1))
        return perfect_root(leaf_hashes(list(leaves_of([rows(start, min(stop, count))]))))

    return node


def _tag_at(rows: bytes, place: int) -> bytes:
    return rows[place * ROW_BYTES : place * ROW_BYTES + TAG_BYTES]
