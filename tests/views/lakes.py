"""Lakes that hold a ledger's state and a platform's rows, each on its own engine, and what their views say.

A lake is given the same Parquet files everywhere: tables of canonical rows, and the four tables of an export.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import SparkContext
from pyspark.sql import Row, SparkSession

from assent.engines import open_duckdb
from assent.gate.views import (
    DIALECTS,
    Export,
    LakeTable,
    export_tables,
    render,
    rows,
    scanned,
    write_tables,
    write_views,
)
from assent.gate.views.tables import TABLES, schemas
from assent.ledger.columns import ColumnarEvents
from assent.policy.pack import Pack
from assent.vocabulary.tables import RecordTable
from real_postgres import PostgresServer

FOREVER = timedelta(days=200_000)


@dataclass(frozen=True)
class Question:
    """What the views are asked: one purpose, of tables (name, file), as of an export."""

    pack: Pack
    purpose: str
    tables: tuple[tuple[str, RecordTable], ...]
    state: dict[str, pa.Table]

    @property
    def lake_tables(self) -> list[LakeTable]:
        return [LakeTable(name, (name,), table.columns, table.zone) for name, table in self.tables]


def ask(  # noqa: PLR0917 - what a question is of
    pack: Pack,
    purpose: str,
    tables: Sequence[tuple[str, RecordTable]],
    events: ColumnarEvents,
    at: datetime,
    folder: Path,
    valid_until: datetime | None = None,
) -> Question:
    """The question with the ledger's state exported as of (T, N)."""
    engine = open_duckdb(memory_mib=512, threads=1, folder=folder)
    export = Export(pack, events, at, valid_until or datetime.max.replace(tzinfo=at.tzinfo))
    kinds = schemas(pack)
    state = {name: pa.Table.from_batches(list(batches), kinds[name]) for name, batches in export_tables(engine, export)}
    engine.close()
    assert sorted(state) == sorted(TABLES)
    return Question(pack, purpose, tuple(tables), state)


def statements(question: Question, dialect: str) -> list[str]:
    """The views, in the order in which they can be made."""
    words = DIALECTS[dialect]
    purpose = question.pack.purposes[question.purpose]
    tables = question.lake_tables
    if dialect == "duckdb":
        engine = open_duckdb(memory_mib=256, threads=1, folder=Path())
        pairs = [(lake, files) for lake, (_, files) in zip(tables, question.tables, strict=True)]
        read = scanned(engine, pairs)
        engine.close()
    else:
        read = rows(words, tables)
    return [render(words, each.statement) for each in write_views(words, question.pack, purpose, tables, read, ())]


@dataclass(frozen=True)
class Answer:
    """What the views say: of each record (allowed, reasons, masks), and each permitted row."""

    decided: dict[str, tuple[bool, tuple[str, ...], tuple[str, ...]]]
    permitted: dict[str, dict]


def _answer(question: Question, fetch) -> Answer:
    decided, permitted = {}, {}
    for name, _ in question.tables:
        prefix = f"assent_{question.purpose}_{name}"
        for ident, allowed, reasons, masked in fetch(f"{prefix}_decided", ("id", "allowed", "reasons", "masked")):
            assert ident not in decided
            decided[ident] = (allowed, tuple(reasons), tuple(masked or ()))
        for ident, subjects, text, author in fetch(prefix, ("id", "subjects", "text", "author")):
            assert ident not in permitted
            people = json.loads(subjects) if isinstance(subjects, str) else subjects
            permitted[ident] = {"text": text, "author": author, "subjects": [dict(each) for each in people or ()]}
    return Answer(decided, permitted)


def on_duckdb(question: Question) -> Answer:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'America/New_York'")
        for name, table in question.tables:
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{table.files[0]}')")
        for name, table in question.state.items():
            connection.register("loading", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM loading")
            connection.unregister("loading")
        for statement in statements(question, "duckdb"):
            connection.execute(statement)

        def fetch(view: str, columns: tuple[str, ...]):
            return connection.execute(f"SELECT {', '.join(columns)} FROM {view}").fetchall()

        return _answer(question, fetch)


def prepare_postgres(question: Question, url: str) -> tuple[str, str]:
    """A URL without its schema, and that schema, in which tables and views are made."""
    plain, schema = url.split("&schema=")
    words = DIALECTS["postgres"]
    with psycopg.connect(plain) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
        connection.execute(f'SET search_path TO "{schema}"')
        for name, table in question.tables:
            _load_rows(connection, name, pq.read_table(table.files[0]))
        for statement in write_tables(words, question.pack, ()):
            connection.execute(render(words, statement))
        for name, table in question.state.items():
            _copy(connection, name, table.column_names, zip(*(c.to_pylist() for c in table.columns), strict=True))
        for text in statements(question, "postgres"):
            connection.execute(text)
    return plain, schema


def on_postgres(question: Question, url: str) -> Answer:
    """`url` as `PostgresServer.url` gives it: a schema of its own."""
    plain, schema = prepare_postgres(question, url)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'SET search_path TO "{schema}"')
        connection.execute("SET TimeZone = 'America/New_York'")

        def fetch(view: str, columns: tuple[str, ...]):
            return connection.execute(f"SELECT {', '.join(columns)} FROM {view}").fetchall()

        answer = _answer(question, fetch)
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
        return answer


_POSTGRES_TYPES = {
    "subjects": "jsonb", "context": "jsonb", "cawg": "jsonb", "created_at": "timestamptz", "excluded": "boolean"
}  # fmt: skip


def _load_rows(connection: psycopg.Connection, name: str, table: pa.Table) -> None:
    columns = ", ".join(f"{column} {_POSTGRES_TYPES.get(column, 'text')}" for column in table.column_names)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    read = [
        [_as_json(value) for value in column.to_pylist()] if _POSTGRES_TYPES.get(key) == "jsonb" else column.to_pylist()
        for key, column in zip(table.column_names, table.columns, strict=True)
    ]
    _copy(connection, name, table.column_names, zip(*read, strict=True))


def _copy(connection: psycopg.Connection, name: str, columns: Sequence[str], found) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:
        for row in found:
            copy.write_row(row)


def _as_json(value: object) -> str | None:
    """What a lake's owner loads into `jsonb`: a text is JSON already, and what is none is left out."""
    if value is None:
        return None
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return json.dumps(value)
    return value


def on_spark(question: Question, session: SparkSession, folder: Path) -> Answer:
    """In a database of its own; everything lies in Parquet below the folder."""
    session.conf.set("spark.sql.session.timeZone", "America/New_York")
    database = f"lake_{next(_DATABASES)}"
    session.sql(f"CREATE DATABASE {database} LOCATION '{folder / database}'")
    session.sql(f"USE {database}")
    files = {name: table.files[0] for name, table in question.tables}
    for name, table in question.state.items():
        files[name] = folder / f"{database}-{name}.parquet"
        pq.write_table(table, files[name])
    for name, path in files.items():
        session.sql(f"CREATE TABLE {name} USING parquet LOCATION '{path}'")
    for statement in statements(question, "spark"):
        session.sql(statement.rstrip().removesuffix(";"))

    def fetch(view: str, columns: tuple[str, ...]):
        found = session.table(view).select(*columns).collect()
        return [tuple(_plain(value) for value in row) for row in found]

    answer = _answer(question, fetch)
    session.sql(f"DROP DATABASE {database} CASCADE")
    return answer


_DATABASES = itertools.count()


def _plain(value: object) -> object:
    return [each.asDict() if isinstance(each, Row) else each for each in value] if isinstance(value, list) else value


def open_spark(folder: Path) -> tuple[SparkSession, bool]:
    """A session of its own on this machine, and whether Spark was started for it."""
    running = SparkContext._active_spark_context
    builder = SparkSession.builder.master("local[2]").appName("lake")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate().newSession()
    # A few rows: compiling a query would take far longer than running it.
    for key, value in {
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }.items():
        session.conf.set(key, value)
    return session, running is None


@dataclass(frozen=True)
class OneOf:
    """A lake of one dialect."""

    dialect: str
    server: PostgresServer | None = None
    session: SparkSession | None = None
    folder: Path | None = None

    def answer(self, question: Question) -> Answer:
        match self.dialect:
            case "duckdb":
                return on_duckdb(question)
            case "postgres":
                return on_postgres(question, self.server.url())
        return on_spark(question, self.session, self.folder)
