import pytest
import sqlalchemy as sa

from assent.errors import EvidenceError, InputError, UnavailableError
from assent.storage.database import Database

METADATA = sa.MetaData()
THINGS = sa.Table("things", METADATA, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path / "a.db", read_only=False, busy_seconds=0.1)
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


def test_an_error_undoes_the_whole_block(database):
    def fail_after_writing():
        with database.writing() as connection:
            database.insert_rows(connection, THINGS, [(1, "a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert names(database) == []


def test_a_second_writer_is_told_to_try_again(database, tmp_path):
    other = Database(tmp_path / "a.db", read_only=False, busy_seconds=0.1)
    with database.writing(), pytest.raises(UnavailableError), other.writing():
        pytest.fail("two writers at once")
    other.close()


def test_readers_do_not_wait_for_a_writer(database):
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, [(1, "a")])
        assert names(database) == []


def test_a_read_only_database_refuses_to_write(database, tmp_path):
    reader = Database(tmp_path / "a.db", read_only=True)
    with pytest.raises(InputError), reader.writing() as connection:
        reader.insert_rows(connection, THINGS, [(1, "a")])
    reader.close()


def test_another_version_of_the_tables_is_refused(database):
    with pytest.raises(InputError, match="version `3`"):
        database.require_version(name="things", version=4)


def test_another_kind_of_database_is_refused(database):
    with pytest.raises(InputError, match="no ledger database"):
        database.require_version(name="ledger", version=1)


def test_a_file_that_is_no_database_is_evidence_of_damage(tmp_path):
    (tmp_path / "b.db").write_bytes(b"not a database" * 100)
    broken = Database(tmp_path / "b.db", read_only=True)
    with pytest.raises(EvidenceError):
        names(broken)
    broken.close()


@pytest.mark.parametrize("count", [0, 1, 249, 250, 251, 1000])
def test_many_rows_are_all_read_back_in_order(database, count):
    rows = [(number, f"name {number}") for number in range(count)]
    with database.writing() as connection:
        database.insert_rows(connection, THINGS, rows)
    with database.reading() as connection:
        assert database.fetch_rows(connection, sa.select(THINGS).order_by(THINGS.c.id)) == rows
