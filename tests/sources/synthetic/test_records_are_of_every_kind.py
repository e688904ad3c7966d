"""A network's records have the canonical form, every category, and every difficulty the gate must meet."""

from __future__ import annotations

import json

import pyarrow.parquet as pq

from assent.sources.synthetic import activity
from assent.vocabulary.tables import RECORD_SCHEMA

CATEGORIES = {"profile.name", *activity.PROFILE_PARTS, *activity.ACTIVITIES}


def test_files_have_exactly_the_canonical_schema(network):
    schemas = [pq.read_schema(file) for file in (network.folder / "records").glob("*.parquet")]
    assert schemas
    assert all(schema.equals(RECORD_SCHEMA) for schema in schemas)


def test_every_category_is_there(network):
    assert {row["category"] for row in network.records} == CATEGORIES
    assert set(network.summary.by_category) == CATEGORIES


def test_ids_are_unique_and_as_many_as_asked(network):
    assert len(network.by_id) == len(network.records) == 12_000


def test_spans_name_the_person(network):
    named = {(n["record"], n["start"], n["end"]): n["name"] for n in network.truth("named_people")}
    for row in network.records:
        for subject in row["subjects"]:
            for span in subject["spans"] or ():
                said = row["text"][span["start"] : span["end"]]
                assert said == named[row["id"], span["start"], span["end"]]


def test_a_member_is_named_by_their_own_name(network):
    names = {m["member"]: (m["given"], m["name"]) for m in network.truth("members")}
    wrong = [n for n in network.truth("named_people") if n["member"] and n["name"] not in names[n["member"]]]
    assert wrong == []


def test_unknown_spans_are_few_and_known_to_the_truth(network):
    hidden = {n["record"] for n in network.truth("named_people") if not n["spans_in_record"]}
    found = {row["id"] for row in network.records for s in row["subjects"] if s["spans"] is None}
    assert found == hidden
    assert 0 < len(found) < len(network.records) / 50


def test_some_subjects_are_no_members(network):
    subjects = [s for row in network.records for s in row["subjects"]]
    share = sum(s["member"] is None for s in subjects) / len(subjects)
    assert 0.02 < share < 0.12


def test_two_ended_records_have_their_second_end(network):
    lonely = [row["id"] for row in network.records if row["category"] in activity.TWO_ENDED and not row["subjects"]]
    assert lonely == []


def test_some_records_have_several_other_people(network):
    assert max(len(row["subjects"]) for row in network.records) >= 2


def test_unknowns_are_there_for_the_gate_to_deny(network):
    for column in ("author", "created_at", "visibility", "excluded"):
        assert 0 < sum(row[column] is None for row in network.records) < len(network.records) / 20, column


def test_sensitive_groups_are_flagged(network):
    kinds = {tuple(row["context"]) for row in network.records if row["context"]}
    assert kinds == {("sensitive", kind) for kind in ("union", "health", "politics", "religion")}


def test_signals_are_there_and_cawg_is_json(network):
    assert any(row["aipref"] for row in network.records)
    assert {row["tdm_reservation"] for row in network.records} >= {None, "0", "1", "yes"}
    assert all(json.loads(row["cawg"]) for row in network.records if row["cawg"])


def test_dates_reach_from_the_opening_to_october_2025(network):
    dates = sorted(row["created_at"] for row in network.records if row["created_at"])
    assert (dates[0].year, dates[-1].year, dates[-1].month) == (2003, 2025, 10)


def test_texts_vary(network):
    long = [row["text"] for row in network.records if row["category"] in {"post", "article", "recommendation"}]
    assert len(set(long)) / len(long) > 0.95
