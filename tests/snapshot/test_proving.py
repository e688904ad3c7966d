"""A proof made from files is the one made from all rows in memory, wherever the member's rows lie."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.decisions import DECISION_SCHEMA, ROW_BYTES, encode_row, prove_member, verify_member
from assent.evidence.manifest import Decided
from assent.evidence.tags import member_key, member_tag, record_tag
from assent.snapshot import decided as writing
from assent.snapshot.decided import write_decisions
from assent.snapshot.proving import open_decisions

KEY = b"k" * 32


def rows_of(members: dict[str, int]) -> list[tuple[bytes, bytes, int]]:
    """Sorted rows: each member with that many records."""
    keys = {member: member_key(KEY, member) for member in members}
    return sorted(
        (member_tag(keys[member]), record_tag(keys[member], f"{member}-{n}"), n % 9)
        for member, count in members.items()
        for n in range(count)
    )


def written(folder: Path, rows: list[tuple[bytes, bytes, int]], rows_per_file: int) -> Decided:
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, DECISION_SCHEMA, strict=True)]
    return write_decisions(
        [pa.RecordBatch.from_arrays(arrays, schema=DECISION_SCHEMA)], folder, key=KEY, rows_per_file=rows_per_file
    )


@given(st.integers(0, 2**32), st.integers(1, 3000), st.integers(1, 700))
@settings(max_examples=25, deadline=None)
def test_a_proof_from_files_is_the_one_from_memory(seed: int, rows_per_file: int, rows_per_group: int) -> None:
    chance = random.Random(seed)
    members = {f"m{n}": chance.choice([0, 1, 1, 2, 15, 16, 17]) for n in range(chance.choice([0, 1, 40, 300]))}
    rows = rows_of({**members, "busy": chance.choice([0, 500, 5000])})
    encoded = b"".join(encode_row(*row) for row in rows)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "_ROWS_PER_GROUP", rows_per_group)
        decided = written(Path(folder), rows, rows_per_file)
        with open_decisions(Path(folder), decided) as files:
            for member in ["busy", "nobody", *list(members)[:6]]:
                key = member_key(KEY, member)
                assert files.prove(key) == prove_member(encoded, key)
            for member, count in list(members.items())[:6]:
                assert files.mask(KEY, member, f"{member}-0") == (0 if count else None)


def test_only_the_row_groups_around_the_member_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_ROWS_PER_GROUP", 4096)
    decided = written(tmp_path, rows_of({f"m{n}": 1 for n in range(60_000)} | {"busy": 500}), 20_000)
    read: list[int] = []
    real = pq.ParquetFile.read_row_group

    def counting(file: pq.ParquetFile, index: int) -> pa.Table:
        read.append(index)
        return real(file, index)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counting)
    with open_decisions(tmp_path, decided) as files:
        files.prove(member_key(KEY, "busy"))

    assert len(read) <= 4


def test_a_snapshot_without_the_kept_level_or_statistics_gives_the_same_proof(tmp_path: Path) -> None:
    rows = rows_of({f"m{n}": 3 for n in range(2000)})
    decided = written(tmp_path, rows, 2500)
    for entry in decided.files:  # as another writer might have left them
        table = pq.read_table(tmp_path / entry.path)
        pq.write_table(table, tmp_path / entry.path, write_statistics=False)
    key = member_key(KEY, "m7")
    with open_decisions(tmp_path, replace(decided, groups=None)) as files:
        assert files.prove(key) == prove_member(b"".join(encode_row(*row) for row in rows), key)


@pytest.mark.parametrize("damage", ["missing", "cut", "no parquet"])
def test_a_file_that_is_damaged_is_named(tmp_path: Path, damage: str) -> None:
    decided = written(tmp_path, rows_of({"a": 40}), 1000)
    path = tmp_path / decided.files[0].path
    data = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(data[: len(data) // 2] if damage == "cut" else b"nothing")

    with pytest.raises(EvidenceError, match="cannot be read"), open_decisions(tmp_path, decided) as files:
        files.prove(member_key(KEY, "a"))


def test_a_kept_level_that_was_changed_makes_a_proof_that_does_not_verify(tmp_path: Path) -> None:
    rows = rows_of({f"m{n}": 1 for n in range(9000)})
    decided = written(tmp_path, rows, 10_000)
    assert decided.groups is not None
    path = tmp_path / decided.groups.path
    forged = bytes(byte ^ 1 for byte in path.read_bytes())
    path.write_bytes(forged)
    key = member_key(KEY, "m5")
    with open_decisions(tmp_path, decided) as files:
        proof = files.prove(key)

    with pytest.raises(EvidenceError, match="another root"):
        verify_member(proof, root=decided.root, count=len(rows), key=key)


def test_what_is_kept_is_as_long_as_the_rows_ask(tmp_path: Path) -> None:
    decided = written(tmp_path, rows_of({"a": 3 * 4096 + 1}), 5000)

    assert decided.groups is not None
    assert (decided.groups.bytes, decided.count * ROW_BYTES) == (3 * 32, (3 * 4096 + 1) * 36)
