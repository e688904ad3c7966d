from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.sources import KINDS
from assent.sources.mapping import Columns
from assent.sources.tables import read_tables
from assent.vocabulary.tables import COLUMNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "spec" / "sources.md").read_text(encoding="utf-8")


def test_the_example_mapping_opens(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "older").mkdir()
    names = ["post_id", "user_id", "body", "created", "kind", "audience", "repost_of"]
    pq.write_table(pa.table({name: pa.array(["x"]) for name in names}), tmp_path / "posts" / "a.parquet")
    for name in ("comments.csv", "older/comments-1.csv"):
        (tmp_path / name).write_text("id,who,people\n", encoding="utf-8")
    (tmp_path / "choices.jsonl").write_text('{"type": "member.joined", "effective_at": "x"}\n', encoding="utf-8")
    (tmp_path / "members").mkdir()
    (tmp_path / "members" / "a.csv").write_text("id,first_name,last_name,login,mail,telephone\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1], encoding="utf-8")
    files = read_tables(tmp_path / "mapping.toml")
    assert [len(table.files) for table in files.tables] == [1, 2]


def test_every_kind_and_every_column_is_described():
    described = set(re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\|[^|]*\|", PAGE, re.MULTILINE))))
    assert set(KINDS) | set(Columns.model_fields) <= described


def test_a_mapping_can_give_every_canonical_column():
    assert set(Columns.model_fields) | {"category"} == set(COLUMNS)
