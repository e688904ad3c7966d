"""A policy pack, loaded: what a platform's rules say, as values and nothing else.

Everything in here is a conjunction of `=`, `in`, `<`, `<=`, `>`, `>=` and `known` over typed attributes
against constants. There is no place for a function, a regular expression or code, which is what makes
the cells of a pack finite and every evaluator comparable with the specification (`policy.evaluate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from assent.vocabulary.curation import Curation
from assent.vocabulary.identifiers import Category, NoticeId, PurposeName, RegionCode, SettingName
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold


class Kind(StrEnum):
    """What a purpose does; it decides which rights signals speak about it."""

    GENERATIVE_TRAINING = "generative_training"
    TRAINING = "training"
    ADVERTISING = "advertising"
    FEATURE = "feature"

    @property
    def trains(self) -> bool:
        """Whether a model comes of it."""
        return self in {Kind.GENERATIVE_TRAINING, Kind.TRAINING}


class Others(StrEnum):
    """Whose permission a record needs besides its author's."""

    ANYONE = "anyone"
    MASK_OTHERS = "mask_others"
    ALL_MUST_PERMIT = "all_must_permit"


class AgeAt(StrEnum):
    """The moment at which the minimum age must have been reached."""

    USE = "use"
    CREATION = "creation"


class ObjectionRule(StrEnum):
    """Weighed: a rejected objection no longer denies. Absolute: a received one denies until withdrawn."""

    WEIGHED = "weighed"
    ABSOLUTE = "absolute"


class Basis(StrEnum):
    """Legal basis, GDPR Art. 6(1)."""

    LEGITIMATE_INTEREST = "legitimate_interest"
    CONSENT = "consent"
    CONTRACT = "contract"

    @property
    def article(self) -> str:
        """The article, as the DPV writes it."""
        return {"consent": "A6-1-a", "contract": "A6-1-b", "legitimate_interest": "A6-1-f"}[self]


class Withdrawal(StrEnum):
    """What turning the setting off does to the past."""

    STOP = "stop"
    TAKE_BACK = "take_back"


NO_CURATION = Curation()
"""Texts stay as they are."""
RETRAIN_WITHIN = timedelta(days=30)
"""For models trained elsewhere where a pack says nothing: a month, as for any request (GDPR Art. 12(3))."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A toggle members have.

    Args:
        defaults: the value without an explicit choice, for every region code.
        off_with: every setting whose being off turns this one off as well, directly or through others.
        menu: where it is found.
        off_by_gpc: a browser's Global Privacy Control turns it off.
    """

    name: SettingName
    title: str
    defaults: Mapping[RegionCode, str]
    off_with: tuple[SettingName, ...] = ()
    menu: tuple[str, ...] = ()
    note: str = ""
    off_by_gpc: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of what members are told."""

    id: NoticeId
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """How a category in scope is used.

    Args:
        visibility: the values that are enough; None asks nothing.
        two_person: by nature it has a second person, so naming none denies under `ALL_MUST_PERMIT`.
    """

    visibility: frozenset[str] | None = None
    others: Others = Others.ANYONE
    two_person: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """One use of members' data.

    Args:
        coverage: for every region covered, the instant it starts; None has always been in force.
        setting: None when members have no toggle for it.
        minimum_age: None asks no age. Unit: years.
        notice: None asks none.
        waiting_period: between the notice's first delivery and the first use.
        content_from: nothing created earlier is used; None reaches back without end.
        unlinked_copies_denied: copies of denied records without a link are denied too.
        curation: what becomes of permitted texts.
        retrain_within: from a take-back on, until models trained elsewhere have learned again; decides no record.
        objection_form: where members object, as they find it; empty where nobody has said.
    """

    name: PurposeName
    title: str
    kind: Kind
    basis: Basis
    coverage: Mapping[RegionCode, datetime | None]
    scope: Mapping[Category, CategoryRule]
    setting: SettingName | None = None
    objection: ObjectionRule = ObjectionRule.WEIGHED
    minimum_age: int | None = None
    age_at: AgeAt = AgeAt.USE
    notice: NoticeId | None = None
    waiting_period: timedelta = timedelta(0)
    content_from: datetime | None = None
    sensitive_denied: bool = False
    unlinked_copies_denied: bool = False
    curation: Curation = NO_CURATION
    withdrawal: Withdrawal = Withdrawal.STOP
    recipients: tuple[str, ...] = ()
    retrain_within: timedelta = RETRAIN_WITHIN
    objection_form: tuple[str, ...] = ()
    note: str = ""
    coverage_notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A platform's rules under one identity.

    Args:
        digest: SHA-256 over the canonical JSON (RFC 8785) of the merged document, hexadecimal.
        groups: names for sets of region codes.
        never: categories no purpose may use.
        holds: the pack's own, beside those of the ledger.
    """

    name: str
    title: str
    digest: str
    purposes: Mapping[PurposeName, Purpose]
    settings: Mapping[SettingName, Setting]
    notices: Mapping[NoticeId, Notice]
    groups: Mapping[str, frozenset[RegionCode]]
    never: frozenset[Category] = frozenset()
    holds: tuple[Hold, ...] = ()
    lineage: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def hold_covers(self, hold: Hold, region: str | None) -> bool:
        """Whether a hold speaks about a region.

        A hold whose region is neither a code nor a group of this pack covers everybody: it was placed to
        stop something, and a name nobody can resolve must not start it again.
        """
        if hold.region in {EVERYWHERE, region}:
            return True
        if hold.region in self.groups:
            return region in self.groups[hold.region]
        return hold.region not in REGION_CODES
