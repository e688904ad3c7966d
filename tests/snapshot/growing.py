"""A random platform that goes on: events, files and time change, and each moment can be built in two ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from networks import AT, Network, _event, _hold, _row, network, request, write

from assent.evidence.manifest import Decided, InputFile, InputTable, Partition, SnapshotManifest
from assent.gate import GateRequest
from assent.policy.pack import Pack
from assent.snapshot.building import Written, write_full
from assent.snapshot.incremental import Parent, write_child
from assent.snapshot.reading import digest_of, file_identities
from assent.snapshot.working import open_index
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.tables import CANONICAL, RECORD_SCHEMA, Format, RecordTable


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@dataclass
class Platform:
    """What there is at a moment.

    Args:
        files: rows by file name; every one of them is read, in the order of the names.
    """

    folder: Path
    pack: Pack
    purpose: str
    net: Network
    files: dict[str, list[dict[str, Any]]]
    at: Any = AT
    taken_back: set[str] = field(default_factory=set)
    made: int = 0

    @classmethod
    def begin(cls, folder: Path, pack: Pack, purpose: str, seed: int, records: int = 40) -> Platform:
        net = network(seed, pack, records=records)
        net = replace(net, size=len(net.events))
        thirds = {f"part-{n}.parquet": net.rows[n::3] for n in range(3)}
        return cls(folder, pack, purpose, net, thirds)

    def ids(self) -> list[str]:
        return [row["id"] for rows in self.files.values() for row in rows]

    def change(self, random: Random) -> str:
        """One thing happens; says which."""
        kind = random.choice(CHANGES)
        getattr(self, f"_{kind}")(random)
        return kind

    def request(self) -> tuple[GateRequest, tuple[str, ...]]:
        """What a gate is asked of all this, and the identities of the files."""
        self.made += 1
        place = self.folder / f"asked-{self.made}"
        _, events = write(self.net, place)
        paths = []
        for name, rows in sorted(self.files.items()):
            path = place / name
            pq.write_table(pa.Table.from_pylist(rows, RECORD_SCHEMA), path)
            paths.append(path)
        table = RecordTable(tuple(paths), Format.PARQUET, CANONICAL)
        listed = tuple(InputFile(path.name, digest_of(path), 0) for path in paths)
        about = InputTable("site", "tables", table.format, table.columns, None, listed)
        asked = request(
            self.pack, self.purpose, table, events, at=self.at, taken_back=frozenset(self.taken_back), threads=1
        )
        return replace(asked, indexed=True), file_identities((table,), (about,))

    def _say(self, member: str | None, event: Any) -> None:
        names = [*self.net.members, *([] if member is None or member in self.net.members else [member])]
        self.net = replace(self.net, members=names, events=[*self.net.events, (member, event)])
        self.net = replace(self.net, size=len(self.net.events))

    def _something_said(self, random: Random) -> None:
        name = random.choice([*self.net.members, "stranger", "newcomer"])
        self._say(name, self._dated(random, _event(random, name, self.pack)))

    def _choice(self, random: Random) -> None:
        name = random.choice(self.net.members)
        setting = random.choice(list(self.pack.settings))
        self._say(
            name, Event(EventType.SETTING_CHANGED, self._when(random), name, setting, random.choice(["on", "off"]))
        )

    def _notice(self, random: Random) -> None:
        name = random.choice(self.net.members)
        for notice in self.pack.notices:
            self._say(name, Event(EventType.NOTICE_DELIVERED, self._when(random), name, notice))

    def _birth(self, random: Random) -> None:
        name = random.choice(self.net.members)
        day = (self.at + timedelta(days=random.choice([-1, 0, 1, 5, 40]))).date()
        born = day.replace(year=day.year - random.choice([16, 18]), day=min(day.day, 28))
        self._say(name, Event(EventType.MEMBER_BIRTH_DATE, self._when(random), name, None, born.isoformat()))

    def _exclusion(self, random: Random) -> None:
        name = random.choice(self.net.members)
        kind = random.choice([EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED])
        self._say(name, Event(kind, self._when(random), name, random.choice([*self.ids(), "nothing"])))

    def _hold_or_lift(self, random: Random) -> None:
        self._say(None, self._dated(random, _hold(random, self.pack)))

    def _time_passes(self, random: Random) -> None:
        self.at += random.choice(
            [timedelta(microseconds=1), timedelta(hours=12), timedelta(days=1), timedelta(days=6), timedelta(days=31)]
        )

    def _to_a_date_of_the_rules(self, random: Random) -> None:
        purpose = self.pack.purposes[self.purpose]
        dates = [*purpose.coverage.values(), *(each for hold in self.pack.holds for each in (hold.since, hold.until))]
        later = [each for each in dates if each is not None and each > self.at]
        if later:
            self.at = random.choice(later)

    def _erasure(self, random: Random) -> None:
        name = random.choice(self.net.members)
        kept = [
            (who, Event(EventType.SNAPSHOT_SEALED, AT, None, "s", "d") if who == name else said)
            for who, said in self.net.events
        ]
        kept = [
            (None if isinstance(said, Event) and said.type is EventType.SNAPSHOT_SEALED else who, said)
            for who, said in kept
        ]
        self.net = replace(self.net, events=kept)
        self._say("pseudonym", Event(EventType.ERASURE_COMPLETED, self.at, "pseudonym", None, None))

    def _take_back(self, random: Random) -> None:
        self.taken_back ^= {random.choice([*self.net.members, "stranger"])}

    def _edit(self, random: Random) -> None:
        name = random.choice(list(self.files))
        rows = self.files[name]
        if rows:
            place = random.randrange(len(rows))
            changed = _row(random, rows[place]["id"], self.ids(), [*self.net.members, "stranger"])
            self.files[name] = [*rows[:place], changed, *rows[place + 1 :]]

    def _delete(self, random: Random) -> None:
        name = random.choice(list(self.files))
        if rows := self.files[name]:
            place = random.randrange(len(rows))
            self.files[name] = [*rows[:place], *rows[place + 1 :]]

    def _append(self, random: Random) -> None:
        name = random.choice(list(self.files))
        self.files[name] = [*self.files[name], *self._new_rows(random)]

    def _add_file(self, random: Random) -> None:
        self.files[f"part-{random.randrange(100, 999)}.parquet"] = self._new_rows(random)

    def _remove_file(self, random: Random) -> None:
        if len(self.files) > 1:
            del self.files[random.choice(list(self.files))]

    def _move_row(self, random: Random) -> None:
        one, other = random.choice(list(self.files)), random.choice(list(self.files))
        if one != other and self.files[one]:
            self.files[other] = [*self.files[other], self.files[one][0]]
            self.files[one] = self.files[one][1:]

    def _chain(self, random: Random) -> None:
        first = random.choice([*self.ids(), "nobody", "late"])
        rows = []
        for _ in range(random.choice([1, 2, 4])):
            row = _row(random, self._new_id(), self.ids(), self.net.members[:6])
            row |= {"parent": first, "category": "post", "visibility": "public", "aipref": None, "cawg": None}
            row |= {"tdm_reservation": None, "context": None, "excluded": None, "subjects": None}
            rows.append(row)
            first = row["id"]
        self.files[f"chain-{random.randrange(1000)}.parquet"] = rows

    def _parent_appears(self, random: Random) -> None:
        ident = random.choice(["nobody", "late"])
        if ident not in self.ids():
            row = _row(random, ident, self.ids(), self.net.members[:6])
            self.files[f"late-{ident}.parquet"] = [row]

    def _circle(self, random: Random) -> None:
        one, other = self._new_id(), self._new_id()
        rows = [_row(random, ident, self.ids(), self.net.members[:6]) for ident in (one, other)]
        rows[0]["parent"], rows[1]["parent"] = other, one
        self.files[f"circle-{random.randrange(1000)}.parquet"] = rows

    def _new_rows(self, random: Random) -> list[dict[str, Any]]:
        people = [*self.net.members, "stranger", "newcomer"]
        return [_row(random, self._new_id(), self.ids(), people) for _ in range(random.choice([1, 1, 3]))]

    def _new_id(self) -> str:
        self.made += 1
        return f"n{self.made:04}"

    def _when(self, random: Random) -> Any:
        days = random.choice([-400, -30, -29, -1, 0, 0, 1, 20])
        return self.at + timedelta(days=days)

    def _dated(self, random: Random, event: Any) -> Any:
        instant = self._when(random)
        if event.effective_at is None:
            return event
        return replace(event, effective_at=instant)


CHANGES: Sequence[str] = [
    "something_said",
    "something_said",
    "choice",
    "choice",
    "notice",
    "birth",
    "exclusion",
    "hold_or_lift",
    "time_passes",
    "time_passes",
    "to_a_date_of_the_rules",
    "erasure",
    "take_back",
    "edit",
    "delete",
    "append",
    "add_file",
    "remove_file",
    "move_row",
    "chain",
    "parent_appears",
    "circle",
]


@dataclass(frozen=True)
class Standing:
    """What a build wrote, and where."""

    folder: Path
    written: Written
    request: GateRequest

    def parent(self) -> Parent:
        empty = Partition(self.request.shards, self.request.slices, "")
        manifest = SnapshotManifest(
            self.request.purpose,
            self.request.at,
            self.request.pack.name,
            self.request.pack.digest,
            self.request.events.size,
            "",
            (),
            {"sql": self.written.sql},
            self.written.counts,
            self.written.files,
            self.written.decided,
            empty,
        )
        return Parent(self.folder, manifest, open_index(self.folder / "index"))

    def said(self) -> tuple[Any, ...]:
        """Everything two builds must agree on."""
        decided: Decided = self.written.decided
        names = sorted(str(path.relative_to(self.folder)) for path in self.folder.glob("d*/*"))
        return (self.written.files, decided, self.written.counts, self.written.problems, names)


def build_full(platform: Platform, asked: tuple[GateRequest, tuple[str, ...]]) -> Standing:
    folder = _empty(platform)
    return Standing(folder, write_full(folder, asked[0], asked[1], folder / "index", quiet), asked[0])


def build_child(platform: Platform, asked: tuple[GateRequest, tuple[str, ...]], parent: Standing) -> Standing:
    folder = _empty(platform)
    written = write_child(folder, asked[0], asked[1], folder / "index", parent.parent(), quiet)
    return Standing(folder, written, asked[0])


def index_of(standing: Standing) -> dict[str, Any]:
    """What the index says, without the order in which it says it where that means nothing."""
    index = open_index(standing.folder / "index")
    found: dict[str, Any] = {"basis": replace(index.basis, holds=tuple(sorted(index.basis.holds, key=str)))}
    found["rows"] = [row for batch in index.rows() for row in batch.to_pylist()]
    found["authors"] = index.table("authors").to_pylist()
    for name in ("people", "names", "links", "excluded"):
        found[name] = sorted(map(str, index.table(name).to_pylist()))
    return found


def _empty(platform: Platform) -> Path:
    platform.made += 1
    folder = platform.folder / f"built-{platform.made}"
    folder.mkdir()
    return folder
