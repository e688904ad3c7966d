"""Texts of a model without whoever is on the list and without personal details, a tag in place of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.curation.outputs.matching import Matcher
from assent.curation.outputs.streaming import OutputStream
from assent.curation.redact import structured
from assent.curation.redact.hits import hits_of, settle, tags_hidden
from assent.curation.redact.replacing import replace
from assent.errors import InputError, RefusedError
from assent.evidence.suppression_list import open_list
from assent.vocabulary.curation import Pii, Replacement

_WORD: Final = re.compile(r"\w+")
PERSONAL_DETAILS: Final = frozenset(
    {
        Pii.EMAIL, Pii.PHONE, Pii.HANDLE, Pii.IBAN, Pii.PAYMENT_CARD, Pii.NATIONAL_ID, Pii.IP_ADDRESS, Pii.COORDINATES,
        Pii.STREET_ADDRESS, Pii.DATE_OF_BIRTH, Pii.CREDENTIAL,
    }
)  # fmt: skip
"""What is masked by its form, whoever's it is."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Texts that may be shown, and how often something of each type was masked in them."""

    texts: tuple[str, ...]
    masked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OutputFilter:
    """Masks what must not be said; safe to keep for as long as the list is recent enough, and to use for many texts.

    Args:
        matcher: of the list; None masks personal details alone.
        details: the types that are masked by their form; none leaves only the list.
        spared: words that name whoever asks, in a text about themselves; the list does not mask them.
    """

    matcher: Matcher | None
    details: frozenset[Pii] = PERSONAL_DETAILS
    spared: frozenset[str] = frozenset()

    def sparing(self, *names: str) -> OutputFilter:
        """The same, but nobody of these names is masked for being on the list."""
        return replace_fields(self, spared=frozenset(word for name in names for word in _words(name)))

    def clean(self, text: str) -> str:
        """The text, everybody on the list and every detail masked."""
        return self.clean_all([text]).texts[0]

    def clean_all(self, texts: Sequence[str]) -> Cleaned:
        """The same for many texts, which costs less than one at a time."""
        column = pa.array(texts, pa.large_string())
        hits = self.hits(column)
        counts = Counter(hits["type"].to_pylist())
        return Cleaned(tuple(replace(column, hits, _TAGS, b"").to_pylist()), dict(sorted(counts.items())))

    def clean_after(self, prompt: str, text: str) -> Cleaned:
        """The text, which goes on from the prompt, masked; of what begins in the prompt, the part in the text."""
        hits = self.hits(pa.array([prompt + text], pa.large_string()))
        counts: Counter[str] = Counter()
        parts: list[str] = []
        at = 0
        for start, end, kind in zip(*(hits[name].to_pylist() for name in ("start", "end", "type")), strict=True):
            if end > len(prompt):
                parts += (text[at : max(at, start - len(prompt))], Pii(kind).tag)
                at = end - len(prompt)
                counts[kind] += 1
        parts.append(text[at:])
        return Cleaned(("".join(parts),), dict(sorted(counts.items())))

    def hits(self, texts: pa.LargeStringArray) -> pa.Table:
        """The stretches that are masked, in `HIT_SCHEMA`, settled."""
        tables = []
        if self.matcher is not None:
            # What is masked already is no word of anybody's name.
            found = self.matcher.find(tags_hidden(texts))
            tables.append(hits_of(each for each in found if not self._spares(texts[each[0]].as_py(), *each[1:3])))
        if self.details:
            found = structured.find(texts)
            wanted = pa.array(sorted(each.value for each in self.details), pa.string())
            tables.append(found.filter(pc.is_in(found["type"], value_set=wanted)))
        return settle(tables)

    def _spares(self, text: str, start: int, end: int) -> bool:
        return bool(self.spared) and self.spared.issuperset(_words(text[start:end]))

    def stream(self) -> OutputStream:
        """A text that comes in pieces, from its beginning."""
        open_from = None if self.matcher is None else self.matcher.open_from
        return OutputStream(self.hits, open_from, has_details=bool(self.details))


_TAGS: Final = dict.fromkeys(Pii, Replacement.TAG)


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def open_filter(
    path: Path,
    key: Path,
    publisher: Path,
    *,
    now: datetime,
    max_age: timedelta | None = None,
    details: Collection[Pii] = PERSONAL_DETAILS,
) -> OutputFilter:
    """A filter of the list in that file.

    Args:
        key: the file with the key of its hashes; `publisher`: the public key of who signed it, in PEM form.
        max_age: a list made longer ago is refused; None takes any.

    Raises:
        InputError: a file cannot be read, or is no key.
        EvidenceError: the list was changed, or belongs to another key.
        RefusedError: it is too old.
    """
    listed = open_list(_read(path), _public(publisher))
    if max_age is not None and now - listed.made_at > max_age:
        raise RefusedError(
            f"the suppression list is of {listed.made_at:%Y-%m-%d %H:%M} UTC, longer ago than it may be",
            hint="ask its publisher for a new one; until then nobody should be answered unfiltered",
        )
    return OutputFilter(Matcher(listed, _read(key)), frozenset(details))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(_read(path))
    except ValueError:
        raise InputError(f"`{path}` is no public key in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"`{path}` is no Ed25519 key")
    return key
