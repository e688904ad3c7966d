"""Signatures: how alike two texts are, told from a hundred bytes of each.

A text is folded, cut into words, and taken as the set of its pairs of neighbouring words. Of that set a signature keeps
one byte for each of `SLOTS` draws; two signatures agree in a draw about as often as the sets have a member in common.

Source: one permutation hashing, Li, Owen, Zhang, NeurIPS 2012; densified so that each draw is fair, Shrivastava,
ICML 2017, here with a fixed order of search per slot; one byte of each, Li and König, WWW 2010.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.duplicates.folding import IGNORED, SEPARATOR, AnyCodes, Codes, fold, fold_ascii, stands_alone

SLOTS: Final = 125
SIGNATURE: Final = pa.binary(SLOTS)
MINIMUM_WORDS: Final = 8
"""A text of fewer words is a duplicate only of one with the same words in the same order."""

_AT_ONCE: Final = 1 << 18
"""Characters that are hashed at once. Part of what a signature is: a longer text is cut into words at these places."""
_EMPTY: Final = np.uint32(0xFFFFFFFF)
_BASE: Final = 0x9E3779B97F4A7C15 | 1

Bytes = npt.NDArray[np.uint8]
Halves = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def sign(texts: pa.Array | pa.ChunkedArray, *, minimum_words: int = 0) -> pa.Array:
    """The signature of every text, in `SIGNATURE`; null where a text is null, blank, or has fewer words.

    Guarantee: the same text has the same signature wherever and beside whichever texts it is signed; texts that fold
    alike have the same; texts under `MINIMUM_WORDS` words have the same only if they have the same words in order.
    Cost: linear. Memory: `SLOTS` bytes a text, and about 30 bytes a character of the longest.
    """
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    texts = texts.cast(pa.large_string())
    signatures = np.zeros((len(texts), SLOTS), np.uint8)
    words = np.full(len(texts), -1, np.int64)
    plain = pc.string_is_ascii(texts)
    for ascii_only, chosen in ((True, plain), (False, pc.invert(plain))):
        places = np.flatnonzero(pc.fill_null(chosen, False).to_numpy(zero_copy_only=False))
        if places.size:
            for start, end, rows in _groups(texts.take(pa.array(places)), ascii_only=ascii_only):
                signatures[places[start:end]] = rows.signatures()
                words[places[start:end]] = rows.words
    _sign_wordless(texts, signatures, words)
    return _as_array(signatures, words >= minimum_words)


def _groups(texts: pa.Array, *, ascii_only: bool) -> Iterator[tuple[int, int, _Rows]]:
    """Signed stretches of the texts, each about `_AT_ONCE` bytes or one long text."""
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    start = 0
    while start < len(texts):
        end = max(start + 1, int(np.searchsorted(offsets, offsets[start] + _AT_ONCE, "right")) - 1)
        raw = data[int(offsets[start]) : int(offsets[end])].to_pybytes() if data is not None else b""
        if ascii_only:
            rows = _signed(fold_ascii(raw), offsets[start : end + 1] - offsets[start], apart=False)
        else:
            lengths = pc.utf8_length(texts.slice(start, end - start)).to_numpy()
            rows = _signed(*_visible(fold(raw), np.concatenate([[0], np.cumsum(lengths)])), apart=True)
        yield start, end, rows
        start = end


def _visible(codes: Codes, bounds: Places) -> tuple[Codes, Places]:
    """The same without what is ignored."""
    keep = codes != IGNORED
    if keep.all():
        return codes, bounds
    return codes[keep], np.concatenate([[0], np.cumsum(keep)])[bounds]


def _signed(codes: AnyCodes, bounds: Places, *, apart: bool) -> _Rows:
    """All of these texts, taken in `_AT_ONCE` characters at a time; a word may be cut once in so many."""
    rows = _Rows.empty(len(bounds) - 1)
    for start in range(0, len(codes), _AT_ONCE):
        some = codes[start : start + _AT_ONCE]
        rows.take_in(some, np.clip(bounds - start, 0, len(some)), apart=apart)
    return rows


@dataclass(slots=True)
class _Rows:
    """What has been seen of some texts: the smallest hash of each bin, how many words, and a hash of all in order."""

    smallest: Halves
    words: Places
    whole: Hashes

    @classmethod
    def empty(cls, count: int) -> _Rows:
        return cls(np.full((count, SLOTS), _EMPTY), np.zeros(count, np.int64), np.zeros(count, np.uint64))

    def take_in(self, codes: AnyCodes, bounds: Places, *, apart: bool) -> None:
        """The next characters of each text are seen."""
        starts, ends = _words(codes, bounds, apart=apart)
        hashes = _hash_words(codes, starts, ends)
        cuts = np.searchsorted(starts, bounds)
        counts = np.diff(cuts)
        owner = np.repeat(np.arange(len(counts)), counts)
        inside = owner[1:] == owner[:-1]
        mixed = mix(mix(hashes[:-1]) + hashes[1:])[inside]
        bins = ((mixed >> np.uint64(32)) * np.uint64(SLOTS)) >> np.uint64(32)
        values = np.minimum(mixed.astype(np.uint32), _EMPTY - np.uint32(1))
        np.minimum.at(self.smallest.reshape(-1), owner[1:][inside] * SLOTS + bins.astype(np.int64), values)
        nth = np.arange(len(starts)) + np.repeat(self.words - cuts[:-1], counts)
        totals = np.concatenate(
            [np.zeros(1, np.uint64), np.cumsum(mix(hashes + nth.astype(np.uint64) * np.uint64(_BASE)))]
        )
        self.whole += totals[cuts[1:]] - totals[cuts[:-1]]
        self.words += counts

    def signatures(self) -> Bytes:
        """One row of `SLOTS` bytes for each text."""
        few = self.words < MINIMUM_WORDS
        values = _densify(self.smallest, ~few)
        signatures = ((values ^ _salts()) * np.uint32(0x85EBCA6B) >> np.uint32(24)).astype(np.uint8)
        signatures[few] = _stream(self.whole[few])
        return signatures


def _words(codes: AnyCodes, bounds: Places, *, apart: bool) -> tuple[Places, Places]:
    """Where words begin and end."""
    letter = codes != SEPARATOR
    edge = np.zeros(len(codes) + 1, bool)
    edge[bounds] = True
    edge[1:-1] |= letter[1:] != letter[:-1]
    if apart:
        alone = stands_alone(codes)
        edge[:-1] |= alone
        edge[1:] |= alone
    edges = np.flatnonzero(edge)
    spans = letter[edges[:-1]]
    return edges[:-1][spans], edges[1:][spans]


def _hash_words(codes: AnyCodes, starts: Places, ends: Places) -> Hashes:
    """A polynomial in the characters of each word, by differences of sums over all."""
    powers, inverses = _powers()
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.multiply(codes, powers[: len(codes)], out=sums[1:])
    np.cumsum(sums, out=sums)
    return (sums.take(ends) - sums.take(starts)) * inverses.take(starts)


def mix(values: Hashes) -> Hashes:
    """Every bit of the input moves every bit of the output. Source: the finaliser of SplitMix64."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _densify(smallest: Halves, wanted: npt.NDArray[np.bool_]) -> Halves:
    """Every empty bin of the wanted texts has the value of the first full one in its own order of search.

    Shape: (texts, SLOTS). The first full bin is the one of the smallest rank; ranks are bytes, so the search is
    a minimum of rows of a small table, one for each full bin.
    """
    full = smallest != _EMPTY
    counts = full.sum(axis=1)
    sparse = np.flatnonzero((counts < SLOTS) & (counts > 0) & wanted)
    if not sparse.size:
        return smallest
    sparse = sparse[np.argsort(-counts[sparse], kind="stable")]
    ranks, by_rank = _orders()
    bins = np.flatnonzero(full[sparse]) % SLOTS
    counts = counts[sparse]
    firsts = np.cumsum(counts) - counts
    best = ranks.take(bins[firsts], axis=0)
    # Texts with more full bins come first, so those that have an nth are a prefix.
    prefixes = np.searchsorted(-counts, -np.arange(int(counts[0])), "left").tolist()
    for nth, some in enumerate(prefixes[1:], 1):
        np.minimum(best[:some], ranks.take(bins[firsts[:some] + nth], axis=0), out=best[:some])
    source = by_rank.take(best + np.arange(SLOTS) * SLOTS)
    dense = smallest.copy()
    dense[sparse] = smallest.take(source + sparse[:, None] * SLOTS)
    return dense


def _stream(seeds: Hashes) -> Bytes:
    """`SLOTS` bytes for each seed; those of different seeds agree no more than by chance."""
    steps = np.arange(1, -(-SLOTS // 8) + 1, dtype=np.uint64) * np.uint64(_BASE)
    return mix(mix(seeds)[:, None] + steps).astype("<u8").view(np.uint8).reshape(len(seeds), len(steps) * 8)[:, :SLOTS]


def _sign_wordless(texts: pa.Array, signatures: Bytes, words: Places) -> None:
    """A text without letters (emoji, punctuation) has a signature of its own; a blank one has none."""
    for row in np.flatnonzero(words == 0):
        text = texts[row].as_py().strip()
        words[row] = 0 if text else -1
        digest = blake2b(text.encode(), digest_size=8).digest()
        signatures[row] = _stream(np.frombuffer(digest, "<u8").astype(np.uint64))[0]


def _as_array(signatures: Bytes, valid: npt.NDArray[np.bool_]) -> pa.Array:
    bits = pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.Array.from_buffers(SIGNATURE, len(valid), [bits, pa.py_buffer(signatures.tobytes())])


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Of the base and of its inverse modulo 2⁶⁴. Memory: 4 MiB."""
    tables = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        factors = np.full(_AT_ONCE, base, np.uint64)
        factors[0] = 1
        tables.append(np.cumprod(factors))
    return tables[0], tables[1]


@cache
def _salts() -> Halves:
    return mix(np.arange(1, SLOTS + 1, dtype=np.uint64) * np.uint64(_BASE)).astype(np.uint32)


@cache
def _orders() -> tuple[Bytes, Bytes]:
    """For each slot the order in which it searches the bins: ranks by (bin, slot), and bins by (slot, rank)."""
    drawn = mix(np.arange(7, SLOTS * SLOTS + 7, dtype=np.uint64) * np.uint64(_BASE)).reshape(SLOTS, SLOTS)
    np.fill_diagonal(drawn, 0)
    by_rank = np.argsort(drawn, axis=1, kind="stable")
    ranks = np.argsort(by_rank, axis=1).T
    return np.ascontiguousarray(ranks, np.uint8), by_rank.astype(np.uint8).reshape(-1)
