"""The log's key is replaced, and whatever was signed before still verifies, from the old key or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.note import VerifierKey, open_note
from assent.ledger import Ledger
from assent.operations.ledger import check_proof, open_ledger, verify_ledger_in
from assent.operations.rotation import RotatedKey, rotate_key
from assent.operations.verify import ledger_keys, verify_folder
from assent.storage.keys import load_key
from small_world import World, joined, make_world, post, switched

RECORDS = [post("mira-1", "mira"), post("tom-1", "tom")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "w", joined("mira") + joined("tom"), RECORDS)


def rotate(world: World, **given: bool) -> RotatedKey:
    return rotate_key(world.workspace, clock=world.clock, entropy=world.entropy, **given)


def tell(world: World) -> None:
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        ledger.append([])
    world.tell(switched("tom", "on", "2026-01-01T00:00:00Z"))


def failed(world: World, vkey: str) -> list[str]:
    report = verify_ledger_in(world.workspace.ledger_folder, vkey=vkey)
    return [check.name for check in report.checks if not check.passed]


def test_the_name_stays_and_the_key_changes(world: World) -> None:
    done = rotate(world)
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        assert (ledger.origin, ledger.vkey) == ("assent.test/log", done.new)
    assert done.old != done.new


def test_the_ledger_verifies_from_either_key(world: World) -> None:
    done = rotate(world)
    tell(world)
    assert (failed(world, done.old), failed(world, done.new)) == ([], [])


def test_it_verifies_from_any_key_after_several_changes(world: World) -> None:
    keys = [rotate(world).old, rotate(world).old, rotate(world).new]
    tell(world)
    assert [failed(world, key) for key in keys] == [[], [], []]


def test_the_checkpoint_of_the_change_is_signed_by_both_and_later_ones_by_the_new(world: World) -> None:
    done = rotate(world)
    keys = [VerifierKey.parse(done.old), VerifierKey.parse(done.new)]
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        assert open_note(ledger.checkpoint(), keys).signed_by == tuple(keys)
    tell(world)
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        assert open_note(ledger.checkpoint(), keys).signed_by == (keys[1],)


def test_an_older_snapshot_is_read_and_verifies(world: World) -> None:
    snapshot = world.build()
    done = rotate(world)
    tell(world)
    assert world.ids(snapshot) == {"mira-1", "tom-1"}
    for vkey in (None, done.old, done.new):
        assert verify_folder(snapshot.path, workspace=world.workspace, vkey=vkey).complete


def test_a_withdrawal_after_the_change_keeps_readers_away(world: World) -> None:
    snapshot = world.build()
    rotate(world)
    world.pass_time(hours=1)
    world.tell(switched("mira", "off", world.now))
    assert world.ids(snapshot) == {"tom-1"}


def test_a_proof_from_before_verifies_with_the_old_key(world: World, tmp_path: Path) -> None:
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        (tmp_path / "proof").write_text(ledger.prove(0, reveal=True))
    done = rotate(world)
    assert check_proof(tmp_path / "proof", vkey=done.old).index == 0


def test_the_list_of_keys_says_from_when_each_holds(world: World) -> None:
    done = rotate(world)
    lines = (world.workspace.ledger_folder / "log" / "vkeys").read_text().splitlines()
    assert [line.split(" ")[:2] for line in lines] == [["0", done.old], [str(done.seq), done.new]]
    assert (world.workspace.ledger_folder / "log" / "vkey").read_text() == f"{done.new}\n"


def test_the_list_of_keys_can_be_given_for_a_key(world: World) -> None:
    done = rotate(world)
    listed = str(world.workspace.ledger_folder / "log" / "vkeys")
    assert [key.text for key in ledger_keys(None, listed)] == [done.new, done.old]


def test_the_old_key_does_not_open_the_ledger(world: World) -> None:
    done = rotate(world)
    assert done.retired is not None
    with pytest.raises(InputError, match=f"was replaced at size `{done.seq + 1}`"):
        Ledger.open(world.workspace.ledger_folder, clock=world.clock, key=load_key(done.retired))


def test_a_program_that_opened_it_before_cannot_append(world: World) -> None:
    with world.ledger() as before:
        rotate(world)
        with pytest.raises(RefusedError, match="replaced meanwhile"):
            before.append([])


def test_the_old_private_key_is_kept_unless_asked(world: World) -> None:
    kept = rotate(world).retired
    assert kept is not None
    assert (kept.parent.name, kept.stat().st_mode & 0o777) == ("retired", 0o600)
    assert rotate(world, destroy_old=True).retired is None
    assert list(kept.parent.iterdir()) == [kept]


def test_a_lost_key_is_replaced_and_only_the_new_one_is_believed(world: World) -> None:
    (world.workspace.keys_folder / "log.pem").unlink()
    done = rotate(world, old_is_lost=True)
    tell(world)
    assert failed(world, done.new) == []
    assert "keys" in failed(world, done.old)


def test_a_snapshot_from_before_the_loss_verifies_with_the_new_key(world: World) -> None:
    snapshot = world.build()
    (world.workspace.keys_folder / "log.pem").unlink()
    done = rotate(world, old_is_lost=True)
    assert verify_folder(snapshot.path, workspace=world.workspace, vkey=done.new).complete
    assert world.ids(snapshot) == {"mira-1", "tom-1"}


def test_a_key_that_is_there_is_not_lost(world: World) -> None:
    with pytest.raises(InputError, match="is there"):
        rotate(world, old_is_lost=True)


def test_a_list_of_other_keys_is_found(world: World) -> None:
    done = rotate(world)
    path = world.workspace.ledger_folder / "log" / "vkeys"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert failed(world, done.new) == ["published key"]


def test_a_forged_checkpoint_under_the_old_key_is_found(world: World) -> None:
    from assent.evidence.checkpoint import Checkpoint, sign_checkpoint
    from assent.evidence.note import SignerKey

    done = rotate(world)
    tell(world)
    assert done.retired is not None
    old = SignerKey("assent.test/log", load_key(done.retired))
    (world.workspace.ledger_folder / "log" / "checkpoint").write_bytes(
        sign_checkpoint(Checkpoint("assent.test/log", 99, bytes(32)), old)
    )
    assert "published checkpoint" in failed(world, done.new)


def test_a_snapshot_whose_checkpoint_the_old_key_signed_too_late_is_not_read(world: World) -> None:
    from assent.evidence.checkpoint import Checkpoint, sign_checkpoint
    from assent.evidence.handover import open_held_checkpoint
    from assent.evidence.note import SignerKey

    done = rotate(world)
    tell(world)
    assert done.retired is not None
    note = sign_checkpoint(
        Checkpoint("assent.test/log", done.seq + 2, bytes(32)), SignerKey("assent.test/log", load_key(done.retired))
    )
    with world.ledger() as ledger, pytest.raises(EvidenceError, match="not in use then"):
        open_held_checkpoint(note, ledger.keys)
