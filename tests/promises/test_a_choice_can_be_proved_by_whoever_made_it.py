"""What a member chose can be proved by the member alone, and a platform cannot take it back or say it differently."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from assent.audit.ledger import verify_ledger
from assent.errors import EvidenceError
from assent.evidence.note import VerifierKey
from assent.evidence.receipt import Receipt, open_receipt
from assent.operations.receipt import make_receipt
from small_world import World, joined, make_world, switched


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path / "world", joined("m1"), [])
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    return world


class Kept:
    """What the member keeps at home: a receipt, and the two keys as they were published that day."""

    def __init__(self, world: World) -> None:
        self.data = make_receipt(world.workspace, "m1", clock=world.clock).data
        self.vkey = (world.workspace.ledger_folder / "log" / "vkey").read_text()
        self.pem = (world.workspace.keys_folder / "attest.pub.pem").read_bytes()

    def check(self) -> Receipt:
        key = load_pem_public_key(self.pem)
        return open_receipt(self.data, attest_key=key, log_key=VerifierKey.parse(self.vkey))  # type: ignore[arg-type]


def test_the_receipt_outlives_the_platform(world: World) -> None:
    kept = Kept(world)
    shutil.rmtree(world.root)
    receipt = kept.check()
    assert (receipt.event.member, receipt.event.value, receipt.trusted) == ("m1", "off", True)


def test_a_choice_that_the_ledger_no_longer_holds_is_still_proved_and_its_loss_found(world: World) -> None:
    kept = Kept(world)
    seq = kept.check().seq
    place = world.workspace.ledger_folder / "ledger.db"
    _execute(place, f"DELETE FROM ledger_events WHERE seq = {seq}")
    assert kept.check().event.value == "off"
    assert not verify_ledger(world.workspace.ledger_folder, vkey=kept.vkey.strip()).ok


def test_a_choice_said_differently_does_not_match_the_receipt(world: World) -> None:
    kept = Kept(world)
    seq = kept.check().seq
    _execute(
        world.workspace.ledger_folder / "ledger.db",
        f"UPDATE ledger_events SET event = CAST(replace(CAST(event AS TEXT), '\"off\"', '\"on\"') AS BLOB) WHERE seq = {seq}",
    )
    with pytest.raises(EvidenceError, match="root"):
        make_receipt(world.workspace, "m1", clock=world.clock)
    assert kept.check().event.value == "off"


def test_two_receipts_of_one_choice_agree_however_far_the_log_has_grown(world: World) -> None:
    early = Kept(world).check()
    for number in range(300):
        world.tell(switched("m2", "on" if number % 2 else "off", "2026-02-01T00:00:00Z"))
    late = make_receipt(world.workspace, "m1", clock=world.clock).receipt
    assert (late.event, late.seq) == (early.event, early.seq)
    assert (early.log.size, late.log.size) == (5, 305)


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()
