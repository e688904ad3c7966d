"""A small working folder with real parts: a ledger, a table of records, keys; time and chance are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import shake_256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assent.ledger import Ledger
from assent.operations.build import LEDGER_KEY, BuildResult, build_snapshot
from assent.operations.ledger import suppression_key_of
from assent.operations.setup import make_workspace
from assent.operations.workspace import Workspace, open_workspace
from assent.snapshot.reader import SnapshotReader, open_snapshot
from assent.storage.keys import create_key, load_key
from assent.vocabulary.events import Event, parse_event
from assent.vocabulary.tables import RECORD_SCHEMA

PURPOSE = "train_generative"
PACK = "professional-network-2025-11-safeguarded"
SETTING = "generative_ai_improvement"
NOTICE = "ai-training-2025"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOLD_AT = "2025-09-18T08:00:00Z"
WRITTEN_AT = datetime(2024, 5, 1, 9, tzinfo=UTC)


def entropy_from(seed: bytes) -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run."""
    drawn = 0

    def draw(count: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return shake_256(seed + drawn.to_bytes(8, "big")).digest(count)

    return draw


def joined(member: str, *, region: str | None = "DE", born: str | None = "1990-05-01") -> list[dict[str, Any]]:
    """What the ledger says of a member who permits everything."""
    since = {"member": member, "effective_at": "2025-01-01T00:00:00Z"}
    return [
        {"type": "member.joined", **since},
        {"type": "member.region", "region": region, **since},
        {"type": "member.birth_date", "birth_date": born, **since},
        {"type": "notice.delivered", "notice": NOTICE, "member": member, "effective_at": TOLD_AT},
    ]


def switched(member: str, value: str, at: datetime | str, *, setting: str = SETTING) -> dict[str, Any]:
    """A member turns the toggle."""
    when = at if isinstance(at, str) else at.isoformat()
    return {"type": "setting.changed", "setting": setting, "value": value, "member": member, "effective_at": when}


def post(ident: str, author: str | None, text: str | None = None, **fields: Any) -> dict[str, Any]:
    """A public post; any column can be given another value."""
    row = {
        "id": ident,
        "category": "post",
        "author": author,
        "subjects": [],
        "created_at": WRITTEN_AT,
        "visibility": "public",
        "text": text if text is not None else f"what {author} wrote in {ident}",
    }
    return {**dict.fromkeys(RECORD_SCHEMA.names), **row, **fields}


def mention(member: str | None, start: int, end: int, role: str = "mentioned") -> dict[str, Any]:
    """Somebody whom the text names."""
    return {"role": role, "member": member, "spans": [{"start": start, "end": end}]}


def someone_of_everything() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Events and records in which most rules have something to say."""
    events: list[dict[str, Any]] = []
    for n in range(12):
        events += joined(f"m{n}", region=["DE", "FR", "US", "BR"][n % 4])
    events += joined("young", born="2012-01-01") + joined("nowhere", region=None) + joined("off")
    events += [switched("off", "off", "2025-10-01T00:00:00Z"), switched("m3", "on", "2025-12-01T00:00:00Z")]
    events += [{"type": "record.excluded", "record": "p-m1-1", "member": "m1", "effective_at": TOLD_AT}]
    records = [post(f"p-m{n}-{k}", f"m{n}") for n in range(12) for k in range(3)]
    records += [
        post("p-young", "young"),
        post("p-nowhere", "nowhere"),
        post("p-off", "off", "original of somebody who said no"),
        post("p-nobody", None),
        post("p-stranger", "stranger"),
        post("c-1", "m0", "@off is right", category="comment", subjects=[mention("off", 0, 4)]),
        post("c-2", "m0", "@m5 is right", category="comment", subjects=[mention("m5", 0, 3)]),
        post("c-3", "m2", "@m5 and @off", category="comment", subjects=[mention("m5", 0, 3), mention("off", 8, 12)]),
        post(
            "c-4", "m2", "hello", category="comment", subjects=[{"role": "mentioned", "member": "off", "spans": None}]
        ),
        post(
            "e-1",
            "m4",
            "endorses m6",
            category="endorsement",
            subjects=[{"role": "endorsed", "member": "m6", "spans": []}],
        ),
        post(
            "e-2",
            "m4",
            "endorses off",
            category="endorsement",
            subjects=[{"role": "endorsed", "member": "off", "spans": []}],
        ),
        post("r-1", "m7", "repost", category="repost", parent="p-m5-0"),
        post("r-2", "m8", "repost of a repost", category="repost", parent="r-1"),
        post("r-3", "m8", "repost of a denied one", category="repost", parent="p-off"),
        post("r-4", "m9", "repost of that", category="repost", parent="r-3"),
        post("r-5", "m9", "repost of nothing", category="repost", parent="gone"),
        post("x-1", "m9", category="message.private"),
        post("x-2", "m9", category="something.else"),
        post("x-3", "m9", visibility="connections"),
        post("x-4", "m9", visibility=None),
        post("x-5", "m9", excluded=True),
        post("x-6", "m9", aipref="train-ai=n"),
        post("x-7", "m9", tdm_reservation="1"),
        post("x-8", "m9", context=["sensitive"]),
        post("x-9", "m9", created_at=None),
    ]
    return events, records


@dataclass
class World:
    """A working folder, and a clock that stands until it is moved."""

    root: Path
    workspace: Workspace
    now: datetime = NOW
    entropy: Callable[[int], bytes] = field(default_factory=lambda: entropy_from(b"world"))

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def ledger(self) -> Ledger:
        key = load_key(self.workspace.keys_folder / LEDGER_KEY)
        return Ledger.open(
            self.workspace.ledger_folder,
            clock=self.clock,
            key=key,
            entropy=self.entropy,
            suppression_key=suppression_key_of(self.workspace),
        )

    def tell(self, *events: dict[str, Any] | Event) -> range:
        with self.ledger() as ledger:
            return ledger.append([each if isinstance(each, Event) else parse_event(each) for each in events])

    def build(self, purpose: str = PURPOSE, **given: Any) -> BuildResult:
        return build_snapshot(self.workspace, purpose, **({"clock": self.clock, "entropy": self.entropy} | given))

    def read(self, result: BuildResult, **given: Any) -> SnapshotReader:
        return open_snapshot(result.path, ledger=self.workspace.ledger_folder, clock=self.clock, **given)

    def ids(self, result: BuildResult, **given: Any) -> set[str]:
        with self.read(result, **given) as reader:
            return {ident for batch in reader for ident in batch.column("id").to_pylist()}


def make_world(
    root: Path,
    events: Iterable[dict[str, Any]] | None = None,
    records: Sequence[dict[str, Any]] | None = None,
    *,
    pack: str = PACK,
    seed: bytes = b"world",
    database: str = "sqlite",
) -> World:
    """A working folder with these events and records; without any, with someone of everything."""
    default_events, default_records = someone_of_everything()
    make_workspace(root, pack=pack, origin="assent.test/log")
    write_records(root / "records.parquet", default_records if records is None else records)
    (root / "mapping.toml").write_text(
        '[[records]]\nfiles = ["records.parquet"]\ncategory = { column = "category" }\n[records.columns]\n'
        + "".join(f'{name} = "{name}"\n' for name in RECORD_SCHEMA.names if name != "category")
    )
    with (root / "assent.toml").open("a") as config:
        config.write('\n[snapshots]\nshards = 4\nslices = 2\n[sources.site]\nkind = "tables"\npath = "mapping.toml"\n')
    world = World(root, open_workspace(root), entropy=entropy_from(seed))
    key = create_key(world.workspace.keys_folder / LEDGER_KEY, entropy=world.entropy)
    Ledger.create(
        world.workspace.ledger_folder,
        origin="assent.test/log",
        key=key,
        clock=world.clock,
        entropy=world.entropy,
        database=database,
    ).close()
    world.tell(*(default_events if events is None else events))
    return world


def write_records(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """The rows lie in a Parquet file, canonical."""
    pq.write_table(pa.Table.from_pylist(list(records), schema=RECORD_SCHEMA), path)
