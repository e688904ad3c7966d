"""Tables as an engine can read them: where they lie, or a copy that DuckDB made of them first.

DuckDB reads every table as `scan` says. Another engine reads the same bytes otherwise here and there: numbers and
instants as texts, nested types by place, quotes in CSV. What it is known to read alike it reads where it lies; of
the rest the driver makes a copy in canonical columns, once for each build.
"""

from __future__ import annotations

from functools import reduce
from itertools import accumulate
from typing import Final

from sqlglot import exp

from assent.engines import Engine
from assent.gate import sql
from assent.gate.scan import is_canonical, scan
from assent.gate.sql import Sql
from assent.vocabulary.tables import Format, RecordTable

_AS_TEXT: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN", "DATE"})
"""What every engine turns into the same text."""
_TYPED: Final = frozenset({"subjects", "created_at", "excluded", "context"})


def readable(engine: Engine, tables: tuple[RecordTable, ...], *, numbered: bool = False) -> Sql:
    """What `scan` gives, in a query that this engine can run.

    Raises:
        InputError: as `scan`.
    """
    if engine.dialect == sql.CANONICAL or not tables:
        return scan(engine, tables, numbered=numbered)
    firsts = accumulate((len(table.files) for table in tables), initial=0)
    queries = [
        _one(engine, table, place, first, numbered=numbered)
        for place, (table, first) in enumerate(zip(tables, firsts, strict=False))
    ]
    return reduce(lambda left, right: exp.union(left, right, distinct=False, copy=False), queries)


def _one(engine: Engine, table: RecordTable, place: int, first: int, *, numbered: bool) -> Sql:
    query = scan(engine, (table,), numbered=numbered, first_file=first)
    if _alike(engine, table):
        for files in (table.files, table.flagged):
            engine.attach(files, table.format)
        return query
    name = f"staged_{place}"
    engine.stage(name, sql.render(query, sql.CANONICAL))
    return exp.select("*").from_(exp.to_table(name))


def _alike(engine: Engine, table: RecordTable) -> bool:
    """Whether every column that is read has, in every file, a type that engines read alike."""
    # Below a folder like `year=2025` DuckDB makes a column of its name.
    if table.format is not Format.PARQUET or any("=" in part for path in table.files for part in path.parts):
        return False
    kinds = [engine.columns(path, table.format) for path in table.files]
    used = [(name, source) for name, column in table.columns.items() for source in column.sources]
    return all(_is_alike(name, {each[source] for each in kinds}) for name, source in used)


def _is_alike(name: str, kinds: set[str]) -> bool:
    kind = next(iter(kinds))
    return len(kinds) == 1 and (is_canonical(name, kind) or (name not in _TYPED and kind in _AS_TEXT))
