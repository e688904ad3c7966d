"""Identifiers as they are read, and under which numbers each is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from assent.curation.redact.known.addresses import (
    PHONE_DIGITS,
    Email,
    Handle,
    Phone,
    read_email,
    read_handle,
    read_phone,
)
from assent.curation.redact.known.candidates import digits_numbers
from assent.curation.redact.known.named import Name, Part, take_apart
from assent.curation.redact.known.plain import Found, plain_emails, plain_handles, plain_names, plain_phones
from assent.curation.redact.known.settling import KINDS
from assent.curation.redact.known.streams import Words, number_of
from assent.vocabulary.people import IdentifierKind

Entry = Name | Handle | Email | Phone
Entries = NDArray[np.int32]

_LEAST_JOINED: Final = 8
_PLAIN: Final[Mapping[IdentifierKind, Callable[[pl.DataFrame], tuple[Found, pl.DataFrame]]]] = {
    IdentifierKind.NAME: plain_names,
    IdentifierKind.HANDLE: plain_handles,
    IdentifierKind.EMAIL: plain_emails,
    IdentifierKind.PHONE: plain_phones,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Numbers, each with the entry that it leads to."""

    numbers: Words
    entries: Entries


def read(kind: str, value: str) -> Entry | None:
    """What is looked for; None where nothing in it can be."""
    match kind:
        case IdentifierKind.NAME:
            name = take_apart(value)
            return name if name.parts or name.script else None
        case IdentifierKind.HANDLE:
            return read_handle(value)
        case IdentifierKind.EMAIL:
            return read_email(value)
        case IdentifierKind.PHONE:
            return read_phone(value)
    return None


def keys_of(rows: Sequence[tuple[int, int]]) -> Keys:
    """The keys of these numbers and entries."""
    columns = list(zip(*rows, strict=True)) if rows else [(), ()]
    return Keys(np.array(columns[0], dtype=np.uint64), np.array(columns[1], dtype=np.int32))


def joined(parts: Sequence[Keys]) -> Keys:
    """The keys of all."""
    return Keys(np.concatenate([each.numbers for each in parts]), np.concatenate([each.entries for each in parts]))


def keys_of_members(codes: NDArray[np.uint8], values: pa.Array) -> tuple[Keys, Keys]:
    """Words of names and addresses, and the last digits of numbers, that may mean a member in their own texts."""
    everything = pl.DataFrame(
        {
            "entry": pl.Series(np.arange(len(codes), dtype=np.int32)),
            "value": pl.Series(values, dtype=pl.String),
            "kind": pl.Series(codes),
        }
    )
    words: list[Keys] = []
    phones: list[Keys] = []
    for code, kind in enumerate(KINDS):
        some = everything.filter(pl.col("kind") == code).drop("kind")
        (entries, numbers), others = _PLAIN[IdentifierKind(kind)](some)
        found = phones if kind == IdentifierKind.PHONE else words
        found += [Keys(numbers, entries), _read_singly(kind, others)]
    return joined(words), joined(phones)


def _read_singly(kind: str, values: pl.DataFrame) -> Keys:
    rows: list[tuple[int, int]] = []
    for entry, value in values.iter_rows():
        what = read(kind, value)
        if isinstance(what, Phone):
            rows.append((_tail(what), entry))
        elif what is not None:
            rows += [(number_of(word), entry) for word in what.anchors()]
    return keys_of(rows)


def keys_of_everybody(codes: NDArray[np.uint8], values: pa.Array) -> tuple[Keys, Keys, Words, Keys]:
    """Words that mean who is no member in any text, neighbours that do (and the second of each), and last digits."""
    words: list[tuple[int, int]] = []
    pairs: list[tuple[int, int]] = []
    seconds: list[int] = []
    phones: list[tuple[int, int]] = []
    seen: set[object] = set()
    for entry, what in _read_all(codes, values):
        if isinstance(what, Phone):
            phones.append((_tail(what), entry))
            continue
        if isinstance(what, Name) and what.signature in seen:
            continue
        if isinstance(what, Name):
            seen.add(what.signature)
        for one, other in what.pairs():
            pairs.append((number_of(one), entry))
            seconds.append(number_of(other))
        words += [(number_of(word), entry) for word in _joined_words(what)]
    return keys_of(words), keys_of(pairs), np.array(seconds, dtype=np.uint64), keys_of(phones)


def _read_all(codes: NDArray[np.uint8], values: pa.Array) -> Iterator[tuple[int, Entry]]:
    for entry, (code, value) in enumerate(zip(codes.tolist(), values.to_pylist(), strict=True)):
        what = read(KINDS[code], value)
        if what is not None:
            yield entry, what


def _tail(phone: Phone) -> int:
    return int(digits_numbers(np.array([int(phone.digits[-PHONE_DIGITS:])], dtype=np.uint64))[0])


def _joined_words(entry: Name | Handle | Email) -> Iterator[str]:
    """The words of what is looked for everywhere that need no neighbour."""
    if isinstance(entry, Name):
        yield from (word for word, part in entry.parts.items() if part & Part.JOINED and len(word) >= _LEAST_JOINED)
    elif isinstance(entry, Handle):
        yield from entry.joined
