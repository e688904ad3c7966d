"""What a source knows of people ends as one table, whatever it was before."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assent.errors import InputError
from assent.sources import open_source
from assent.vocabulary.people import IDENTIFIER_SCHEMA

RECORDS = '[[records]]\nfiles = ["posts.csv"]\ncategory = "post"\n[records.columns]\nid = "id"\n'
PEOPLE = '[[identifiers]]\nfiles = ["people.*"]\nmember = "id"\nname = ["first", "last"]\nemail = "mail"\n'


def rows_of(folder, mapping):
    (folder / "posts.csv").write_text("id\n1\n", encoding="utf-8")
    (folder / "mapping.toml").write_text(RECORDS + mapping, encoding="utf-8")
    files = open_source("tables", folder / "mapping.toml", folder / "staging").identifiers
    table = pa.concat_tables(pq.read_table(path) for path in files)
    assert table.schema == IDENTIFIER_SCHEMA
    return [tuple(row.values()) for row in table.to_pylist()]


WANTED = [("7", "name", "Anna Müller"), ("7", "email", "a@example.com"), ("8", "name", "Bo")]


def test_csv(tmp_path):
    text = "id,first,last,mail\n7,Anna,Müller,a@example.com\n8,Bo,,\n,No,Body,x@example.com\n"
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")
    assert rows_of(tmp_path, PEOPLE) == WANTED


def test_json_lines(tmp_path):
    people = [{"id": 7, "first": "Anna", "last": "Müller", "mail": "a@example.com"}, {"id": 8, "first": "Bo"}]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, people)), encoding="utf-8")
    assert rows_of(tmp_path, PEOPLE) == WANTED


def test_parquet(tmp_path):
    columns = {"id": [7, 8, None], "first": ["Anna", "Bo", "No"], "last": ["Müller", " ", "Body"],
               "mail": ["a@example.com", None, None]}  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "people.parquet")
    assert rows_of(tmp_path, PEOPLE) == WANTED


def test_without_a_member_they_are_people_who_are_none(tmp_path):
    (tmp_path / "objected.csv").write_text("who,tel\nAnna Müller,030 23125017\n", encoding="utf-8")
    mapping = '[[identifiers]]\nfiles = ["objected.csv"]\nname = "who"\nphone = "tel"\n'
    assert rows_of(tmp_path, mapping) == [(None, "name", "Anna Müller"), (None, "phone", "030 23125017")]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ('[[identifiers]]\nfiles = ["people.csv"]\nmember = "id"\n', "names no identifier"),
        ('[[identifiers]]\nfiles = ["people.csv"]\nhandle = "nick"\n', "has no column `nick`, which identifiers need"),
        ('[[identifiers]]\nfiles = ["people.csv"]\nemial = "mail"\n', "did you mean `email`"),
        ('[[identifiers]]\nfiles = ["none.csv"]\nemail = "mail"\n', "no file matches `none.csv`"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(tmp_path, mapping, message):
    (tmp_path / "people.csv").write_text("id,mail\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        rows_of(tmp_path, mapping)
    assert not (tmp_path / "staging").exists()


def test_a_dump_gives_names_and_mentions(tmp_path):
    (tmp_path / "Users.xml").write_text(
        '<users><row Id="3" DisplayName="Anna Müller" CreationDate="2020-01-01T00:00:00.000"/>'
        '<row Id="4" DisplayName="" CreationDate="2020-01-01T00:00:00.000"/></users>', encoding="utf-8"
    )  # fmt: skip
    (tmp_path / "Posts.xml").write_text("<posts></posts>", encoding="utf-8")
    (tmp_path / "Comments.xml").write_text("<comments></comments>", encoding="utf-8")
    (path,) = open_source("stackexchange", tmp_path, tmp_path / "staging").identifiers
    assert [tuple(row.values()) for row in pq.read_table(path).to_pylist()] == [
        ("se:3", "name", "Anna Müller"),
        ("se:3", "handle", "AnnaMüller"),
    ]
