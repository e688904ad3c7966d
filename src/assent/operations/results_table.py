"""The table of results that members keep: records of theirs, in a source of the workspace's own.

<workspace>/assessments/
    mapping.toml                says so to whoever reads sources
    results/<xx>.parquet        canonical records; members are spread over the files by a hash
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from assent.operations.workspace import ASSESSMENTS, Workspace
from assent.storage.files import exclusive_lock, make_private_folder, write_durably
from assent.vocabulary.tables import RECORD_SCHEMA

_RESULTS: Final = "results"
_EMPTY: Final = "none.parquet"

Rows = list[dict[str, Any]]


def prepare_results(workspace: Workspace) -> None:
    """There is a place for results, and a source of that name from the next opening of the workspace on."""
    mapping = workspace.root / ASSESSMENTS
    if mapping.is_file():
        return
    folder = mapping.parent
    make_private_folder(folder)
    make_private_folder(folder / _RESULTS)
    # The table before the mapping: a source without a file cannot be read, and would stop every build.
    _write(folder / _RESULTS / _EMPTY, [])
    columns = "".join(f'{name} = "{name}"\n' for name in RECORD_SCHEMA.names if name != "category")
    write_durably(
        mapping,
        f'[[records]]\nfiles = ["{_RESULTS}/*.parquet"]\ncategory = {{ column = "category" }}\n[records.columns]\n'
        f"{columns}".encode(),
    )


def rows_of(workspace: Workspace, member: str) -> Rows:
    """The member's rows."""
    return [each for each in _read(_file(workspace, member)) if each["author"] == member]


def change_rows(workspace: Workspace, member: str, change: Callable[[Rows], Rows]) -> None:
    """The member's rows are what `change` makes of them; two who change wait for each other.

    Raises:
        UnavailableError: somebody else changes for too long.
    """
    prepare_results(workspace)
    path = _file(workspace, member)
    with exclusive_lock((workspace.root / ASSESSMENTS).with_name(".lock")):
        rows = _read(path)
        changed = change([each for each in rows if each["author"] == member])
        _write(path, [*(each for each in rows if each["author"] != member), *changed])


def forget_results(workspace: Workspace, members: Iterable[str]) -> None:
    """No file here has a result of these members."""
    for member in members:
        if rows_of(workspace, member):
            change_rows(workspace, member, lambda _rows: [])


def _read(path: Path) -> Rows:
    rows: Rows = pq.read_table(path, schema=RECORD_SCHEMA).to_pylist() if path.is_file() else []
    return rows


def _write(path: Path, rows: Rows) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=RECORD_SCHEMA), sink)
    write_durably(path, sink.getvalue().to_pybytes())


def _file(workspace: Workspace, member: str) -> Path:
    return (workspace.root / ASSESSMENTS).parent / _RESULTS / f"{sha256(member.encode()).hexdigest()[:2]}.parquet"
