"""What is asked for, and what may be used for it: a kind of text, and the member's own permitted records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from assent.errors import InputError

LANGUAGES: Final = ("en", "de", "fr", "es")
LONGEST_TEXT: Final = 50_000
"""Characters of a job or of a text answered to that are read; of longer ones the beginning."""
TOLD: Final = "told"
"""Before the number of what the member typed in just now, where a record id would stand."""
ASKED: Final = "asked"
"""Where a record id would stand: what is said of the job or the addressee, by whoever asked for the text."""


class Kind(StrEnum):
    """What is written."""

    HEADLINE = "headline"
    ABOUT = "about"
    POST = "post"
    COMMENT = "comment"
    MESSAGE_TO_HIRER = "message_to_hirer"
    MESSAGE_TO_CANDIDATE = "message_to_candidate"

    @property
    def is_message(self) -> bool:
        """Whether it is sent to one person."""
        return self in {Kind.MESSAGE_TO_HIRER, Kind.MESSAGE_TO_CANDIDATE}


class Length(StrEnum):
    """How long it may be."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


WORDS: Final[Mapping[Kind, Mapping[Length, tuple[int, int]]]] = {
    Kind.HEADLINE: {Length.SHORT: (2, 8), Length.MEDIUM: (4, 16), Length.LONG: (8, 30)},
    Kind.ABOUT: {Length.SHORT: (12, 45), Length.MEDIUM: (30, 90), Length.LONG: (60, 200)},
    Kind.POST: {Length.SHORT: (10, 40), Length.MEDIUM: (25, 90), Length.LONG: (50, 200)},
    Kind.COMMENT: {Length.SHORT: (3, 25), Length.MEDIUM: (10, 50), Length.LONG: (20, 90)},
    Kind.MESSAGE_TO_HIRER: {Length.SHORT: (20, 60), Length.MEDIUM: (30, 110), Length.LONG: (50, 180)},
    Kind.MESSAGE_TO_CANDIDATE: {Length.SHORT: (15, 60), Length.MEDIUM: (25, 110), Length.LONG: (40, 180)},
}
"""The fewest words aimed at and the most that are written. With too few facts a draft is shorter, never padded."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record of the member's that may be used now, masks applied."""

    id: str
    category: str
    text: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is offered; data, never an instruction. Args: title: None takes the text's first line if it reads as one."""

    text: str = ""
    title: str | None = None
    employer: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What a member wants written.

    Args:
        topic: what a post is about; words to choose by, never a source of facts.
        answers_to: the text that a comment or a message answers.
        addressee: the name to greet; nobody is greeted by a name that is not given here.
        told: facts that the member typed in just now; they count as confirmed.
        mark_untraced: what cannot be traced stays, marked for the member to confirm; otherwise it is dropped.
    """

    kind: Kind
    language: str = "en"
    length: Length = Length.MEDIUM
    topic: str = ""
    answers_to: str = ""
    addressee: str | None = None
    job: Job | None = None
    told: tuple[str, ...] = ()
    mark_untraced: bool = False

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise InputError(f"no drafts in `{self.language}`", hint=f"there are {', '.join(LANGUAGES)}")

    @property
    def words(self) -> tuple[int, int]:
        """The fewest words aimed at, and the most."""
        return WORDS[self.kind][self.length]

    def told_records(self) -> tuple[OwnRecord, ...]:
        """What was typed in, as records."""
        return tuple(
            OwnRecord(f"{TOLD}:{at}", "profile.other", text[:LONGEST_TEXT]) for at, text in enumerate(self.told, 1)
        )
