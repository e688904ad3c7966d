from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from assent.errors import InputError
from assent.sources.stackexchange import read_dump
from assent.vocabulary.events import parse_event
from assent.vocabulary.tables import RECORD_SCHEMA


def _records(files):
    return {row["id"]: row for row in pq.read_table(files.tables[0].files[0]).to_pylist()}


def _people(row):
    return [(s["role"], s["member"], [row["text"][p["start"] : p["end"]] for p in s["spans"]]) for s in row["subjects"]]


@pytest.fixture
def records(write_dump, tmp_path):
    return _records(read_dump(write_dump(), tmp_path / "staging"))


def test_rows_are_in_the_canonical_schema(write_dump, tmp_path):
    files = read_dump(write_dump(), tmp_path / "staging")
    assert pq.read_schema(files.tables[0].files[0]).equals(RECORD_SCHEMA)


def test_every_kind_of_writing_has_its_category(records):
    assert {name: row["category"] for name, row in records.items()} == {
        "user:1:about": "profile.summary",
        "post:10": "post",
        "post:11": "post",
        "post:12": "post",
        "post:13": "wiki",
        "comment:20": "comment",
        "comment:21": "comment",
        "comment:22": "comment",
    }


def test_a_question_is_title_and_body_as_text(records):
    assert records["post:10"]["text"] == "A < B?\n\nWhy, & how?"


def test_dates_are_utc(records):
    assert records["comment:20"]["created_at"] == datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def test_everything_is_public_and_carries_no_parent(records):
    assert {(row["visibility"], row["parent"]) for row in records.values()} == {("public", None)}


def test_a_deleted_user_is_no_author(records):
    assert records["post:12"]["author"] is None


def test_a_comment_names_whom_it_answers_and_mentions(records):
    assert _people(records["comment:21"]) == [
        ("replied_to", "se:1", []),
        ("mentioned", "se:1", ["@AdaLovelace"]),
        ("mentioned", "se:3", ["@blanche"]),
        ("mentioned", None, ["@nobody"]),
    ]


def test_answering_oneself_names_nobody(records):
    assert _people(records["comment:22"]) == []


def test_an_answer_names_the_asker_and_people_of_the_thread(records):
    assert _people(records["post:11"]) == [("replied_to", "se:1", []), ("mentioned", "se:1", ["@ada"])]


def test_only_those_who_spoke_before_can_be_meant_by_a_comment(write_dump, tmp_path):
    comments = (
        {"Id": "1", "PostId": "10", "UserId": "2", "Text": "@Kurt?"},
        {"Id": "2", "PostId": "10", "UserId": "4", "Text": "here"},
        {"Id": "3", "PostId": "10", "UserId": "2", "Text": "@Kurt!"},
    )
    records = _records(read_dump(write_dump(comments=comments), tmp_path / "staging"))
    assert [records[f"comment:{n}"]["subjects"][-1]["member"] for n in (1, 3)] == [None, "se:4"]


def test_an_owner_whom_the_dump_does_not_name_is_somebody_unknown(write_dump, tmp_path):
    comments = ({"Id": "1", "PostId": "12", "UserId": "2", "Text": "hm"},)
    records = _records(read_dump(write_dump(comments=comments), tmp_path / "staging"))
    assert _people(records["comment:1"]) == [("replied_to", None, [])]


def test_joining_and_region_are_events(write_dump, tmp_path):
    files = read_dump(write_dump(), tmp_path / "staging")
    events = [parse_event(json.loads(line)) for line in files.events[0].read_text(encoding="utf-8").splitlines()]
    assert [(e.member, str(e.type), e.value) for e in events] == [
        ("se:1", "member.joined", None),
        ("se:1", "member.region", "GB"),
        ("se:2", "member.joined", None),
        ("se:2", "member.region", "FR"),
        ("se:3", "member.joined", None),
        ("se:4", "member.joined", None),
    ]


def test_rows_that_lack_something_are_counted(write_dump, tmp_path):
    comments = (
        {"PostId": "10", "UserId": "3", "Text": "no id"},
        {"Id": "2", "UserId": "3", "Text": "no post"},
        {"Id": "3", "PostId": "10", "UserId": "3", "Text": "no date", "CreationDate": None},
        {"Id": "4", "PostId": "10", "UserId": "3", "Text": "odd", "CreationDate": "0001-01-01T00:00:00+14:00"},
    )
    files = read_dump(write_dump(comments=comments), tmp_path / "staging")
    assert {(p.where, p.what): p.count for p in files.problems} == {
        ("Comments.xml", "row has no Id and is left out"): 1,
        ("Comments.xml", "comment stands under no post of the dump"): 1,
        ("Comments.xml", "CreationDate is missing or cannot be read"): 2,
    }


def test_the_same_dump_gives_the_same_bytes(write_dump, tmp_path):
    folder = write_dump()
    twice = [read_dump(folder, tmp_path / name).tables[0].files[0].read_bytes() for name in ("a", "b")]
    assert twice[0] == twice[1]


LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE users [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<users><row Id="1" DisplayName="&c;" /></users>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LAUGHS.encode(), "declares a document type or entities"),
        (b'<!DOCTYPE users SYSTEM "file:///etc/passwd"><users />', "declares a document type or entities"),
        (b'<?xml version="1.0" encoding="utf-8"?><users><row Id="1" />', "is no well-formed XML"),
        (
            b'<?xml version="1.0" encoding="utf-8"?><users><row Id="1" DisplayName="caf\xe9" /></users>',
            "is no well-formed XML",
        ),
        (b'<?xml version="1.0" encoding="klingon"?><users />', "encoding"),
        (b'<?xml version="1.0" encoding="gbk"?><users />', "encoding"),
        (b"", "is no well-formed XML"),
        (b"<posts />", "begins with <posts> where <users> belongs"),
        (b'<users><row Id="1" DisplayName="&#0;" /></users>', "is no well-formed XML"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_leaves_nothing(write_dump, tmp_path, content, message):
    folder = write_dump()
    (folder / "Users.xml").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_dump(folder, tmp_path / "staging")
    assert message in caught.value.message and "\n" not in caught.value.message
    assert list((tmp_path / "staging").rglob("*")) == []


def test_a_file_truncated_late_keeps_what_was_read_before(write_dump, tmp_path):
    folder, staging = write_dump(), tmp_path / "staging"
    before = read_dump(folder, staging).tables[0].files[0].read_bytes()
    whole = (folder / "Comments.xml").read_bytes()
    (folder / "Comments.xml").write_bytes(whole[:-15])
    with pytest.raises(InputError, match="no well-formed XML"):
        read_dump(folder, staging)
    assert [p.name for p in staging.iterdir()] == ["dump"]
    assert (staging / "dump" / "records.parquet").read_bytes() == before


def test_a_missing_file_is_named(write_dump, tmp_path):
    folder = write_dump()
    (folder / "Posts.xml").unlink()
    with pytest.raises(InputError, match=r"no Posts\.xml in"):
        read_dump(folder, tmp_path / "staging")


@pytest.mark.external_data
def test_a_real_dump_is_read_whole(external_data, tmp_path):
    files = read_dump(external_data / "stackexchange", tmp_path / "staging")
    categories = Counter(row["category"] for row in _records(files).values())
    assert files.problems == ()
    assert categories == {"comment": 1305, "profile.summary": 936, "post": 761, "wiki": 20}


@pytest.mark.external_data
def test_most_mentions_of_a_real_dump_mean_somebody(external_data, tmp_path):
    files = read_dump(external_data / "stackexchange", tmp_path / "staging")
    comments = [row for row in _records(files).values() if row["category"] == "comment"]
    mentions = [s["member"] for row in comments for s in row["subjects"] if s["role"] == "mentioned"]
    assert sum(member is not None for member in mentions) / len(mentions) > 0.75
