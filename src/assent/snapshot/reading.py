"""Which files are read as they were before: an identity for each, of its bytes and of how they are understood.

A Parquet file among others of the same columns, and a file of JSON Lines, say the same whatever lies beside them. A CSV
file may not: its dialect is guessed from the first of a table. Neither may files whose columns differ, nor those below
folders like `year=2025`, of which the engine makes columns. Such a table is taken as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import file_digest, sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.evidence.manifest import InputTable
from assent.vocabulary.tables import Format, RecordTable


def file_identities(tables: Sequence[RecordTable], described: Sequence[InputTable]) -> tuple[str, ...]:
    """For each file of each table, in order: equal identities give the same rows.

    Args:
        described: the same tables, with the digests of their files.
    """
    found: list[str] = []
    for table, about in zip(tables, described, strict=True):
        meaning = {key: value for key, value in asdict(about).items() if key not in {"files", "flagged"}}
        digests = [each.sha256 for each in about.files]
        schema = _common_schema(table)
        for digest in digests:
            whole = digests if schema is None else schema
            found.append(sha256(json.dumps([meaning, whole, digest], sort_keys=True).encode()).hexdigest())
    return tuple(found)


def without_files(tables: Sequence[RecordTable], needed: Sequence[bool]) -> tuple[tuple[RecordTable, ...], list[int]]:
    """The tables with no more files than must be read, and the number that each of those has among all.

    Args:
        needed: for each file of each table, in order.
    """
    kept: list[RecordTable] = []
    numbers: list[int] = []
    start = 0
    for table in tables:
        wanted = list(needed[start : start + len(table.files)])
        if any(wanted):
            if _common_schema(table) is None:
                wanted = [True] * len(wanted)
            files = tuple(path for path, want in zip(table.files, wanted, strict=True) if want)
            kept.append(replace(table, files=files))
            numbers += [start + place for place, want in enumerate(wanted) if want]
        start += len(table.files)
    return tuple(kept), numbers


def digest_of(path: Path) -> str:
    """SHA-256 of the file, hexadecimal; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _common_schema(table: RecordTable) -> str | None:
    """The columns all files of the table have, as text; None where a file is not understood by itself."""
    if table.format is Format.JSONL:
        return "json"
    if table.format is not Format.PARQUET or any("=" in part for path in table.files for part in Path(path).parts):
        return None
    try:
        schemas = {str(pq.read_schema(path).remove_metadata()) for path in table.files}
    except (pa.ArrowInvalid, OSError):
        return None
    return schemas.pop() if len(schemas) == 1 else None
