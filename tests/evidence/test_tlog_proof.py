import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence import merkle
from assent.evidence.checkpoint import Checkpoint, sign_checkpoint
from assent.evidence.note import SignerKey
from assent.evidence.tlog_proof import TlogProof, parse_proof, verify_proof

LOG = SignerKey("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(11)]
NOTE = sign_checkpoint(Checkpoint("example.org/log", 11, merkle.root_of(LEAVES)), LOG)
PROOF = TlogProof(5, tuple(merkle.inclusion_proof(LEAVES, 5)), NOTE, extra=b"context")


def test_a_proof_survives_its_text_form():
    assert parse_proof(PROOF.text) == PROOF


def test_a_proof_verifies_offline():
    assert verify_proof(parse_proof(PROOF.text), leaf=b"5", verifiers=[LOG.verifier]).size == 11


@pytest.mark.parametrize("index", [0, 4, 6, 11])
def test_a_proof_for_another_place_does_not_verify(index):
    with pytest.raises(EvidenceError):
        verify_proof(TlogProof(index, PROOF.hashes, NOTE), leaf=b"5", verifiers=[LOG.verifier])


def test_a_proof_for_another_entry_does_not_verify():
    with pytest.raises(EvidenceError):
        verify_proof(PROOF, leaf=b"6", verifiers=[LOG.verifier])


@given(st.text(max_size=400))
def test_any_text_is_a_proof_or_refused(text):
    with pytest.raises(EvidenceError):
        parse_proof(text)


LINES = PROOF.text.split("\n")


@given(st.data())
def test_any_damaged_proof_is_refused_or_says_the_same(data):
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        what = data.draw(st.sampled_from(["drop", "double", "replace", "letter"]))
        if what == "drop":
            lines.pop(at)
        elif what == "double":
            lines.insert(at, lines[at])
        elif what == "replace":
            lines[at] = data.draw(st.text(max_size=60))
        else:
            lines[at] = lines[at][:-1] + data.draw(st.characters())
        lines = lines or [""]
    text = "\n".join(lines)
    try:
        proof = parse_proof(text)
        verify_proof(proof, leaf=b"5", verifiers=[LOG.verifier])
    except EvidenceError:
        return
    # What still verifies states the same fact; only the extra data, which nobody signs, may differ.
    assert (proof.index, proof.hashes) == (PROOF.index, PROOF.hashes)


@pytest.mark.parametrize("line", ["index 05", "index -1", "index", "index 5 ", "index 99999999999999999999"])
def test_an_index_in_another_form_is_refused(line):
    with pytest.raises(EvidenceError):
        parse_proof(PROOF.text.replace("index 5", line))
