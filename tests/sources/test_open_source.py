from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assent.errors import InputError
from assent.sources import check_source, open_source, survey
from assent.vocabulary.tables import CANONICAL, RECORD_SCHEMA


def _generate(folder, schema=RECORD_SCHEMA):
    for name, rows, kind in (
        ("records", [{"id": "r1", "category": "post", "author": "m1"}], schema),
        (
            "events",
            [{"type": "member.region", "member": "m1", "region": "FR", "effective_at": "2025-01-01T00:00:00Z"}],
            None,
        ),
    ):
        (folder / name).mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=kind), folder / name / "part-0.parquet")
    return folder


def test_a_generated_folder_is_read_in_place(tmp_path):
    files = open_source("synthetic", _generate(tmp_path / "made"), tmp_path / "staging")
    assert files.tables[0].columns == CANONICAL
    assert survey(files).to_json() == {
        "members": 1,
        "records": 1,
        "by_category": {"post": 1},
        "by_region": {"FR": 1},
        "problems": [],
    }


def test_a_generated_folder_in_another_schema_is_refused(tmp_path):
    folder = _generate(tmp_path / "made", RECORD_SCHEMA.remove(2))
    with pytest.raises(InputError, match="has no column `author` of type string"):
        open_source("synthetic", folder, tmp_path / "staging")


def test_an_empty_folder_is_no_generated_one(tmp_path):
    with pytest.raises(InputError, match=r"no records/\*\.parquet in"):
        check_source("synthetic", tmp_path)


def test_an_unknown_kind_is_refused_with_the_one_meant(tmp_path):
    with pytest.raises(InputError, match="did you mean `stackexchange`"):
        open_source("stackexchnge", tmp_path, tmp_path)


def test_a_folder_without_a_dump_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no Users\.xml in"):
        check_source("stackexchange", tmp_path)
