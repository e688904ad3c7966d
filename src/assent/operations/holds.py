"""Holds: a use is stopped in a region from the next decision on, until somebody lifts the hold.

    place ── hold.placed and staff.acted in one append ── the next decision is asked for and refuses ── how long it took
    lift ── hold.lifted and staff.acted in one append

The ledger says what is stopped; the desk keeps why, in the words of whoever did it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Final

from assent.desk.remarks import Remark, add_remark, remarks_on
from assent.errors import EvidenceError, InputError, RefusedError
from assent.ledger import fold_holds
from assent.operations.deciding import Decider
from assent.operations.platform import Platform
from assent.policy.evaluate import person_reasons
from assent.policy.pack import Pack
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.reasons import Reason
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold, MemberState

MAX_WHY: Final = 1000
MAX_REGION: Final = 100


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A hold that stands now.

    Args:
        seq: where in the ledger it was placed; None for one of the rules themselves, which only a new pack lifts.
        why: in the words of who placed it; None where nobody wrote any.
        took_ms: from the request to the first decision that refused.
    """

    purpose: str
    region: str
    since: datetime | None
    until: datetime | None = None
    seq: int | None = None
    by: str | None = None
    why: str | None = None
    took_ms: float | None = None

    @property
    def by_rules(self) -> bool:
        """Whether the pack itself says so."""
        return self.seq is None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a hold with that region would stop.

    Args:
        codes: the regions; empty where it is everybody, whatever their region.
        resolved: False for a name that is neither a region nor a group: it stops everywhere.
    """

    region: str
    codes: tuple[str, ...]
    resolved: bool


def reach_of(pack: Pack, region: str) -> Reach:
    """Whom a hold there would stop under these rules."""
    if region == EVERYWHERE:
        return Reach(region, (), resolved=True)
    if region in pack.groups:
        return Reach(region, tuple(sorted(pack.groups[region])), resolved=True)
    if region in REGION_CODES:
        return Reach(region, (region,), resolved=True)
    return Reach(region, (), resolved=False)


def place_hold(platform: Platform, *, purpose: str, region: str, why: str, by: str, sure: bool = False) -> StandingHold:
    """The use is stopped there; a decision made after it was placed has refused, and the time that took is kept.

    Args:
        region: a region's code, a group of the pack, or `*`.
        sure: place it although nobody can resolve the region's name, which stops the use everywhere.

    Raises:
        InputError: the pack has no such purpose, or a text is missing or too long.
        RefusedError: such a hold stands already; or the region cannot be resolved and nobody said to be sure.
    """
    why, region = _words(why), _region(region)
    pack = platform.pack
    if purpose not in pack.purposes:
        raise InputError(f"the rules have no use `{purpose}`", hint=f"they have: {', '.join(pack.purposes)}")
    if not sure and not reach_of(pack, region).resolved:
        raise RefusedError(
            f"`{region}` is neither a region nor a group of the rules, so the hold would stop the use everywhere",
            hint="choose another region, or say that you are sure",
        )
    if any((each.purpose, each.region) == (purpose, region) and not each.by_rules for each in holds_of(platform)):
        raise RefusedError(f"a hold on `{purpose}` in `{region}` stands already", hint="there is nothing to do")
    began = perf_counter()
    at = platform.present()
    seqs = platform.ledger.append(
        [
            Event(EventType.HOLD_PLACED, at, key=purpose, value=region, by=by),
            Event(EventType.STAFF_ACTED, at, key="hold.place", value=_about(purpose, region), by=by),
        ]
    )
    # A crash from here on leaves a hold that is in force and has no words beside it: nothing more is used by that.
    _require_refused(platform, purpose, region)
    took_ms = (perf_counter() - began) * 1000
    add_remark(platform.desk, seqs.start, why, took_ms=took_ms)
    return StandingHold(purpose, region, at, seq=seqs.start, by=by, why=why, took_ms=took_ms)


def lift_hold(platform: Platform, *, purpose: str, region: str, why: str, by: str) -> datetime:
    """The hold stands no more; gives since when.

    Raises:
        InputError: the reason is missing or too long.
        RefusedError: no such hold was placed.
    """
    why = _words(why)
    if not any((each.purpose, each.region) == (purpose, region) and not each.by_rules for each in holds_of(platform)):
        raise RefusedError(
            f"no hold on `{purpose}` in `{region}` stands", hint="one that the rules state goes with the rules only"
        )
    at = platform.present()
    seqs = platform.ledger.append(
        [
            Event(EventType.HOLD_LIFTED, at, key=purpose, value=region, by=by),
            Event(EventType.STAFF_ACTED, at, key="hold.lift", value=_about(purpose, region), by=by),
        ]
    )
    add_remark(platform.desk, seqs.start, why)
    return at


def holds_of(platform: Platform) -> tuple[StandingHold, ...]:
    """Every hold that stands now: those of the rules, then those that were placed, in the order in which they were."""
    at, size = platform.present(), platform.ledger.size
    system = platform.ledger.system_events(size=size)
    placed: dict[tuple[str | None, str | None, datetime | None], tuple[int, str | None]] = {
        (event.key, event.value, event.effective_at): (seq, event.by)
        for seq, event in reversed(system)  # of two at one instant the first counts
        if isinstance(event, Event) and event.type is EventType.HOLD_PLACED
    }
    standing = [
        (hold, *placed[hold.purpose, hold.region, hold.since]) for hold in fold_holds(system, at=at, size=size)
    ]  # fmt: skip
    remarks = remarks_on(platform.desk, [seq for _, seq, _ in standing])
    own = [
        StandingHold(each.purpose, each.region, each.since, each.until)
        for each in platform.pack.holds
        if each.in_force(at)
    ]
    return (*own, *(_standing(hold, seq, by, remarks.get(seq)) for hold, seq, by in standing))


def _standing(hold: Hold, seq: int, by: str | None, remark: Remark | None) -> StandingHold:
    why, took_ms = (remark.words, remark.took_ms) if remark else (None, None)
    return StandingHold(hold.purpose, hold.region, hold.since, None, seq, by, why, took_ms)


def _require_refused(platform: Platform, purpose: str, region: str) -> None:
    """Whoever asks now about somebody there is refused because of the hold, by what the ledger says now."""
    look = Decider(platform).look(())
    codes = reach_of(look.pack, region).codes
    somebody = MemberState(region=codes[0] if codes else None)
    asked = look.pack.purposes[PurposeName(purpose)]
    found = person_reasons(look.pack, asked, somebody, look.known.at, None, look.known.holds)
    if Reason.ON_HOLD not in found:
        raise EvidenceError("the hold was recorded and the next decision does not know it", hint="tell a person")


def _about(purpose: str, region: str) -> str:
    return f"{purpose} in {region}"


def _region(region: str) -> str:
    region = region.strip()
    if not region or len(region) > MAX_REGION or not region.isprintable():
        raise InputError("say where: a region's code, a group of the rules, or `*` for everywhere")
    return region


def _words(why: str) -> str:
    why = why.strip()
    if not why or len(why) > MAX_WHY or any(ord(each) < 32 and each not in "\r\n\t" for each in why):  # noqa: PLR2004
        raise InputError(f"say why, in at most {MAX_WHY} characters")
    return why
