"""What a member's settings are, as values: where each comes from, what it governs, and what a change came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from assent.errors import InputError
from assent.operations.progress import Progress
from assent.policy.pack import Pack, Purpose, Setting
from assent.vocabulary.identifiers import MemberId, PurposeName, RegionCode, SettingName
from assent.vocabulary.reasons import Reason
from assent.vocabulary.state import Objection

ON: Final = "on"
OFF: Final = "off"
MEMBER: Final = "member"


class Why(StrEnum):
    """Where a setting's value comes from."""

    EXPLICIT = "explicit"
    """They chose it."""
    DEFAULT = "default"
    """Nobody asked them: it is what the rules say for their region."""
    IMPLIED = "implied"
    """Another setting is off and takes this one along."""
    GPC = "gpc"
    """Their browser's opt-out signal said so."""
    UNKNOWN = "unknown"
    """They chose nothing, and their region is unknown: there is no default, and nothing is used."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The last thing said of a setting, and at which position of the ledger."""

    value: str
    at: datetime
    by: str
    seq: int


@dataclass(frozen=True, slots=True)
class PurposeNow:
    """One use of a member's data, right now.

    Args:
        reasons: why nothing of theirs may be used; empty where it may, as far as each item itself allows it.
        covered: whether the use takes place in their region; `starts_at` since when, None if it always has.
        told_at: when the notice that the use asks for was first delivered.
        usable_at: the end of the waiting period after that.
        taken_back: what they asked to be undone, and how far that is.
    """

    purpose: Purpose
    reasons: tuple[Reason, ...]
    covered: bool
    starts_at: datetime | None
    objection: Objection | None
    told_at: datetime | None
    usable_at: datetime | None
    taken_back: Progress | None

    @property
    def permitted(self) -> bool:
        """Whether anything of theirs may be used."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class SettingNow:
    """One setting of a member, right now.

    Args:
        value: what counts: `on`, `off`, or None where nobody knows.
        choice: their own or their browser's last word; None where there is none.
        default: what the rules say for their region; None where that is unknown.
        off_because: the setting that is off and takes this one along.
        takes_along: the settings that this one takes along when it is off.
        purposes: what it governs itself; those it governs through others are with them.
        stop_takes_back: a stop undoes past use as well, without anybody asking for that.
    """

    setting: Setting
    value: str | None
    why: Why
    choice: Choice | None
    default: str | None
    off_because: SettingName | None
    takes_along: tuple[SettingName, ...]
    purposes: tuple[PurposeNow, ...]
    stop_takes_back: bool

    @property
    def own(self) -> str | None:
        """What they chose; None where they chose nothing."""
        return None if self.choice is None else self.choice.value


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """Every setting and every use, as of a moment and a size of the ledger.

    Args:
        region: as recorded; None is unknown.
        known: whether the ledger knows them at all.
    """

    member: MemberId
    pack: Pack
    region: RegionCode | None
    known: bool
    settings: tuple[SettingNow, ...]
    purposes: tuple[PurposeNow, ...]
    at: datetime

    def setting(self, name: str) -> SettingNow:
        """The setting of that name.

        Raises:
            InputError: the pack has none.
        """
        require_setting(self.pack, name)
        return next(each for each in self.settings if each.setting.name == name)

    @property
    def without_setting(self) -> tuple[PurposeNow, ...]:
        """The uses that no setting governs: only an objection stops them."""
        return tuple(each for each in self.purposes if each.purpose.setting is None)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change came to.

    Args:
        seqs: where the new events stand; empty where nothing was new.
        seq: where the event stands that says what is now the case, for a receipt; an older one if nothing changed.
        was, now: the value that counts, before and after.
        off_because: the setting that keeps it off although it was turned on.
        along: settings whose value changed with it.
        takes_back: the purposes for which past use is undone, asked for or by the pack.
    """

    member: MemberId
    setting: Setting
    value: str
    by: str
    at: datetime
    seqs: range
    seq: int
    was: str | None
    now: str | None
    off_because: SettingName | None
    along: tuple[SettingName, ...]
    takes_back: tuple[PurposeName, ...]

    @property
    def changed(self) -> bool:
        """Whether anything was recorded."""
        return bool(self.seqs)


def require_setting(pack: Pack, name: str) -> None:
    """Raises: InputError: the pack has no setting of that name."""
    if name not in pack.settings:
        raise InputError(f"there is no setting `{name}`", hint=f"there are: {', '.join(pack.settings)}")
