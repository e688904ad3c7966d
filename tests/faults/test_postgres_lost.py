"""PostgreSQL goes away: in the middle of appends, of a commit, of an answer. What was acknowledged is there.

| breaks | the event is | the writer is told |
|---|---|---|
| the COMMIT never arrives | not recorded | that nothing was recorded |
| the server commits, its answer is lost | recorded: failed but persisted | where it stands; the ledger looked |
| the same, and the server does not come back | unknown | that it is not known, and to look before repeating |
| the server is killed while many append | recorded where answered | try again |
"""

import threading
from datetime import UTC, datetime

import pytest
from answer_loser import AnswerLoser
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.audit.ledger import verify_ledger
from assent.errors import UnavailableError
from assent.ledger import Ledger, lost_answer
from assent.storage.database import CommitUnknownError
from assent.storage.postgresql import PostgresDatabase, PostgresUrl
from assent.vocabulary.events import Event, EventType
from real_postgres import NOT_FOUND, binaries, make_server

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
WHEN = datetime(2025, 11, 3, tzinfo=UTC)


def clock():
    return datetime(2026, 1, 1, tzinfo=UTC)


def off(member="m1"):
    return Event(EventType.SETTING_CHANGED, WHEN, member, "ads", "off")


@pytest.fixture
def server():
    """A server of the test's own, to be killed."""
    if binaries() is None:
        pytest.skip(NOT_FOUND)
    made = make_server()
    yield made
    made.remove()


@pytest.fixture
def proxy(postgres):
    made = AnswerLoser(postgres)
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path, proxy, postgres):
    url = proxy.url(f"ledger_{next(postgres.schemas)}")
    with Ledger.create(tmp_path / "ledger", origin="example.org/log", key=KEY, clock=clock, database=url) as created:
        created.append([off("before")])
        yield created


def members(folder):
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        return [event.member for _, event in ledger.events()]


def test_a_commit_whose_answer_was_lost_is_found(ledger, proxy):
    proxy.armed = "after"
    assert (ledger.append([off()]), proxy.cut) == (range(1, 2), 1)
    assert members(ledger.folder) == ["before", "m1"]


def test_a_commit_that_never_arrived_is_reported_as_such(ledger, proxy):
    proxy.armed = "before"
    with pytest.raises(UnavailableError) as caught:
        ledger.append([off()])
    assert (caught.value.hint, proxy.cut) == ("nothing was recorded; try again", 1)
    assert members(ledger.folder) == ["before"]


def test_after_a_lost_answer_the_ledger_goes_on_and_verifies(ledger, proxy):
    proxy.armed = "after"
    ledger.append([off()])
    ledger.append([off("m2")])
    report = verify_ledger(ledger.folder, vkey=ledger.vkey)
    assert (report.ok, report.agrees) == (True, 3)


def test_while_the_server_stays_away_nobody_claims_to_know(tmp_path, server, monkeypatch):
    monkeypatch.setattr(lost_answer, "_LOOK_SECONDS", 0.2)
    proxy = AnswerLoser(server)
    with Ledger.create(
        tmp_path / "l", origin="example.org/log", key=KEY, clock=clock, database=proxy.url("l")
    ) as ledger:

        def stop(name):
            if name == "written":
                proxy.armed = "before"
                proxy.close()

        ledger._gap = stop
        with pytest.raises(CommitUnknownError, match="lost while it committed") as caught:
            ledger.append([off()])
    assert "look before you repeat it" in caught.value.hint


def test_everything_acknowledged_is_there_after_the_server_was_killed(tmp_path, server):
    folder = tmp_path / "ledger"
    acknowledged, failed, enough = [], [], threading.Event()
    with Ledger.create(folder, origin="example.org/log", key=KEY, clock=clock, database=server.url()) as ledger:

        def write(name):
            for number in range(10_000):
                try:
                    ledger.append([off(f"{name}-{number}")])
                except UnavailableError:
                    failed.append(name)
                    return
                acknowledged.append(f"{name}-{number}")
                if len(acknowledged) > 200:
                    enough.set()

        threads = [threading.Thread(target=write, args=(name,)) for name in range(16)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        server.stop("immediate")
        for thread in threads:
            thread.join(120)
        server.start()
        # The same open ledger goes on: its broken connections are made anew.
        ledger.append([off("after")])
        acknowledged.append("after")
        vkey = ledger.vkey
    assert sorted(failed) == list(range(16))
    assert set(acknowledged) <= set(members(folder))
    report = verify_ledger(folder, vkey=vkey)
    assert (report.ok, report.agrees) == (True, report.size)


def test_a_server_that_is_down_is_a_matter_of_trying_again(tmp_path, server):
    folder = tmp_path / "ledger"
    Ledger.create(folder, origin="example.org/log", key=KEY, clock=clock, database=server.url()).close()
    server.stop("fast")
    with pytest.raises(UnavailableError, match="cannot be reached") as caught:
        Ledger.open(folder, clock=clock, key=KEY)
    assert "is the server up" in caught.value.hint


def test_a_server_that_does_not_flush_its_disk_is_refused(tmp_path, server):
    server.stop("fast")
    server.settings["fsync"] = "off"
    server.start()
    with pytest.raises(Exception, match="fsync") as caught:
        Ledger.create(tmp_path / "l", origin="example.org/log", key=KEY, clock=clock, database=server.url())
    assert caught.type.__name__ == "RefusedError"


def test_a_server_that_answers_before_it_flushes_is_told_to_wait(server):
    server.stop("fast")
    server.settings["synchronous_commit"] = "off"
    server.start()
    opened = PostgresDatabase(PostgresUrl.parse(server.url()), read_only=False)
    with opened.writing() as connection:
        found = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
    opened.close()
    assert found == "on"
