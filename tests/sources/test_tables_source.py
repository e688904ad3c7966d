from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import InputError
from assent.sources.mapping import load_mapping
from assent.sources.survey import survey
from assent.sources.tables import read_tables
from assent.vocabulary.instants import parse_instant
from assent.vocabulary.tables import Column, Format

MAPPING = """
zone = "Europe/Amsterdam"
[[records]]
files = ["posts.*"]
category = { column = "kind", values = { BLOG = "article", POST = "post" } }
[records.columns]
id = "post_id"
author = "user_id"
text = "body"
created_at = "created"
visibility = { column = "audience", values = { PUBLIC = "public", MEMBER_NETWORK = "connections" } }
"""
ROWS = [
    {
        "post_id": "p1",
        "user_id": "u1",
        "kind": "POST",
        "body": "één",
        "created": "2025-01-01T10:00:00",
        "audience": "PUBLIC",
    },
    {
        "post_id": "p2",
        "user_id": "u2",
        "kind": "BLOG",
        "body": "two",
        "created": "2025-01-01T10:00:00Z",
        "audience": "X",
    },
    {"post_id": "p3", "user_id": None, "kind": "ODD", "body": "three", "created": None, "audience": "PUBLIC"},
]


def _write(folder: Path, form: Format, rows=ROWS) -> Path:
    path = folder / f"posts.{form}"
    if form is Format.JSONL:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif form is Format.CSV:
        pa_csv.write_csv(pa.Table.from_pylist(rows), path)
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def _map(folder: Path, text: str = MAPPING) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_tables(path)
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("form", list(Format))
def test_a_mapping_describes_tables_in_place(tmp_path, form):
    path = _write(tmp_path, form)
    files = read_tables(_map(tmp_path))
    table = files.tables[0]
    assert (table.files, table.format, table.zone) == ((path,), form, "Europe/Amsterdam")
    assert table.columns["category"] == Column("kind", values={"BLOG": "article", "POST": "post"})
    assert table.columns["id"] == Column("post_id")


@pytest.mark.parametrize("form", list(Format))
def test_every_format_is_counted_alike(tmp_path, form):
    _write(tmp_path, form)
    seen = survey(read_tables(_map(tmp_path))).to_json()
    assert seen == {
        "members": 2,
        "records": 3,
        "by_category": {"article": 1, "post": 1, "unknown": 1},
        "by_region": {"unknown": 2},
        "problems": [
            f"posts.{form}: record has no author",
            f"posts.{form}: record has no category, or one the mapping does not list",
        ],
    }


def test_files_of_several_formats_are_a_table_each(tmp_path):
    for form in Format:
        _write(tmp_path, form)
    assert [table.format for table in read_tables(_map(tmp_path)).tables] == list(Format)


def test_a_plain_category_is_the_same_for_every_row(tmp_path):
    _write(tmp_path, Format.CSV)
    text = '[[records]]\nfiles = ["posts.csv"]\ncategory = "post"\n[records.columns]\nid = "post_id"\n'
    assert read_tables(_map(tmp_path, text)).tables[0].columns == {
        "id": Column("post_id"),
        "category": Column(constant="post"),
    }


@pytest.mark.parametrize("form", list(Format))
def test_every_missing_column_is_named_at_once(tmp_path, form):
    _write(tmp_path, form, [{"post_id": "p1", "kind": "POST", "body": "", "created": ""}])
    message = _refusal(_map(tmp_path))
    assert f"`posts.{form}` has no column `user_id` (for `author`)" in message
    assert f"`posts.{form}` has no column `audience` (for `visibility`)" in message


def test_a_pattern_that_matches_nothing_is_refused(tmp_path):
    assert "no file matches `posts.*`" in _refusal(_map(tmp_path))


def test_where_a_pattern_is_looked_up_is_said(tmp_path):
    with pytest.raises(InputError) as caught:
        read_tables(_map(tmp_path))
    assert caught.value.hint == "names are looked up from the folder of the mapping"


def test_a_file_of_an_unknown_format_is_refused(tmp_path):
    (tmp_path / "posts.xlsx").write_bytes(b"PK")
    assert "`posts.xlsx` is none of .parquet, .csv, .jsonl, .ndjson" in _refusal(_map(tmp_path))


def _timestamps(tmp_path: Path, kind: pa.DataType) -> None:
    rows = pa.Table.from_pylist([row | {"created": datetime(2025, 1, 1)} for row in ROWS])  # noqa: DTZ001
    column = rows.schema.get_field_index("created")
    pq.write_table(rows.set_column(column, "created", rows["created"].cast(kind)), tmp_path / "posts.parquet")


def test_parquet_instants_without_any_zone_are_refused_with_a_hint(tmp_path):
    _timestamps(tmp_path, pa.timestamp("ms"))
    with pytest.raises(InputError, match="holds instants without a zone") as caught:
        read_tables(_map(tmp_path, MAPPING.replace('zone = "Europe/Amsterdam"', "")))
    assert "zone = " in (caught.value.hint or "")


@pytest.mark.parametrize("kind", [pa.timestamp("ns"), pa.timestamp("s", tz="UTC")])
def test_parquet_instants_with_a_zone_from_somewhere_are_taken(tmp_path, kind):
    _timestamps(tmp_path, kind)
    zone = MAPPING if kind.tz is None else MAPPING.replace('zone = "Europe/Amsterdam"', "")
    assert survey(read_tables(_map(tmp_path, zone))).records == 3


@pytest.mark.parametrize("kind", [pa.date32(), pa.int64()])
def test_parquet_columns_that_hold_no_instants_are_refused(tmp_path, kind):
    rows = pa.Table.from_pylist([{**ROWS[0], "created": None}])
    column = rows.schema.get_field_index("created")
    pq.write_table(rows.set_column(column, "created", pa.nulls(1, kind)), tmp_path / "posts.parquet")
    assert "which cannot be `created_at`" in _refusal(_map(tmp_path))


def test_text_instants_without_any_zone_are_counted(tmp_path):
    _write(tmp_path, Format.CSV, [ROWS[0], ROWS[0] | {"created": "yesterday"}])
    seen = survey(read_tables(_map(tmp_path, MAPPING.replace('zone = "Europe/Amsterdam"', ""))))
    assert {(p.what, p.count) for p in seen.problems} == {
        ("created_at names no zone, and the mapping gives none", 1),
        ("created_at cannot be read", 1),
    }


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL])
def test_a_file_that_is_not_utf8_is_refused(tmp_path, form):
    path = _write(tmp_path, form)
    path.write_bytes(path.read_bytes().replace("één".encode(), b"\xe9\xe9n").replace(b"\\u00e9\\u00e9n", b"\xe9\xe9n"))
    with pytest.raises(InputError) as caught:
        survey(read_tables(_map(tmp_path)))
    assert "posts" in caught.value.message and "\n" not in caught.value.message


def test_a_broken_line_of_json_is_named_by_its_number(tmp_path):
    path = _write(tmp_path, Format.JSONL)
    path.write_text(path.read_text(encoding="utf-8") + '{"post_id": \n', encoding="utf-8")
    assert f"line 4 of `{path}` is no JSON object" in _refusal(_map(tmp_path))


def test_an_error_never_quotes_a_row(tmp_path):
    path = _write(tmp_path, Format.CSV)
    path.write_text(path.read_text(encoding="utf-8") + "p4,u4,SECRET\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        survey(read_tables(_map(tmp_path)))
    assert "SECRET" not in caught.value.message


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "posts.parquet").write_bytes(b"not parquet at all")
    assert "cannot be read as parquet" in _refusal(_map(tmp_path))


def test_two_columns_of_one_name_are_refused(tmp_path):
    (tmp_path / "posts.csv").write_text("post_id,post_id\n1,2\n", encoding="utf-8")
    assert "has more than one column `post_id`" in _refusal(_map(tmp_path))


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_latest_region_of_each_member_counts(tmp_path, form):
    _write(tmp_path, Format.CSV)
    at = "2025-01-0{}T00:00:00Z".format
    events = [
        {"type": "member.region", "member": "u1", "region": "NL", "effective_at": at(2)},
        {"type": "member.region", "member": "u1", "region": "DE", "effective_at": at(1)},
        {"type": "member.region", "member": "u2", "region": "Atlantis", "effective_at": at(1)},
        {"type": "member.joined", "member": "u9", "region": None, "effective_at": at(1)},
    ]
    if form == "jsonl":
        (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    else:
        for event in events:
            event["effective_at"] = parse_instant(event["effective_at"])
        pq.write_table(pa.Table.from_pylist(events), tmp_path / "events.parquet")
    seen = survey(read_tables(_map(tmp_path, MAPPING + '[[events]]\nfiles = ["events.*"]\n')))
    assert (seen.members, seen.by_region) == (3, {"unknown": 2, "NL": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'zone = "Europe/Amsterdm"\n' + MAPPING.replace('zone = "Europe/Amsterdam"', ""),
            "did you mean `Europe/Amsterdam`?",
        ),
        (MAPPING.replace("author", "authr"), "unknown key `records.0.columns.authr` (did you mean `author`?)"),
        (MAPPING.replace('id = "post_id"', ""), "`records.0.columns.id` is missing"),
        (MAPPING.replace('id = "post_id"', 'id = { constant = "1" }'), "`records.0.columns.id`"),
        (MAPPING.replace('{ column = "audience"', "{ colum = 1"), "unknown key `records.0.columns.visibility.colum`"),
        (MAPPING.replace("files", "file"), "`records.0.files` is missing"),
        ("records = 3", "`records`"),
        ("", "`records` is missing"),
        ("zone = ", "is no valid TOML"),
    ],
)
def test_a_mapping_with_a_mistake_says_which(tmp_path, text, message):
    assert message in _refusal(_map(tmp_path, text))


def test_all_mistakes_of_a_mapping_are_told_at_once(tmp_path):
    message = _refusal(_map(tmp_path, MAPPING.replace("author", "authr").replace('id = "post_id"', "")))
    assert "authr" in message and "`records.0.columns.id` is missing" in message


@given(st.text())
def test_any_text_is_a_mapping_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("fuzz") / "mapping.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError):
        load_mapping(path)


def test_a_csv_with_semicolons_is_told_what_is_wrong(tmp_path):
    (tmp_path / "posts.csv").write_text("post_id;user_id\n1;2\n", encoding="utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[[records]]\nfiles = ["posts.csv"]\ncategory = "post"\n[records.columns]\nid = "post_id"\n', encoding="utf-8"
    )

    with pytest.raises(InputError, match="columns stand between commas"):
        read_tables(mapping)


def test_an_instant_outside_the_calendar_is_a_problem_and_no_crash(tmp_path):
    instants = pa.array([0, 2**62], pa.timestamp("us", tz="UTC"))
    pq.write_table(pa.table({"id": ["a", "b"], "created": instants}), tmp_path / "posts.parquet")
    (tmp_path / "m.toml").write_text(
        '[[records]]\nfiles = ["posts.parquet"]\ncategory = "post"\n[records.columns]\nid = "id"\ncreated_at = "created"\n'
    )
    found = {problem.what: problem.count for problem in survey(read_tables(tmp_path / "m.toml")).problems}
    assert found["created_at cannot be read"] == 1


LISTS = """
[[records]]
files = ["posts.csv"]
category = "post"
[records.columns]
id = "post_id"
aipref = ["audience", "kind"]
tdm_reservation = "kind"
"""


def test_signals_may_stand_in_several_columns(tmp_path):
    (tmp_path / "posts.csv").write_text("post_id,audience,kind\n1,,\n")
    (tmp_path / "mapping.toml").write_text(LISTS)
    columns = read_tables(tmp_path / "mapping.toml").tables[0].columns
    assert columns["aipref"] == Column("audience", also=("kind",))
    (tmp_path / "posts.csv").write_text("post_id,audience\n1,\n")
    with pytest.raises(InputError, match=r"has no column `kind` \(for `aipref`\)"):
        read_tables(tmp_path / "mapping.toml")


def test_what_is_no_signal_stands_in_one_column(tmp_path):
    (tmp_path / "mapping.toml").write_text(LISTS.replace('"kind"\n', '"kind"\nvisibility = ["audience", "kind"]\n'))
    with pytest.raises(InputError, match="visibility"):
        load_mapping(tmp_path / "mapping.toml")


def test_opt_outs_of_browsers_are_found_and_their_columns_checked(tmp_path):
    (tmp_path / "posts.csv").write_text("post_id,audience,kind\n1,,\n")
    (tmp_path / "requests.csv").write_text("member,sec_gpc,seen_at\n")
    (tmp_path / "mapping.toml").write_text(LISTS + '[[gpc]]\nfiles = ["requests.csv"]\n')
    assert read_tables(tmp_path / "mapping.toml").opt_outs == (tmp_path / "requests.csv",)
    (tmp_path / "requests.csv").write_text("member,gpc\n")
    with pytest.raises(InputError, match="has no column `sec_gpc`, which opt-out signals need"):
        read_tables(tmp_path / "mapping.toml")
