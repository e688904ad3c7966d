# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""What members said over the years: the ledger events of each, in the order they were recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assent.sources.synthetic.dice import Dice, Weighted
from assent.sources.synthetic.people import Person
from assent.sources.synthetic.plan import DAY, EVENTS_END, NOTICE_DAY, SECOND, micros

NOTICE = "ai-training-2025"
TRAIN_SETTING = "generative_ai_improvement"
ADS_SETTINGS = ("ads_off_platform", "ads_third_party_data", "ads_measurement", "share_affiliates")

_START = micros(2025, 11, 3)
_SETTINGS_OPEN = micros(2018, 5, 25)
_TRAINING_OPEN = micros(2024, 9, 18)
_PURPOSES = Weighted(("train_generative", "train_other", *ADS_SETTINGS), (60, 22, 6, 3, 3, 6))
_OUTCOMES = Weighted(("rejected", "upheld"), (65, 35))
_HOLDS = (
    ("hold.placed", micros(2025, 9, 1), "train_generative", "IE"),
    ("hold.placed", micros(2025, 10, 6, 9), "train_other", "NO"),
    ("hold.lifted", micros(2025, 10, 20, 9), "train_other", "NO"),
    ("hold.lifted", micros(2025, 11, 7, 12), "train_generative", "IE"),
    ("hold.placed", micros(2025, 11, 10), "ads_measurement", "AT"),
)

Row = tuple[Any, ...]
_SLOTS = ("setting", "value", "region", "birth_date", "purpose", "outcome", "notice", "record", "by")


def hold_events() -> list[tuple[int, Row]]:
    """The holds that staff placed and lifted, each with the moment it was recorded."""
    return [
        (at, _row(kind, at, None, purpose=purpose, region=region, by="staff")) for kind, at, purpose, region in _HOLDS
    ]


@dataclass(slots=True)
class History:
    """A member's events as (recorded at, row), not yet in order."""

    person: Person
    events: list[tuple[int, Row]] = field(default_factory=list)

    def say(self, kind: str, at: int, *, lag: int = 0, **slots: str | None) -> None:
        """They said it at that moment, and it was recorded `lag` microseconds later."""
        self.events.append((at + lag, _row(kind, at, self.person.id, **slots)))


def history(person: Person, dice: Dice) -> History:
    """Everything the member said: joining, facts, notice, choices, objections and, for some, leaving."""
    told = History(person)
    told.say("member.joined", person.joined_at)
    _tell_facts(told, dice)
    _deliver_notice(told, dice)
    _choose(told, dice)
    if dice.chance(0.025):
        _object(told, dice)
    if dice.chance(0.02):
        told.say("account.closed", _between(dice, person.joined_at + DAY, EVENTS_END), by="member")
    return told


def settled(rows: list[Row]) -> dict[str, dict[str, str]]:
    """Settings and objections after the last of one member's rows, in recorded order."""
    settings: dict[str, str] = {}
    objections: dict[str, str] = {}
    # Sorting is stable, so that of two events of one instant the later recorded wins.
    for row in sorted(rows, key=lambda row: row[1]):
        if row[0] == "setting.changed":
            settings[row[3]] = row[4]
        elif row[0] == "objection.received":
            objections[row[7]] = "open"
        elif row[0] == "objection.decided" and row[7] in objections:
            objections[row[7]] = row[8]
        elif row[0] == "objection.withdrawn":
            objections.pop(row[7], None)
    return {"settings": settings, "objections": objections}


def as_json(value: dict[str, str]) -> str:
    """The one text of a small mapping."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _tell_facts(told: History, dice: Dice) -> None:
    person = told.person
    if person.earlier_region:
        told.say("member.region", person.joined_at, region=person.earlier_region, by="self-declared")
        moved = _between(dice, person.joined_at + DAY, EVENTS_END)
        told.say("member.region", moved, lag=_lag(dice, 0.3), region=person.region, by="self-declared")
    elif person.region:
        told.say("member.region", person.joined_at, region=person.region, by="self-declared")
    elif dice.chance(0.3):
        told.say("member.region", person.joined_at, region="DE", by="address lookup")
        told.say("member.region", person.joined_at + 40 * DAY, region=None, by="address lookup")
    if person.birth_date:
        said: date = person.birth_date
        by = "document" if dice.chance(0.04) else "self-declared"
        told.say("member.birth_date", person.joined_at, lag=_lag(dice, 0.02), birth_date=said.isoformat(), by=by)
    elif dice.chance(0.1):
        told.say("member.birth_date", person.joined_at, birth_date="1990-01-01", by="self-declared")
        told.say("member.birth_date", person.joined_at + 300 * DAY, birth_date=None, by="staff")


def _deliver_notice(told: History, dice: Dice) -> None:
    drawn = dice.unit()
    if drawn < 0.05:
        return
    late = drawn < 0.12
    at = NOTICE_DAY + (dice.between(16, 65) * DAY if late else dice.between(0, 36 * 3600) * SECOND)
    at = max(at, told.person.joined_at + 3600 * SECOND)
    told.say("notice.delivered", at, notice=NOTICE, by="mail")
    if drawn > 0.985:
        told.say("notice.delivered", at + 21 * DAY, notice=NOTICE, by="banner")


def _choose(told: History, dice: Dice) -> None:
    if dice.chance(0.16):
        _toggle(told, dice, TRAIN_SETTING, max(_TRAINING_OPEN, told.person.joined_at))
    for setting in ADS_SETTINGS:
        if dice.chance(0.06):
            _toggle(told, dice, setting, max(_SETTINGS_OPEN, told.person.joined_at))
    if told.person.region == "US" and dice.chance(0.04):
        at = _between(dice, max(_SETTINGS_OPEN, told.person.joined_at), EVENTS_END)
        told.say("setting.changed", at, setting="share_affiliates", value="off", by="gpc")


def _toggle(told: History, dice: Dice, setting: str, opened: int) -> None:
    by = "guardian" if told.person.birth_date and told.person.birth_date.year > 2007 else "member"
    value = "off" if dice.chance(0.88) else "on"
    # Half of the choices fall between the notice and the weeks after the start.
    at = _between(dice, opened, EVENTS_END) if dice.chance(0.5) else _between(dice, NOTICE_DAY, EVENTS_END)
    at = max(at, opened)
    if dice.chance(0.03):
        at = _START
    told.say("setting.changed", at, lag=_lag(dice, 0.04), setting=setting, value=value, by=by)
    turns = 0 if dice.chance(0.7) else dice.between(1, 4)
    for _ in range(turns):
        value = "on" if value == "off" else "off"
        # One turn in six is a double click: the same instant, so that only the order of recording decides.
        at += 0 if dice.chance(0.16) else dice.between(20, 60 * 86_400) * SECOND
        told.say("setting.changed", at, lag=_lag(dice, 0.04), setting=setting, value=value, by=by)


def _object(told: History, dice: Dice) -> None:
    purpose = dice.weighted(_PURPOSES)
    at = max(_between(dice, NOTICE_DAY - 60 * DAY, EVENTS_END), told.person.joined_at)
    told.say("objection.received", at, purpose=purpose, by="form")
    end = dice.unit()
    if end < 0.55:
        decided = at + dice.between(2, 30) * DAY
        outcome = dice.weighted(_OUTCOMES)
        told.say("objection.decided", decided, lag=_lag(dice, 0.1), purpose=purpose, outcome=outcome, by="staff")
        if outcome == "rejected" and dice.chance(0.2):
            told.say("objection.received", decided + 3 * DAY, purpose=purpose, by="form")
    elif end < 0.7:
        told.say("objection.withdrawn", at + dice.between(1, 20) * DAY, purpose=purpose, by="member")


def _between(dice: Dice, low: int, high: int) -> int:
    return low + int(dice.unit() * max(0, high - low)) // SECOND * SECOND


def _lag(dice: Dice, share: float) -> int:
    """Mostly nothing; in that share of calls a week to four months, as when a form lies in a tray."""
    return dice.between(7, 120) * DAY if dice.chance(share) else 0


def _row(kind: str, at: int, member: str | None, **slots: str | None) -> Row:
    return (kind, at, member, *[slots.get(slot) for slot in _SLOTS])
