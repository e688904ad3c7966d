"""What shredding does inside the ledger: events go, entries stay, the list keeps them out; on both stores."""

import pyarrow.parquet as pq
import pytest

from assent.audit.ledger import verify_ledger
from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.erasure import is_pseudonym, pseudonym_of, suppression_tag
from assent.ledger import Ledger
from assent.ledger.importing import import_events, import_new_events
from assent.ledger.opt_outs import import_opt_outs
from assent.ledger.shredding import Readmission, Shredding
from assent.ledger.state_table import import_state_table
from assent.ledger.suppression import create_suppression_key, read_suppression_key
from assent.vocabulary.events import Event, EventType

SECRET = b"s" * 32


def setting(member, clock, value="on"):
    return Event(EventType.SETTING_CHANGED, clock(), member, "ads", value)


@pytest.fixture
def ledger(tmp_path, clock, key, store):
    folder = tmp_path / "ledger"
    Ledger.create(folder, origin="example.org/log", key=key, clock=clock, database=store).close()
    with Ledger.open(folder, clock=clock, key=key, suppression_key=lambda: SECRET) as opened:
        opened.append([setting(member, clock) for member in ("mira", "tom", "mira", "eve", "mira", "mira")])
        yield opened


def shred(ledger, clock, *members, secret=SECRET):
    shredding = Shredding(members, lambda: secret, clock(), {})
    return ledger.transact(shredding.draw), shredding.shredded


def of(ledger, member):
    return [seq for seq, _ in ledger.events_of(member)]


def test_the_members_events_are_gone_and_the_others_are_not(ledger, clock):
    shred(ledger, clock, "mira")
    assert (of(ledger, "mira"), of(ledger, "tom"), of(ledger, "eve")) == ([], [1], [3])


def test_the_event_that_says_so_names_the_positions_and_nobody(ledger, clock):
    seqs, _ = shred(ledger, clock, "mira")
    ((seq, event),) = ledger.events(seqs.start)
    assert (seq, event.type, event.value) == (6, EventType.ERASURE_COMPLETED, "0,2,4-5")
    assert event.member == pseudonym_of(suppression_tag(SECRET, "mira"))
    assert is_pseudonym(event.member)


def test_the_entries_stay_and_the_tree_still_verifies(ledger, clock):
    before = [ledger.commitment(seq) for seq in range(6)]
    shred(ledger, clock, "mira")
    report = verify_ledger(ledger.folder, vkey=ledger.vkey)
    assert [ledger.commitment(seq) for seq in range(6)] == before
    assert (report.ok, report.agrees, report.erased, report.unaccounted) == (True, 3, 4, 0)


def test_an_erased_event_cannot_be_revealed(ledger, clock):
    shred(ledger, clock, "mira")
    with pytest.raises(RefusedError, match="erased"):
        ledger.prove(0, reveal=True)


def test_several_are_erased_in_one_transaction(ledger, clock):
    seqs, shredded = shred(ledger, clock, "mira", "tom")
    assert (len(seqs), shredded) == (2, {"mira": 4, "tom": 1})


def test_shredding_again_records_nothing(ledger, clock):
    shred(ledger, clock, "mira")
    seqs, shredded = shred(ledger, clock, "mira")
    assert (len(seqs), shredded) == (0, {"mira": 0})


def test_nothing_about_an_erased_member_is_appended(ledger, clock):
    shred(ledger, clock, "mira")
    with pytest.raises(RefusedError, match="`mira` was erased"):
        ledger.append([setting("tom", clock), setting("mira", clock)])
    assert ledger.size == 7


def test_others_are_appended_as_ever(ledger, clock):
    shred(ledger, clock, "mira")
    assert ledger.append([setting("tom", clock)]) == range(7, 8)


def test_an_import_leaves_them_out_and_counts(ledger, clock, tmp_path):
    shred(ledger, clock, "mira")
    rows = [
        f'{{"type":"member.joined","member":"{m}","effective_at":"2025-01-01T00:00:00Z"}}'
        for m in "mira tom eve mira".split()
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    left_out = []
    assert import_events(ledger, [tmp_path / "a.jsonl"], left_out=left_out.append) == range(7, 9)
    assert (sum(left_out), of(ledger, "mira")) == (2, [])


def test_an_import_of_what_is_new_leaves_them_out_too(ledger, clock, tmp_path):
    shred(ledger, clock, "mira")
    (tmp_path / "a.jsonl").write_text(
        '{"type":"member.joined","member":"mira","effective_at":"2025-01-01T00:00:00Z"}\n'
    )
    left_out = []
    assert import_new_events(ledger, [tmp_path / "a.jsonl"], left_out=left_out.append) == (range(7, 7), 0)
    assert sum(left_out) == 1


def test_a_state_table_leaves_them_out_too(ledger, clock, tmp_path):
    shred(ledger, clock, "mira")
    (tmp_path / "a.csv").write_text(
        "member,setting,value,changed_at\nmira,ads,off,2026-01-01T00:00:00Z\nnew,ads,off,2026-01-01T00:00:00Z\n"
    )
    found = import_state_table(ledger, [tmp_path / "a.csv"])
    assert (len(found.recorded), found.erased, of(ledger, "mira")) == (1, 1, [])


def test_opt_outs_of_a_browser_leave_them_out_too(ledger, clock, tmp_path):
    shred(ledger, clock, "mira")
    (tmp_path / "a.csv").write_text("member,sec_gpc,seen_at\nmira,1,2026-01-01T00:00:00Z\ntom,1,2026-01-01T00:00:00Z\n")
    left_out = []
    recorded, _ = import_opt_outs(ledger, [tmp_path / "a.csv"], ["ads"], left_out=left_out.append)
    assert (len(recorded), left_out, of(ledger, "mira")) == (1, [1], [])


def test_without_the_key_nobody_is_recorded(ledger, clock, key):
    shred(ledger, clock, "mira")
    with Ledger.open(ledger.folder, clock=clock, key=key) as other:
        with pytest.raises(InputError, match="without its key"):
            other.append([setting("tom", clock)])
        assert other.append([Event(EventType.HOLD_PLACED, clock(), key="train", value="DE")]) == range(7, 8)


def test_with_another_key_nobody_is_recorded(ledger, clock, key):
    shred(ledger, clock, "mira")
    other = Ledger.open(ledger.folder, clock=clock, key=key, suppression_key=lambda: b"x" * 32)
    with other, pytest.raises(EvidenceError, match="not the one that made the list"):
        other.append([setting("tom", clock)])


def test_with_another_key_nobody_is_erased(ledger, clock):
    shred(ledger, clock, "mira")
    with pytest.raises(EvidenceError, match="not the one that made the list"):
        shred(ledger, clock, "tom", secret=b"x" * 32)
    assert of(ledger, "tom") == [1]


def test_who_is_let_back_in_can_be_recorded_and_nothing_comes_back(ledger, clock):
    shred(ledger, clock, "mira")
    (seq,) = ledger.transact(Readmission("mira", lambda: SECRET, clock()).draw)
    ((_, event),) = ledger.events(seq)
    assert (is_pseudonym(event.member), ledger.suppressed(["mira"]), of(ledger, "mira")) == (True, frozenset(), [])
    assert ledger.append([setting("mira", clock)]) == range(8, 9)


def test_who_came_back_can_be_erased_again(ledger, clock):
    shred(ledger, clock, "mira")
    ledger.transact(Readmission("mira", lambda: SECRET, clock()).draw)
    ledger.append([setting("mira", clock)])
    shred(ledger, clock, "mira")
    report = verify_ledger(ledger.folder, vkey=ledger.vkey)
    assert (of(ledger, "mira"), report.ok, report.erased, ledger.suppressed(["mira"])) == ([], True, 5, {"mira"})


@pytest.mark.parametrize(
    "forged",
    [
        Event(EventType.KEY_ROTATED, key="example.org/log+00000000+AA==", value="x", effective_at=None),
        Event(EventType.ERASURE_COMPLETED, member="mira", value="1-3", effective_at=None),
        Event(EventType.MEMBER_JOINED, member="erased:0", effective_at=None),
    ],
    ids=lambda event: event.type,
)
def test_what_only_the_ledger_records_cannot_be_appended(ledger, clock, forged):
    from dataclasses import replace

    with pytest.raises(RefusedError):
        ledger.append([replace(forged, effective_at=clock())])


@pytest.mark.parametrize(
    "row",
    [
        '{"type":"key.rotated","vkey":"a","replaces":"b","effective_at":"2025-01-01T00:00:00Z"}',
        '{"type":"erasure.completed","member":"mira","positions":"0-5","effective_at":"2025-01-01T00:00:00Z"}',
        '{"type":"member.joined","member":"erased:0","effective_at":"2025-01-01T00:00:00Z"}',
    ],
)
def test_what_only_the_ledger_records_cannot_be_imported(ledger, tmp_path, row):
    (tmp_path / "a.jsonl").write_text(row + "\n")
    with pytest.raises(InputError, match="row 1"):
        import_events(ledger, [tmp_path / "a.jsonl"])


def names(columns):
    return {name for path in columns.members for name in pq.read_table(path)["member"].to_pylist()}


def test_the_mirror_forgets_them_at_the_next_look(ledger, clock):
    assert "mira" in names(ledger.columns())
    shred(ledger, clock, "mira")
    assert names(ledger.columns()) == {"tom", "eve", pseudonym_of(suppression_tag(SECRET, "mira"))}


def test_a_mirror_that_was_away_meanwhile_is_recognised(ledger, clock, tmp_path):
    """As on another machine: erased, let back in and erased again while this one's files lay there."""
    ledger.columns()
    away = tmp_path / "away"
    (ledger.folder / "columns").rename(away)
    shred(ledger, clock, "mira")
    ledger.transact(Readmission("mira", lambda: SECRET, clock()).draw)
    ledger.append([setting("mira", clock, "off")])
    away.rename(ledger.folder / "columns")
    seqs = [seq for path in ledger.columns().events for seq in pq.read_table(path)["seq"].to_pylist()]
    assert seqs == [1, 3, 6, 7, 8]


def test_final_segments_from_before_the_first_shredded_event_are_kept(ledger, clock, monkeypatch):
    monkeypatch.setattr("assent.ledger.columns.SEGMENT", 2)
    ledger.append([setting("late", clock)])
    kept = [path.name for path in ledger.columns().events[:3]]
    stamps = [(ledger.folder / "columns" / name).stat().st_mtime_ns for name in kept]
    shred(ledger, clock, "late")
    assert "late" not in names(ledger.columns())
    assert [(ledger.folder / "columns" / name).stat().st_mtime_ns for name in kept] == stamps


def test_an_erased_member_is_nobody_in_the_state(ledger, clock):
    from assent.ledger import fold_member

    shred(ledger, clock, "mira")
    assert fold_member(ledger.events_of("mira"), at=clock(), size=ledger.size) is None


def test_a_key_is_made_once(tmp_path):
    path = tmp_path / "keys" / "suppression.key"
    create_suppression_key(path, lambda count: b"a" * count)
    create_suppression_key(path, lambda count: b"b" * count)
    assert (read_suppression_key(path), path.stat().st_mode & 0o777) == (b"a" * 32, 0o600)


def test_a_key_of_another_length_is_none(tmp_path):
    (tmp_path / "suppression.key").write_bytes(b"short")
    with pytest.raises(InputError, match="is no key"):
        read_suppression_key(tmp_path / "suppression.key")
