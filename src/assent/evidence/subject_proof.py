"""What became of one member's records, as a file that proves it: `urn:assent:predicate:subject-proof:v1`.

An in-toto statement in a DSSE envelope, signed with the key that signs snapshots, about the manifests it holds.
The signature says who says so, and that the member key is that member's; everything else is proved by what is
in the file: each manifest carries the root, each stretch of decisions leads to it.

The bytes of a file have one form: a file that is not exactly what its own content would be written as is none.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import (
    Statement,
    Subject,
    encode_statement,
    read_unverified,
    require_one_form,
    sign_statement,
    verify_statement,
)
from assent.evidence.decisions import DecisionProof
from assent.evidence.merkle import HASH_BYTES
from assent.vocabulary.instants import format_instant, parse_instant

SUBJECT_PREDICATE = "urn:assent:predicate:subject-proof:v1"
MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A record of somebody else in which the member appears: stated, not proved.

    Args:
        used: whether it may be used. Why not is its author's business.
    """

    id: str
    role: str
    used: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One snapshot's share of the file.

    Args:
        asked: the snapshot that was asked about; another one than `snapshot` where that took its place.
        manifest: the envelope's bytes as they stand in the snapshot.
        member_key: opens the member's rows and nobody else's.
        records: ids of the member's records that are looked for among the rows.
        mentioned: None when it was not asked.
        sealed: a tlog-proof, event revealed, that the log says this manifest was sealed; None without a ledger.
        superseded: the same of the events that lead from the snapshot asked about to this one: superseded, then for
            each step between that the next one was sealed, and superseded in turn.
    """

    asked: str
    snapshot: str
    manifest: bytes
    member_key: bytes
    proof: DecisionProof
    records: tuple[str, ...]
    mentioned: tuple[Mentioned, ...] | None = None
    sealed: str | None = None
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectProof:
    """A member's file."""

    member: str
    made_at: datetime
    parts: tuple[Part, ...]


def sign_subject_proof(proof: SubjectProof, key: Ed25519PrivateKey) -> bytes:
    """The file's bytes."""
    subjects = [Subject(part.snapshot, sha256(part.manifest).hexdigest()) for part in proof.parts]
    predicate = {
        "member": proof.member,
        "made_at": format_instant(proof.made_at),
        "snapshots": [_part_json(part) for part in proof.parts],
    }
    return sign_statement(encode_statement(subjects, SUBJECT_PREDICATE, predicate), key)


def open_subject_proof(data: bytes, key: Ed25519PublicKey) -> SubjectProof:
    """The proof in a file whose signature by `key` holds; nothing in it is verified beyond that.

    Raises:
        EvidenceError: the signature does not hold, or the bytes are no such file.
    """
    if len(data) > MAX_BYTES:
        raise EvidenceError(f"the file is too large to be a proof: {len(data)} bytes")
    try:
        statement = verify_statement(data, key)
    except EvidenceError as error:
        raise EvidenceError(
            error.message.replace("the manifest", "this proof"),
            hint="it was changed after signing, or signed with another key than the one given",
        ) from None
    if statement.predicate_type != SUBJECT_PREDICATE:
        raise EvidenceError(f"this is no `{SUBJECT_PREDICATE}`")
    require_one_form(data, key)
    return _parse(statement)


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "asked": part.asked,
        "snapshot": part.snapshot,
        "manifest": _text(part.manifest),
        "member_key": part.member_key.hex(),
        "decisions": {
            "first_leaf": part.proof.first,
            "rows": _text(part.proof.rows),
            "hashes": _text(b"".join(part.proof.hashes)),
        },
        "records": list(part.records),
        "mentioned": None
        if part.mentioned is None
        else [{"id": each.id, "role": each.role, "used": each.used} for each in part.mentioned],
        "sealed": part.sealed,
        "superseded": list(part.superseded),
    }


def _parse(statement: Statement) -> SubjectProof:
    given = statement.predicate
    try:
        parts = tuple(map(_part, given["snapshots"]))
        proof = SubjectProof(_str(given["member"]), parse_instant(given["made_at"], field="made_at"), parts)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"this proof cannot be read: {error}") from None
    named = [(part.snapshot, sha256(part.manifest).hexdigest()) for part in proof.parts]
    if named != [(each.name, each.sha256) for each in statement.subjects]:
        raise EvidenceError("this proof is about other manifests than those it holds")
    return proof


def _part(given: Mapping[str, Any]) -> Part:
    decisions, mentioned = given["decisions"], given["mentioned"]
    hashes = _bytes(decisions["hashes"])
    first = decisions["first_leaf"]
    if not isinstance(first, int) or isinstance(first, bool) or len(hashes) % HASH_BYTES:
        raise ValueError("the decisions are not what they must be")
    manifest = _bytes(given["manifest"])
    rows = _bytes(decisions["rows"])
    return Part(
        asked=_str(given["asked"]),
        snapshot=_str(given["snapshot"]),
        manifest=manifest,
        member_key=bytes.fromhex(given["member_key"]),
        # How many decisions there are is what the manifest says, not this file.
        proof=DecisionProof(_count_of(manifest), first, rows, _split(hashes)),
        records=tuple(_str(each) for each in given["records"]),
        mentioned=None
        if mentioned is None
        else tuple(Mentioned(_str(each["id"]), _str(each["role"]), each["used"] is True) for each in mentioned),
        sealed=None if given["sealed"] is None else _str(given["sealed"]),
        superseded=tuple(_str(each) for each in given["superseded"]),
    )


def _count_of(manifest: bytes) -> int:
    return int(read_unverified(manifest).predicate["decisions"]["count"])


def _split(hashes: bytes) -> tuple[bytes, ...]:
    return tuple(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: object) -> bytes:
    return base64.b64decode(_str(text), validate=True)


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
