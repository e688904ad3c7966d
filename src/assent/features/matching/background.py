"""What public text teaches about words: how rare each is, how long a text is, which words go together.

Everything that a ranking needs besides the texts it ranks is learned here, from public text only. So the score of one
text never depends on whose other texts there are: taking somebody out changes nothing but that they are gone, and
nothing about anybody can be read from the statistics.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.preprocessing import normalize

from assent.errors import EvidenceError
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.spelling import GRAMMAR, stem_of, stems_of
from assent.storage.files import write_whole
from assent.training.public_text import public_texts

UNKNOWN_TERMS: Final = 1 << 18
"""Columns for words that no public text had; which one follows from the word alone."""
DIMENSIONS: Final = 128
_MOST_TERMS: Final = 60_000
_STOPS: Final = frozenset(stem_of(word) for word in ENGLISH_STOP_WORDS) | GRAMMAR
_SHORTEST: Final = 2
_STOPS_AT: Final = 0.1  # a word in more texts than that says nothing
_MADE_UP: Final = 10_000  # texts
_SEED: Final = 20251103


@dataclass(frozen=True)
class Background:
    """Statistics of a public corpus.

    Args:
        terms: every known stem, sorted; its place is its column.
        idf: of each known stem. Shape: (terms,). Source: Robertson & Zaragoza 2009, as Lucene computes it.
        average_length: words that count, per text.
        components: from stems to meaning. Shape: (terms, dimensions). Source: Deerwester et al. 1990.
        texts: how many it was learned from.
    """

    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    average_length: float
    components: NDArray[np.float32]
    texts: int

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Of every known stem, the column."""
        return {term: at for at, term in enumerate(self.terms)}

    @cached_property
    def rarity(self) -> NDArray[np.float32]:
        """The idf of every column, unknown words as rare as a word can be. Shape: (columns,)."""
        rarest = np.float32(np.log1p((self.texts + 0.5) / 0.5))
        return np.concatenate([self.idf, np.full(UNKNOWN_TERMS, rarest, np.float32)])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it, hexadecimal."""
        return sha256(_packed(self)).hexdigest()

    def column(self, stem: str) -> int:
        """Where a stem is counted; -1 for a word that says nothing."""
        if len(stem) < _SHORTEST or stem in _STOPS:
            return -1
        known = self.columns.get(stem)
        if known is None:
            return len(self.terms) + zlib.crc32(stem.encode("utf-8", "replace")) % UNKNOWN_TERMS
        return known if self.idf[known] > 0 else -1

    def meanings(self, counts: sparse.csr_matrix) -> NDArray[np.float32]:
        """Vectors of length 1; all zero for a text of which no word is known. Shape: (texts, dimensions)."""
        if not counts.shape[0]:
            return np.zeros((0, self.components.shape[1]), np.float32)
        known = counts[:, : len(self.terms)].astype(np.float32)
        known.data = np.log1p(known.data)
        found: NDArray[np.float32] = normalize(known.multiply(self.idf).tocsr() @ self.components).astype(np.float32)
        return found


def learn_background(texts: Iterable[str]) -> Background:
    """The statistics of these texts. Cost: O(words), and one truncated SVD."""
    rows = [stems_of(text) for text in texts]
    columns, frequencies = _counted(rows)
    cells = [(at, columns[stem]) for at, row in enumerate(rows) for stem in row if stem in columns]
    at, column = np.array(cells, np.int64).reshape(-1, 2).T
    counts = sparse.csr_matrix((np.ones(len(at), np.float32), (at, column)), shape=(len(rows), len(columns)))
    shares = frequencies / max(1, len(rows))
    idf = np.log1p((len(rows) - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
    idf[(shares > _STOPS_AT) | np.isin(list(columns), list(_STOPS))] = 0
    lengths = counts[:, idf > 0].sum(axis=1)
    weighted = counts.copy()
    weighted.data = np.log1p(weighted.data)
    weighted = normalize(weighted.multiply(idf).tocsr())
    svd = TruncatedSVD(min(DIMENSIONS, len(columns) - 1), random_state=_SEED).fit(weighted)
    return Background(
        tuple(columns), idf, float(lengths.mean()), np.ascontiguousarray(svd.components_.T, np.float32), len(rows)
    )


def background_texts(taxonomy: Taxonomy) -> Iterator[str]:
    """Public text: made up, everyday and about work; and a taxonomy's own, where there is one."""
    yield from islice(public_texts(_SEED), _MADE_UP)
    for occupation in taxonomy.occupations.values():
        essential = "; ".join(taxonomy.skills[each].label for each in occupation.essential)
        yield "\n".join(
            (occupation.label, *occupation.alternatives, occupation.description, essential, *occupation.tasks)
        )
    for skill in taxonomy.skills.values():
        yield "\n".join((skill.label, *skill.alternatives, skill.description))


def background_in(folder: Path, taxonomy: Taxonomy) -> Background:
    """The background that belongs to a taxonomy: read from `folder`, or learned and kept there.

    Cost: about ten seconds the first time.
    """
    path = folder / f"background-{taxonomy.digest[:16] or 'made-up'}.npz"
    if path.exists():
        return _read(path)
    learned = learn_background(background_texts(taxonomy))
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, _packed(learned))
    return learned


def _counted(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], NDArray[np.int64]]:
    """The stems that at least two texts have, the commonest where there are too many; in how many texts each is."""
    found: dict[str, int] = {}
    for row in rows:
        for stem in set(row):
            found[stem] = found.get(stem, 0) + 1
    kept = sorted((-count, stem) for stem, count in found.items() if count > 1)[:_MOST_TERMS]
    stems = sorted(stem for _, stem in kept)
    return {stem: at for at, stem in enumerate(stems)}, np.array([found[stem] for stem in stems], np.int64)


def _packed(background: Background) -> bytes:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        terms=np.frombuffer("\n".join(background.terms).encode(), np.uint8),
        idf=background.idf,
        components=background.components,
        corpus=np.array([background.average_length, background.texts], np.float64),
    )
    return buffer.getvalue()


def _read(path: Path) -> Background:
    try:
        with np.load(path, allow_pickle=False) as stored:
            parts: dict[str, Any] = {name: stored[name] for name in ("terms", "idf", "components", "corpus")}
        terms = tuple(parts["terms"].tobytes().decode().split("\n"))
        length, texts = parts["corpus"]
        found = Background(terms, parts["idf"], float(length), parts["components"], int(texts))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise EvidenceError(f"`{path}` is not what was kept there", hint="remove it; it is learned again") from error
    if found.idf.shape != (len(terms),) or found.components.shape[0] != len(terms):
        raise EvidenceError(f"`{path}` is not what was kept there", hint="remove it; it is learned again")
    return found
