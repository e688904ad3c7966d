"""What every database promises, asked of both."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assent.errors import EvidenceError, InputError, UnavailableError
from assent.storage.postgresql import PostgresDatabase, PostgresUrl
from assent.storage.sqlite import SqliteDatabase

METADATA = sa.MetaData()
THINGS = sa.Table("things", METADATA, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(request, tmp_path):
    """Opens the one database of the test, as another process would."""
    if request.param == "sqlite":
        return lambda **given: SqliteDatabase(tmp_path / "a.db", busy_seconds=0.1, create=True, **given)
    place = PostgresUrl.parse(request.getfixturevalue("postgres").url())
    return lambda **given: PostgresDatabase(place, busy_seconds=0.1, **given)


@pytest.fixture
def database(open_again):
    opened = open_again(read_only=False)
    with opened.writing() as connection:
        opened.create(METADATA, name="things", version=3, connection=connection)
    yield opened
    opened.close()


def names(database):
    with database.reading() as connection:
        return list(connection.execute(sa.select(THINGS.c.name)).scalars())


def test_what_was_written_is_read(database):
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, [(1, "a"), (2, "b")])
    assert names(database) == ["a", "b"]


def test_an_insert_of_what_is_there_says_how_many_rows_it_was(database):
    def insert(connection):
        made = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[connection.dialect.name](THINGS)
        return connection.execute(made.values(id=1, name="a").on_conflict_do_nothing()).rowcount

    with database.changing() as connection:
        assert [insert(connection), insert(connection)] == [1, 0]


def test_an_error_undoes_the_whole_block(database):
    def fail_after_writing():
        with database.writing() as connection:
            database.insert_rows(connection, THINGS, [(1, "a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert names(database) == []


def test_a_second_writer_is_told_to_try_again(database, open_again):
    other = open_again(read_only=False)
    with database.writing(), pytest.raises(UnavailableError, match="another process"), other.writing():
        pytest.fail("two writers at once")
    other.close()


def test_a_writer_sees_what_the_writer_before_it_committed(database, open_again):
    other = open_again(read_only=False)
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, [(1, "a")])
    with other.writing() as connection:
        assert connection.execute(sa.select(THINGS.c.name)).scalars().all() == ["a"]
    other.close()


def test_readers_do_not_wait_for_a_writer(database):
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, [(1, "a")])
        assert names(database) == []


def test_a_reader_sees_one_moment_only(database):
    with database.reading() as reader:
        before = reader.execute(sa.select(THINGS)).all()
        with database.writing() as connection:
            database.insert_rows(connection, THINGS, [(1, "a")])
        assert reader.execute(sa.select(THINGS)).all() == before == []


def test_a_read_only_database_refuses_to_write(database, open_again):
    reader = open_again(read_only=True)
    with pytest.raises(InputError), reader.writing() as connection:
        reader.insert_rows(connection, THINGS, [(1, "a")])
    reader.close()


def test_another_version_of_the_tables_is_refused(database):
    with pytest.raises(InputError, match="version `3`"):
        database.require_version(name="things", version=4)


def test_another_kind_of_database_is_refused(database):
    with pytest.raises(InputError, match="no ledger database"):
        database.require_version(name="ledger", version=1)


@pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 1000])
def test_many_rows_are_all_read_back_in_order(database, count):
    rows = [(number, f"name {number}") for number in range(count)]
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, rows)
    with database.reading() as connection:
        assert database.fetch_rows(connection, sa.select(THINGS).order_by(THINGS.c.id)) == rows


def test_rows_that_exclude_each_other_are_evidence_of_damage(database):
    with pytest.raises(EvidenceError, match="exclude"), database.writing() as connection:
        database.insert_rows(connection, THINGS, [(1, "a"), (1, "b")])


def test_what_was_deleted_is_in_no_file_any_more(database, postgres_files):
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, [(n, f"a very recognisable name {n}") for n in range(2000)])
    with database.writing() as connection:
        connection.execute(sa.delete(THINGS))
    database.overwrite_deleted(THINGS)
    assert b"a very recognisable name" not in postgres_files()


@pytest.fixture
def postgres_files(request, tmp_path):
    """All bytes of the tables' files, without PostgreSQL's journal, which it recycles in its own time."""
    if not isinstance(request.getfixturevalue("database"), PostgresDatabase):
        return lambda: b"".join(path.read_bytes() for path in tmp_path.glob("a.db*"))
    server = request.getfixturevalue("postgres")

    def read():
        done = request.getfixturevalue("database")
        with done._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
        return b"".join(path.read_bytes() for path in (server.folder / "data" / "base").rglob("*") if path.is_file())

    return read


def test_an_undamaged_database_says_so(database):
    assert database.damage() is None


def test_a_missing_file_stays_missing(tmp_path):
    with pytest.raises(InputError), SqliteDatabase(tmp_path / "a.db", read_only=False).writing():
        pytest.fail("opened a file that is not there")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_evidence_of_damage(tmp_path):
    (tmp_path / "b.db").write_bytes(b"not a database" * 100)
    broken = SqliteDatabase(tmp_path / "b.db", read_only=True)
    with pytest.raises(EvidenceError):
        names(broken)
    broken.close()
