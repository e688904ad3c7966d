"""A member's settings: what is the case and why, and how one is changed.

The ledger alone says what the case is. `settings_of` folds a member's events under the rules in force; `change_setting`
adds what is new to them, all of it in one append.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from assent.errors import InputError
from assent.ledger import Positioned, fold_holds, fold_member
from assent.ledger.opt_outs import BY as GPC
from assent.operations.hold_events import hold_events
from assent.operations.platform import Platform
from assent.operations.progress import Progress, progress_of
from assent.operations.setting_values import (
    MEMBER,
    OFF,
    ON,
    Change,
    Choice,
    MemberSettings,
    PurposeNow,
    SettingNow,
    Why,
    require_setting,
)
from assent.operations.takeback import standing_request
from assent.policy.evaluate import effective, own_value, person_reasons
from assent.policy.pack import Pack, Purpose, Withdrawal
from assent.policy.signals.gpc import settings_switched_off
from assent.vocabulary.events import ON_OFF, Event, EventType
from assent.vocabulary.identifiers import MemberId, PurposeName, RegionCode, SettingName
from assent.vocabulary.reasons import REASONS, Reason
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import MemberState

__all__ = [
    "GPC", "MEMBER", "OFF", "ON", "Change", "Choice", "MemberSettings", "PurposeNow", "SettingNow", "Why",
    "change_setting", "governed_by", "honour_gpc", "settings_of", "taken_along_by",
]  # fmt: skip


def settings_of(platform: Platform, member: str, *, at: datetime | None = None) -> MemberSettings:
    """Every setting and every use of the member.

    Args:
        at: None is now.

    Cost: two queries; more where past use is being undone.
    """
    pack, ledger, who = platform.pack, platform.ledger, MemberId(member)
    placed = hold_events(ledger)
    size, at = placed.size, at or platform.present()
    said = ledger.events_of(who, size=size)
    state = fold_member(said, at=at, size=size)
    holds = fold_holds(placed.events, at=at, size=size)
    region = _region(state)
    choices = _choices(said, at)
    purposes = []
    for each in pack.purposes.values():
        reasons = frozenset(person_reasons(pack, each, state, at, at, holds))
        progress = progress_of(platform, pack, each, said, state, reasons, at)
        purposes.append(_purpose_now(each, state, reasons, progress))
    settings = tuple(_now(pack, name, state or MemberState(), choices, purposes) for name in pack.settings)
    return MemberSettings(who, pack, region, state is not None, settings, tuple(purposes), at)


def change_setting(
    platform: Platform, member: str, name: str, value: str, *, by: str = MEMBER, take_back: bool = False
) -> Change:
    """The ledger says that the member's setting has that value; nothing is recorded that it says already.

    Of two changes at once both are recorded, and the later one counts.

    Args:
        by: who or what says so: `member`, `gpc`, `guardian`, …
        take_back: past use is to be undone too, for every purpose the setting governs, directly or through others.

    Raises:
        InputError: the pack has no such setting, or the value makes no sense.
        RefusedError: the member was erased.
        UnavailableError: the ledger cannot be reached; nothing was recorded.

    Cost: one query, one append.
    """
    pack, who = platform.pack, MemberId(member)
    _require_change(pack, name, value, take_back=take_back)
    said = platform.ledger.events_of(who)
    at = _moment(platform, said)
    setting = SettingName(name)
    before = fold_member(said, at=at, size=_everything(said)) or MemberState()
    events = [] if before.settings.get(setting) == value else [_switched(who, setting, value, by, at)]
    if take_back:
        events += [
            Event(EventType.TAKEBACK_REQUESTED, at, who, each.name, by=by)
            for each in governed_by(pack, setting)
            if standing_request(pack, each, said, at) is None
        ]
    seqs = platform.ledger.append(events) if events else range(0)
    after = MemberState(before.region, settings={**before.settings, setting: value})
    return Change(
        member=who,
        setting=pack.settings[setting],
        value=value,
        by=by,
        at=at,
        seqs=seqs,
        seq=seqs.start if seqs else _choices(said, at)[setting].seq,
        was=_value(pack, setting, before),
        now=_value(pack, setting, after),
        off_because=_off_because(pack, setting, after) if value == ON else None,
        along=tuple(
            each for each in taken_along_by(pack, setting) if _value(pack, each, before) != _value(pack, each, after)
        ),
        takes_back=_undone(pack, setting, value, take_back=take_back),
    )


def honour_gpc(platform: Platform, member: str) -> tuple[SettingName, ...]:
    """The settings that the browser's opt-out signal turned off just now.

    Each is turned off by it once: who turns it on again afterwards has chosen with the signal known.
    """
    pack, who = platform.pack, MemberId(member)
    concerned = settings_switched_off(pack)
    if not concerned:
        return ()
    said = platform.ledger.events_of(who)
    known = {event.key for _, event in _switches(said) if event.by == GPC}
    new = tuple(name for name in concerned if name not in known)
    if new:
        at = _moment(platform, said)
        platform.ledger.append([_switched(who, name, OFF, GPC, at) for name in new])
    return new


def governed_by(pack: Pack, setting: SettingName) -> tuple[Purpose, ...]:
    """The purposes that stop when the setting is off: its own, and those of the settings it takes along."""
    return tuple(
        each
        for each in pack.purposes.values()
        if each.setting is not None and setting in (each.setting, *pack.settings[each.setting].off_with)
    )


def taken_along_by(pack: Pack, setting: SettingName) -> tuple[SettingName, ...]:
    """The settings that are off whenever this one is."""
    return tuple(name for name, each in pack.settings.items() if setting in each.off_with)


# --- what is the case


def _purpose_now(
    purpose: Purpose, state: MemberState | None, reasons: frozenset[Reason], progress: Progress | None
) -> PurposeNow:
    region = _region(state)
    told_at = state.notices.get(purpose.notice) if state and purpose.notice else None
    return PurposeNow(
        purpose=purpose,
        reasons=tuple(reason for reason in REASONS if reason in reasons),
        covered=region in purpose.coverage,
        starts_at=purpose.coverage.get(region) if region else None,
        objection=state.objections.get(purpose.name) if state else None,
        told_at=told_at,
        usable_at=told_at and told_at + purpose.waiting_period,
        taken_back=progress,
    )


def _now(
    pack: Pack, name: SettingName, state: MemberState, choices: dict[str, Choice], purposes: Sequence[PurposeNow]
) -> SettingNow:
    setting, region, choice = pack.settings[name], _region(state), choices.get(name)
    governs = tuple(each for each in purposes if each.purpose.setting == name)
    because = _off_because(pack, name, state)
    value = effective(pack, name, state, region)
    if because is not None and (choice is None or choice.value == ON):
        why = Why.IMPLIED
    elif choice is not None:
        why = Why.GPC if choice.by == GPC else Why.EXPLICIT
    else:
        why = Why.UNKNOWN if value is None else Why.DEFAULT
    return SettingNow(
        setting=setting,
        value=value,
        why=why,
        choice=choice,
        default=setting.defaults[region] if region else None,
        off_because=because,
        takes_along=taken_along_by(pack, name),
        purposes=governs,
        stop_takes_back=any(each.withdrawal is Withdrawal.TAKE_BACK for each in governed_by(pack, name)),
    )


def _off_because(pack: Pack, name: SettingName, state: MemberState) -> SettingName | None:
    region = _region(state)
    return next((each for each in pack.settings[name].off_with if own_value(pack, each, state, region) == OFF), None)


def _value(pack: Pack, name: SettingName, state: MemberState) -> str | None:
    return effective(pack, name, state, _region(state))


def _region(state: MemberState | None) -> RegionCode | None:
    known = state is not None and state.region in REGION_CODES
    return RegionCode(state.region) if known and state and state.region else None


def _choices(said: Sequence[Positioned], at: datetime) -> dict[str, Choice]:
    """The last word on each setting, as the fold takes it."""
    counted = sorted(
        ((event.effective_at, seq, event) for seq, event in _switches(said) if event.effective_at <= at),
        key=lambda each: each[:2],
    )
    return {event.key or "": Choice(event.value or OFF, when, event.by or MEMBER, seq) for when, seq, event in counted}


def _switches(said: Iterable[Positioned]) -> Iterator[tuple[int, Event]]:
    for seq, event in said:
        if isinstance(event, Event) and event.type is EventType.SETTING_CHANGED:
            yield seq, event


# --- what changes


def _require_change(pack: Pack, name: str, value: str, *, take_back: bool) -> None:
    require_setting(pack, name)
    if value not in ON_OFF:
        raise InputError(f"a setting cannot be `{value}`", hint="it is `on` or `off`")
    if take_back and value == ON:
        raise InputError("what is turned on cannot be taken back in one step", hint="take back with `off`")


def _moment(platform: Platform, said: Sequence[Positioned]) -> datetime:
    """The moment it is, and not one before anything the member has said: what they say now comes after it."""
    now = platform.clock()
    newest = max(
        (event.recorded_at for _, event in said if isinstance(event, Event) and event.recorded_at), default=now
    )
    # Further back than clocks of one installation may differ: the ledger says what to do.
    return now if newest <= now else platform.present()


def _everything(said: Sequence[Positioned]) -> int:
    return said[-1][0] + 1 if said else 0


def _undone(pack: Pack, setting: SettingName, value: str, *, take_back: bool) -> tuple[PurposeName, ...]:
    """The purposes for which past use is undone with this change: by the wish, or by the rules."""
    if value == ON:
        return ()
    governed = governed_by(pack, setting)
    return tuple(each.name for each in governed if take_back or each.withdrawal is Withdrawal.TAKE_BACK)


def _switched(member: MemberId, name: SettingName, value: str, by: str, at: datetime) -> Event:
    return Event(EventType.SETTING_CHANGED, at, member, name, value, by)
