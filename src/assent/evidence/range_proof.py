"""One proof for consecutive leaves: the hashes to the left and right of them, each once.

Paths of neighbouring leaves share almost all of their hashes. What a verifier lacks besides the leaves are the
roots of the widest subtrees that hold none of them: at most two for each level of the tree, however many
leaves there are. They stand in the order in which a walk from left to right comes by them.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence

from assent.errors import EvidenceError
from assent.evidence.merkle import EMPTY_ROOT, HASH_BYTES, Node, node_hash, subtree_root


def range_path(start: int, stop: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from the leaves [start, stop) to the root of a tree of `size`.

    Raises:
        EvidenceError: the tree has no such leaves.
    """
    _require_range(start, stop, size)
    return [subtree_root(low, high, node) for low, high in _outside(start, stop, 0, size)]


def verify_range(leaves: Sequence[bytes], start: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """The tree with this root and size holds these leaf hashes, one after the other, from `start` on.

    Raises:
        EvidenceError: it does not follow from the path.
    """
    if not hmac.compare_digest(root_from_range(leaves, start, size, path), root):
        raise EvidenceError("the proof leads to another root")


def root_from_range(leaves: Sequence[bytes], start: int, size: int, path: Sequence[bytes]) -> bytes:
    """The one root that leaves and path can lead to.

    Raises:
        EvidenceError: the path has not as many hashes as the tree asks for, or something in it is no hash.
    """
    if size == 0 and start == 0 and not leaves and not path:
        return EMPTY_ROOT
    stop = start + len(leaves)
    _require_range(start, stop, size)
    if any(len(each) != HASH_BYTES for each in (*leaves, *path)):
        raise EvidenceError("the proof holds something that is no hash")
    if len(path) != sum(1 for _ in _outside(start, stop, 0, size)):
        raise EvidenceError("the proof has not as many hashes as it must have")
    hashes = iter(path)

    def over(low: int, high: int) -> bytes:
        if high <= start or low >= stop:
            return next(hashes)
        if high - low == 1:
            return leaves[low - start]
        middle = low + _split(high - low)
        return node_hash(over(low, middle), over(middle, high))

    return over(0, size)


def _outside(start: int, stop: int, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The widest subtrees of [low, high) that hold no leaf of [start, stop), from left to right."""
    if high <= start or low >= stop:
        yield low, high
    elif low < start or high > stop:
        middle = low + _split(high - low)
        yield from _outside(start, stop, low, middle)
        yield from _outside(start, stop, middle, high)


def _require_range(start: int, stop: int, size: int) -> None:
    if not 0 <= start < stop <= size:
        raise EvidenceError(f"a tree of size `{size}` has no entries from `{start}` to `{stop}`")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
