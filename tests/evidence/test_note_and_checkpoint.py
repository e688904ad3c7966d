import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint
from assent.evidence.note import SignerKey, VerifierKey, open_note, sign_note

LOG = SignerKey("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = SignerKey("witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32))


def test_a_verifier_key_survives_its_text_form():
    assert VerifierKey.parse(LOG.verifier.text) == LOG.verifier


def test_the_verifier_key_published_with_the_go_checksum_database_is_read():
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert VerifierKey.parse(text).text == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b+c", "sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "a b+00000000+AQ=="],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(InputError):
        VerifierKey.parse(text)


def test_a_note_opens_to_the_text_that_was_signed():
    assert open_note(sign_note("one\ntwo\n", LOG), [LOG.verifier]).text == "one\ntwo\n"


def test_signatures_of_others_are_tolerated():
    note = sign_note("text\n", LOG, WITNESS)
    assert open_note(note, [LOG.verifier]).signed_by == (LOG.verifier,)


def test_all_known_signers_are_named():
    note = sign_note("text\n", LOG, WITNESS)
    assert open_note(note, [LOG.verifier, WITNESS.verifier]).signed_by == (LOG.verifier, WITNESS.verifier)


def test_a_wrong_signature_of_a_known_key_spoils_the_note():
    note = sign_note("text\n", LOG, WITNESS).replace(b"text", b"tent")
    with pytest.raises(EvidenceError):
        open_note(note, [LOG.verifier])


def test_a_note_nobody_known_signed_does_not_open():
    with pytest.raises(EvidenceError):
        open_note(sign_note("text\n", WITNESS), [LOG.verifier])


@pytest.mark.parametrize(
    "note", [b"", b"\n\n", b"text\n", b"text\n\n", b"text\n\nno dash\n", b"\xff\n\n\xe2\x80\x94 a b\n"]
)
def test_what_is_no_note_does_not_open(note):
    with pytest.raises(EvidenceError):
        open_note(note, [LOG.verifier])


def test_every_changed_byte_of_a_checkpoint_is_noticed():
    note = sign_checkpoint(Checkpoint("example.org/log", 7, bytes(32)), LOG)
    unnoticed = []
    for at in range(len(note)):
        changed = bytearray(note)
        changed[at] ^= 1
        try:
            open_checkpoint(bytes(changed), [LOG.verifier])
            unnoticed.append(at)
        except EvidenceError:
            pass
    assert unnoticed == []


def test_a_checkpoint_must_be_signed_by_the_log_it_names():
    note = sign_checkpoint(Checkpoint("example.org/log", 7, bytes(32)), WITNESS)
    with pytest.raises(EvidenceError):
        open_checkpoint(note, [WITNESS.verifier])


def test_extension_lines_are_kept():
    checkpoint = Checkpoint("example.org/log", 7, bytes(32), ("extra line",))
    assert parse_checkpoint(checkpoint.text) == checkpoint


@pytest.mark.parametrize("size", ["07", "-1", "+1", "1e3", "٣", "", "9223372036854775808"])
def test_a_size_in_another_form_is_refused(size):
    with pytest.raises(EvidenceError):
        parse_checkpoint(f"example.org/log\n{size}\n{'A' * 43}=\n")
