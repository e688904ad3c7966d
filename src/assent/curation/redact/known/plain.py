"""The numbers under which plain identifiers are looked for, of many at once: what is written in ASCII, as most are.

Says of each exactly what `identifiers` says of it when it is read by itself, and leaves the others to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assent.curation.redact.known.addresses import PHONE_DIGITS
from assent.curation.redact.known.candidates import digits_numbers
from assent.curation.redact.known.folding import CONTRACTED
from assent.curation.redact.known.named import LEAST_JOINED, LEAST_PIECE, NO_NAMES
from assent.curation.redact.known.streams import Words, streams
from assent.curation.redact.known.words import SUFFIXES, TITLES

_NO_PLAIN: Final = sorted(NO_NAMES | TITLES | SUFFIXES)
_NAME: Final = r"^[A-Za-z0-9]{2,}(?: [A-Za-z0-9]{2,})*$"
_BOX_END: Final = r"([A-Za-z0-9]+)[^A-Za-z0-9]*@[^@]*[A-Za-z0-9][^@]*$"
_NUMBER: Final = r"^[+(]{0,2}[0-9 ()./-]+$"
_LONG: Final = "|".join(sorted({long for swaps in CONTRACTED for long, _ in swaps}))
Found = tuple[NDArray[np.int32], Words]
"""Entries, and a number of each."""


def plain_names(values: pl.DataFrame) -> tuple[Found, pl.DataFrame]:
    """The words of these names (`entry`, `value`), and the names that are not plain."""
    split = values.with_columns(words=pl.col("value").str.to_lowercase().str.split(" "))
    is_plain = pl.col("value").str.contains(_NAME) & (pl.col("words").list.set_intersection(_NO_PLAIN).list.len() == 0)
    plain = split.filter(is_plain)
    words = _forms(plain.select("entry", form="words").explode("form")).filter(pl.col("form").str.len_chars() > 1)
    genitives = words.filter(
        ~pl.col("form").str.ends_with("s") & (pl.col("form").str.len_chars() >= LEAST_PIECE)
    ).with_columns(pl.col("form") + "s")
    several = plain.filter(pl.col("words").list.len() > 1)
    first, last = pl.col("words").list.first(), pl.col("words").list.last()
    both = pl.concat([several.select("entry", form=first + last), several.select("entry", form=last + first)])
    in_one = _forms(both).filter(pl.col("form").str.len_chars() >= LEAST_JOINED)
    return _numbered(pl.concat([words, genitives, in_one])), split.filter(~is_plain).drop("words")


def plain_handles(values: pl.DataFrame) -> tuple[Found, pl.DataFrame]:
    """The first words of these handles, and they in one."""
    is_plain = _is_ascii()
    words = values.filter(is_plain & pl.col("value").str.contains("[A-Za-z]")).select(
        "entry", words=pl.col("value").str.to_lowercase().str.extract_all("[a-z0-9]+")
    )
    several = pl.col("words").list.len() > 1
    whole = words.filter(several).select("entry", form=pl.col("words").list.join(""))
    firsts = words.select("entry", form=pl.col("words").list.first())
    return _numbered(pl.concat([firsts, _forms(whole)])), values.filter(~is_plain)


def plain_emails(values: pl.DataFrame) -> tuple[Found, pl.DataFrame]:
    """The words with which the boxes of these addresses end."""
    boxes = values.filter(_is_ascii()).select("entry", form=pl.col("value").str.extract(_BOX_END).str.to_lowercase())
    return _numbered(boxes.filter(pl.col("form").is_not_null())), values.filter(~_is_ascii())


def plain_phones(values: pl.DataFrame) -> tuple[Found, pl.DataFrame]:
    """The last digits of these numbers, and of some that turn out too short when they are read."""
    is_plain = pl.col("value").str.contains(_NUMBER)
    bare = pl.col("value").str.replace_all("(0)", "", literal=True).str.replace_all("[^0-9]", "")
    digits = values.filter(is_plain).select("entry", digits=bare)
    digits = digits.filter(pl.col("digits").str.len_bytes() >= PHONE_DIGITS)
    tails = digits["digits"].str.tail(PHONE_DIGITS).cast(pl.UInt64).to_numpy()
    return (digits["entry"].to_numpy(), digits_numbers(tails)), values.filter(~is_plain)


def _is_ascii() -> pl.Expr:
    return pl.col("value").str.contains(r"^[\x00-\x7F]*$")


def _forms(words: pl.DataFrame) -> pl.DataFrame:
    """Every form that each word may have in a text, as `folding.spellings` has them."""
    return pl.concat([words, *_contracted(words.filter(pl.col("form").str.contains(_LONG)))])


def _contracted(words: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for swaps in CONTRACTED:
        short = pl.col("form")
        for long, one in swaps:
            short = short.str.replace_all(long, one, literal=True)
        yield words.filter(short != pl.col("form")).with_columns(short)


def _numbered(forms: pl.DataFrame) -> Found:
    """The number of each form, which is one word."""
    parts = [stream.words for stream in streams(forms["form"].to_arrow().cast("large_string"))]
    return forms["entry"].to_numpy(), np.concatenate([np.empty(0, np.uint64), *parts])
