"""What is known of a person and of the rules' interruptions at (T, N): the fold of their events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from assent.vocabulary.identifiers import NoticeId, PurposeName, RegionCode, SettingName

EVERYWHERE = RegionCode("*")
"""The region of a hold that holds for everybody, also for people whose region is unknown."""


class Objection(StrEnum):
    """Where the latest objection to a purpose stands; a withdrawn one leaves no entry."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class MemberState:
    """One person's facts and choices as of (T, N).

    Args:
        region: as recorded, also when it is no region the packs know; None is unknown.
        birth_date: None is unknown.
        settings: explicit choices only, `on` or `off`; defaults and implied values are the pack's business.
        objections: by purpose.
        notices: the first delivery of each notice version.
        unreadable: an event of theirs could not be read, so nothing may be concluded.
        taken_back: past use was taken back after the moment asked about. No fold says so: whoever rewrites a
            snapshot hands it in.
    """

    region: str | None = None
    birth_date: date | None = None
    settings: Mapping[SettingName, str] = field(default_factory=dict)
    objections: Mapping[PurposeName, Objection] = field(default_factory=dict)
    notices: Mapping[NoticeId, datetime] = field(default_factory=dict)
    closed: bool = False
    erased: bool = False
    unreadable: bool = False
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A purpose is stopped in a region during the half-open span [since, until).

    Args:
        region: a region code, a region group of the pack, or `EVERYWHERE`.
        since: None is "always was".
        until: None is open-ended.
    """

    purpose: PurposeName
    region: str
    since: datetime | None = None
    until: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether the hold stands at that instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)
