"""Signed statements about files: in-toto Statement v1 in a DSSE envelope, Ed25519.

The envelope carries the statement's bytes as they were signed; a reader verifies those bytes and only
then parses them. Nothing is serialised again on the way to a verdict.

Source: in-toto Attestation Framework v1 (Statement); Dead Simple Signing Envelope v1.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from assent.errors import EvidenceError

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
SNAPSHOT_PREDICATE = "urn:assent:predicate:snapshot:v1"


@dataclass(frozen=True, slots=True)
class Subject:
    """A file the statement speaks about: its path beside the statement, and its SHA-256 in hexadecimal."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is claimed of which files.

    Args:
        digest: SHA-256 of the statement's bytes, hexadecimal.
    """

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Any]
    digest: str


def encode_statement(subjects: Sequence[Subject], predicate_type: str, predicate: Mapping[str, Any]) -> bytes:
    """The statement's bytes, canonical JSON (RFC 8785), so that equal claims have equal bytes."""
    return rfc8785.dumps(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": each.name, "digest": {"sha256": each.sha256}} for each in subjects],
            "predicateType": predicate_type,
            "predicate": dict(predicate),
        }
    )


def sign_statement(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """The envelope's bytes: the payload as given, and a signature over exactly those bytes."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(key))
    return _written(envelope.to_dict())


def verify_statement(envelope: bytes, key: Ed25519PublicKey) -> Statement:
    """The statement in an envelope whose signature by `key` holds.

    Raises:
        EvidenceError: no envelope, another payload type, a signature that does not hold, or no statement.
    """
    parsed = _open(envelope)
    try:
        parsed.verify([SSlibKey.from_crypto(key)], 1)
    except VerificationError:
        raise EvidenceError(
            "the manifest's signature does not hold",
            hint="it was changed after signing, or signed with another key than the one given",
        ) from None
    return _parse(parsed.payload)


def require_one_form(envelope: bytes, key: Ed25519PublicKey) -> None:
    """The envelope of a statement that verified is byte for byte as `sign_statement` writes it.

    A byte that means nothing could be changed without breaking the signature; so there must be none.

    Raises:
        EvidenceError: it is written in another way.
    """
    try:
        given = json.loads(envelope)
        [signature] = given["signatures"]
        sig, payload = (base64.b64decode(each, validate=True) for each in (signature["sig"], given["payload"]))
    except (KeyError, TypeError, ValueError):
        sig, payload = b"", b""
    exact = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": SSlibKey.from_crypto(key).keyid, "sig": base64.b64encode(sig).decode()}],
    }
    if _written(exact) != envelope:
        raise EvidenceError("the envelope is not in its one exact form", hint="it was changed; ask for it again")


def read_unverified(envelope: bytes) -> Statement:
    """The statement in an envelope, whoever signed it; for callers that know its digest from elsewhere.

    Raises:
        EvidenceError: no envelope, another payload type, or no statement.
    """
    return _parse(_open(envelope).payload)


def _written(envelope: Mapping[str, Any]) -> bytes:
    return json.dumps(envelope, indent=1, sort_keys=True).encode() + b"\n"


def _open(envelope: bytes) -> Envelope:
    try:
        parsed = Envelope.from_dict(json.loads(envelope))
        signed = isinstance(parsed.payload, bytes) and bool(parsed.signatures)
    except Exception:  # noqa: BLE001 — the library raises whatever a malformed document provokes
        raise EvidenceError(
            "the manifest is no signed envelope", hint="it was damaged or replaced; ask for the snapshot again"
        ) from None
    if not signed or parsed.payload_type != PAYLOAD_TYPE:
        raise EvidenceError(f"the manifest's payload is not of type `{PAYLOAD_TYPE}`")
    return parsed


def _parse(payload: bytes) -> Statement:
    try:
        document = json.loads(payload)
        if document["_type"] != STATEMENT_TYPE:
            raise EvidenceError(f"the manifest is no `{STATEMENT_TYPE}`")
        named = [(str(each["name"]), str(each["digest"]["sha256"])) for each in document["subject"]]
        predicate = document["predicate"]
        if not isinstance(predicate, dict):
            raise EvidenceError("the manifest's predicate is no object")
        return Statement(
            tuple(Subject(name, digest) for name, digest in named),
            str(document["predicateType"]),
            predicate,
            sha256(payload).hexdigest(),
        )
    except (ValueError, KeyError, TypeError):
        raise EvidenceError("the manifest's payload is no in-toto statement") from None
