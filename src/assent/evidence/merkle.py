"""The hash tree of RFC 6962: roots, growth, inclusion and consistency proofs, and their verification.

A proof is built from `node(height, index)`, the root of the perfect subtree over the leaves
[index·2^height, (index+1)·2^height), wherever it comes from: a list in memory or published tiles.
Verification uses the proof alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assent.errors import EvidenceError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf. Source: RFC 6962 §2.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node. Source: RFC 6962 §2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: Sequence[bytes]) -> list[bytes]:
    """The hashes of many leaves, in order."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def pair_up(row: Sequence[bytes]) -> list[bytes]:
    """The parents of neighbours, in order; an odd last one has none and is left out."""
    sha256 = hashlib.sha256
    pairs = zip(row[::2], row[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]


def perfect_root(row: Sequence[bytes]) -> bytes:
    """The root over 2^n hashes."""
    while len(row) > 1:
        row = pair_up(row)
    return row[0]


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree as far as its growth needs it: the roots of its perfect subtrees, the widest first.

    # INVARIANT: one hash for every bit that is set in `size`.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def extend(self, roots: Sequence[bytes], *, height: int = 0) -> Frontier:
        """The tree with these leaf hashes appended. Cost: O(len(roots) + log size).

        Args:
            height: of the perfect subtrees that `roots` are the roots of, when they are no leaves; the size is
                then a multiple of 2^height.
        """
        added = len(roots) << height
        heights = [each for each in range(self.size.bit_length()) if self.size >> each & 1]
        standing = dict(zip(heights, reversed(self.hashes), strict=True))
        row: list[bytes] = list(roots)
        grown: list[bytes] = []
        while row or height < self.size.bit_length():
            if height in standing:
                row.insert(0, standing[height])
            if len(row) % 2:
                grown.append(row[-1])
            row = pair_up(row)
            height += 1
        return Frontier(self.size + added, tuple(reversed(grown)))

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def to_bytes(self) -> bytes:
        """The hashes one after another; with the size, `from_bytes` gives the same frontier."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """The frontier that `to_bytes` wrote.

        Raises:
            EvidenceError: the number of hashes is not that of a tree of this size.
        """
        if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
            raise EvidenceError(f"the frontier of a tree of size `{size}` has the wrong length")
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))


def in_memory(leaves: Sequence[bytes]) -> Node:
    """The nodes over leaf hashes held in memory."""

    def node(height: int, index: int) -> bytes:
        return perfect_root(leaves[index << height : (index + 1) << height])

    return node


def subtree_root(start: int, stop: int, node: Node) -> bytes:
    """The hash over the leaves [start, stop), where `start` is a multiple of the next power of two."""
    count = stop - start
    if count.bit_count() == 1:
        height = count.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(count)
    return node_hash(subtree_root(start, middle, node), subtree_root(middle, stop, node))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    return Frontier().extend(leaves).root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """`inclusion_path` over leaf hashes held in memory. Cost: O(n)."""
    return inclusion_path(index, len(leaves), in_memory(leaves))


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The siblings on the way from a leaf to the root, the leaf's own first. Source: RFC 6962 §2.1.1.

    Raises:
        EvidenceError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise EvidenceError(f"a tree of size `{size}` has no entry `{index}`")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(subtree_root(middle, stop, node))
            stop = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, size: int, node: Node) -> list[bytes]:
    """What shows that the tree of `size` begins with the tree of `old`. Source: RFC 6962 §2.1.2.

    Raises:
        EvidenceError: `old` is not between 1 and `size`.
    """
    if not 1 <= old <= size:
        raise EvidenceError(f"no consistency proof leads from size `{old}` to `{size}`")
    path: list[bytes] = []
    start, stop, whole = 0, size, True
    while start + old != stop:
        split = _split(stop - start)
        if old <= split:
            path.append(subtree_root(start + split, stop, node))
            stop = start + split
        else:
            path.append(subtree_root(start, start + split, node))
            start, old, whole = start + split, old - split, False
    if not whole:
        path.append(subtree_root(start, stop, node))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """The tree with this root and size holds this leaf hash at `index`.

    Raises:
        EvidenceError: it does not follow from the proof.
    """
    if not hmac.compare_digest(root_from_inclusion(leaf, index, size, proof), root):
        raise EvidenceError("the inclusion proof leads to another root")


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The one root that the proof can lead to. Source: RFC 9162 §2.1.3.2.

    Raises:
        EvidenceError: the proof is not as long as the tree is high there, or holds something that is no hash.
    """
    _require_hashes([leaf, *proof])
    if not 0 <= index < size:
        raise EvidenceError(f"a tree of size `{size}` has no entry `{index}`")
    here, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise EvidenceError("the inclusion proof is too long")
        if here & 1 or here == last:
            result = node_hash(sibling, result)
            here, last = _climb_to_right_child(here, last)
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise EvidenceError("the inclusion proof is too short")
    return result


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """The larger tree begins with the smaller one. Source: RFC 9162 §2.1.4.2.

    Raises:
        EvidenceError: it does not follow from the proof; also from size 0, which proves nothing.
    """
    _require_hashes(proof)
    if old > size or old < 1:
        raise EvidenceError(f"nothing shows that a tree of size `{size}` begins with one of size `{old}`")
    if old == size:
        if proof or not hmac.compare_digest(old_root, root):
            raise EvidenceError("two trees of one size differ, or their proof is not empty")
        return
    if not proof:
        raise EvidenceError("the consistency proof is too short")
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    here, last = old - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old_result = result = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise EvidenceError("the consistency proof is too long")
        if here & 1 or here == last:
            old_result, result = node_hash(sibling, old_result), node_hash(sibling, result)
            here, last = _climb_to_right_child(here, last)
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise EvidenceError("the consistency proof is too short")
    if not (hmac.compare_digest(old_result, old_root) and hmac.compare_digest(result, root)):
        raise EvidenceError("the consistency proof leads to other roots")


def _climb_to_right_child(here: int, last: int) -> tuple[int, int]:
    """Levels at which the node is the odd last one have no sibling and are passed over."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _require_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise EvidenceError("a proof holds something that is no SHA-256 hash")
