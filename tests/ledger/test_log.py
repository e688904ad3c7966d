import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.checkpoint import open_checkpoint
from assent.evidence.commitment import commit
from assent.evidence.merkle import leaf_hashes, root_of
from assent.evidence.note import VerifierKey
from assent.evidence.tlog_proof import parse_proof, verify_proof
from assent.ledger import Ledger
from assent.storage.schema import EVENTS, HEAD, LEAVES
from assent.vocabulary.events import Event, EventType

WHEN = datetime(2025, 11, 3, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)


def off(member="m1", when=WHEN):
    return Event(EventType.SETTING_CHANGED, when, member, "generative_ai_improvement", "off", by="member")


def head(ledger):
    return open_checkpoint(ledger.checkpoint(), [VerifierKey.parse(ledger.vkey)])


def test_a_new_ledger_is_empty_and_signed(ledger):
    assert (ledger.size, head(ledger).size, head(ledger).origin) == (0, 0, "example.org/log")


def test_positions_are_consecutive(ledger):
    assert [ledger.append([off()]), ledger.append([off(), off()]), ledger.append([])] == [
        range(1),
        range(1, 3),
        range(3, 3),
    ]


def test_an_event_is_read_back_with_the_moment_it_was_recorded(ledger):
    ledger.append([off()])
    [(seq, event)] = ledger.events()
    assert (seq, event) == (
        0,
        Event(EventType.SETTING_CHANGED, WHEN, "m1", "generative_ai_improvement", "off", "member", START),
    )


def test_a_recorded_moment_of_the_callers_own_is_not_taken(ledger):
    ledger.append([Event(EventType.ACCOUNT_CLOSED, WHEN, "m1", recorded_at=WHEN)])
    assert [event.recorded_at for _, event in ledger.events()] == [START]


def test_the_checkpoint_is_over_the_commitments_and_nothing_else(ledger):
    ledger.append([off(f"m{number}") for number in range(5)])
    entries = [commit(*ledger.revealed(seq)) for seq in range(5)]
    assert head(ledger).root == root_of(leaf_hashes(entries))


def test_the_published_log_holds_no_personal_data(ledger):
    ledger.append([off("a-very-recognisable-member-id")])
    published = b"".join(path.read_bytes() for path in (ledger.folder / "log").rglob("*") if path.is_file())
    assert b"recognisable" not in published


def test_equal_events_have_unequal_entries(ledger):
    ledger.append([off(), off()])
    assert ledger.commitment(0) != ledger.commitment(1)


def test_a_members_events_are_theirs_alone_and_in_order(ledger):
    ledger.append([off("m1"), off("m2"), off("m1")])
    assert [seq for seq, _ in ledger.events_of("m1")] == [0, 2]


def test_a_size_hides_what_came_later(ledger):
    ledger.append([off("m1"), off("m1")])
    assert [seq for seq, _ in ledger.events_of("m1", size=1)] == [0]


def test_system_events_are_those_about_no_member(ledger):
    hold = Event(EventType.HOLD_PLACED, WHEN, key="train_generative", value="DE")
    ledger.append([off(), hold])
    assert [seq for seq, _ in ledger.system_events()] == [1]


def test_events_since_begin_at_that_size(ledger):
    ledger.append([off(), off(), off()])
    assert [seq for seq, _ in ledger.events_since(2)] == [2]


def test_a_bad_event_leaves_the_ledger_as_it_was(ledger):
    with pytest.raises(InputError):
        ledger.append([off(), Event(EventType.SETTING_CHANGED, WHEN, "m1", "generative_ai_improvement", "maybe")])
    assert ledger.size == 0


def test_an_instant_without_zone_is_refused(ledger):
    with pytest.raises(InputError, match="zone"):
        ledger.append([off(when=datetime(2025, 11, 3))])  # noqa: DTZ001


def test_a_text_that_is_no_unicode_is_refused(ledger):
    with pytest.raises(InputError):
        ledger.append([off("m\ud800")])


def test_reopened_it_is_the_same_ledger(ledger, clock, key):
    ledger.append([off()])
    before = ledger.checkpoint()
    with Ledger.open(ledger.folder, clock=clock) as again:
        assert (again.checkpoint(), again.size) == (before, 1)


def test_without_the_key_it_can_only_be_read(ledger, clock, key):
    with Ledger.open(ledger.folder, clock=clock) as reader, pytest.raises(RefusedError):
        reader.append([off()])


def test_another_key_is_refused(ledger, clock, key):
    with pytest.raises(InputError, match="not the key"):
        Ledger.open(ledger.folder, clock=clock, key=Ed25519PrivateKey.from_private_bytes(b"x" * 32))


def test_a_second_ledger_in_the_folder_is_refused(ledger, clock, key):
    with pytest.raises(InputError, match="already"):
        Ledger.create(ledger.folder, origin="example.org/log", key=key, clock=clock)


def test_a_folder_without_ledger_is_an_input_error(tmp_path, clock):
    with pytest.raises(InputError, match="no ledger"):
        Ledger.open(tmp_path, clock=clock)


def test_every_event_has_a_proof_that_verifies_offline(ledger):
    ledger.append([off(f"m{number}") for number in range(300)])
    key = [VerifierKey.parse(ledger.vkey)]
    sizes = {
        verify_proof(parse_proof(ledger.prove(seq)), leaf=ledger.commitment(seq), verifiers=key).size
        for seq in range(0, 300, 7)
    }
    assert sizes == {300}


def test_a_revealing_proof_carries_what_makes_the_entry(ledger):
    ledger.append([off()])
    extra = parse_proof(ledger.prove(0, reveal=True)).extra
    assert commit(extra[:32], extra[32:]) == ledger.commitment(0)


def test_what_is_not_recorded_has_no_proof(ledger):
    with pytest.raises(InputError):
        ledger.prove(0)


def test_full_tiles_replace_the_partial_ones_before_them(ledger):
    events = [off(f"m{number}") for number in range(700)]
    for start, stop in ((0, 1), (1, 255), (255, 256), (256, 600), (600, 700)):
        ledger.append(events[start:stop])
    log = ledger.folder / "log"
    assert {str(path.relative_to(log)) for path in (log / "tile").rglob("*") if path.is_file()} == {
        "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/0/002.p/188",
        "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88", "tile/entries/002.p/188",
        "tile/1/000.p/1", "tile/1/000.p/2",
    }  # fmt: skip


def test_many_threads_lose_and_repeat_nothing(ledger):
    def write(name):
        for number in range(20):
            ledger.append([off(f"{name}-{number}")])

    threads = [threading.Thread(target=write, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    members = sorted(event.member for _, event in ledger.events())
    assert members == sorted(f"{name}-{number}" for name in range(16) for number in range(20))


def test_every_writer_is_told_where_its_own_events_stand(ledger):
    told = {}

    def write(name):
        told[name] = ledger.append([off(f"{name}"), off(f"{name}")])

    threads = [threading.Thread(target=write, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = dict(ledger.events())
    assert {name: [stored[seq].member for seq in seqs] for name, seqs in told.items()} == {
        name: [str(name), str(name)] for name in range(16)
    }


def test_one_writers_bad_event_does_not_fail_the_others(ledger):
    failures = []

    def write(name):
        try:
            ledger.append([off("\ud800" if name == 3 else f"m{name}")])
        except InputError:
            failures.append(name)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failures, ledger.size) == ([3], 7)


def test_two_ledgers_open_on_one_folder_take_turns(ledger, clock, key):
    with Ledger.open(ledger.folder, clock=clock, key=key) as other:
        got = [ledger.append([off()]), other.append([off()]), ledger.append([off()])]
    assert got == [range(1), range(1, 2), range(2, 3)]


def test_everything_answered_is_published_when_writers_rest(ledger):
    threads = [threading.Thread(target=lambda: ledger.append([off()])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ledger.folder / "log" / "checkpoint").read_bytes() == ledger.checkpoint()


def test_the_past_is_derived_while_somebody_publishes(tmp_path, clock, key, store):
    folder, seen = tmp_path / "ledger", []

    def look(name):
        if name in {"committed", "tiles-written"}:
            with Ledger.open(folder, clock=clock) as reader:
                seen.append((reader.size, reader.root_at(2) if reader.size > 2 else None))

    with Ledger.create(folder, origin="example.org/log", key=key, clock=clock, database=store, gap=look) as ledger:
        ledger.append([off(), off()])
        root = head(ledger).root
        ledger.append([off()])
        ledger.append([off()] * 300)  # the first tile becomes full, and its partial ones go
    assert seen[-4:] == [(3, root), (3, root), (303, root), (303, root)]


def test_a_past_that_is_not_published_is_not_derived(ledger, clock):
    with Ledger.open(ledger.folder, clock=clock) as reader, pytest.raises(EvidenceError, match="less than `1` events"):
        reader.root_at(1)
    assert ledger.root_at(0) == root_of([])


def test_a_failing_source_of_statements_leaves_nothing(ledger):
    def batches():
        yield [("m1", b"{}")]
        raise InputError("the file ends here")

    with pytest.raises(InputError, match="ends here"):
        ledger.append_statements(batches())
    assert (ledger.size, list(ledger.events())) == (0, [])


def test_a_database_behind_the_published_log_is_not_opened_for_writing(ledger, clock, key):
    database = ledger._database
    ledger.append([off()])
    with database.reading() as connection:
        [early] = database.fetch_rows(connection, sa.select(HEAD))
    ledger.append([off()])
    with database.writing() as connection:
        # What restoring an old copy comes to.
        for table in (EVENTS, LEAVES):
            connection.execute(sa.delete(table).where(table.c.seq >= 1))
        connection.execute(sa.delete(HEAD))
        database.insert_rows(connection, HEAD, [early])
    with pytest.raises(EvidenceError, match="published"):
        Ledger.open(ledger.folder, clock=clock, key=key)


def test_a_member_whose_name_cannot_be_stored_fails_alone(ledger):
    if ledger._database.holds_text("\0"):
        pytest.skip("this database stores every text")
    with pytest.raises(InputError, match="cannot store"):
        ledger.append([off("a\0b")])
    assert ledger.append([off()]) == range(1)
