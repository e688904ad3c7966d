"""Tables are read as they are, and what cannot be understood denies its row."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from assent.audit.rows import read_rows
from assent.engines import open_duckdb
from assent.errors import InputError
from assent.gate import sql
from assent.gate.scan import scan
from assent.vocabulary.tables import CANONICAL, COLUMNS, Column, Format, RecordTable


@pytest.fixture
def engine(tmp_path):
    engine = open_duckdb(memory_mib=256, threads=1, folder=tmp_path / "spill")
    yield engine
    engine.close()


def rows(engine, table):
    found = engine.rows(sql.render(scan(engine, (table,)), engine.dialect))
    return [dict(zip([*COLUMNS, "unreadable"], row, strict=True)) for row in found]


def parquet(path: Path, columns: dict, zone: str | None = None) -> RecordTable:
    pq.write_table(pa.table(columns), path)
    return RecordTable((path,), Format.PARQUET, {name: Column(source=name) for name in columns}, zone)


def jsonl(path: Path, *objects: object) -> RecordTable:
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf-8")
    return RecordTable((path,), Format.JSONL, CANONICAL)


def test_a_missing_column_is_named_with_its_file(engine, tmp_path):
    table = parquet(tmp_path / "posts.parquet", {"id": ["1"]})
    table = RecordTable(table.files, table.format, {**table.columns, "author": Column(source="writer")})
    with pytest.raises(InputError) as raised:
        scan(engine, (table,))
    assert raised.value.message == f"`{table.files[0]}` has no column `writer` (for `author`)"


def test_instants_without_a_zone_are_refused_when_nobody_named_one(engine, tmp_path):
    table = parquet(tmp_path / "a.parquet", {"id": ["1"], "created_at": pa.array([0], pa.timestamp("us"))})
    with pytest.raises(InputError, match="instants without a zone"):
        scan(engine, (table,))


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        (datetime(2025, 7, 1, 12), datetime(2025, 7, 1, 10, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2025, 1, 1, 12), datetime(2025, 1, 1, 11, tzinfo=UTC)),  # noqa: DTZ001
        # The clock is set back: of the two instants with this time it is the first.
        (datetime(2025, 10, 26, 2, 30), datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_instants_without_a_zone_are_read_in_the_named_one(engine, tmp_path, local, instant):
    table = parquet(
        tmp_path / "a.parquet", {"id": ["1"], "created_at": pa.array([local], pa.timestamp("us"))}, "Europe/Berlin"
    )
    assert rows(engine, table)[0]["created_at"] == instant


def test_a_constant_and_a_translation_take_the_place_of_values(engine, tmp_path):
    table = parquet(tmp_path / "a.parquet", {"id": ["1", "2"], "v": ["PUBLIC", "SECRET"]})
    columns = {
        "id": Column(source="id"),
        "category": Column(constant="post"),
        "visibility": Column(source="v", values={"PUBLIC": "public"}),
    }
    found = rows(engine, RecordTable(table.files, table.format, columns))
    assert [(row["category"], row["visibility"]) for row in found] == [("post", "public"), ("post", None)]


def test_a_row_that_cannot_be_understood_is_unreadable(engine, tmp_path):
    table = jsonl(
        tmp_path / "a.jsonl",
        {
            "id": "fine",
            "created_at": "2025-01-01T00:00:00+02:00",
            "subjects": [],
            "context": ["news"],
            "excluded": False,
        },
        {"id": "no zone", "created_at": "2025-01-01T00:00:00"},
        {"id": "no instant", "created_at": "yesterday"},
        {"id": "no role", "subjects": [{"member": "m"}]},
        {"id": "no list", "subjects": "m"},
        {"id": "no flag", "excluded": "yes"},
    )
    assert [row["id"] for row in rows(engine, table) if not row["unreadable"]] == ["fine"]


def test_csv_says_the_same_as_the_audit_reads(engine, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        'id,author,category,created_at,text\n1,m,post,2025-01-01T00:00:00Z,"a, ""b"""\n2,,,x,\n', encoding="utf-8"
    )
    table = RecordTable(
        (path,), Format.CSV, {name: CANONICAL[name] for name in ("id", "author", "category", "created_at", "text")}
    )
    assert seen(engine, table) == read(table)


texts = st.one_of(st.none(), st.text(alphabet="aé👍 [", max_size=4))
spans = st.one_of(
    st.none(), st.lists(st.fixed_dictionaries({"start": st.integers(-2, 9), "end": st.integers(-2, 9)}), max_size=2)
)
people = st.lists(
    st.fixed_dictionaries(
        {"role": st.one_of(st.none(), st.sampled_from(["", "named"])), "member": texts, "spans": spans}
    ),
    max_size=2,
)
instants = st.sampled_from(
    [
        "2025-01-01T00:00:00Z",
        "2025-02-30T00:00:00Z",
        "2025-01-01T00:00:00",
        "2025-01-01 10:00:00.5+05:30",
        "",
        "now",
        None,
        5,
    ]
)
objects = st.fixed_dictionaries(
    {},
    optional={
        "author": texts, "category": texts, "subjects": st.one_of(st.none(), people, st.just("x")), "created_at": instants,
        "visibility": texts, "excluded": st.sampled_from([None, True, False, "true", 1]),
        "context": st.one_of(st.none(), st.lists(st.one_of(texts, st.just(1), st.just(["sensitive"])), max_size=2)),
        "text": texts,
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(objects, min_size=1, max_size=8))
def test_json_lines_say_the_same_as_the_audit_reads(tmp_path_factory, given_rows):
    folder = tmp_path_factory.mktemp("scan")
    table = jsonl(folder / "a.jsonl", *({"id": str(place), **row} for place, row in enumerate(given_rows)))
    engine = open_duckdb(memory_mib=256, threads=1, folder=folder / "spill")
    assert seen(engine, table) == read(table)
    engine.close()


JSON_TEXTS = [
    "", "null", "[]", "[1]", "x", "{}", "true", "false", "True", "NaN", '"x"', "[null]", '["sensitive"]',
    '[{"role":"mentioned","member":"m1","spans":[{"start":0,"end":3}]}]', '[{"role":"mentioned","member":null}]',
    '[["sensitive"]]', '[{"sensitive":true}]', '[{"role":5,"member":"m1"}]', '[{"role":"r","spans":{}}]', '[{"role":"r","spans":"x"}]',
    '[{"role":"r","spans":[{"start":0,"end":0.5}]}]', '[{"role":"r","spans":[{"start":"0","end":1}]}]',
    '[{"role":"r","spans":[{"start":0,"end":2147483648}]}]', '[{"role":"r","member":5,"spans":[{"start":0,"end":true}]}]',
    '[{"role":"r","member":5,"spans":[{"start":-1,"end":10000000000.0}]}]', '[{"role":"r","spans":[null]}]', '[{"role":"r","spans":[]}]',
    '[{"member":"m1"}]', '[{"role":"r","spans":[{"start":0}]}]', '[{"role":"r","spans":null}]',
]  # fmt: skip


@pytest.mark.parametrize("name", ["subjects", "context", "excluded"])
def test_lists_and_flags_in_csv_are_json_texts_and_the_audit_reads_them_alike(engine, tmp_path, name):
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "author", name])
        writer.writerows([f"{place:02}", "m0", text] for place, text in enumerate(JSON_TEXTS))
    columns = {each: Column(source=each) for each in ("id", "author", name)}
    table = RecordTable((path,), Format.CSV, columns)
    assert seen(engine, table) == read(table)


def test_subjects_in_csv_are_people(engine, tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as stream:
        people = '[{"role":"mentioned","member":"m1","spans":[{"start":0,"end":3}]}]'
        csv.writer(stream).writerows([["id", "author", "subjects"], ["r1", "m0", people]])
    columns = {each: Column(source=each) for each in ("id", "author", "subjects")}
    (row,) = rows(engine, RecordTable((path,), Format.CSV, columns))
    assert (row["unreadable"], row["subjects"]) == (
        False,
        [{"role": "mentioned", "member": "m1", "spans": [{"start": 0, "end": 3}]}],
    )


def seen(engine, table):
    return sorted(
        (
            row["id"], row["author"], row["category"], row["visibility"], row["created_at"], bool(row["excluded"]), row["text"],
            [(each["role"], each["member"]) for each in row["subjects"] or []],
            sorted({flag for flag in row["context"] or [] if flag is not None}), row["unreadable"],
        )
        for row in rows(engine, table)
    )  # fmt: skip


def read(table):
    return sorted(
        (
            each.record.id, each.record.author, each.record.category, each.record.visibility, each.record.created_at,
            each.record.excluded, each.text, [(s.role, s.member) for s in each.record.subjects],
            sorted(each.record.context), each.record.unreadable,
        )
        for each in read_rows(table)
    )  # fmt: skip


def test_a_node_that_is_not_on_the_list_is_never_rendered():
    with pytest.raises(AssertionError, match="Drop is not on the list"):
        sql.render(exp.Drop(this=exp.to_table("records"), kind="TABLE"), "duckdb")


def test_a_value_never_becomes_a_statement(engine):
    name = "x'; DROP TABLE t; --"
    assert engine.rows(sql.render(exp.select(sql.value(name)), "duckdb")) == [(name,)]


ODD_INSTANTS = [
    "2025-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00",
    "0001-01-01T00:00:00Z", "2025-01-01T00:00:00+25:00", "2025-01-01T00:00:00+23:59", "2025-01-01T00:00:00+10:75",
]  # fmt: skip


def test_an_instant_no_calendar_holds_is_not_understood_and_the_audit_agrees(engine, tmp_path):
    table = jsonl(
        tmp_path / "a.jsonl", *({"id": str(place), "created_at": text} for place, text in enumerate(ODD_INSTANTS))
    )
    assert seen(engine, table) == read(table)
    assert [row["unreadable"] for row in sorted(rows(engine, table), key=lambda row: row["id"])] == [
        False, True, False, True, False, True, False, True,
    ]  # fmt: skip


def test_a_typed_instant_beyond_the_calendar_is_not_understood(engine, tmp_path):
    instants = pa.array([0, 2**62], pa.timestamp("us", tz="UTC"))
    table = parquet(tmp_path / "a.parquet", {"id": ["1", "2"], "created_at": instants})
    assert [row["unreadable"] for row in rows(engine, table)] == [False, True]


STATED = [("train-ai=n", None, 0), ("train-ai=y", "train-ai=n", 1), (None, None, None), (None, "train-ai=y", 1)]


@pytest.mark.parametrize("form", Format)
def test_statements_in_several_columns_are_one_a_line_for_gate_and_audit_alike(engine, tmp_path, form):
    path = tmp_path / f"a.{form.value}"
    named = {"id": ["1", "2", "3", "4"]} | dict(
        zip(["header", "robots", "tdm"], zip(*STATED, strict=True), strict=True)
    )
    table = pa.table(named)
    if form is Format.PARQUET:
        pq.write_table(table, path)
    elif form is Format.CSV:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(named))
            writer.writeheader()
            writer.writerows(table.to_pylist())
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8")
    columns = {
        "id": Column(source="id"),
        "aipref": Column(source="header", also=("robots",)),
        "tdm_reservation": Column(source="tdm", also=("header",)),
    }
    described = RecordTable((path,), form, columns)
    expected = [
        ("train-ai=n", "0\ntrain-ai=n"),
        ("train-ai=y\ntrain-ai=n", "1\ntrain-ai=y"),
        (None, None),
        ("train-ai=y", "1"),
    ]
    assert [(row["aipref"], row["tdm_reservation"]) for row in rows(engine, described)] == expected
    audited = [row.record.signals for row in read_rows(described)]
    assert [(each.aipref, each.tdm_reservation) for each in audited] == expected
