"""Curation in words: what is found in a permitted text, what makes a row unfit, and what a pack asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import pyarrow as pa


class Pii(StrEnum):
    """A type of personal data in a text; the value is its name in packs, judgments and counts."""

    PERSON = "person"
    EMAIL = "email"
    PHONE = "phone"
    HANDLE = "handle"
    IBAN = "iban"
    PAYMENT_CARD = "payment_card"
    NATIONAL_ID = "national_id"
    IP_ADDRESS = "ip_address"
    URL = "url"
    COORDINATES = "coordinates"
    STREET_ADDRESS = "street_address"
    POSTCODE = "postcode"
    DATE_OF_BIRTH = "date_of_birth"
    CREDENTIAL = "credential"
    LOCATION = "location"
    ORGANIZATION = "organization"
    DATE_TIME = "date_time"
    AGE = "age"
    TITLE = "title"
    GROUP = "group"

    @property
    def tag(self) -> str:
        """What stands in a clean text in its place, for example `[EMAIL]`."""
        return f"[{self.value.upper()}]"


class Drop(StrEnum):
    """Why a permitted row is not trained on."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LANGUAGE = "language"
    REPETITION = "repetition"
    BOILERPLATE = "boilerplate"
    GIBBERISH = "gibberish"
    NEAR_DUPLICATE = "near_duplicate"


class Topic(StrEnum):
    """A special category of personal data. Source: GDPR Art. 9(1)."""

    HEALTH = "health"
    UNION = "union"
    POLITICS = "politics"
    RELIGION = "religion"
    ORIENTATION = "orientation"


class Replacement(StrEnum):
    """What stands in place of what is masked.

    A tag says the type alone. A surrogate is a tag with a name that is the same wherever the same value stood in
    the same line of snapshots; who has not the key cannot tell which value, and without the key nobody can.
    """

    TAG = "tag"
    SURROGATE = "surrogate"


HIT_SCHEMA: Final = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
    ]
)
"""What a finder gives: the text's place in its batch, a half-open stretch of it in code points, a `Pii` value, and the
name of the rule that found it."""

REDACTION_TYPE: Final = pa.struct(
    [
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
    ]
)
"""What was masked in a row: where in the text as it was permitted. Unit: code points."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Thresholds below or above which a text is unfit; None asks nothing.

    Args:
        categories: of records that are asked; the others are short by nature.
        languages: ISO 639-1 codes; empty takes every language.
        minimum_words, maximum_words: of the clean text.
        maximum_repetition: share of the text that lies in lines or word sequences it has already had.
        maximum_boilerplate: share of the text that is stock phrases.
        maximum_gibberish: share of the words that cannot be words.
    """

    categories: frozenset[str]
    languages: frozenset[str] = frozenset()
    minimum_words: int | None = None
    maximum_words: int | None = None
    maximum_repetition: float | None = None
    maximum_boilerplate: float | None = None
    maximum_gibberish: float | None = None


@dataclass(frozen=True, slots=True)
class Curation:
    """What a purpose asks of its texts.

    Args:
        mask: the types that are masked, each with what stands in their place.
        topics: lexicon topics whose records count as written in a sensitive context.
        near_duplicates: rows of a shard with at least this Jaccard similarity count once; None keeps all.
    """

    mask: Mapping[Pii, Replacement] = field(default_factory=dict)
    topics: frozenset[Topic] = frozenset()
    near_duplicates: float | None = None
    quality: Quality | None = None
