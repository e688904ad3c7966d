"""Attestations: what was signed is what is read, and nothing else verifies."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import EvidenceError
from assent.evidence.attestation import (
    SNAPSHOT_PREDICATE,
    Subject,
    encode_statement,
    read_unverified,
    sign_statement,
    verify_statement,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
FILES = (Subject("data/a", "aa" * 32),)
PAYLOAD = encode_statement(FILES, SNAPSHOT_PREDICATE, {"purpose": "train", "rows": 3})
ENVELOPE = sign_statement(PAYLOAD, KEY)


def test_a_signed_statement_reads_back_as_it_was_made() -> None:
    statement = verify_statement(ENVELOPE, KEY.public_key())

    assert (statement.subjects, statement.predicate_type, dict(statement.predicate)) == (
        FILES,
        SNAPSHOT_PREDICATE,
        {"purpose": "train", "rows": 3},
    )


def test_signing_twice_gives_the_same_bytes() -> None:
    assert sign_statement(PAYLOAD, KEY) == ENVELOPE


def test_the_signature_is_over_the_stored_payload() -> None:
    envelope = json.loads(ENVELOPE)
    signed = b"DSSEv1 28 application/vnd.in-toto+json %d %b" % (len(PAYLOAD), PAYLOAD)

    KEY.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed)
    assert base64.b64decode(envelope["payload"]) == PAYLOAD


def test_another_key_does_not_verify() -> None:
    with pytest.raises(EvidenceError, match="signature does not hold"):
        verify_statement(ENVELOPE, Ed25519PrivateKey.from_private_bytes(b"\1" * 32).public_key())


def test_a_changed_payload_does_not_verify() -> None:
    envelope = json.loads(ENVELOPE)
    envelope["payload"] = base64.b64encode(PAYLOAD.replace(b"3", b"4")).decode()

    with pytest.raises(EvidenceError, match="signature does not hold"):
        verify_statement(json.dumps(envelope).encode(), KEY.public_key())


def test_another_payload_type_does_not_verify() -> None:
    with pytest.raises(EvidenceError, match="not of type"):
        verify_statement(ENVELOPE.replace(b"in-toto+json", b"in-toto+text"), KEY.public_key())


def test_an_envelope_without_a_signature_does_not_verify() -> None:
    envelope = json.loads(ENVELOPE) | {"signatures": []}

    with pytest.raises(EvidenceError):
        verify_statement(json.dumps(envelope).encode(), KEY.public_key())


def test_reading_unverified_gives_the_same_statement() -> None:
    assert read_unverified(ENVELOPE) == verify_statement(ENVELOPE, KEY.public_key())


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: (
            st.lists(x) | st.dictionaries(st.sampled_from(["payload", "payloadType", "signatures", "sig", "keyid"]), x)
        ),
    ).map(lambda v: json.dumps(v).encode())
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_no_envelope_is_refused_as_evidence(garbage: bytes) -> None:
    with pytest.raises(EvidenceError):
        verify_statement(garbage, KEY.public_key())
