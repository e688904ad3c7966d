"""Small random networks: members with histories full of ties and gaps, records of every kind, packs as values."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from assent.gate import GateRequest
from assent.ledger.columns import EVENT_SCHEMA, KINDS, MEMBER_SCHEMA, UNREADABLE, ColumnarEvents
from assent.ledger.stored import Unreadable
from assent.policy.load import load_pack
from assent.policy.pack import AgeAt, ObjectionRule, Pack
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.tables import CANONICAL, RECORD_SCHEMA, Format, RecordTable

AT = datetime(2025, 11, 3, 12, tzinfo=UTC)
INSTANTS = [AT - timedelta(days=d) for d in (400, 40, 30, 20, 1, 0)] + [
    AT - timedelta(days=30) + timedelta(microseconds=1),
    AT + timedelta(microseconds=1),
    datetime(1969, 5, 5, tzinfo=UTC),
]
CATEGORIES = [
    "post",
    "comment",
    "endorsement",
    "recommendation",
    "message.private",
    "profile.summary",
    "group.message",
    "no.such",
    None,
]
BIRTHS = [
    "1990-01-01",
    "2007-11-03",
    "2007-11-04",
    "2008-02-29",
    "2010-06-01",
    "0001-01-01",
    "9999-12-31",
    "2020-W01-1",
    "soon",
    None,
]
REGIONS = ["DE", "US", "HK", "CN", "GB", "XX", "de", "", None]


@dataclass(frozen=True)
class Network:
    """`events` in order of seq: (member, Event or Unreadable)."""

    members: list[str]
    events: list[tuple[str | None, Event | Unreadable]]
    rows: list[dict]
    size: int


def packs() -> dict[str, tuple[Pack, str]]:
    """Packs under which every rule is asked at least once, each with the purpose to try."""
    safeguarded = load_pack("professional-network-2025-11-safeguarded")
    announced = load_pack("professional-network-2025-11")
    generative = safeguarded.purposes["train_generative"]
    strict = replace(
        generative,
        content_from=AT - timedelta(days=40),
        objection=ObjectionRule.ABSOLUTE,
        age_at=AgeAt.USE,
        waiting_period=timedelta(0),
    )
    return {
        "safeguarded": (safeguarded, "train_generative"),
        "safeguarded-other": (safeguarded, "train_other"),
        "announced": (announced, "train_generative"),
        "ads": (announced, "share_affiliates"),
        "consent-first": (load_pack("consent-first"), "train_generative"),
        "europe-paused": (load_pack("professional-network-2025-11-europe-paused"), "train_generative"),
        "community-qa": (load_pack("community-qa"), "train_generative"),
        "strict": (replace(safeguarded, purposes={"train_generative": strict}), "train_generative"),
    }


def network(seed: int, pack: Pack, *, members: int = 12, records: int = 40) -> Network:
    random = Random(seed)
    names = [f"m{n:02}" for n in range(members)]
    events = [(name, _event(random, name, pack)) for name in names for _ in range(random.randrange(7))]
    if random.random() < 0.5:
        events += [(None, _hold(random, pack)) for _ in range(random.randrange(3))]
    # Most are members of whom enough is known; otherwise nothing would ever be allowed.
    for name in names[: members // 2]:
        events += [(name, event) for event in _settled(name, pack)]
    random.shuffle(events)
    ids = [f"r{n:03}" for n in range(records)]
    rows = [_row(random, ident, ids, [*names, "stranger"]) for ident in ids]
    events += [
        (name, Event(kind, random.choice(INSTANTS), name, random.choice(ids)))
        for name in random.sample(names, 3)
        for kind in (EventType.RECORD_EXCLUDED, EventType.RECORD_INCLUDED)
    ]
    return Network(names, events, rows, random.choice([len(events), len(events), max(len(events) - 9, 0)]))


def _settled(name: str, pack: Pack) -> list[Event]:
    early = INSTANTS[0]
    told = [Event(EventType.NOTICE_DELIVERED, INSTANTS[1], name, notice) for notice in pack.notices]
    chosen = [Event(EventType.SETTING_CHANGED, early, name, setting, "on") for setting in pack.settings]
    return [
        Event(EventType.MEMBER_REGION, early, name, None, "DE" if name < "m03" else "US"),
        Event(EventType.MEMBER_BIRTH_DATE, early, name, None, "1980-05-05"),
        *told,
        *chosen,
    ]


def _event(random: Random, name: str, pack: Pack) -> Event | Unreadable:
    at = random.choice(INSTANTS)
    purposes, settings, notices = list(pack.purposes), list(pack.settings), [*pack.notices, "another"]
    kind = random.choice([*EventType][:11] + [EventType.MEMBER_REGION, EventType.SETTING_CHANGED] * 2)
    match kind:
        case EventType.MEMBER_REGION:
            return Event(kind, at, name, None, random.choice(REGIONS))
        case EventType.MEMBER_BIRTH_DATE:
            return Event(kind, at, name, None, random.choice(BIRTHS))
        case EventType.SETTING_CHANGED:
            return Event(kind, at, name, random.choice([*settings, "another"]), random.choice(["on", "off"]))
        case EventType.OBJECTION_RECEIVED | EventType.OBJECTION_WITHDRAWN:
            return Event(kind, at, name, random.choice(purposes))
        case EventType.OBJECTION_DECIDED:
            return Event(kind, at, name, random.choice(purposes), random.choice(["upheld", "rejected"]))
        case EventType.NOTICE_DELIVERED:
            return Event(kind, at, name, random.choice(notices))
        case _:
            if random.random() < 0.85:
                return Event(EventType.MEMBER_JOINED, at, name)
            if random.random() < 0.3:
                return Unreadable(name, random.choice([at, None]), "test")
            return Event(
                random.choice([EventType.ACCOUNT_CLOSED, EventType.ERASURE_REQUESTED, EventType.ERASURE_COMPLETED]),
                at,
                name,
            )


def _hold(random: Random, pack: Pack) -> Event:
    kind = random.choice([EventType.HOLD_PLACED, EventType.HOLD_LIFTED])
    return Event(
        kind,
        random.choice(INSTANTS),
        None,
        random.choice(list(pack.purposes)),
        random.choice(["DE", "EU", "US", "nowhere", "GB", "GB"]),
    )


TEXT = "Ana👍 met Bob and then Cid came by"


def _row(random: Random, ident: str, ids: list[str], people: list[str]) -> dict:
    def seldom(value: object, otherwise: object = None) -> object:
        return value if random.random() < 0.15 else otherwise

    subjects = [
        {
            "role": random.choice(["mentioned", "quoted"]),
            "member": random.choice([*people, None]),
            "spans": _spans(random),
        }
        for _ in range(random.choice([0, 0, 1, 2, 3]))
    ]
    if subjects and random.random() < 0.05:
        subjects[0]["role"] = random.choice(["", None])
    return {
        "id": ident,
        "category": random.choice(CATEGORIES[:6]) if random.random() < 0.9 else random.choice(CATEGORIES),
        "author": random.choice([*people, *people[:6] * 3, None]),
        "subjects": random.choice([subjects, subjects, None]),
        "created_at": random.choice(
            [*INSTANTS, datetime(2006, 1, 1, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC), None]
        ),
        "visibility": random.choice(["public"] * 6 + ["group", "private", "odd", None]),
        "parent": seldom(random.choice([*ids, "nobody"])),
        "excluded": random.choice([None, False, False, False, seldom(True, False)]),
        "aipref": seldom(random.choice(["train-ai=n", "train-ai=y", "train-ai", "n", "train-ai=n;x", "é"])),
        "tdm_reservation": seldom(random.choice(["0", "1", "2", "true"])),
        "cawg": seldom(
            random.choice(
                [
                    json.dumps({"cawg.ai_generative_training": {"use": "notAllowed"}}),
                    json.dumps({"entries": {"ai_training": {"use": "constrained"}}}),
                    "{",
                    "[1]",
                ]
            )
        ),
        "context": random.choice([None, [], ["news"], seldom(["news", "sensitive"], [None])]),
        "text": random.choice([TEXT, TEXT, TEXT, None, ""]),
    }


def _spans(random: Random) -> object:
    if random.random() < 0.3:
        return random.choice([None, []])
    starts = [random.randrange(len(TEXT) - 4) for _ in range(random.choice([1, 1, 2]))]
    return [{"start": start, "end": start + random.randrange(5)} for start in starts]


def write(network: Network, folder: Path) -> tuple[RecordTable, ColumnarEvents]:
    """The network as the gate is given it; events in two files."""
    folder.mkdir(parents=True, exist_ok=True)
    ordinals = {name: place for place, name in enumerate(network.members)}
    rows = []
    for seq, (member, event) in enumerate(network.events):
        readable = isinstance(event, Event)
        rows.append(
            {
                "seq": seq,
                "member": None if member is None else ordinals[member],
                "kind": KINDS.index(event.type) if readable else UNREADABLE,
                "key": event.key if readable else None,
                "value": event.value if readable else None,
                "effective_at": event.effective_at,
            }
        )
    half = len(rows) // 2
    files = (folder / "events-0.parquet", folder / "events-1.parquet")
    for path, part in zip(files, (rows[:half], rows[half:]), strict=True):
        pq.write_table(pa.Table.from_pylist(part, EVENT_SCHEMA), path)
    members = [{"ordinal": place, "member": name} for name, place in ordinals.items()]
    pq.write_table(pa.Table.from_pylist(members, MEMBER_SCHEMA), folder / "members.parquet")
    pq.write_table(pa.Table.from_pylist(network.rows, RECORD_SCHEMA), folder / "records.parquet")
    table = RecordTable((folder / "records.parquet",), Format.PARQUET, CANONICAL)
    return table, ColumnarEvents(files, (folder / "members.parquet",), network.size, len(members))


def request(pack: Pack, purpose: str, table: RecordTable, events: ColumnarEvents, **changes: object) -> GateRequest:
    given = GateRequest(pack, purpose, AT, (table,), events, 2, 3, b"p" * 32, b"d" * 32, 512, 2)
    return replace(given, **changes)


def history(network: Network) -> dict[str | None, list]:
    found = defaultdict(list)
    for seq, (member, event) in enumerate(network.events):
        found[member].append((seq, event))
    return found
