"""A purpose as views for a lake that does not run Assent, and what such a lake is told of the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq

from assent.engines import open_duckdb
from assent.errors import InputError
from assent.gate.views import (
    DIALECTS,
    Export,
    LakeTable,
    View,
    export_tables,
    render,
    rows,
    scanned,
    write_tables,
    write_views,
)
from assent.gate.views.tables import schemas
from assent.operations.flagging import topics_of
from assent.operations.inputs import read_inputs
from assent.operations.ledger import Clock, now, open_ledger
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.policy.pack import NO_CURATION, Pack, Purpose
from assent.storage.files import make_private_folder, write_durably
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.tables import RecordTable

LAKE_KINDS: Final = ("tables", "synthetic")
"""Kinds of sources whose records lie in tables; the others are converted, and no lake holds what they become."""
STATE_FORMATS: Final = ("parquet", "csv")
_MEMORY_MIB = 256


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL for one purpose and dialect.

    Args:
        tables: statements that make the tables of the export, once.
        views: what each view is, in the order in which they are made; `texts` has their statements.
        warnings: what the rules also ask for and views do not do.
    """

    pack: Pack
    purpose: PurposeName
    dialect: str
    tables: str
    views: tuple[View, ...]
    texts: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def executed(self) -> bool:
        """Whether the project's tests run this dialect."""
        return self.dialect != "trino"

    @property
    def sql(self) -> str:
        """All of it as one script, with a header that says what it is."""
        how = "" if self.executed else "generated, not executed: no test of Assent runs this dialect\n"
        header = f"{self.purpose} under {self.pack.name} sha256:{self.pack.digest}, in {self.dialect}\n{how}"
        return "".join(f"-- {line}\n" for line in header.splitlines()) + "\n" + "\n".join(self.texts)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written of the ledger's state."""

    at: datetime
    ledger_size: int
    valid_until: datetime
    files: Mapping[str, Path]
    rows: Mapping[str, int]


def compile_views(
    workspace: Workspace,
    purpose: str,
    *,
    dialect: str,
    pack: str | None = None,
    schema: str | None = None,
    names: Iterable[str] = (),
) -> Compiled:
    """The views for a purpose over the workspace's tables.

    Args:
        names: `TABLE=PATH`, what a table is called in the lake where that is not its own name.

    Raises:
        InputError: there is no such purpose or dialect, a source is no table, or a name cannot be used.
    """
    words = DIALECTS.get(dialect)
    if words is None:
        raise InputError(f"there is no dialect `{dialect}`", hint=f"there are: {', '.join(DIALECTS)}")
    loaded = load_pack(pack or workspace.pack)
    asked = _purpose(loaded, purpose)
    place = tuple(schema.split(".")) if schema else ()
    found = _tables(workspace, place, _paths(names))
    lake_tables = [lake for lake, _ in found]
    if dialect == "duckdb":
        with TemporaryDirectory(prefix="assent-compile-") as folder:
            engine = open_duckdb(memory_mib=_MEMORY_MIB, threads=1, folder=Path(folder))
            try:
                read = scanned(engine, found)
            finally:
                engine.close()
    else:
        read = rows(words, lake_tables)
    views = write_views(words, loaded, asked, lake_tables, read, place)
    made = "\n".join(render(words, each) for each in write_tables(words, loaded, place))
    texts = tuple(render(words, view.statement) for view in views)
    return Compiled(loaded, asked.name, dialect, made, views, texts, tuple(_warnings(asked)))


def write_compiled(compiled: Compiled, folder: Path) -> tuple[Path, Path]:
    """Files `tables.sql` and `views.sql` in the folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    tables, views = folder / "tables.sql", folder / "views.sql"
    write_durably(tables, compiled.tables.encode())
    write_durably(views, compiled.sql.encode())
    return tables, views


def export_state(
    workspace: Workspace,
    folder: Path,
    *,
    pack: str | None = None,
    form: str = "parquet",
    at: datetime | None = None,
    valid_hours: int = 24,
    clock: Clock = now,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Exported:
    """The folder holds the ledger's state as of (T, N), a file for each table that views read beside the lake's own.

    The state's own file is written last: a folder without it, or with an older one, denies.

    Args:
        at: T; now where it is not given.
        valid_hours: how long after T views answer from it. Unit: hours.

    Raises:
        InputError: there is no ledger, no such format, or nothing to be valid for.
        EvidenceError: the ledger is damaged, or holds what cannot be read and might be a hold.
    """
    if form not in STATE_FORMATS:
        raise InputError(f"there is no format `{form}`", hint=f"there are: {', '.join(STATE_FORMATS)}")
    if valid_hours < 1:
        raise InputError(f"an export cannot be valid for `{valid_hours}` hours")
    loaded = load_pack(pack or workspace.pack)
    sensitive = {
        str(purpose.name): tuple(
            path for table in read_inputs(workspace, progress, topics_of(purpose)).tables for path in table.flagged
        )
        for purpose in loaded.purposes.values()
        if topics_of(purpose)
    }
    with (
        open_ledger(workspace, clock=clock, read_only=True) as ledger,
        TemporaryDirectory(prefix="assent-export-") as scratch,
    ):
        moment = at or clock()
        events = ledger.columns()
        export = Export(loaded, events, moment, moment + timedelta(hours=valid_hours), sensitive)
        memory, threads = (workspace.number(f"build.{name}") for name in ("memory_mib", "threads"))
        engine = open_duckdb(memory_mib=memory, threads=threads, folder=Path(scratch))
        make_private_folder(folder)
        files: dict[str, Path] = {}
        counts: dict[str, int] = {}
        try:
            for name, batches in export_tables(engine, export):
                files[name] = folder / f"{name}.{form}"
                counts[name] = _write(files[name], schemas(loaded)[name], batches, form)
        finally:
            engine.close()
    return Exported(moment, events.size, export.valid_until, files, counts)


def _write(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch], form: str) -> int:
    draft = path.with_name(f".{path.name}.partial")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o640)
    count = 0
    writer = pq.ParquetWriter(draft, schema) if form == "parquet" else pv.CSVWriter(draft, schema)
    with writer:
        for batch in batches:
            count += len(batch)
            writer.write_batch(batch)
    draft.replace(path)
    return count


def _purpose(pack: Pack, name: str) -> Purpose:
    found = pack.purposes.get(PurposeName(name))
    if found is None:
        raise InputError(f"pack `{pack.name}` has no purpose `{name}`", hint=f"it has: {', '.join(pack.purposes)}")
    return found


def _paths(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for given in names:
        name, separator, path = given.partition("=")
        if not separator or not name or not all(path.split(".")):
            raise InputError(f"`{given}` names no table", hint="write it like --table posts=warehouse.posts")
        found[name] = tuple(path.split("."))
    return found


def _tables(
    workspace: Workspace, schema: tuple[str, ...], paths: dict[str, tuple[str, ...]]
) -> list[tuple[LakeTable, RecordTable]]:
    """Every table of every source, as the lake has it and as the files have it."""
    if not workspace.sources:
        raise InputError("this workspace has no source", hint="add one with `assent source add`")
    found: dict[str, tuple[LakeTable, RecordTable]] = {}
    for name in sorted(workspace.sources):
        entry = workspace.sources[name]
        if entry.kind not in LAKE_KINDS:
            raise InputError(
                f"source `{name}` is of the kind `{entry.kind}`, which no lake holds as tables",
                hint=f"views are made for sources of the kinds {', '.join(LAKE_KINDS)}",
            )
        for table in open_entry(workspace, name).tables:
            called = _name(table, entry.path)
            if called in found:
                raise InputError(
                    f"two tables would be called `{called}`", hint="put their files into folders of their own"
                )
            path = paths.pop(called, (*schema, called))
            found[called] = (LakeTable(called, path, table.columns, table.zone), table)
    if paths:
        raise InputError(f"there is no table `{next(iter(paths))}`", hint=f"there are: {', '.join(found)}")
    return list(found.values())


def _name(table: RecordTable, source: Path) -> str:
    """A table is called after its folder; or after its first file, where that lies beside the mapping."""
    first = table.files[0]
    home = source if source.is_dir() else source.parent
    text = first.stem if first.parent.resolve() == home.resolve() else first.parent.name
    return re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_") or "records"


def _warnings(purpose: Purpose) -> Iterator[str]:
    if purpose.unlinked_copies_denied:
        yield "copies of denied records without a link are left out by `assent build` only"
    if purpose.curation != NO_CURATION:
        yield "texts are shown as permitted: personal data in them is masked, and junk dropped, by `assent build` only"
    if topics_of(purpose):
        yield "records that are newer than the last export were not looked through for sensitive topics"


__all__ = ["Compiled", "Exported", "compile_views", "export_state", "write_compiled"]
