"""A platform to measure the gate on: members, their events, and records with text, as Parquet.

Every value follows from its row number, so the same size gives the same data. A fifth as many members as
records, three events a member: region, birth date and notice, each with a few left out for settings and
objections of others. About 3 in 100 members have no region, 5 were not told, 5 are under age, 7 switched off,
1 objected; 8 in 100 records are private messages and 5 endorsements. Under the safeguarded pack about 6 in 10
records are allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from assent.ledger.columns import KINDS, ColumnarEvents
from assent.vocabulary.events import EventType

AT = datetime(2025, 12, 1, tzinfo=UTC)
_WORDS = (
    "team project client release review budget meeting design customer support launch metrics hiring product "
    "roadmap quarter growth training data model pipeline service contract market result lesson feedback report "
    "partner delivery planning quality safety change process system"
).split()
_POOL = 200_003


@dataclass(frozen=True)
class Platform:
    """What lies in the folder."""

    records: Path
    events: ColumnarEvents
    size: int


def generate(folder: Path, size: int) -> Platform:
    """`size` records, a fifth as many members and three fifths as many events lie in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    members, events = size // 5, 3 * (size // 5)
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "3GB", "preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    paths = {name: folder / f"{name}.parquet" for name in ("records", "events", "members")}
    if not all(path.exists() for path in paths.values()):
        _fill_pool(connection)
        connection.execute(f"COPY ({_MEMBERS.format(members=members)}) TO '{paths['members']}'")
        connection.execute(f"COPY ({_EVENTS.format(members=members, events=events, **_KINDS)}) TO '{paths['events']}'")
        records = _RECORDS.format(members=members, size=size, pool=_POOL)
        connection.execute(f"COPY ({records}) TO '{paths['records']}'")
    connection.close()
    return Platform(paths["records"], ColumnarEvents((paths["events"],), (paths["members"],), events, members), size)


def grow(folder: Path, size: int, name: str, members: int) -> None:
    """One in a hundred more records, and more events, of the first so many members, lie in files of that name."""
    events = 3 * (size // 5)
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "3GB", "preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    _fill_pool(connection)
    records = _RECORDS.format(members=members, size=size + size // 100, pool=_POOL)
    connection.execute(f"COPY ({records} WHERE i >= {size}) TO '{folder}/records-{name}.parquet'")
    # The same mix of kinds as before, by others and of other content, said in the hour after it.
    others = _EVENTS.replace("ELSE i %", "ELSE hash(i + 900) %").replace("hash(i +", "hash(i + 900001 +")
    said = others.format(members=members, events=events, **_KINDS)
    connection.execute(f"""
        COPY (SELECT {events} + (row_number() OVER (ORDER BY seq)) - 1 AS seq, * EXCLUDE (seq, effective_at),
                     TIMESTAMPTZ '{AT.isoformat()}' + to_seconds((hash(seq) % 3600)::BIGINT) AS effective_at
              FROM ({said}) WHERE hash(seq + 77) % 100 = 0) TO '{folder}/events-{name}.parquet'
    """)
    connection.close()


def _fill_pool(connection: duckdb.DuckDBPyConnection) -> None:
    words = f"list_value({', '.join(repr(word) for word in _WORDS)})"
    picked = ", ".join(f"words[1 + ((hash(n * 7 + {k}) >> 8) % {len(_WORDS)})::INT]" for k in range(13))
    connection.execute(
        f"CREATE TEMP TABLE pool AS SELECT n, concat_ws(' ', {picked}) AS said "
        f"FROM range({_POOL}) t(n), (SELECT {words} AS words)"
    )


_KINDS = {
    "region": KINDS.index(EventType.MEMBER_REGION),
    "birth": KINDS.index(EventType.MEMBER_BIRTH_DATE),
    "notice": KINDS.index(EventType.NOTICE_DELIVERED),
    "setting": KINDS.index(EventType.SETTING_CHANGED),
    "objection": KINDS.index(EventType.OBJECTION_RECEIVED),
}
_MEMBERS = "SELECT i::INT AS ordinal, 'm' || lpad(i::VARCHAR, 8, '0') AS member FROM range({members}) t(i)"
_EVENTS = """
SELECT i::BIGINT AS seq,
       (CASE WHEN kind IN ({setting}, {objection}) THEN hash(i + 3) % {members} ELSE i % {members} END)::INT AS member,
       kind::UTINYINT AS kind,
       CASE kind WHEN {setting} THEN 'generative_ai_improvement' WHEN {objection} THEN 'train_generative'
                 WHEN {notice} THEN 'ai-training-2025' END AS key,
       CASE kind WHEN {region} THEN ['DE','FR','US','GB','IN','BR','CA','NL','ES','AU'][1 + (hash(i + 5) % 10)::INT]
                 WHEN {birth} THEN strftime(
                      CASE WHEN hash(i + 2) % 100 < 5 THEN DATE '2009-01-01' + (hash(i + 6) % 1000)::INT
                           ELSE DATE '1950-01-01' + (hash(i + 6) % 16000)::INT END, '%Y-%m-%d')
                 WHEN {setting} THEN 'off' END AS value,
       TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_seconds((hash(i + 9) % 26000000)::BIGINT) AS effective_at
FROM (SELECT i, CASE WHEN i < {members} THEN CASE WHEN other < 3 THEN {setting} ELSE {region} END
                     WHEN i < 2 * {members} THEN {birth}
                     WHEN other < 4 THEN {setting} WHEN other < 5 THEN {objection} ELSE {notice} END AS kind
      FROM (SELECT i, hash(i + 4) % 100 AS other FROM range({events}) t(i)))
"""
_RECORDS = """
SELECT 'r' || lpad(i::VARCHAR, 9, '0') AS id, category,
       'm' || lpad((hash(i + 11) % {members})::VARCHAR, 8, '0') AS author,
       CASE WHEN category = 'endorsement' OR hash(i + 13) % 8 = 0 THEN [{{'role': 'mentioned',
            'member': 'm' || lpad((hash(i + 17) % {members})::VARCHAR, 8, '0'),
            'spans': [{{'start': 5::INT, 'end': 12::INT}}]}}] END AS subjects,
       TIMESTAMPTZ '2015-01-01 00:00:00+00' + to_seconds((hash(i + 19) % 330000000)::BIGINT) AS created_at,
       CASE WHEN hash(i + 23) % 10 < 9 THEN 'public' ELSE 'connections' END AS visibility,
       CASE WHEN hash(i + 29) % 25 = 0 AND i > 10 THEN 'r' || lpad((hash(i + 31) % i)::VARCHAR, 9, '0') END AS parent,
       hash(i + 37) % 200 = 0 AS excluded,
       CASE WHEN hash(i + 41) % 100 = 0 THEN 'train-ai=n' END AS aipref,
       NULL::VARCHAR AS tdm_reservation, NULL::VARCHAR AS cawg,
       CASE WHEN hash(i + 43) % 100 = 0 THEN ['sensitive'] END AS context,
       a.said || ' ' || b.said AS text
FROM (SELECT i, CASE WHEN kind < 8 THEN 'message.private' WHEN kind < 13 THEN 'endorsement'
                     WHEN kind < 20 THEN 'profile.summary' WHEN kind < 25 THEN 'article'
                     WHEN kind < 60 THEN 'comment' ELSE 'post' END AS category
      FROM (SELECT i, hash(i + 7) % 100 AS kind FROM range({size}) t(i)))
JOIN pool a ON a.n = hash(i + 47) % {pool} JOIN pool b ON b.n = hash(i + 53) % {pool}
"""
