import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.evidence.canonical import canonical_json
from assent.ledger import Unreadable, columns
from assent.ledger.columns import KINDS, UNREADABLE, read_columns
from assent.ledger.stored import read_event
from assent.vocabulary.events import FIELDS, Event, EventType

WHEN = datetime(2025, 11, 3, 12, 30, 1, 250_000, tzinfo=UTC)

TEXTS = st.sampled_from(["on", "off", "", "DE", "1990-05-01", "upheld", "x", 'quo"te\\', "\u0000\u2028é"])
INSTANTS = st.sampled_from(["2025-01-01T00:00:00Z", "2025-01-01T00:00:00.000250Z", "2024-02-29T23:59:59+05:30"])
ODD = st.sampled_from([None, "not a time", "2025-01-01T00:00:00", "0001-01-01T00:00:00Z", "2025-02-30T00:00:00Z"])


@st.composite
def stored(draw):
    """Canonical bytes that are mostly events and sometimes almost."""
    kind = draw(st.sampled_from(KINDS))
    shape = FIELDS[kind]
    fields = {"type": kind.value, "effective_at": draw(INSTANTS), "recorded_at": "2026-01-01T00:00:00Z"}
    if shape.member or draw(st.booleans()):
        fields["member"] = draw(st.sampled_from(["m1", "m2", "é"]))
    for name in (shape.key, shape.value):
        if name:
            fields[name] = draw(TEXTS)
    if shape.value and shape.nullable and draw(st.booleans()):
        fields[shape.value] = None
    match draw(st.integers(0, 11)):
        case 0:
            fields.pop(draw(st.sampled_from(sorted(fields))))
        case 1:
            fields["type"] = "setting.reset"
        case 2:
            fields["effective_at"] = draw(ODD)
        case 3:
            fields["by"] = draw(st.sampled_from(["", "gpc"]))
        case 4:
            fields["setting"] = "x"
        case 5:
            fields["new_field"] = "x"
        case 6:
            fields["value"] = 5
    return canonical_json(fields)


def one_by_one(data):
    event = read_event(data)
    if isinstance(event, Unreadable):
        return (event.member, UNREADABLE, event.effective_at)
    return (event.member, KINDS.index(event.type), event.key, event.value, event.effective_at)


def row_of(row):
    if row["kind"] == UNREADABLE:
        return (row["member"], UNREADABLE, row["effective_at"])
    return (row["member"], row["kind"], row["key"], row["value"], row["effective_at"])


@given(st.lists(stored(), max_size=8))
def test_columns_say_of_every_event_what_reading_it_alone_says(events):
    table = read_columns(range(len(events)), events)
    assert [row_of(row) for row in table.to_pylist()] == [one_by_one(data) for data in events]


def test_bytes_that_are_no_json_are_unreadable():
    assert read_columns([0, 1], [b"null", b"[" * 100_000])["kind"].to_pylist() == [UNREADABLE, UNREADABLE]


def setting(member):
    return Event(EventType.SETTING_CHANGED, WHEN, member, "ads", "off")


def read(mirrored):
    return pa.concat_tables(pq.read_table(path) for path in mirrored.events).to_pylist()


def members(mirrored):
    return pa.concat_tables(pq.read_table(path) for path in mirrored.members).to_pylist()


def test_ordinals_count_members_by_first_appearance(ledger):
    ledger.append([setting("b"), setting("a"), setting("b")])
    mirrored = ledger.columns()
    assert ([row["member"] for row in read(mirrored)], members(mirrored), mirrored.member_count) == (
        [0, 1, 0],
        [{"ordinal": 0, "member": "b"}, {"ordinal": 1, "member": "a"}],
        2,
    )


def test_an_event_about_no_member_has_no_ordinal(ledger):
    ledger.append([Event(EventType.HOLD_PLACED, WHEN, key="p", value="DE")])
    assert read(ledger.columns()) == [
        {
            "seq": 0,
            "member": None,
            "kind": KINDS.index(EventType.HOLD_PLACED),
            "key": "p",
            "value": "DE",
            "effective_at": WHEN,
        }
    ]


def test_an_empty_ledger_has_columns_without_rows(ledger):
    mirrored = ledger.columns()

    assert (read(mirrored), mirrored.member_count) == ([], 0)


def test_the_first_event_replaces_the_columns_of_an_empty_ledger(ledger):
    ledger.columns()
    ledger.append([setting("a")])

    assert [path.name for path in ledger.columns().events] == ["events-000000000000-000000000001.parquet"]


def test_growth_over_segments_keeps_ordinals_and_full_files(ledger, monkeypatch):
    monkeypatch.setattr(columns, "SEGMENT", 4)
    ledger.append([setting(name) for name in "abcab"])
    first = ledger.columns()
    kept = first.events[0].stat().st_mtime_ns
    ledger.append([setting(name) for name in "dcabe"])
    second = ledger.columns()
    names = {row["ordinal"]: row["member"] for row in members(second)}
    assert [names[row["member"]] for row in read(second)] == list("abcabdcabe")
    assert (second.events[0].stat().st_mtime_ns, [row["seq"] for row in read(second)]) == (kept, list(range(10)))


def test_a_shorter_last_segment_is_replaced(ledger):
    ledger.append([setting("a")])
    ledger.columns()
    ledger.append([setting("b")])
    mirrored = ledger.columns()
    assert sorted(path.name for path in mirrored.events[0].parent.glob("*.parquet")) == sorted(
        path.name for path in (*mirrored.events, *mirrored.members)
    )


def test_deleted_columns_are_made_again(ledger):
    ledger.append([setting("a"), setting("b")])
    before = read(ledger.columns())
    for path in (ledger.folder / "columns").iterdir():
        path.unlink()
    assert read(ledger.columns()) == before


def test_an_interrupted_segment_is_made_again(ledger):
    ledger.append([setting("a")])
    mirrored = ledger.columns()
    mirrored.members[0].unlink()
    assert len(members(ledger.columns())) == 1


def test_columns_are_those_promised(ledger):
    ledger.append([setting("a")])
    [path] = ledger.columns().events
    assert pq.read_schema(path).remove_metadata() == columns.EVENT_SCHEMA


@pytest.mark.parametrize("text", ["a\nb", "tab\t", '"'])
def test_texts_that_need_escapes_come_through(ledger, text):
    ledger.append([Event(EventType.SETTING_CHANGED, WHEN, text, text, "off", by=text)])
    assert (json.loads(ledger.rows(0, 1)[0][1])["setting"], read(ledger.columns())[0]["key"]) == (text, text)
