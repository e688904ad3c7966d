"""A ledger moved from one database to another: everything comes along, one of the two is in charge."""

import pytest
import sqlalchemy as sa
from test_log import START, off

from assent.audit.ledger import verify_ledger
from assent.errors import EvidenceError, InputError, RefusedError, UnavailableError
from assent.ledger import Ledger
from assent.ledger.moving import move_ledger
from assent.ledger.shredding import Shredding
from assent.storage.place import place_of
from assent.storage.postgresql import PostgresDatabase
from assent.storage.schema import EVENTS, HEAD, LEAVES, SUPPRESSED
from assent.storage.sqlite import SqliteDatabase


@pytest.fixture
def target(store, postgres):
    """The other store."""
    return postgres.url() if store == "sqlite" else "sqlite"


def contents(folder):
    """Every row, and how far the log goes."""
    database = place_of(folder).open(read_only=True)
    with database.reading() as connection:
        rows = [
            sorted(database.fetch_rows(connection, sa.select(table)), key=str) for table in (LEAVES, EVENTS, SUPPRESSED)
        ]
        head = database.fetch_rows(connection, sa.select(HEAD))
    database.close()
    return rows, head


@pytest.fixture
def reopen(ledger, clock, key):
    """Opens the folder's ledger, wherever it is now, as who may write and knows who was erased."""
    return lambda: Ledger.open(ledger.folder, clock=clock, key=key, suppression_key=lambda: b"s" * 32)


@pytest.fixture
def full(ledger, reopen):
    """A ledger of 301 entries, one of them without an event, and somebody who may not come back."""
    ledger.append([off(f"m{number}") for number in range(300)])
    ledger.transact(Shredding(["m7"], lambda: b"s" * 32, START, {}).draw)
    with reopen() as opened:
        yield opened


def test_everything_comes_along(full, target):
    before = contents(full.folder)
    move_ledger(full.folder, target)
    assert contents(full.folder) == before


def test_what_was_erased_stays_erased_and_the_moved_ledger_verifies(full, target):
    moved = move_ledger(full.folder, target)
    report = verify_ledger(full.folder, vkey=full_vkey(full.folder))
    assert (moved.size, moved.erased, report.ok, report.agrees, report.erased) == (301, 1, True, 300, 1)


def full_vkey(folder):
    return (folder / "log" / "vkey").read_text().strip()


def test_the_moved_ledger_goes_on_where_it_was(full, target, reopen):
    move_ledger(full.folder, target)
    with reopen() as moved:
        assert moved.append([off()]) == range(301, 302)


def test_there_and_back_again_it_is_the_same(full, target, store, postgres):
    before = contents(full.folder)
    move_ledger(full.folder, target)
    move_ledger(full.folder, store if store == "sqlite" else postgres.url())
    assert contents(full.folder) == before


def test_who_has_the_old_database_open_cannot_append_to_it(full, target):
    move_ledger(full.folder, target)
    with pytest.raises(UnavailableError, match="moved"):
        full.append([off()])


def test_an_erased_member_stays_out_after_the_move(full, target, reopen):
    move_ledger(full.folder, target)
    with reopen() as moved, pytest.raises(RefusedError, match="erased"):
        moved.append([off("m7")])


def test_who_has_the_old_database_open_is_not_told_an_old_size(full, target):
    move_ledger(full.folder, target)
    with pytest.raises(UnavailableError, match="moved"):
        _ = full.size


def test_the_head_that_is_left_stops_a_release_that_knows_nothing_of_moves(full, target):
    move_ledger(full.folder, target)
    with full._database.reading() as connection:
        frontier = connection.execute(sa.select(HEAD.c.frontier)).scalar_one()
    assert len(frontier) % 32 != 0


def test_the_old_file_lies_aside_under_a_name_that_says_so(full, target, store):
    moved = move_ledger(full.folder, target)
    assert (moved.aside is not None, moved.aside == full.folder / "ledger-moved-away.db") == (store == "sqlite",) * 2
    assert (full.folder / "ledger.db").exists() == (target == "sqlite")


def test_moving_to_where_it_is_is_refused(full, store):
    with pytest.raises(InputError, match="already"):
        move_ledger(full.folder, store)


def test_another_ledger_in_the_target_is_left_alone(full, tmp_path, clock, key, postgres):
    url = postgres.url()
    Ledger.create(tmp_path / "other", origin="example.org/log", key=key, clock=clock, database=url).close()
    with pytest.raises(InputError, match="already"):
        move_ledger(full.folder, url)
    assert full.append([off()]) == range(301, 302)


def test_a_damaged_ledger_stays_where_it_is(full, target):
    with full._database.writing() as connection:
        connection.execute(sa.update(LEAVES).where(LEAVES.c.seq == 3).values(commitment=b"x" * 32))
    with pytest.raises(EvidenceError, match="root"):
        move_ledger(full.folder, target)
    assert full.append([off()]) == range(301, 302)


def test_a_text_that_the_target_cannot_hold_is_one_clear_line(full, target, store):
    if store != "sqlite":
        pytest.skip("it cannot be in there")
    full.append([off("a\0b")])
    with pytest.raises(InputError, match="cannot hold"):
        move_ledger(full.folder, target)
    assert full.append([off()]) == range(302, 303)


def test_nobody_appends_while_it_moves(full, target):
    told = []

    def try_to_append(name):
        if name == "compared":
            with pytest.raises(UnavailableError) as caught:
                full.append([off()])
            told.append(caught.value.message)

    impatient(full)
    move_ledger(full.folder, target, gap=try_to_append)
    assert ["another process is writing" in each for each in told] == [True]


def impatient(ledger):
    """Waits for a tenth of a second, not for half a minute."""
    given = {"read_only": False, "busy_seconds": 0.1}
    place = place_of(ledger.folder)
    ledger._database.close()
    opened = SqliteDatabase(place.file, **given) if place.server is None else PostgresDatabase(place.server, **given)
    ledger._database = opened
