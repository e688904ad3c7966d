import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import InputError
from assent.ledger import log
from assent.ledger.encoding import FIELD_NAMES, encode_row, encode_rows
from assent.ledger.importing import import_events
from assent.vocabulary.events import Event, EventType

WHEN = datetime(2025, 11, 3, 10, tzinfo=UTC)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

CELLS = st.none() | st.sampled_from(
    ["m1", "on", "off", "DE", "", 'quo"te', "back\\slash", "tab\t", "é\u2028", "upheld", "n1"]
)
KINDS = st.sampled_from([kind.value for kind in EventType] + ["setting.reset", None])
TIMES = st.sampled_from(
    [
        "2025-11-03T10:00:00Z",
        "2025-11-03T10:00:00.250000Z",
        "2025-11-03T10:00:00.000000Z",
        "2025-11-03T11:00:00+01:00",
        "2025-11-03T10:00:00",
        "2025-02-30T10:00:00Z",
        "2025-11-03 10:00:00Z",
        "0999-01-01T00:00:00Z",
        "soon",
        None,
    ]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"type": KINDS, "effective_at": TIMES, "member": st.sampled_from(["m1", "é", "m1", None])},
        optional=dict.fromkeys(sorted(FIELD_NAMES - {"type", "effective_at", "member"}), CELLS),
    ),
    max_size=6,
)


@given(ROWS)
def test_rows_encoded_together_are_those_encoded_alone(rows):
    expected, wrong = [], []
    for number, row in enumerate(rows):
        try:
            given_fields = {name: value for name, value in row.items() if value is not None}
            expected.append(encode_row(given_fields, recorded_at=MOMENT))
        except InputError as error:
            wrong.append((number, error.message))
    names = sorted(FIELD_NAMES)
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    reported = []
    got = encode_rows(table, recorded_at=MOMENT, report=lambda row, what: reported.append((row, what)))
    assert (got, reported) == (expected, wrong)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_timestamps_are_encoded_like_the_event_they_state(naive):
    instant = naive.replace(tzinfo=UTC)
    table = pa.table(
        {
            "type": ["account.closed"],
            "member": ["m1"],
            "effective_at": pa.array([instant], pa.timestamp("us", tz="UTC")),
        }
    )
    got = encode_rows(table, recorded_at=MOMENT, report=lambda _row, what: pytest.fail(what))
    event = Event(EventType.ACCOUNT_CLOSED, instant, "m1", recorded_at=MOMENT)
    assert json.loads(got[0][1]) == event.to_json()


ROW = {
    "type": "setting.changed",
    "effective_at": "2025-11-03T10:00:00Z",
    "member": "m1",
    "setting": "ads",
    "value": "off",
}
EVENT = Event(EventType.SETTING_CHANGED, WHEN, "m1", "ads", "off")


def as_parquet(folder):
    pq.write_table(pa.Table.from_pylist([ROW]), folder / "events.parquet")
    return folder / "events.parquet"


def as_parquet_with_timestamps(folder):
    row = ROW | {"effective_at": WHEN}
    pq.write_table(pa.Table.from_pylist([row]), folder / "stamped.parquet")
    return folder / "stamped.parquet"


def as_csv(folder):
    path = folder / "events.csv"
    path.write_text("\ufefftype,effective_at,member,setting,value,region\n" + ",".join(ROW.values()) + ",\n")
    return path


def as_json_lines(folder):
    path = folder / "events.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n")
    return path


@pytest.mark.parametrize("write", [as_parquet, as_parquet_with_timestamps, as_csv, as_json_lines])
def test_every_format_gives_the_same_event(ledger, tmp_path, write):
    import_events(ledger, [write(tmp_path)])
    [(_, event)] = ledger.events()
    assert (event.type, event.effective_at, event.member, event.key, event.value) == (
        EVENT.type,
        EVENT.effective_at,
        EVENT.member,
        EVENT.key,
        EVENT.value,
    )


def test_an_exported_ledger_is_imported_with_positions_and_moments_of_its_own(ledger, tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(ROW | {"recorded_at": "2020-01-01T00:00:00Z"}) + "\n")
    assert (import_events(ledger, [path]), next(iter(ledger.events()))[1].recorded_at.year) == (range(1), 2026)


def refused(ledger, path):
    with pytest.raises(InputError) as caught:
        import_events(ledger, [path])
    assert (ledger.size, ledger.append([EVENT])) == (0, range(1))
    return caught.value


def lines(tmp_path, *rows):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows))
    return path


def test_every_bad_row_is_named_and_nothing_is_recorded(ledger, tmp_path):
    bad = ROW | {"value": "maybe"}
    error = refused(ledger, lines(tmp_path, ROW, bad, ROW, b"{", b"\xff", ROW | {"nonsense": "x"}))
    assert [error.message.split(":")[0], *[f"row {n}" in error.message for n in (1, 2, 3, 4, 5, 6)]] == [
        "4 rows cannot be imported",
        False,
        True,
        False,
        True,
        True,
        True,
    ]


def test_of_many_bad_rows_twenty_are_shown_and_all_are_counted(ledger, tmp_path):
    error = refused(ledger, lines(tmp_path, *[ROW | {"value": "maybe"}] * 50))
    assert (error.message.count("bad.jsonl row"), error.message.endswith("and 30 more")) == (20, True)


def test_the_message_is_one_line(ledger, tmp_path):
    assert "\n" not in refused(ledger, lines(tmp_path, b"{", b"[]")).message


@pytest.mark.parametrize(
    "row",
    [
        b'{"type":"account.closed","member":5,"effective_at":"2025-01-01T00:00:00Z"}',
        b'{"type":"account.closed","member":"m","member":"n","effective_at":"2025-01-01T00:00:00Z"}',
        b'{"type":"account.closed","member":"\\ud800","effective_at":"2025-01-01T00:00:00Z"}',
        b'"text"',
        b"null",
        b"[" * 100_000,
    ],
)
def test_hostile_lines_are_refused(ledger, tmp_path, row):
    assert "row 1" in refused(ledger, lines(tmp_path, row)).message


def test_a_timestamp_column_without_zone_is_refused_with_a_hint(ledger, tmp_path):
    naive = WHEN.replace(tzinfo=None)
    pq.write_table(pa.Table.from_pylist([ROW | {"effective_at": naive}]), tmp_path / "naive.parquet")
    error = refused(ledger, tmp_path / "naive.parquet")
    assert ("no zone" in error.message, "zone" in error.hint) == (True, True)


def test_a_text_without_zone_is_refused(ledger, tmp_path):
    assert "no zone" in refused(ledger, lines(tmp_path, ROW | {"effective_at": "2025-01-01T00:00:00"})).message


def test_an_unknown_column_is_refused(ledger, tmp_path):
    (tmp_path / "a.csv").write_text("type,effective_at,membr\nx,y,z\n")
    assert "`membr`" in refused(ledger, tmp_path / "a.csv").message


def test_a_missing_column_is_refused(ledger, tmp_path):
    (tmp_path / "a.csv").write_text("type,member\nx,y\n")
    assert "no column `effective_at`" in refused(ledger, tmp_path / "a.csv").message


def test_a_csv_row_of_the_wrong_length_is_named(ledger, tmp_path):
    (tmp_path / "a.csv").write_text("type,effective_at,member\naccount.closed,2025-01-01T00:00:00Z,m\nx,y\n")
    assert "row 2" in refused(ledger, tmp_path / "a.csv").message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.parquet", b"PAR1 no"),
        ("a.csv", b""),
        ("a.csv", b"type,effective_at,member\naccount.closed,2025-01-01T00:00:00Z,\xff\n"),
        ("a.csv", b"\xff\xfet\x00y\x00"),
        ("a.txt", b""),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(ledger, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    refused(ledger, tmp_path / name)


def test_a_missing_file_is_refused(ledger):
    refused(ledger, Path("nowhere.parquet"))


def test_a_second_bad_file_undoes_the_first(ledger, tmp_path):
    good = as_csv(tmp_path)
    with pytest.raises(InputError):
        import_events(ledger, [good, lines(tmp_path, b"{")])
    assert ledger.size == 0


def test_files_are_recorded_in_the_order_given(ledger, tmp_path):
    first = lines(tmp_path, *[ROW | {"member": f"m{number}"} for number in range(5)])
    assert import_events(ledger, [first, as_csv(tmp_path)]) == range(6)
    assert [event.member for _, event in ledger.events()] == ["m0", "m1", "m2", "m3", "m4", "m1"]


def test_a_large_import_is_indexed_by_member_afterwards(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(log, "_INDEX_ANEW", 2)
    import_events(ledger, [lines(tmp_path, *[ROW | {"member": f"m{number % 3}"} for number in range(9)])])
    ledger.append([EVENT])
    with ledger._database.reading() as connection:
        indexes = sa.inspect(connection).get_indexes("ledger_events", schema=ledger._database.schema)
    assert ([each["name"] for each in indexes], [seq for seq, _ in ledger.events_of("m1")]) == (
        ["ledger_events_by_member"],
        [1, 4, 7, 9],
    )
