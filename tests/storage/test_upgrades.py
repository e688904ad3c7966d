import sqlite3

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from assent.errors import InputError
from assent.storage.postgresql import PostgresDatabase, PostgresUrl
from assent.storage.schema import SCHEMA_NAME, SCHEMA_VERSION, TABLES
from assent.storage.sqlite import SqliteDatabase
from assent.storage.upgrades import run_step, steps_between, upgrade

VERSION_1 = """
CREATE TABLE assent_schema (name TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (name));
CREATE TABLE ledger_head (
    id INTEGER NOT NULL CHECK (id = 1), origin TEXT NOT NULL, vkey TEXT NOT NULL, size BIGINT NOT NULL,
    frontier BLOB NOT NULL, checkpoint BLOB NOT NULL, PRIMARY KEY (id));
CREATE TABLE ledger_leaves (seq INTEGER NOT NULL, commitment BLOB NOT NULL, PRIMARY KEY (seq));
CREATE TABLE ledger_events (seq INTEGER NOT NULL, member TEXT, salt BLOB NOT NULL, event BLOB NOT NULL, PRIMARY KEY (seq));
CREATE INDEX ledger_events_by_member ON ledger_events (member);
INSERT INTO assent_schema VALUES ('ledger', 1);
"""
"""What the first release made, letter by letter."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    if request.param == "sqlite":
        opened = SqliteDatabase(tmp_path / "a.db", read_only=False, create=True)
    else:
        opened = PostgresDatabase(PostgresUrl.parse(request.getfixturevalue("postgres").url()), read_only=False)
        with opened.writing() as connection:
            connection.execute(sa.schema.CreateSchema(opened.schema))
    yield opened
    opened.close()


@pytest.fixture
def old(tmp_path):
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript(VERSION_1)
    connection.close()
    opened = SqliteDatabase(tmp_path / "old.db", read_only=False)
    yield opened
    opened.close()


def differences(database):
    """What lies between the tables there and those that this program reads, its own stamp apart."""
    engine = database._engine
    if database.schema:
        engine = sa.create_engine(engine.url, connect_args={"options": f"-csearch_path={database.schema}"})
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), TABLES)
    engine.dispose()
    return [each for each in found if each[0] != "remove_table"]


def test_all_steps_together_make_the_tables_that_a_new_ledger_has(empty):
    with empty.writing() as connection:
        for step in steps_between(0, SCHEMA_VERSION):
            run_step(connection, step)
    assert differences(empty) == []


def test_a_step_short_would_be_seen(empty):
    with empty.writing() as connection:
        for step in steps_between(0, SCHEMA_VERSION - 1):
            run_step(connection, step)
    assert len(differences(empty)) > 0


def test_the_first_releases_tables_are_brought_up_to_date(old):
    assert upgrade(old, name=SCHEMA_NAME, version=SCHEMA_VERSION) == (1, SCHEMA_VERSION)
    assert (differences(old), old.version_of(SCHEMA_NAME)) == ([], SCHEMA_VERSION)


def test_upgrading_again_changes_nothing(old):
    upgrade(old, name=SCHEMA_NAME, version=SCHEMA_VERSION)
    assert upgrade(old, name=SCHEMA_NAME, version=SCHEMA_VERSION) == (SCHEMA_VERSION, SCHEMA_VERSION)


def test_an_upgrade_that_fails_half_way_leaves_the_old_version(old):
    def fail(name):
        assert name == "upgraded"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upgrade(old, name=SCHEMA_NAME, version=SCHEMA_VERSION, gap=fail)
    with old.reading() as connection:
        names = sa.inspect(connection).get_table_names()
        assert ("ledger_suppressed" in names, old.stamped(connection, SCHEMA_NAME)) == (False, 1)


def test_what_a_later_release_wrote_is_not_touched(old):
    with old.writing() as connection:
        connection.exec_driver_sql("UPDATE assent_schema SET version = 99")
    with pytest.raises(InputError, match="99"):
        upgrade(old, name=SCHEMA_NAME, version=SCHEMA_VERSION)


def test_another_kind_of_database_is_not_touched(empty):
    with pytest.raises(InputError, match="no ledger database"):
        upgrade(empty, name=SCHEMA_NAME, version=SCHEMA_VERSION)
