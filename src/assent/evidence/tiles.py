"""The tree cut into files that never change once they are full, as any web server can publish them.

    tile/<level>/<index>[.p/<width>]     256 hashes of 32 bytes; entry i of level L covers 256^L leaves
    tile/entries/<index>[.p/<width>]     256 entries, each after its length in two bytes, big-endian

Source: c2sp.org/tlog-tiles. A partial tile has a name of its own for each width, so that no published
file ever changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from assent.errors import EvidenceError
from assent.evidence import merkle
from assent.evidence.merkle import HASH_BYTES

WIDTH = 256
HEIGHT = 8
_LENGTH_BYTES = 2
_MAX_ENTRY = 2**16 - 1

TileReader = Callable[[str], bytes]
"""Gives the bytes of the file at a path such as `tile/0/000`; raises EvidenceError when it is missing."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile's place: level -1 is a bundle of entries, 0 leaf hashes; `width` counts what is in it."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it is published, relative to the log."""
        level = "entries" if self.level < 0 else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{_index_path(self.index)}{partial}"


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile of that place in a tree of `size` leaves, with the width it has there."""
    filled = size >> (HEIGHT * max(level, 0))
    return Tile(level, index, min(WIDTH, filled - index * WIDTH))


def tiles_between(old: int, size: int) -> Iterator[Tile]:
    """Every tile and bundle that a tree of `size` has and that of `old` did not, lowest level first."""
    for level in (-1, 0):
        yield from _level_between(level, old, size)
    level = 1
    while size >> (HEIGHT * level):
        yield from _level_between(level, old >> (HEIGHT * level), size >> (HEIGHT * level))
        level += 1


def _level_between(level: int, old: int, filled: int) -> Iterator[Tile]:
    if filled > old:
        for index in range(old // WIDTH, (filled + WIDTH - 1) // WIDTH):
            yield Tile(level, index, min(WIDTH, filled - index * WIDTH))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle.

    Raises:
        EvidenceError: an entry is longer than the format can say.
    """
    lengths = set(map(len, entries))
    if lengths and max(lengths) > _MAX_ENTRY:
        raise EvidenceError(f"an entry is longer than `{_MAX_ENTRY}` bytes")
    if len(lengths) == 1:
        length = lengths.pop().to_bytes(_LENGTH_BYTES)
        return length + length.join(entries)
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        EvidenceError: the bundle ends in the middle of an entry, or holds more than a bundle can.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        if at > len(data) or start > len(data) or len(entries) == WIDTH:
            raise EvidenceError("an entry bundle ends in the middle of an entry or is too long")
        entries.append(data[start:at])
    return entries


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile.

    Raises:
        EvidenceError: there are not exactly `width` of them.
    """
    if len(data) != width * HASH_BYTES:
        raise EvidenceError(f"a tile of `{width}` hashes has `{len(data)}` bytes")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def nodes_from(read: TileReader, size: int) -> merkle.Node:
    """The nodes of the tree of `size`, from published tiles; each tile is read once."""
    seen: dict[Tile, list[bytes]] = {}

    def node(height: int, index: int) -> bytes:
        level, inner = divmod(height, HEIGHT)
        first, count = index << inner, 1 << inner
        tile = tile_at(level, first // WIDTH, size)
        if tile not in seen:
            seen[tile] = _hashes(read, tile)
        start = first % WIDTH
        return merkle.perfect_root(seen[tile][start : start + count])

    return node


def _hashes(read: TileReader, tile: Tile) -> list[bytes]:
    """The hashes of a tile; of a partial one that is gone because the full one took its place, the first of those."""
    try:
        return split_hashes(read(tile.path), tile.width)
    except EvidenceError:
        if tile.width == WIDTH:
            raise
        with suppress(EvidenceError):
            return split_hashes(read(Tile(tile.level, tile.index, WIDTH).path), WIDTH)[: tile.width]
        raise


def _index_path(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))
