import shutil
import sqlite3
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.audit.ledger import is_about, verify_ledger
from assent.errors import EvidenceError, InputError
from assent.evidence.erasure import NOBODY, suppression_tag
from assent.evidence.note import SignerKey
from assent.ledger import Ledger
from assent.ledger.shredding import Readmission, Shredding
from assent.vocabulary.events import Event, EventType

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
VKEY = SignerKey("example.org/log", KEY).verifier.text
SIZE = 600


def clock():
    return datetime(2026, 1, 1, tzinfo=UTC)


def make(folder):
    events = [
        Event(EventType.SETTING_CHANGED, clock(), f"m{number % 7}", "ads", "off" if number % 2 else "on")
        for number in range(SIZE)
    ]
    with Ledger.create(folder, origin="example.org/log", key=KEY, clock=clock) as ledger:
        ledger.append(events[:100])
        ledger.append(events[100:])
    # One file, so that tests may damage it without a write-ahead log beside it.
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("original") / "ledger"
    make(folder)
    return folder


@pytest.fixture
def folder(original, tmp_path):
    shutil.copytree(original, tmp_path / "ledger")
    return tmp_path / "ledger"


def sql(folder, statement, *values):
    connection = sqlite3.connect(folder / "ledger.db")
    with connection:
        connection.execute(statement, values)
    connection.close()


def failed(report):
    return [check.name for check in report.checks if not check.passed]


def test_an_untouched_ledger_verifies(folder):
    report = verify_ledger(folder, vkey=VKEY)
    assert (report.ok, report.size, report.agrees, report.differs, report.erased) == (True, SIZE, SIZE, 0, 0)


def test_an_erased_event_is_counted_and_is_no_failure(folder):
    erase(folder, "m3")
    report = verify_ledger(folder, vkey=VKEY)
    assert (report.ok, report.agrees, report.erased, report.unaccounted) == (True, SIZE - 86 + 1, 86, 0)


def test_an_event_deleted_behind_the_logs_back_is_a_failure(folder):
    sql(folder, "DELETE FROM ledger_events WHERE seq IN (3, 4)")
    report = verify_ledger(folder, vkey=VKEY)
    assert (failed(report), report.erased, report.unaccounted) == (["erasures"], 0, 2)


def test_an_erasure_does_not_cover_what_it_does_not_name(folder):
    erase(folder, "m3")
    sql(folder, "DELETE FROM ledger_events WHERE seq = 4")
    report = verify_ledger(folder, vkey=VKEY)
    assert (failed(report), report.erased, report.unaccounted) == (["erasures"], 86, 1)


def test_an_erasure_does_not_cover_itself_or_what_comes_later(folder):
    """Whoever deletes the event that accounts for an erasure is found too."""
    erase(folder, "m3")
    sql(folder, "DELETE FROM ledger_events WHERE seq = ?", SIZE)
    assert verify_ledger(folder, vkey=VKEY).unaccounted == 87


def test_what_is_said_to_be_erased_and_is_there_is_a_failure(folder):
    with sqlite3.connect(folder / "ledger.db") as connection:
        row = connection.execute("SELECT * FROM ledger_events WHERE seq = 3").fetchone()
    connection.close()
    erase(folder, "m3")
    sql(folder, "INSERT INTO ledger_events VALUES (?, ?, ?, ?)", *row)
    report = verify_ledger(folder, vkey=VKEY)
    assert [check.detail for check in report.checks if not check.passed] == [
        "event `3` is said to be erased and is there"
    ]


def test_an_erasure_recorded_without_positions_accounts_for_nothing(folder):
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        ledger.append([Event(EventType.ERASURE_COMPLETED, clock(), "m3")])
    sql(folder, "DELETE FROM ledger_events WHERE seq = 3")
    report = verify_ledger(folder, vkey=VKEY)
    (detail,) = (check.detail for check in report.checks if not check.passed)
    assert detail.endswith("the first is `3`; 1 erasures do not say which entries they took")


def test_an_erased_member_missing_from_the_suppression_list_is_found(folder):
    erase(folder, "m3")
    sql(folder, "DELETE FROM ledger_suppressed")
    assert failed(verify_ledger(folder, vkey=VKEY)) == ["suppression list"]


def test_no_bit_of_the_suppression_list_can_be_changed_unseen(folder):
    erase(folder, "m3")
    tag = suppression_tag(b"s" * 32, "m3")
    sql(folder, "UPDATE ledger_suppressed SET tag = ? WHERE tag = ?", tag[:-1] + bytes([tag[-1] ^ 1]), tag)
    assert failed(verify_ledger(folder, vkey=VKEY)) == ["suppression list"]


def test_a_suppression_list_that_was_given_another_key_is_found(folder):
    erase(folder, "m3")
    old, new = (suppression_tag(key * 32, NOBODY) for key in (b"s", b"t"))
    sql(folder, "UPDATE ledger_suppressed SET tag = ? WHERE tag = ?", new, old)
    assert failed(verify_ledger(folder, vkey=VKEY)) == ["suppression list"]


def test_somebody_on_the_suppression_list_whom_nobody_erased_is_found(folder):
    erase(folder, "m3")
    sql(folder, "INSERT INTO ledger_suppressed VALUES (?, 3)", suppression_tag(b"s" * 32, "m4"))
    assert failed(verify_ledger(folder, vkey=VKEY)) == ["suppression list"]


def test_a_member_who_was_let_back_in_is_no_failure(folder):
    erase(folder, "m3")
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        ledger.transact(Readmission("m3", lambda: b"s" * 32, clock()).draw)
    assert verify_ledger(folder, vkey=VKEY).ok


def erase(folder, member):
    with Ledger.open(folder, clock=clock, key=KEY) as ledger:
        ledger.transact(Shredding([member], lambda: b"s" * 32, clock(), {}).draw)


def test_a_changed_event_differs(folder):
    sql(
        folder,
        "UPDATE ledger_events SET event = CAST(replace(CAST(event AS TEXT), '\"on\"', '\"no\"') AS BLOB) WHERE seq = 8",
    )
    report = verify_ledger(folder, vkey=VKEY)
    assert (report.ok, report.differs, report.differences) == (False, 1, ["event 8: it is not what was recorded"])


def test_a_changed_salt_differs(folder):
    sql(folder, "UPDATE ledger_events SET salt = zeroblob(32) WHERE seq = 8")
    assert verify_ledger(folder, vkey=VKEY).differs == 1


def test_a_salt_of_another_length_differs(folder):
    sql(folder, "UPDATE ledger_events SET salt = zeroblob(31) WHERE seq = 8")
    assert verify_ledger(folder, vkey=VKEY).differs == 1


def test_an_event_filed_under_another_member_differs(folder):
    sql(folder, "UPDATE ledger_events SET member = 'nobody' WHERE seq = 8")
    assert verify_ledger(folder, vkey=VKEY).differences == ["event 8: it is filed under another member than it names"]


def test_an_event_hidden_from_its_member_differs(folder):
    sql(folder, "UPDATE ledger_events SET member = NULL WHERE seq = 8")
    assert verify_ledger(folder, vkey=VKEY).differs == 1


def test_a_changed_commitment_does_not_lead_to_the_root(folder):
    sql(folder, "UPDATE ledger_leaves SET commitment = zeroblob(32) WHERE seq = 8")
    assert "entries" in failed(verify_ledger(folder, vkey=VKEY))


def test_a_gap_in_the_entries_is_named(folder):
    sql(folder, "DELETE FROM ledger_leaves WHERE seq = 300")
    report = verify_ledger(folder, vkey=VKEY)
    first = next(check.detail for check in report.checks if not check.passed)
    assert first == "entry `300` is missing from the database"


def test_entries_cut_off_at_the_end_are_named(folder):
    sql(folder, "DELETE FROM ledger_leaves WHERE seq >= 590")
    assert "entry `590` is missing" in str(verify_ledger(folder, vkey=VKEY).checks)


def test_an_event_beyond_the_signed_size_is_found(folder):
    sql(folder, "INSERT INTO ledger_events SELECT 600, member, salt, event FROM ledger_events WHERE seq = 8")
    assert failed(verify_ledger(folder, vkey=VKEY)) == ["recorded checkpoint"]


def test_a_size_that_was_not_signed_is_found(folder):
    sql(folder, "UPDATE ledger_head SET size = 599")
    assert "recorded checkpoint" in failed(verify_ledger(folder, vkey=VKEY))


@pytest.mark.parametrize("name", ["tile/0/000", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/88"])
def test_a_missing_file_is_named(folder, name):
    (folder / "log" / name).unlink()
    report = verify_ledger(folder, vkey=VKEY)
    assert (failed(report), name in str(report.checks)) == (["published files"], True)


@pytest.mark.parametrize("name", ["tile/0/001", "tile/0/002.p/88", "tile/entries/000", "tile/1/000.p/2"])
def test_a_flipped_bit_in_a_file_is_found(folder, name):
    data = bytearray((folder / "log" / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "log" / name).write_bytes(data)
    assert failed(verify_ledger(folder, vkey=VKEY)) == ["published files"]


def test_a_flipped_bit_in_the_checkpoint_is_found(folder):
    data = bytearray((folder / "log" / "checkpoint").read_bytes())
    data[20] ^= 1
    (folder / "log" / "checkpoint").write_bytes(data)
    assert "published checkpoint" in failed(verify_ledger(folder, vkey=VKEY))


def test_a_missing_checkpoint_is_found(folder):
    (folder / "log" / "checkpoint").unlink()
    assert "published checkpoint" in failed(verify_ledger(folder, vkey=VKEY))


def test_a_truncated_database_is_found(folder):
    data = (folder / "ledger.db").read_bytes()
    (folder / "ledger.db").write_bytes(data[: len(data) // 2])
    report = verify_ledger(folder, vkey=VKEY)
    assert (report.ok, failed(report)[0]) == (False, "database file")


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_flipped_byte_in_the_database_is_never_passed_over_as_agreement(folder, place):
    data = bytearray((folder / "ledger.db").read_bytes())
    at = int(len(data) * place)
    while data[at] == 0:
        at += 1
    data[at] ^= 0xFF
    (folder / "ledger.db").write_bytes(data)
    report = verify_ledger(folder, vkey=VKEY)
    # A byte in space the database has freed holds nothing and changes nothing.
    assert (not report.ok) or report.agrees == SIZE


def test_an_older_database_under_a_newer_log_is_found(original, tmp_path):
    with Ledger.create(tmp_path / "young", origin="example.org/log", key=KEY, clock=clock) as young:
        young.append([Event(EventType.MEMBER_JOINED, clock(), "m1")])
    shutil.rmtree(tmp_path / "young" / "log")
    shutil.copytree(original / "log", tmp_path / "young" / "log")
    report = verify_ledger(tmp_path / "young", vkey=VKEY)
    assert "size `600` was published, the database ends at `1`" in str(report.checks)


def test_another_logs_key_verifies_nothing(folder):
    other = SignerKey("example.org/log", Ed25519PrivateKey.from_private_bytes(b"o" * 32)).verifier.text
    assert failed(verify_ledger(folder, vkey=other)) == ["published key", "published checkpoint", "recorded checkpoint"]


def test_a_report_that_failed_raises_one_line(folder):
    (folder / "log" / "tile/0/000").unlink()
    with pytest.raises(EvidenceError, match="tile/0/000"):
        verify_ledger(folder, vkey=VKEY).require()


def test_a_folder_without_ledger_is_an_input_error(tmp_path):
    with pytest.raises(InputError):
        verify_ledger(tmp_path, vkey=VKEY)


@pytest.mark.parametrize(
    ("event", "member", "about"),
    [
        (b'{"member":"m1","type":"x"}', "m1", True),
        (b'{"member":"m10","type":"x"}', "m1", False),
        (b'{"setting":"\\"member\\":\\"m1\\"","type":"x"}', "m1", False),
        (b'{"type":"x"}', None, True),
        (b'{"member":"m1"}', None, False),
        (b'{"member":"quo\\"te"}', 'quo"te', True),
    ],
)
def test_an_event_is_about_the_member_it_names(event, member, about):
    assert is_about(event, member) == about


@pytest.mark.parametrize("column", ["salt", "event"])
def test_a_text_where_bytes_were_stored_differs(folder, column):
    sql(folder, f"UPDATE ledger_events SET {column} = 'a text of some length, as long as a salt' WHERE seq = 8")
    assert verify_ledger(folder, vkey=VKEY).differs == 1


def test_a_member_that_is_no_text_differs(folder):
    sql(folder, "UPDATE ledger_events SET member = x'6d31' WHERE seq = 8")
    assert verify_ledger(folder, vkey=VKEY).differs == 1


def test_a_commitment_that_is_no_hash_is_named(folder):
    sql(folder, "UPDATE ledger_leaves SET commitment = 'text' WHERE seq = 8")
    assert "entry `8` is no hash" in str(verify_ledger(folder, vkey=VKEY).checks)


@pytest.mark.parametrize("flip", [0, 1])
def test_an_earlier_shorter_tile_must_be_what_the_tile_begins_with(folder, flip):
    whole = (folder / "log/tile/0/000").read_bytes()
    shorter = folder / "log/tile/0/000.p/100"
    shorter.parent.mkdir(exist_ok=True)
    shorter.write_bytes(whole[: 100 * 32 - 1] + bytes([whole[100 * 32 - 1] ^ flip]))
    assert failed(verify_ledger(folder, vkey=VKEY)) == (["published files"] if flip else [])
