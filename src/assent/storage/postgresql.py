"""PostgreSQL: a schema of a database on a server, shared by processes of one machine or of many.

One writer at a time: every writing transaction first takes an advisory lock of its schema, which the server
gives back when the transaction or the connection ends. Whatever a session's or a role's settings say, a
writing transaction is committed only when the server has flushed it to its disk.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError

from assent.errors import AssentError, EvidenceError, InputError, RefusedError, UnavailableError
from assent.storage.database import CommitUnknownError, Database

DEFAULT_SCHEMA: Final = "assent"

_LIBPQ = frozenset(
    {"host", "port", "service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding"}
    | {"connect_timeout", "application_name", "target_session_attrs", "options", "gssencmode", "krbsrvname"}
)
_SCHEMA_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_CONNECTIONS = 20
"""Kept open once they were needed: to make one costs as much as ten questions."""
_TRUSTED_SECONDS = 1.0
"""A connection that was good so short a time ago is used without asking the server first."""

_BEGIN_WRITING: Final = """
SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                                        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true),
       set_config('statement_timeout', '0', true),
       set_config('idle_in_transaction_session_timeout', '0', true),
       set_config('search_path', %s, true),
       set_config('lock_timeout', %s, true),
       pg_advisory_xact_lock(%s),
       current_setting('fsync')
"""
"""One round trip. The list is evaluated from left to right: the lock is waited for no longer than was just set."""


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """Where a database is, and never how to get in: passwords come by libpq's own means.

    Args:
        text: without the schema when it is the usual one; what is written down and shown.
    """

    text: str
    url: sa.URL
    schema: str

    @classmethod
    def parse(cls, text: str) -> PostgresUrl:
        """The place that the URL names; `?schema=name` chooses a schema of the database.

        Raises:
            InputError: it is no PostgreSQL URL, has an unknown parameter, or carries a password.
        """
        try:
            url = sa.make_url(text.strip())
        except (ArgumentError, ValueError):
            raise _no_url() from None
        if url.get_backend_name() not in {"postgresql", "postgres"} or "+" in url.drivername:
            raise _no_url()
        if url.password is not None or "password" in url.query:
            raise InputError(
                "a database URL here must not carry a password",
                hint="take it out and give it by PGPASSWORD, PGPASSFILE (~/.pgpass) or a service",
            )
        unknown = sorted(set(url.query) - _LIBPQ - {"schema"})
        if unknown:
            raise InputError(f"a database URL has no parameter `{unknown[0]}`", hint=f"known: {_known()}")
        schema = url.query.get("schema", DEFAULT_SCHEMA)
        if not isinstance(schema, str) or not _SCHEMA_NAME.fullmatch(schema):
            raise InputError(f"`{schema}` cannot name a schema", hint="use a to z, digits and _")
        bare = url.set(drivername="postgresql").difference_update_query(["schema"])
        shown = bare if schema == DEFAULT_SCHEMA else bare.update_query_dict({"schema": schema})
        return cls(shown.render_as_string(), bare.set(drivername="postgresql+psycopg"), schema)


def _no_url() -> InputError:
    return InputError("this is no PostgreSQL URL", hint="write it like postgresql://user@host:5432/database")


def _known() -> str:
    return ", ".join(sorted(_LIBPQ | {"schema"}))


class PostgresDatabase(Database):
    """A schema of a PostgreSQL database. Connections that a restart of the server broke are made anew."""

    def __init__(self, place: PostgresUrl, *, read_only: bool, busy_seconds: float = 30.0) -> None:
        self.place = place
        self._read_only = read_only
        self._busy = f"{busy_seconds * 1000:.0f}ms"
        wait = {} if "connect_timeout" in place.url.query else {"connect_timeout": 10}
        try:
            engine = sa.create_engine(
                place.url,
                connect_args=wait,
                pool_size=_CONNECTIONS,
                max_overflow=0,
                pool_use_lifo=True,
                pool_timeout=busy_seconds,
                # Whoever inserts what may be there already asks how many rows it was; an INSERT else says -1.
                execution_options={"schema_translate_map": {None: place.schema}, "preserve_rowcount": True},
            )
        except ModuleNotFoundError:
            raise InputError(
                "PostgreSQL needs a driver that is not installed", hint="run: pip install 'assent[postgres]'"
            ) from None
        super().__init__(place.text, engine)
        sa.event.listen(engine, "checkout", _require_alive)
        sa.event.listen(engine, "checkin", _note_use)

    @property
    def schema(self) -> str | None:
        """As for every database."""
        return self.place.schema

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """As for every database; a standby can be read too."""
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True).begin(),
        ):
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[sa.Connection]:
        """As for every database: without a transaction around it, a question is one round trip instead of three."""
        with (
            self._translated(),
            self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """As for every database.

        The block sees what was committed before it got the lock: READ COMMITTED, because a snapshot that is
        older than the lock would show the writer before.
        """
        if self._read_only:
            raise InputError(f"`{self.name}` was opened for reading only")
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(isolation_level="READ COMMITTED").begin() as transaction,
        ):
            self._take(connection, "writing")
            yield connection
            with self._committing():
                transaction.commit()

    @contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """As for every database: one transaction beside others, without the lock that puts events in order."""
        if self._read_only:
            raise InputError(f"`{self.name}` was opened for reading only")
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(isolation_level="READ COMMITTED").begin() as transaction,
        ):
            yield connection
            with self._committing():
                transaction.commit()

    @contextmanager
    def alone(self, errand: str) -> Iterator[None]:
        """As for every database; also across machines. The lock ends with the connection that holds it."""
        with (
            self._translated(),
            self._engine.connect() as connection,
            connection.execution_options(isolation_level="READ COMMITTED").begin(),
        ):
            self._take(connection, errand)
            yield

    def insert_rows(self, connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """As for every database, by COPY in binary form."""
        statement, types = _copying(table, self.place.schema)
        with _as_sqlalchemy_says(statement), _cursor(connection) as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            write = copy.write_row
            for row in rows:
                write(row)

    def fetch_rows(self, connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """As for every database; in binary form, in which bytes need not be unescaped."""
        compiled = query.compile(
            dialect=connection.dialect,
            schema_translate_map={None: self.place.schema},
            render_schema_translate=True,
            compile_kwargs={"render_postcompile": True},
        )
        with _as_sqlalchemy_says(str(compiled)), _cursor(connection) as cursor:
            return list(cursor.execute(str(compiled), compiled.params, binary=True).fetchall())

    def after_many(self, connection: sa.Connection, *tables: sa.Table) -> None:
        """As for every database: without it, reading in order sorts on disk until the server's own round."""
        names = ", ".join(f'"{self.place.schema}"."{table.name}"' for table in tables)
        connection.exec_driver_sql(f"ANALYZE {names}")

    def damage(self) -> str | None:
        """As for every database: unusable indexes. PostgreSQL checks its pages as they are read, where told to."""
        try:
            with self.reading() as connection:
                broken = connection.exec_driver_sql(
                    "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
                    " JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND NOT indisvalid",
                    (self.place.schema,),
                ).scalar()
        except EvidenceError as error:
            return error.message
        return None if broken is None else f"the index `{broken}` is invalid"

    def overwrite_deleted(self, table: sa.Table) -> None:
        """As for every database: the table is written anew. Nobody reads or writes it meanwhile."""
        with (
            self._translated(),
            self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        ):
            connection.exec_driver_sql(f'VACUUM (FULL) "{self.place.schema}"."{table.name}"')

    def holds_text(self, text: str | None) -> bool:
        """As for every database: PostgreSQL's texts can hold every character but one."""
        return text is None or "\0" not in text

    def create(self, metadata: sa.MetaData, *, name: str, version: int, connection: sa.Connection) -> None:
        """As for every database; the schema too, where the role may make one."""
        if not connection.dialect.has_schema(connection, self.place.schema):
            connection.execute(sa.schema.CreateSchema(self.place.schema))
        super().create(metadata, name=name, version=version, connection=connection)

    def _take(self, connection: sa.Connection, errand: str) -> None:
        number = hashlib.sha256(f"assent {self.place.schema} {errand}".encode()).digest()[:8]
        parameters = (f'"{self.place.schema}"', self._busy, int.from_bytes(number, signed=True))
        *_, flushes = connection.exec_driver_sql(_BEGIN_WRITING, parameters).one()
        if flushes != "on":
            raise RefusedError(
                f"the server of `{self.name}` runs with `fsync` off: what it acknowledges may be lost in a power cut",
                hint="set fsync = on in its postgresql.conf",
            )

    @contextmanager
    def _committing(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # An answer with a state of another class says that it was undone; silence says nothing.
            if _state_of(error) and not _is_lost(_state_of(error)):
                raise
            raise CommitUnknownError(
                f"the connection to `{self.name}` was lost while it committed",
                hint="it is not known whether it was recorded: look before you repeat it",
            ) from error

    def _explained(self, error: Exception) -> AssentError:
        return _as_assent_error(error, self.name)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _require_alive(connection: Any, record: Any, _proxy: object) -> None:
    """The connection answers; one that a restart of the server broke is made anew, and nobody hears of it."""
    used_at = record.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < _TRUSTED_SECONDS:
        return
    import psycopg

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError(str(error)) from error


@cache
def _copying(table: sa.Table, schema: str) -> tuple[str, list[str]]:
    """The COPY that fills the table, and the types of its columns in PostgreSQL's words."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    types = [str(column.type.compile(dialect)).lower() for column in table.columns]
    return f'COPY "{schema}"."{table.name}" ({columns}) FROM STDIN (FORMAT BINARY)', types


@contextmanager
def _cursor(connection: sa.Connection) -> Iterator[Any]:
    """The driver's own cursor, in the connection's transaction."""
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        yield cursor


@contextmanager
def _as_sqlalchemy_says(statement: str) -> Iterator[None]:
    """An error of the driver leaves as the one that SQLAlchemy makes of it."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _state_of(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _is_lost(state: str) -> bool:
    """Whether this state says that the connection or the server went away."""
    return state.startswith(("08", "57P"))


_HINTS: Mapping[str, str] = {
    "password": "give it by PGPASSWORD, PGPASSFILE (~/.pgpass) or a service",
    "does not exist": "make it first, or correct the URL",
    "could not translate host name": "correct the URL, or try again when names resolve",
    "pg_hba.conf": "the server does not let this user in from here",
    "authentication": "check the user and how the server lets it in",
    "no such service": "name one of pg_service.conf",
    "certificate": "check sslmode and sslrootcert",
    "invalid": "correct the URL",
}
"""What a refused connection says, and what to do about it: no SQLSTATE reaches us for these."""


def _not_connected(reason: str, name: str) -> AssentError:
    hint = next((hint for said, hint in _HINTS.items() if said in reason), None)
    if hint is not None:
        return InputError(f"`{name}` cannot be used: {reason}", hint=hint)
    return UnavailableError(f"`{name}` cannot be reached: {reason}", hint="is the server up? try again when it is")


def _as_assent_error(error: Exception, name: str) -> AssentError:
    original = getattr(error, "orig", error)
    diag = getattr(original, "diag", None)
    reason = " ".join(str(getattr(diag, "message_primary", None) or original).split())
    state = _state_of(error)
    if not state and "connection to server" in reason:
        return _not_connected(reason.rpartition("FATAL: ")[2].strip(), name)
    if state == "55P03":
        return UnavailableError(f"another process is writing to `{name}`", hint="try again when it is done")
    if state.startswith("53") or state in {"58030", "54000"}:
        return UnavailableError(f"`{name}` cannot be written: {reason}", hint="nothing was recorded")
    if state.startswith("40"):
        return UnavailableError(f"`{name}` was busy: {reason}", hint="nothing was recorded; try again")
    if not state or _is_lost(state):
        return UnavailableError(f"`{name}` went away: {reason}", hint="nothing was recorded; try again")
    if state in {"42501", "25006", "3F000"} or state.startswith(("28", "3D")):
        return InputError(f"`{name}` cannot be used: {reason}")
    if state.startswith("22"):
        return InputError(f"`{name}` cannot hold this: {reason}")
    if state.startswith("23"):
        return EvidenceError(f"`{name}` holds rows that exclude each other: {reason}")
    return EvidenceError(f"`{name}` is damaged: {reason}", hint="run `assent ledger verify`; restore a backup")
