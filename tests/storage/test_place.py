import sys

import pytest

from assent.errors import InputError, UnavailableError
from assent.storage.place import EMBEDDED, POINTER_NAME, Place, place_of
from assent.storage.postgresql import PostgresDatabase, PostgresUrl

URL = "postgresql://someone@db.example:5433/ledgers"


@pytest.mark.parametrize(
    "text",
    [URL, f"{URL}?schema=other", f"{URL}?sslmode=verify-full", "postgresql:///?service=assent", EMBEDDED],
)
def test_what_a_place_writes_down_it_reads_back(tmp_path, text):
    assert Place.parse(tmp_path, Place.parse(tmp_path, text).text) == Place.parse(tmp_path, text)


def test_the_usual_schema_is_not_written_down():
    assert PostgresUrl.parse(f"{URL}?schema=assent").text == URL


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("postgresql://someone:secret@db/x", "password"),
        ("postgresql://someone@db/x?password=secret", "password"),
        ("postgresql://db/x?colour=red", "colour"),
        ("postgresql://db/x?schema=A-b", "A-b"),
        ("postgresql://db/x?schema=pg_catalog", "pg_catalog"),
        ("postgresql+asyncpg://db/x", "no PostgreSQL URL"),
        ("mysql://db/x", "no PostgreSQL URL"),
        ("postgresql://db:port/x", "no PostgreSQL URL"),
        ("nonsense", "no PostgreSQL URL"),
        ("", "no PostgreSQL URL"),
    ],
)
def test_what_is_no_place_is_refused_in_one_line(tmp_path, text, why):
    with pytest.raises(InputError, match=why) as caught:
        Place.parse(tmp_path, text)
    assert "secret" not in caught.value.message + str(caught.value.hint)


def test_a_folder_without_either_has_no_ledger(tmp_path):
    assert (place_of(tmp_path), place_of(tmp_path / "missing")) == (None, None)


def test_the_file_that_names_a_server_counts_before_the_embedded_database(tmp_path):
    (tmp_path / "ledger.db").touch()
    Place.parse(tmp_path, URL).take_charge()
    assert place_of(tmp_path) == Place.parse(tmp_path, URL)


def test_taking_charge_of_the_file_removes_the_name_of_the_server(tmp_path):
    (tmp_path / "ledger.db").touch()
    Place.parse(tmp_path, URL).take_charge()
    Place(tmp_path).take_charge()
    assert place_of(tmp_path) == Place(tmp_path)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"postgresql://a:secret@b/c", b"ledger.db"])
def test_a_file_that_names_nothing_usable_is_one_clear_line(tmp_path, data):
    (tmp_path / POINTER_NAME).write_bytes(data)
    with pytest.raises(InputError, match="database"):
        place_of(tmp_path)


def test_without_the_driver_the_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError) as caught:
        Place.parse(tmp_path, URL).open(read_only=True)
    assert caught.value.hint == "run: pip install 'assent[postgres]'"


REFUSED = {
    "password": ("tcp", {}, InputError, "password"),
    "role": ("socket", {"user": "nobody_here"}, InputError, "nobody_here"),
    "database": ("socket", {"database": "nothing_here"}, InputError, "nothing_here"),
}


@pytest.mark.parametrize(("way", "given", "error", "why"), REFUSED.values(), ids=REFUSED)
def test_who_is_not_let_in_is_told_why(postgres, monkeypatch, way, given, error, why):  # noqa: PLR0917 - a table
    monkeypatch.setenv("PGPASSWORD", "wrong")
    url = postgres.tcp_url(**given) if way == "tcp" else postgres.url(**given)
    database = PostgresDatabase(PostgresUrl.parse(url), read_only=True)
    with pytest.raises(error, match=why) as caught, database.reading():
        pytest.fail("let in")
    database.close()
    assert caught.value.hint is not None


def test_a_password_comes_by_libpqs_own_means(postgres, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "a password of the tests")
    database = PostgresDatabase(PostgresUrl.parse(postgres.tcp_url()), read_only=True)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    database.close()


def test_nobody_at_the_port_is_a_matter_of_trying_again():
    database = PostgresDatabase(PostgresUrl.parse("postgresql://a@127.0.0.1:1/b"), read_only=True)
    with pytest.raises(UnavailableError, match="cannot be reached"), database.reading():
        pytest.fail("reached")
    database.close()
