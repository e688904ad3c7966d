"""What the API answers, as values. Fields that a later release adds are passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from assent.errors import EvidenceError, InputError
from assent.vocabulary.identifiers import MemberId, PurposeName, Role, SettingName, SnapshotId
from assent.vocabulary.instants import parse_instant
from assent.vocabulary.reasons import BY_LABEL, Reason
from assent.vocabulary.records import Verdict

Answer = Mapping[str, Any]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class SettingNow:
    """A toggle of a member, now; `value` is None where nobody knows, and then nothing is used."""

    setting: SettingName
    title: str
    menu: tuple[str, ...]
    value: str | None
    why: str
    default: str | None
    chosen_at: datetime | None
    off_because: SettingName | None
    takes_along: tuple[SettingName, ...]


@dataclass(frozen=True, slots=True)
class PurposeNow:
    """A use of a member's data, now."""

    purpose: PurposeName
    title: str
    permitted: bool
    reasons: tuple[Reason, ...]
    setting: SettingName | None
    objection: str | None
    told_at: datetime | None
    usable_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a settings page of the platform's own needs."""

    member: MemberId
    known: bool
    region: str | None
    at: datetime
    pack: str
    pack_digest: str
    settings: tuple[SettingNow, ...]
    purposes: tuple[PurposeNow, ...]

    def setting(self, name: str) -> SettingNow:
        """The setting of that name.

        Raises:
            InputError: the rules have none.
        """
        for each in self.settings:
            if each.setting == name:
                return each
        raise InputError(f"there is no setting `{name}`")


@dataclass(frozen=True, slots=True)
class Change:
    """What a change came to; `recorded` is False where the ledger said so already."""

    member: MemberId
    setting: SettingName
    value: str
    was: str | None
    now: str | None
    at: datetime
    seq: int
    recorded: bool
    off_because: SettingName | None
    along: tuple[SettingName, ...]
    takes_back: tuple[PurposeName, ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection or a claim, as it stands."""

    id: str
    kind: str
    member: MemberId
    purpose: PurposeName
    state: str
    is_open: bool
    received_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    grounds: str | None


@dataclass(frozen=True, slots=True)
class Proved:
    """What a receipt proves; `newer` is a later event about the same matter, where the token may know."""

    seq: int
    event: Mapping[str, Any]
    origin: str
    created_at: datetime
    statement: Mapping[str, Any]
    held: bool | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of events that were handed in."""

    first_seq: int | None
    recorded: int
    erased: int
    held: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A data set that was built; counts are None where its manifest cannot be read."""

    id: SnapshotId
    state: str
    purpose: PurposeName | None
    at: datetime | None
    ledger_size: int | None
    records: int | None
    allowed: int | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A use that is stopped in a region; `seq` is None for a hold of the rules themselves."""

    purpose: PurposeName
    region: str
    since: datetime | None
    seq: int | None
    by: str | None
    why: str | None
    took_ms: float | None


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules in force; `document` is all that the API says of them."""

    name: str
    title: str
    digest: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hook:
    """Who is told of changed settings; `secret` is given once, when it is made."""

    id: str
    address: str
    state: str
    told_to: int
    behind: int
    tries: int
    detail: str | None
    secret: str | None = None


def read(make: Callable[[Any], Read], answer: Any) -> Read:
    """The value that an answer states.

    Raises:
        EvidenceError: it states none: this is no Assent, or one of another version.
    """
    try:
        return make(answer)
    except (KeyError, TypeError, ValueError, AttributeError, InputError) as error:
        raise EvidenceError(
            f"the answer cannot be read: {type(error).__name__.lower()}", hint="is this the address of an Assent API?"
        ) from None


def settings(answer: Answer) -> Settings:
    """Of `/v1/settings/read`."""
    return Settings(
        MemberId(answer["member"]),
        answer["known"],
        answer["region"],
        parse_instant(answer["at"]),
        answer["pack"],
        answer["pack_digest"],
        tuple(_setting(each) for each in answer["settings"]),
        tuple(_purpose(each) for each in answer["purposes"]),
    )


def change(answer: Answer) -> Change:
    """Of `/v1/settings/change`."""
    return Change(
        MemberId(answer["member"]),
        SettingName(answer["setting"]),
        answer["value"],
        answer["was"],
        answer["now"],
        parse_instant(answer["at"]),
        answer["seq"],
        answer["recorded"],
        answer["off_because"],
        tuple(answer["along"]),
        tuple(answer["takes_back"]),
    )


def objection(answer: Answer) -> Objection:
    """Of `/v1/objections` and `/v1/claims`."""
    return Objection(
        answer["objection"],
        answer["kind"],
        MemberId(answer["member"]),
        PurposeName(answer["purpose"]),
        answer["state"],
        answer["is_open"],
        parse_instant(answer["received_at"]),
        _instant(answer["due_at"]),
        _instant(answer["decided_at"]),
        answer["grounds"],
    )


def proved(answer: Answer) -> Proved:
    """Of `/v1/receipts/verify`."""
    return Proved(
        answer["seq"],
        answer["event"],
        answer["origin"],
        parse_instant(answer["created_at"]),
        answer["statement"],
        answer["held"],
        answer["newer"],
    )


def taken(answer: Answer) -> Taken:
    """Of `/v1/events`."""
    return Taken(answer["first_seq"], answer["recorded"], answer["erased"], answer["held"], tuple(answer["warnings"]))


def snapshot(answer: Answer) -> Snapshot:
    """One of `/v1/snapshots`."""
    return Snapshot(
        SnapshotId(answer["snapshot"]),
        answer["state"],
        answer["purpose"],
        _instant(answer["at"]),
        answer["ledger_size"],
        answer["records"],
        answer["allowed"],
        answer["bytes"],
    )


def hold(answer: Answer) -> StandingHold:
    """One of `/v1/holds`."""
    return StandingHold(
        PurposeName(answer["purpose"]),
        answer["region"],
        _instant(answer["since"]),
        answer["seq"],
        answer["by"],
        answer["why"],
        answer["took_ms"],
    )


def pack(answer: Answer) -> Pack:
    """Of `/v1/packs/in-force`."""
    return Pack(answer["pack"], answer["title"], answer["digest"], answer)


def hook(answer: Answer) -> Hook:
    """Of `/v1/hooks`."""
    return Hook(
        answer["hook"],
        answer["address"],
        answer["state"],
        answer["told_to"],
        answer["behind"],
        answer["tries"],
        answer["detail"],
        answer.get("secret"),
    )


def verdict(answer: Answer, basis: Answer) -> Verdict:
    """A verdict, with what it rests on.

    Raises:
        InputError: there is none, since the record could not be read.
    """
    if answer.get("error") is not None:
        raise InputError(f"no verdict on `{answer['id']}`: {answer['error']}")
    return Verdict(
        answer["allowed"],
        tuple(BY_LABEL[each] for each in answer["reasons"]),
        tuple(Role(each) for each in answer["masks"]),
        basis["pack"],
        parse_instant(basis["as_of"]),
        basis["ledger_size"],
    )


def _setting(answer: Answer) -> SettingNow:
    return SettingNow(
        SettingName(answer["setting"]),
        answer["title"],
        tuple(answer["menu"]),
        answer["value"],
        answer["why"],
        answer["default"],
        _instant(answer["chosen_at"]),
        answer["off_because"],
        tuple(answer["takes_along"]),
    )


def _purpose(answer: Answer) -> PurposeNow:
    return PurposeNow(
        PurposeName(answer["purpose"]),
        answer["title"],
        answer["permitted"],
        tuple(BY_LABEL[each] for each in answer["reasons"]),
        answer["setting"],
        answer["objection"],
        _instant(answer["told_at"]),
        _instant(answer["usable_at"]),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
