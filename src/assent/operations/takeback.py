"""Take back: a member asks that past use be undone; from then on nobody reads them, and a sweep removes the bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assent.errors import InputError
from assent.evidence.attestation import read_unverified
from assent.evidence.decisions import verify_member
from assent.evidence.manifest import MANIFEST, SnapshotManifest, parse_manifest
from assent.evidence.tags import member_key
from assent.ledger import Positioned, fold_member
from assent.operations.chronicle import Chronicle
from assent.operations.ledger import open_ledger
from assent.operations.sweep import SweepResult, sweep
from assent.operations.workspace import Workspace
from assent.policy.evaluate import effective
from assent.policy.load import load_pack
from assent.policy.pack import Pack, Purpose
from assent.snapshot.holding import rows_of
from assent.snapshot.proving import open_decisions
from assent.snapshot.sealing import Gap, Shelf, no_gap
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, PurposeName, RegionCode, SnapshotId
from assent.vocabulary.reasons import Reason
from assent.vocabulary.state import MemberState, Objection

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a member's request came to for one purpose.

    Args:
        stop: the event that keeps readers away, if one was needed: `setting.changed` or `objection.received`.
        anew: whether anything was recorded; False where all of it was in force already.
        at: when the take-back holds from.
    """

    member: MemberId
    purpose: PurposeName
    stop: EventType | None
    anew: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of a request.

    Args:
        seconds_to_effect: until no reader gives the members any more; `seconds_to_removal` until no file has them.
        swept: None where that was left for later.
    """

    asked: tuple[Asked, ...]
    seconds_to_effect: float
    swept: SweepResult | None
    seconds_to_removal: float | None


def take_back(
    workspace: Workspace,
    members: Sequence[str],
    *,
    purposes: Sequence[str] = (),
    later: bool = False,
    clock: Clock,
    progress: Progress = lambda _what, _done, _total: None,
    gap: Gap = no_gap,
) -> TakenBack:
    """The ledger says that these members take back, and unless `later`, no snapshot holds them any more.

    Args:
        purposes: of the workspace's pack; none named means every one it offers.

    Raises:
        InputError: nobody was named, the ledger does not know somebody, or the pack has no such purpose.
    """
    started = time.monotonic()
    pack = load_pack(workspace.pack)
    chosen = _purposes(pack, purposes)
    named = [MemberId(each) for each in dict.fromkeys(members)]
    if not named:
        raise InputError("nobody was named", hint="give member ids, or a file of them with --file")
    with open_ledger(workspace, clock=clock) as ledger:
        at = ledger.present(clock())
        events: list[Event] = []
        asked: list[Asked] = []
        for number, member in enumerate(named):
            progress("reading what they said", number, len(named))
            said = ledger.events_of(member)
            if not said:
                raise InputError(
                    f"the ledger knows no member `{member}`",
                    hint="nothing was recorded; check the id. Of somebody it does not know, nothing is ever used",
                )
            for purpose in chosen:
                request = _Request(pack, purpose, member, said, at, ledger.size)
                events += request.events()
                asked.append(request.outcome())
        if events:
            # All of it in one step: nobody is stopped for one purpose and not for the next.
            ledger.append(events)
    effect = time.monotonic() - started
    if later:
        return TakenBack(tuple(asked), effect, None, None)
    result = sweep(workspace, clock=clock, progress=progress, gap=gap)
    return TakenBack(tuple(asked), effect, result, time.monotonic() - started)


def _purposes(pack: Pack, names: Sequence[str]) -> list[Purpose]:
    unknown = [name for name in names if name not in pack.purposes]
    if unknown:
        raise InputError(
            f"pack `{pack.name}` has no purpose `{unknown[0]}`", hint=f"it has: {', '.join(pack.purposes)}"
        )
    return (
        [pack.purposes[PurposeName(name)] for name in dict.fromkeys(names)] if names else list(pack.purposes.values())
    )


class _Request:
    """One member's request for one purpose, against what they said before."""

    def __init__(  # noqa: PLR0917 - what the answer rests on
        self, pack: Pack, purpose: Purpose, member: MemberId, said: Sequence[Positioned], at: datetime, size: int
    ) -> None:
        self._purpose, self._member, self._at = purpose, member, at
        state = fold_member(said, at=at, size=size) or MemberState()
        self._stop = _stop(pack, purpose, state, member, at)
        self._before = None if self._stop else standing_request(pack, purpose, said, at)

    def events(self) -> Iterator[Event]:
        """What is to be recorded: nothing where they asked already and permitted nothing since."""
        if self._before is None:
            if self._stop is not None:
                yield self._stop
            yield Event(EventType.TAKEBACK_REQUESTED, self._at, self._member, self._purpose.name, by="member")

    def outcome(self) -> Asked:
        """The same for whoever asked."""
        stop = None if self._stop is None else self._stop.type
        return Asked(self._member, self._purpose.name, stop, self._before is None, self._before or self._at)


def _stop(pack: Pack, purpose: Purpose, state: MemberState, member: MemberId, at: datetime) -> Event | None:
    """What keeps readers away from now on, where nothing does yet."""
    if purpose.setting is not None:
        region = RegionCode(state.region) if state.region else None
        covered = region if region in purpose.coverage else None
        if effective(pack, purpose.setting, state, covered) == "off":
            return None
        return Event(EventType.SETTING_CHANGED, at, member, purpose.setting, "off", by="member")
    if state.objections.get(purpose.name) in {Objection.OPEN, Objection.UPHELD}:
        return None
    return Event(EventType.OBJECTION_RECEIVED, at, member, purpose.name, by="member")


def standing_request(pack: Pack, purpose: Purpose, said: Sequence[Positioned], at: datetime) -> datetime | None:
    """Since when a take-back stands that they did not go back on by permitting the use again."""
    counted = [
        (event.effective_at, seq, event) for seq, event in said if isinstance(event, Event) and event.effective_at <= at
    ]
    permits = (purpose.setting, *pack.settings[purpose.setting].off_with) if purpose.setting else ()
    standing: datetime | None = None
    for effective_at, _, event in sorted(counted, key=lambda each: each[:2]):
        if event.type is EventType.TAKEBACK_REQUESTED and event.key == purpose.name:
            standing = standing or effective_at
        elif (event.type is EventType.SETTING_CHANGED and event.key in permits and event.value == "on") or (
            event.type is EventType.OBJECTION_WITHDRAWN and event.key == purpose.name
        ):
            standing = None
    return standing


@dataclass(frozen=True, slots=True)
class Held:
    """A snapshot, seen from one member.

    Args:
        state: `sealed`, `superseded` or `removed`.
        holds: rows of theirs that lie in it; None where nobody can say any more.
        named_in: rows of others that list them.
        went: rows of theirs that were in what it was made from and went when they took back.
        replaced_by: what took its place.
    """

    id: SnapshotId
    purpose: str
    state: str
    holds: int | None
    named_in: int | None
    went: int
    replaced_by: SnapshotId | None


@dataclass(frozen=True, slots=True)
class Status:
    """What a member asked for, and what is done.

    Args:
        asked: purpose and moment of every take-back they requested.
        waiting: snapshots that stand, hold something of theirs and would be rewritten by a sweep.
    """

    member: MemberId
    asked: tuple[tuple[str, datetime], ...]
    snapshots: tuple[Held, ...]
    waiting: tuple[SnapshotId, ...]


def status_of(workspace: Workspace, member: str, *, clock: Clock) -> Status:
    """What the member asked to be taken back, which snapshots held them, and what of it still lies there.

    Raises:
        InputError: the ledger does not know them.
    """
    who = MemberId(member)
    shelf = Shelf(workspace.snapshots_folder, workspace.keys_folder)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        said = ledger.events_of(who)
        if not said:
            raise InputError(f"the ledger knows no member `{who}`", hint="of somebody unknown nothing is ever used")
        known = Chronicle.read(ledger)
    asked = tuple(
        (event.key or "", event.effective_at)
        for _, event in said
        if isinstance(event, Event) and event.type is EventType.TAKEBACK_REQUESTED
    )
    held = tuple(_held(shelf, each, known, who) for each in shelf.snapshots() if each in known.sealed)
    would = {each.id for each in sweep(workspace, clock=clock, dry_run=True).swept}
    waiting = tuple(each.id for each in held if each.id in would and (each.holds or each.named_in))
    return Status(who, asked, held, waiting)


def _held(shelf: Shelf, identity: SnapshotId, known: Chronicle, member: MemberId) -> Held:
    folder = shelf.of(identity)
    manifest = parse_manifest(read_unverified((folder / MANIFEST).read_bytes()))
    if identity in known.superseded:
        state = "removed" if identity in known.removed else "superseded"
        return Held(identity, manifest.purpose, state, None, None, 0, known.place_of(identity).id)
    masks = _masks_of(shelf, identity, manifest, member)
    went = sum(bool(mask & Reason.TAKEN_BACK.bit) for mask in masks)
    named = rows_of(folder, manifest, [member]).named[member]
    return Held(identity, manifest.purpose, "sealed", masks.count(0), named, went, None)


def _masks_of(shelf: Shelf, identity: SnapshotId, manifest: SnapshotManifest, member: str) -> list[int]:
    """The decisions on the member's records, by the proof that a member would be shown."""
    key = member_key(shelf.decision_key(identity).read_bytes(), member)
    with open_decisions(shelf.of(identity), manifest.decisions) as decisions:
        proof = decisions.prove(key)
    decided = manifest.decisions
    return list(verify_member(proof, root=decided.root, count=decided.count, key=key).values())


def read_members(text: str) -> list[str]:
    """The ids in a file, one a line; empty lines and lines that begin with `#` say nothing."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def status_json(status: Status) -> dict[str, Any]:
    """The status as JSON values."""
    return {
        "member": status.member,
        "asked": [{"purpose": purpose, "since": at.isoformat().replace("+00:00", "Z")} for purpose, at in status.asked],
        "snapshots": [
            {name: getattr(each, name) for name in Held.__slots__}  # every field is a JSON value
            for each in status.snapshots
        ],
        "waiting": list(status.waiting),
    }
