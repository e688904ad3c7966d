"""What the audit cannot read it says so of; it neither guesses nor falls over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assent.audit.rows import read_rows
from assent.vocabulary.tables import CANONICAL, Column, Format, RecordTable


def unreadable_in_json(folder: Path, name: str, value: Any) -> bool:
    path = folder / "rows.jsonl"
    path.write_text(json.dumps({"id": "r", name: value}))
    (row,) = read_rows(RecordTable((path,), Format.JSONL, CANONICAL))
    return row.record.unreadable


@pytest.mark.parametrize("value", [False, 0, "", {}, "sensitive", [1], [["sensitive"]], [{"sensitive": True}]])
def test_flags_that_are_no_texts_cannot_be_read(tmp_path, value):
    assert unreadable_in_json(tmp_path, "context", value)


@pytest.mark.parametrize("value", [None, [], ["sensitive"], [None]])
def test_flags_that_are_texts_can_be_read(tmp_path, value):
    assert not unreadable_in_json(tmp_path, "context", value)


@pytest.mark.parametrize("place", [1e10, 0.5, True, "0", None, 2**31])
def test_a_span_ends_at_a_whole_number(tmp_path, place):
    named = [{"role": "other", "member": "m", "spans": [{"start": 0, "end": place}]}]
    assert unreadable_in_json(tmp_path, "subjects", named)


def test_an_instant_outside_the_calendar_cannot_be_read(tmp_path):
    instants = pa.array([0, 2**62], pa.timestamp("us", tz="UTC"))
    pq.write_table(pa.table({"id": ["a", "b"], "created_at": instants}), tmp_path / "rows.parquet")
    columns = {name: Column(source=name) for name in ("id", "created_at")}
    rows = read_rows(RecordTable((tmp_path / "rows.parquet",), Format.PARQUET, columns))
    assert [row.record.unreadable for row in rows] == [False, True]
