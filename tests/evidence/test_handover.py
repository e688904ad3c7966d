"""A log's keys in a line, each handing over to the next; who trusts one can go along it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError
from assent.evidence.checkpoint import Checkpoint, sign_checkpoint
from assent.evidence.handover import (
    HeldKey,
    chain_from,
    open_held_checkpoint,
    read_handover,
    read_vkeys,
    sign_handover,
    write_vkeys,
)
from assent.evidence.note import SignerKey

ORIGIN = "example.org/log"
A, B, C, THIEF = (SignerKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in range(1, 5))
KEYS = [each.verifier for each in (A, B, C)]
LINE = [sign_handover(ORIGIN, 9, A.verifier, A, B), sign_handover(ORIGIN, 19, B.verifier, B, C)]
HELD = (HeldKey(A.verifier, 0, 10), HeldKey(B.verifier, 10, 20), HeldKey(C.verifier, 20, None))


@pytest.mark.parametrize("trusted", KEYS, ids="abc")
def test_from_any_key_the_whole_line_is_found(trusted):
    assert chain_from(trusted, LINE) == HELD


def test_a_key_that_was_lost_vouches_for_nobody_but_is_vouched_for():
    line = [sign_handover(ORIGIN, 9, A.verifier, B), LINE[1]]
    assert chain_from(A.verifier, line) == HELD[:1]
    assert chain_from(B.verifier, line) == HELD
    assert chain_from(C.verifier, line) == HELD


def test_a_handover_that_the_new_key_did_not_sign_is_none():
    forged = sign_handover(ORIGIN, 19, B.verifier, B)
    forged = read_handover(ORIGIN, 19, new=THIEF.verifier.text, old=B.verifier.text, by=forged.by)
    assert chain_from(A.verifier, [LINE[0], forged]) == (HELD[0], HeldKey(B.verifier, 10, None))


def test_a_thief_without_the_old_key_is_not_followed():
    stolen = sign_handover(ORIGIN, 9, A.verifier, THIEF)
    assert chain_from(A.verifier, [stolen]) == (HeldKey(A.verifier, 0, 10),)


def test_a_line_with_a_break_vouches_for_nobody():
    broken = [LINE[0], sign_handover(ORIGIN, 19, C.verifier, C, THIEF)]
    assert chain_from(A.verifier, broken) == (HeldKey(A.verifier),)


def test_a_foreign_key_stands_alone():
    assert chain_from(THIEF.verifier, LINE) == (HeldKey(THIEF.verifier),)


@pytest.mark.parametrize("field", ["origin", "seq", "old", "new"])
def test_signatures_hold_for_one_handover_only(field):
    from dataclasses import replace

    other = {"origin": "example.org/other", "seq": 10, "old": THIEF.verifier, "new": THIEF.verifier}[field]
    changed = replace(LINE[0], **{field: other})
    assert (changed.signed_by(A.verifier), changed.signed_by(B.verifier)) == (False, False)


@pytest.mark.parametrize(("signer", "size"), [(A, 0), (A, 10), (B, 10), (B, 20), (C, 20), (C, 500)])
def test_a_checkpoint_in_the_time_of_its_key_is_opened(signer, size):
    note = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), signer)
    assert open_held_checkpoint(note, HELD).size == size


@pytest.mark.parametrize(("signer", "size"), [(A, 11), (B, 9), (B, 21), (C, 19)])
def test_a_checkpoint_outside_the_time_of_its_key_is_not(signer, size):
    note = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), signer)
    with pytest.raises(EvidenceError, match="not in use then"):
        open_held_checkpoint(note, HELD)


def test_the_checkpoint_of_the_change_is_signed_by_both():
    note = sign_checkpoint(Checkpoint(ORIGIN, 10, bytes(32)), A, B)
    for keys in (HELD[:1], HELD[1:2]):
        assert open_held_checkpoint(note, keys).size == 10


def test_the_list_of_keys_is_read_back():
    assert read_vkeys(write_vkeys(A.verifier, LINE)) == (A.verifier, tuple(LINE))


@pytest.mark.parametrize("text", ["", "1 x\n", "0\n", "0 x\n", f"0 {KEYS[0].text}\nx\n", f"0 {KEYS[0].text}\n1 x\n"])
def test_any_other_list_is_refused(text):
    with pytest.raises(EvidenceError):
        read_vkeys(text)
