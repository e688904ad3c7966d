"""Why a record may not be used: stable names, a fixed order, and a sentence for each reader.

The order here is the order in which reasons are shown and the order of the bits in a mask:
the first has bit 0. Names and bits never change once released; new ones are added at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Reason(Enum):
    """One reason to deny; `allowed` is the empty set of them."""

    ON_HOLD = (
        "on_hold",
        "The use is stopped in your region for now.",
        "a hold for this purpose is in force in the person's region at this moment",
    )
    PURPOSE_UNKNOWN = (
        "purpose_unknown",
        "Nobody has said what this use would be.",
        "the pack offers no purpose of this name",
    )
    CATEGORY_NEVER = (
        "category_never",
        "This kind of content is never used, whatever you choose.",
        "the category is on the pack's never list",
    )
    CATEGORY_OUT_OF_SCOPE = (
        "category_out_of_scope",
        "This kind of content is not part of this use.",
        "the purpose's scope does not list the category",
    )
    REGION_UNKNOWN = (
        "region_unknown",
        "We do not know which country's rules apply to you, so we do not use it.",
        "the person's region is missing or no ISO 3166-1 alpha-2 code",
    )
    REGION_NOT_COVERED = (
        "region_not_covered",
        "This use does not take place in your region.",
        "no coverage of the purpose names the person's region",
    )
    NOT_YET_IN_FORCE = (
        "not_yet_in_force",
        "This use has not started in your region yet.",
        "the coverage of the person's region starts later than the moment asked about",
    )
    AGE_UNKNOWN = (
        "age_unknown",
        "We do not know whether you are old enough, so we do not use it.",
        "an age is asked and the birth date, or the creation date it is measured at, is missing",
    )
    UNDER_AGE = (
        "under_age",
        "Content of people under the minimum age is not used.",
        "the birth date lies after the cutoff of the minimum age",
    )
    NOTICE_NOT_DELIVERED = (
        "notice_not_delivered",
        "You have not been told about this use yet.",
        "no delivery of the notice the purpose asks for",
    )
    WAITING_PERIOD = (
        "waiting_period",
        "You were told only recently and still have time to decide.",
        "the notice was first delivered less than the waiting period ago",
    )
    SETTING_OFF = (
        "setting_off",
        "Your setting for this use is off.",
        "the effective value of the purpose's setting is off",
    )
    OBJECTION_OPEN = (
        "objection_open",
        "Your objection is being weighed; until then nothing is used.",
        "an objection was received and not decided (restriction, GDPR Art. 18(1)(d))",
    )
    OBJECTION_UPHELD = (
        "objection_upheld",
        "You objected, and your objection stands.",
        "an objection was upheld, or is absolute for this purpose",
    )
    ACCOUNT_CLOSED = (
        "account_closed",
        "The account is closed.",
        "account.closed is in effect",
    )
    ERASED = (
        "erased",
        "The data was erased at the person's request.",
        "an erasure was requested or completed",
    )
    NOT_VISIBLE_ENOUGH = (
        "not_visible_enough",
        "You shared this with fewer people than this use asks for.",
        "the record's visibility is missing or not among those the scope names",
    )
    TOO_OLD = (
        "too_old",
        "This is older than the time span that is used.",
        "the record was created before content_from, or its creation date is missing",
    )
    ITEM_EXCLUDED = (
        "item_excluded",
        "It was left out: by you, or by somebody whom it is about.",
        "the record carries its own exclusion, or somebody excluded it: a member, or a reviewer for an objection",
    )
    SENSITIVE_CONTEXT = (
        "sensitive_context",
        "It stands in a place about sensitive matters, which is left out.",
        "the record's context carries the flag `sensitive`",
    )
    SIGNAL_NO_TRAIN = (
        "signal_no_train",
        "The content itself says that it must not train AI.",
        "AIPREF, TDMRep or CAWG on the record denies this kind of training",
    )
    OTHER_SUBJECT = (
        "other_subject",
        "Somebody else who appears in it does not permit this use.",
        "another person in the record does not permit, and the category cannot mask them",
    )
    DERIVED_FROM_EXCLUDED = (
        "derived_from_excluded",
        "It carries content of someone whose original may not be used.",
        "the record names a parent that is denied or unknown, directly or through others",
    )
    STATE_MISSING = (
        "state_missing",
        "Something that is needed to decide is missing, so it is not used.",
        "the author is unknown to the ledger, or an event or the row cannot be read",
    )
    TAKEN_BACK = (
        "taken_back",
        "You took back what was used before.",
        "the person took past use back after this snapshot was decided",
    )

    def __init__(self, label: str, for_members: str, for_engineers: str) -> None:
        self.label = label
        self.for_members = for_members
        self.for_engineers = for_engineers
        self.bit = 1 << len(type(self).__members__)


REASONS: tuple[Reason, ...] = tuple(Reason)
BY_LABEL: dict[str, Reason] = {reason.label: reason for reason in REASONS}
PERSON_REASONS: tuple[Reason, ...] = (
    Reason.ON_HOLD,
    Reason.REGION_UNKNOWN,
    Reason.REGION_NOT_COVERED,
    Reason.NOT_YET_IN_FORCE,
    Reason.AGE_UNKNOWN,
    Reason.UNDER_AGE,
    Reason.NOTICE_NOT_DELIVERED,
    Reason.WAITING_PERIOD,
    Reason.SETTING_OFF,
    Reason.OBJECTION_OPEN,
    Reason.OBJECTION_UPHELD,
    Reason.ACCOUNT_CLOSED,
    Reason.ERASED,
    Reason.TAKEN_BACK,
)
"""The steps that concern persons, asked of the author and of each other person in a record."""


def to_mask(reasons: Iterable[Reason]) -> int:
    """The reasons as one integer, a bit each."""
    mask = 0
    for reason in reasons:
        mask |= reason.bit
    return mask


def from_mask(mask: int) -> tuple[Reason, ...]:
    """The reasons in a mask, in the fixed order; `from_mask(to_mask(x))` is `x` in that order."""
    return tuple(reason for reason in REASONS if mask & reason.bit)


def primary(mask: int) -> Reason | None:
    """The reason that is shown first, or `None` when the mask is empty and the record allowed."""
    return REASONS[(mask & -mask).bit_length() - 1] if mask else None
