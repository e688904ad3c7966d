"""Cosignatures, against bytes that the test puts together itself from the specification."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from assent.evidence.cosignature import Cosigner, WitnessKey, add_lines, lines_of, read_cosignatures
from assent.evidence.merkle import leaf_hash, root_of
from assent.evidence.note import SignerKey, VerifierKey
from assent.evidence.witness_request import AddCheckpoint, parse_request, parse_size

SECONDS = 1_700_000_000
AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


LOG = SignerKey("log.example/one", private("log"))
ALICE = Cosigner("alice.example/w", private("alice"))
BOB = Cosigner("bob.example/w", private("bob"))
CHECKPOINT = Checkpoint("log.example/one", 3, root_of([leaf_hash(bytes([n])) for n in range(3)]))
NOTE = sign_checkpoint(CHECKPOINT, LOG)


def cosigned(*signers: Cosigner, seconds: int = SECONDS) -> bytes:
    return add_lines(NOTE, [each.cosign(CHECKPOINT, seconds=seconds) for each in signers])


def test_the_line_is_byte_for_byte_what_the_specification_says() -> None:
    public = private("alice").public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"alice.example/w\n\x04" + public).digest()[:4]
    message = b"cosignature/v1\ntime 1700000000\n" + NOTE.split(b"\n\n")[0] + b"\n"
    blob = key_id + (1_700_000_000).to_bytes(8, "big") + private("alice").sign(message)
    expected = "\u2014 alice.example/w " + base64.b64encode(blob).decode() + "\n"
    assert ALICE.cosign(CHECKPOINT, seconds=SECONDS) == expected


def test_the_key_is_published_with_its_own_type() -> None:
    public = private("alice").public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"alice.example/w\n\x04" + public).hexdigest()[:8]
    assert ALICE.key.text == f"alice.example/w+{key_id}+{base64.b64encode(bytes([4]) + public).decode()}"
    assert WitnessKey.parse(ALICE.key.text) == ALICE.key


def test_extension_lines_are_signed_too() -> None:
    longer = Checkpoint(CHECKPOINT.origin, CHECKPOINT.size, CHECKPOINT.root, ("extension",))
    note = add_lines(sign_checkpoint(longer, LOG), [ALICE.cosign(CHECKPOINT, seconds=SECONDS)])
    with pytest.raises(EvidenceError):
        read_cosignatures(note, [ALICE.key])


def test_several_witnesses_stand_under_one_note() -> None:
    found = read_cosignatures(cosigned(ALICE, BOB), [ALICE.key, BOB.key])
    assert [(each.witness.name, each.at) for each in found] == [("alice.example/w", AT), ("bob.example/w", AT)]


def test_a_cosigned_note_is_still_the_logs() -> None:
    assert open_checkpoint(cosigned(ALICE, BOB), [LOG.verifier]) == CHECKPOINT


def test_a_witness_nobody_asked_about_is_ignored() -> None:
    assert read_cosignatures(cosigned(ALICE, BOB), [BOB.key])[0].witness == BOB.key
    assert read_cosignatures(cosigned(ALICE), [BOB.key]) == ()


def test_a_newer_line_of_a_witness_replaces_the_older() -> None:
    twice = add_lines(cosigned(ALICE), [ALICE.cosign(CHECKPOINT, seconds=SECONDS + 60)])
    assert twice.count(b"alice.example/w") == 1
    assert read_cosignatures(twice, [ALICE.key])[0].at == datetime(2023, 11, 14, 22, 14, 20, tzinfo=UTC)


def test_lines_can_be_moved_to_another_copy_of_the_note() -> None:
    assert add_lines(NOTE, [lines_of(cosigned(ALICE, BOB), [BOB.key])]) == cosigned(BOB)


def test_a_witness_under_the_name_of_another_is_not_it() -> None:
    impostor = Cosigner("alice.example/w", private("mallory"))
    assert read_cosignatures(cosigned(impostor), [ALICE.key]) == ()


def test_a_log_key_is_no_witness_key_and_the_other_way_round() -> None:
    with pytest.raises(InputError):
        WitnessKey.parse(LOG.verifier.text)
    with pytest.raises(InputError):
        VerifierKey.parse(ALICE.key.text)


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+BA==", "a b+00000000+" + "B" * 44, "a+b+c+d"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        WitnessKey.parse(text)


def test_a_key_with_the_id_of_another_is_refused() -> None:
    name, _, rest = ALICE.key.text.split("+", 2)
    with pytest.raises(InputError, match="id of another key"):
        WitnessKey.parse(f"{name}+00000000+{rest}")


def test_every_changed_byte_of_the_signed_part_is_found() -> None:
    note = cosigned(ALICE)
    for at in range(len(note)):
        changed = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        try:
            found = read_cosignatures(changed, [ALICE.key])
            log = open_checkpoint(changed, [LOG.verifier])
        except AssentError:
            continue
        # Whatever is left must be a note in which one of the two is no longer there at all.
        assert not found or log != CHECKPOINT, f"byte {at}"


def test_a_request_is_written_and_read() -> None:
    request = AddCheckpoint(7, (b"a" * 32, b"b" * 32), NOTE)
    lines = [b"old 7", base64.b64encode(b"a" * 32), base64.b64encode(b"b" * 32), b"", NOTE]
    assert request.encode() == b"\n".join(lines)
    assert parse_request(request.encode()) == request


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"old",
        b"old ",
        b"old -1",
        b"old 01",
        b"old 1 ",
        b"OLD 1",
        b" old 1",
        b"old 1\r",
        b"old 9223372036854775808",
        b"old \xd9\xa1",
        b"old 1\nAAAA",
        b"old 1\n" + base64.b64encode(b"a" * 31),
        b"old 1\n" + base64.b64encode(b"a" * 32).rstrip(b"="),
        b"old 1" + (b"\n" + base64.b64encode(b"a" * 32)) * 64,
    ],
)
def test_a_request_in_another_form_is_refused(head: bytes) -> None:
    with pytest.raises(InputError):
        parse_request(head + b"\n\n" + NOTE)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    try:
        request = parse_request(body)
    except InputError:
        return
    assert request.encode() == body


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(min_size=1, max_size=300),
)
def test_every_request_survives_the_way(old: int, proof: list[bytes], checkpoint: bytes) -> None:
    request = AddCheckpoint(old, tuple(proof), checkpoint)
    assert parse_request(request.encode()) == request


@pytest.mark.parametrize(
    ("body", "size"), [(b"50\n", 50), (b"0\n", 0), (b"50", None), (b"050\n", None), (b"\n", None), (b"\xff\n", None)]
)
def test_a_size_is_read_in_one_form(body: bytes, size: int | None) -> None:
    assert parse_size(body) == size
