"""The cells of a pack as a ledger and tables: what the gate reads, so that its answers can be laid beside the others.

A cell is a case, and a case holds states where the gate reads events, and records where it reads rows. Here
each state becomes a member with the events that fold to it, and each record a row; the gate is run once for
each (T, holds), since those are one ledger's, and its decisions and permitted rows are read back by case.

What can be said in several ways takes turns: an unknown person is a member of whom nothing counts yet, an id
nobody knows or no id at all; an exclusion stands in the row or in the ledger; a row that cannot be read has a
subject without a role or a context that is no list.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.evidence.tags import member_key, record_tag
from assent.gate import GateRequest, open_gate
from assent.gate.gate import Gate
from assent.ledger.columns import EVENT_SCHEMA, KINDS, MEMBER_SCHEMA, UNREADABLE, ColumnarEvents
from assent.ledger.fold import fold_member
from assent.ledger.stored import Unreadable
from assent.policy.cells import cells
from assent.policy.evaluate import judge
from assent.policy.pack import Pack
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.records import Case, Judgment, Record
from assent.vocabulary.state import Hold, MemberState, Objection
from assent.vocabulary.tables import CANONICAL, RECORD_SCHEMA, Format, RecordTable

EARLY = datetime(2000, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
TEXT = "a b c wrote this"
"""The person at position n of a record is named by the letter at 2n."""

KEEPER, DENIED, NOWHERE = "keeper", "denied", "nowhere"
_KEY = b"d" * 32
_ODD_SCHEMA = pa.schema([pa.field(f.name, pa.string()) if f.name == "context" else f for f in RECORD_SCHEMA])

Said = Event | Unreadable
Moment = tuple[datetime, tuple[Hold, ...]]


@dataclass(frozen=True)
class Group:
    """Cases that one run of the gate can decide, and how many of that (T, holds) no ledger can hold."""

    at: datetime
    holds: tuple[Hold, ...]
    cases: tuple[Case, ...]
    left_out: int


def groups(pack: Pack, purpose: str) -> list[Group]:
    """Every cell of a purpose; the moments without a hold of the ledger first, then by size, the largest first."""
    found: defaultdict[Moment, list[Case]] = defaultdict(list)
    for case in cells(pack, purpose):
        found[case.at, case.holds].append(case)
    made = []
    for (at, holds), cases in found.items():
        kept = tuple(case for case in cases if occurs(case))
        made.append(Group(at, holds, kept, len(cases) - len(kept)))
    return sorted(made, key=lambda group: (bool(group.holds), -len(group.cases)))


def merged(pack: Pack, found: list[Group]) -> list[Group]:
    """The same cases in fewer ledgers: groups of one moment whose holds differ in nothing but the region share one.

    Only where the other groups' holds change nothing about a case: then its own hold is what decides it, in the
    shared ledger as in one of its own.
    """
    shared: defaultdict[object, list[list[Group]]] = defaultdict(list)
    for group in found:
        alike = shared[group.at, tuple((hold.purpose, hold.since, hold.until) for hold in group.holds)]
        for together in alike:
            if all(_indifferent(pack, group, each) and _indifferent(pack, each, group) for each in together):
                together.append(group)
                break
        else:
            alike.append([group])
    return [_as_one(together) for alike in shared.values() for together in alike]


def _indifferent(pack: Pack, group: Group, other: Group) -> bool:
    """Whether no case of the group would notice the holds that only the other has."""
    foreign = tuple(hold for hold in other.holds if hold not in group.holds)
    return all(
        judge(pack, replace(case, holds=foreign)) == judge(pack, replace(case, holds=())) for case in group.cases
    )


def _as_one(together: list[Group]) -> Group:
    holds = dict.fromkeys(hold for group in together for hold in group.holds)
    cases = tuple(case for group in together for case in group.cases)
    return Group(together[0].at, tuple(holds), cases, sum(group.left_out for group in together))


def occurs(case: Case) -> bool:
    """Whether a ledger can hold the case: not where somebody was told of something after the moment asked about.

    Such a delivery is not counted at T, so no history folds to that state.
    """
    return not any(
        delivered_at > case.at
        for state in (case.author, *case.others)
        if state is not None
        for delivered_at in state.notices.values()
    )


def history_of(state: MemberState, member: str) -> list[Said]:
    """Events that fold to the state."""
    said: list[Said] = [
        Event(EventType.MEMBER_JOINED, EARLY, member),
        # Something else was known before, so that "no longer known" is an answer too.
        Event(EventType.MEMBER_REGION, EARLY, member, value="JP"),
        Event(EventType.MEMBER_REGION, EARLY, member, value=state.region),
        Event(EventType.MEMBER_BIRTH_DATE, EARLY, member, value=state.birth_date and state.birth_date.isoformat()),
    ]
    said += [Event(EventType.SETTING_CHANGED, EARLY, member, name, value) for name, value in state.settings.items()]
    for purpose, objection in state.objections.items():
        said.append(Event(EventType.OBJECTION_RECEIVED, EARLY, member, purpose))
        if objection is not Objection.OPEN:
            said.append(Event(EventType.OBJECTION_DECIDED, EARLY, member, purpose, objection.value))
    said += [Event(EventType.NOTICE_DELIVERED, at, member, notice) for notice, at in state.notices.items()]
    if state.closed:
        said.append(Event(EventType.ACCOUNT_CLOSED, EARLY, member))
    if state.erased:
        said.append(Event(EventType.ERASURE_COMPLETED, EARLY, member))
    if state.unreadable:
        said.append(Unreadable(member, None, "test"))
    return said


@dataclass
class World:
    """A ledger and the rows of a group's cases, in the order of the cases."""

    at: datetime
    events: list[tuple[str | None, Said]] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)
    people: dict[object, str] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, group: Group) -> World:
        """The world in which every case of the group is so."""
        world = cls(group.at)
        world.say(KEEPER, Event(EventType.MEMBER_JOINED, EARLY, KEEPER))
        for hold in group.holds:
            world.say(None, Event(EventType.HOLD_PLACED, hold.since or EARLY, None, hold.purpose, hold.region))
            if hold.until is not None:
                world.say(None, Event(EventType.HOLD_LIFTED, hold.until, None, hold.purpose, hold.region))
        for index, case in enumerate(group.cases):
            world.rows.append(world.row(index, case))
        return world

    def say(self, member: str | None, said: Said) -> None:
        if member is not None:
            self.members.setdefault(member, len(self.members))
        self.events.append((member, said))

    def person(self, index: int, place: str, state: MemberState | None) -> str | None:
        """The id of somebody in that state; the same state at the same place of another record is the same person."""
        key = (place, index % 3) if state is None else (place, *_facts(state))
        if state is None and index % 3 == 2:
            return None
        if key not in self.people:
            member = self.people[key] = f"{place}-{len(self.people)}"
            if state is not None:
                history = history_of(state, member)
                folded = fold_member(enumerate(history), at=self.at, size=len(history))
                assert folded == replace(state, taken_back=False)
                # No event says so: it is handed to the gate.
                self.taken_back |= {member} if state.taken_back else set()
                for said in history:
                    self.say(member, said)
            elif index % 3 == 1:
                self.say(member, Event(EventType.MEMBER_JOINED, self.at + TICK, member))
        return self.people[key]

    def row(self, index: int, case: Case) -> dict:
        record, ident = case.record, f"r{index}"
        excluded = record.excluded
        if excluded and index % 2:
            excluded = None
            self.say(KEEPER, Event(EventType.RECORD_EXCLUDED, EARLY, KEEPER, ident))
        return {
            "id": ident,
            "category": record.category,
            "author": self.person(index, "author", case.author),
            "subjects": self.subjects(index, case),
            "created_at": record.created_at,
            "visibility": record.visibility,
            "parent": {True: None, False: DENIED, None: NOWHERE}[case.parent_allowed],
            "excluded": excluded,
            "aipref": record.signals.aipref,
            "tdm_reservation": None if record.signals.tdm_reservation is None else str(record.signals.tdm_reservation),
            "cawg": None if record.signals.cawg is None else json.dumps(record.signals.cawg),
            "context": "no list" if _is_odd(record) else sorted(record.context),
            "text": TEXT,
        }

    def subjects(self, index: int, case: Case) -> list[dict]:
        if case.record.unreadable and not case.record.subjects:
            return [{"role": None, "member": None, "spans": None}]
        return [
            {
                "role": subject.role,
                "member": self.person(index, f"p{position}", state),
                "spans": subject.spans
                and [{"start": s.start + 2 * position, "end": s.end + 2 * position} for s in subject.spans],
            }
            for position, (subject, state) in enumerate(zip(case.record.subjects, case.others, strict=True))
        ]

    def write(self, folder: Path) -> tuple[tuple[RecordTable, ...], ColumnarEvents]:
        """The world as files."""
        denied = dict.fromkeys(RECORD_SCHEMA.names) | {"id": DENIED, "author": KEEPER, "excluded": True}
        plain = [row for row in self.rows if row["context"] != "no list"]
        odd = [row for row in self.rows if row["context"] == "no list"]
        tables = [_table(folder / "records.parquet", [*plain, denied], RECORD_SCHEMA)]
        if odd:
            tables.append(_table(folder / "odd.parquet", odd, _ODD_SCHEMA))
        columns = list(zip(*self._event_rows(), strict=True))
        events = [pa.array(column, kind.type) for column, kind in zip(columns, EVENT_SCHEMA, strict=True)]
        pq.write_table(pa.Table.from_arrays(events, schema=EVENT_SCHEMA), folder / "events.parquet")
        named = [pa.array(self.members.values(), pa.int32()), pa.array(self.members, pa.string())]
        pq.write_table(pa.Table.from_arrays(named, schema=MEMBER_SCHEMA), folder / "members.parquet")
        paths = (folder / "events.parquet",), (folder / "members.parquet",)
        return tuple(tables), ColumnarEvents(*paths, len(self.events), len(self.members))

    def _event_rows(self) -> Iterator[tuple]:
        for seq, (member, said) in enumerate(self.events):
            ordinal = None if member is None else self.members[member]
            if isinstance(said, Unreadable):
                yield seq, ordinal, UNREADABLE, None, None, said.effective_at
            else:
                yield seq, ordinal, KINDS.index(said.type), said.key, said.value, said.effective_at


def by_gate(pack: Pack, purpose: str, group: Group, folder: Path) -> list[Judgment]:
    """What the gate decides of each case of the group, in their order."""
    world = World.of(group)
    tables, events = world.write(folder)
    asked = GateRequest(pack, purpose, group.at, tables, events, 1, 1, b"p" * 32, _KEY, 256, 1)
    asked = replace(asked, taken_back=frozenset(world.taken_back))
    with open_gate(asked) as gate:
        masks = _masks(gate, world)
        masked = _masked(gate, world)
    assert {index for index, mask in enumerate(masks) if not mask} == set(masked)
    return [Judgment(mask, masked.get(index, ())) for index, mask in enumerate(masks)]


def _masks(gate: Gate, world: World) -> list[int]:
    """The reasons by case, from the decisions: each case has exactly one."""
    keys = {author: member_key(_KEY, author) for author in {row["author"] for row in world.rows} | {KEEPER}}
    place = {record_tag(keys[row["author"]], row["id"]): index for index, row in enumerate(world.rows)}
    place[record_tag(keys[KEEPER], DENIED)] = len(world.rows)
    found: dict[int, int] = {}
    decided = 0
    for batch in gate.decisions():
        decided += len(batch)
        tags, masks = (batch.column(name).to_pylist() for name in ("record_tag", "mask"))
        found.update((place[tag], mask) for tag, mask in zip(tags, masks, strict=True))
    assert decided == len(found) == len(world.rows) + 1
    assert found.pop(len(world.rows)) != 0
    return [found[index] for index in range(len(world.rows))]


def _masked(gate: Gate, world: World) -> dict[int, tuple[str, ...]]:
    """The roles that are masked in each permitted case; its text shows them and nobody else."""
    found = {}
    for _, _, batch in gate.permitted():
        for shown in batch.select(["id", "subjects", "text"]).to_pylist():
            index = int(shown["id"][1:])
            given = world.rows[index]["subjects"]
            kept = list(shown["subjects"] or ())
            gone = []
            letters = list(TEXT)
            for subject in given:
                if kept and kept[0] == {"role": subject["role"], "member": subject["member"]}:
                    kept.pop(0)
                    continue
                gone.append(subject["role"])
                for span in subject["spans"]:
                    letters[span["start"] : span["end"]] = [f"[{subject['role']}]"]
            assert not kept
            assert shown["text"] == "".join(letters)
            found[index] = tuple(dict.fromkeys(gone))
    return found


def _facts(state: MemberState) -> tuple[object, ...]:
    return (
        state.region,
        state.birth_date,
        *(tuple(facts.items()) for facts in (state.settings, state.objections, state.notices)),
        state.closed,
        state.erased,
        state.unreadable,
        state.taken_back,
    )


def _is_odd(record: Record) -> bool:
    """Whether the row's context is what cannot be read; a record without others has an odd subject instead."""
    return record.unreadable and bool(record.subjects)


def _table(path: Path, rows: list[dict], schema: pa.Schema) -> RecordTable:
    columns = [pa.array([row[kind.name] for row in rows], kind.type) for kind in schema]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path)
    return RecordTable((path,), Format.PARQUET, CANONICAL)
