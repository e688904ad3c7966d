"""The given names of everybody: before somebody's family name they mean another of that family.

Most names begin with a word that many share; it is taken apart once. The few that do not look like a name of ordinary
words are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl
import pyarrow as pa

from assent.curation.redact.known.folding import pieces
from assent.curation.redact.known.named import Part, is_no_name, take_apart
from assent.curation.redact.known.words import TITLES

_LETTER: Final = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Arabic}\p{Hebrew}&&\p{L}]"
_WORD: Final = rf"(?:{_LETTER}|[0-9.'’_-])+"  # noqa: RUF001 - an apostrophe people type
_PLAIN: Final = rf"^({_WORD})(?: {_LETTER}(?:{_LETTER}|[0-9.'’_ -])*)?$"  # noqa: RUF001
_ONE_WORD: Final = rf"^(?:{_LETTER}|[0-9])+$"
_NO_LETTERS_BETWEEN: Final = r"^[^(),]*[ก-ฮぁ-ヿ㐀-䶿一-鿿가-힣][^(),]*$"
"""Of a script without gaps: such a name has no given names."""


def given_names(names: pa.Array) -> frozenset[str]:
    """The folded given names in names of more than one word."""
    found: set[str] = set()
    for name in _telling(names):
        parts = take_apart(name).parts if len(pieces(name)) > 1 else {}
        found.update(word for word, part in parts.items() if part & Part.GIVEN and not part & Part.GENITIVE)
    return frozenset(found)


def _telling(names: pa.Array) -> Iterator[str]:
    """Names, or shorter ones, that have all the given names of these."""
    column = pl.Series(names, dtype=pl.String).unique()
    column = column.filter(~(column.str.contains(_ONE_WORD) | column.str.contains(_NO_LETTERS_BETWEEN)))
    first = column.str.extract(_PLAIN, 1)
    yield from column.filter(first.is_null())
    has_more = first.is_not_null() & (column.str.len_bytes() > first.str.len_bytes())
    yield from column.filter(first.is_not_null() & ~has_more)
    names, words = column.filter(has_more), first.filter(has_more)
    odd: list[str] = []
    for word, example in _examples(names, words):
        if is_no_name(word) or "".join(pieces(word)) in TITLES:
            odd.append(word)
        else:
            yield example
    yield from names.filter(words.is_in(odd))


def _examples(names: pl.Series, words: pl.Series) -> Iterator[tuple[str, str]]:
    frame = pl.DataFrame({"word": words, "name": names}).group_by("word").agg(pl.col("name").min())
    yield from frame.iter_rows()
