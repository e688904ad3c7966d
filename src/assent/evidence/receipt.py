"""What a member gets after a change: proof of what was recorded, and the platform's signed word on what it means.

    DSSE envelope, one signature, in its one exact form
      in-toto statement    subject: the log's entry; predicate `urn:assent:predicate:receipt:v1`
        created_at         when it was made
        attest_key         the public key of the signature
        log_keys           the keys of the log, with the signatures by which each vouches for the next
        proof              tlog-proof: salt and event, the path to the root, the signed checkpoint
        statement          the platform's: purposes, effect, how to change it, whom to complain to
        records            consent records, or records of an exercised right (`privacy_record`)

The event is shown as the proof reveals it and nowhere else, so that the platform cannot say it differently;
what the log cannot prove is in `statement`, under the signature. Fields that a later release adds are signed
too; a reader that does not know them says so. No byte of the file can be changed without being noticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import (
    Subject,
    encode_statement,
    read_unverified,
    require_one_form,
    sign_statement,
    verify_statement,
)
from assent.evidence.checkpoint import Checkpoint
from assent.evidence.commitment import SALT_BYTES, commit
from assent.evidence.handover import HeldKey, chain_from, open_held_checkpoint, read_vkeys
from assent.evidence.merkle import leaf_hash, verify_inclusion
from assent.evidence.note import VerifierKey, decode64, encode64
from assent.evidence.tlog_proof import parse_proof
from assent.vocabulary.events import Event, parse_event
from assent.vocabulary.instants import format_instant, parse_instant

RECEIPT_PREDICATE: Final = "urn:assent:predicate:receipt:v1"
STATEMENT: Final[Mapping[str, Any]] = {
    "platform": {"controller": str, "contact": str},
    "headline": str,
    "since": str,
    "rules": {"pack": str, "title": str, "digest": str},
    "notices": [{"notice": str, "title": str, "first_delivered_at": (str, type(None))}],
    "purposes": [
        {
            "name": str,
            "title": str,
            "basis": str,
            "permitted_before": bool,
            "permitted_after": bool,
            "effect": str,
            "because": [{"reason": str, "sentence": str}],
            "past": str,
            "recipients": [str],
            "how_to_change": [{"what": str, "menu": [str]}],
        }
    ],
    "rights": [{"article": str, "name": str}],
    "complain_to": str,
}
"""What a statement has at least; more may stand beside it."""
_FIELDS: Final = frozenset({"created_at", "attest_key", "log_keys", "proof", "statement", "records"})
_MAX_BYTES: Final = 1 << 21


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt whose signatures and proof were verified.

    Args:
        seq: the event's position in the log.
        checkpoint: the log's signed note, verbatim, with witnesses' lines if there are any.
        unknown: fields of a later release, which this one cannot show.
        key_given, log_given: whether the platform's and the log's key came from elsewhere than the receipt.
        digest: SHA-256 of the file.
    """

    created_at: datetime
    event: Event
    seq: int
    log: Checkpoint
    log_key: VerifierKey
    checkpoint: bytes
    statement: Mapping[str, Any]
    records: tuple[Mapping[str, Any], ...]
    unknown: tuple[str, ...]
    key_given: bool
    log_given: bool
    digest: str

    @property
    def trusted(self) -> bool:
        """Whether it was checked against keys the reader had already; else it agrees only with itself."""
        return self.key_given and self.log_given


def write_receipt(
    *,
    created_at: datetime,
    proof: str,
    log_keys: str,
    statement: Mapping[str, Any],
    records: Sequence[Mapping[str, Any]],
    key: Ed25519PrivateKey,
) -> bytes:
    """The receipt's bytes, signed.

    Args:
        proof: with the event revealed.
        log_keys: the text of `log/vkeys`.
    """
    entry, index = _entry(proof)
    payload = encode_statement(
        [Subject(f"entry {index}", sha256(entry).hexdigest())],
        RECEIPT_PREDICATE,
        {
            "created_at": format_instant(created_at),
            "attest_key": encode64(key.public_key().public_bytes_raw()),
            "log_keys": log_keys,
            "proof": proof,
            "statement": statement,
            "records": list(records),
        },
    )
    return sign_statement(payload, key)


def open_receipt(
    data: bytes, *, attest_key: Ed25519PublicKey | None = None, log_key: VerifierKey | None = None
) -> Receipt:
    """The receipt in these bytes; everything that can be checked offline was checked.

    Args:
        attest_key: the platform's; None believes the one that the receipt names.
        log_key: any key the log had or has; None believes the first that the receipt names.

    Raises:
        EvidenceError: anything does not match, whichever of the checks it was.
    """
    try:
        return _open(data, attest_key, log_key)
    except AssentError as error:
        raise EvidenceError(
            f"this receipt does not verify: {error.message}",
            hint="it was changed, is damaged, or is not from whom it says; ask for it again, and keep both",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EvidenceError("this receipt does not verify: it cannot be read") from None


def _open(data: bytes, attest_key: Ed25519PublicKey | None, log_key: VerifierKey | None) -> Receipt:
    if len(data) > _MAX_BYTES:
        raise EvidenceError("it is larger than any receipt")
    named = decode64(str(read_unverified(data).predicate["attest_key"])) or b""
    key = Ed25519PublicKey.from_public_bytes(named) if attest_key is None else attest_key
    if key.public_bytes_raw() != named:
        raise EvidenceError("it is signed with another key than the one that was given")
    try:
        signed = verify_statement(data, key)
    except EvidenceError:
        raise EvidenceError("the platform's signature does not hold") from None
    require_one_form(data, key)
    if signed.predicate_type != RECEIPT_PREDICATE:
        raise EvidenceError(f"it states `{signed.predicate_type}`, and no receipt this release knows")
    given = signed.predicate
    entry, seq = _entry(given["proof"])
    if list(signed.subjects) != [Subject(f"entry {seq}", sha256(entry).hexdigest())]:
        raise EvidenceError("its subject is another entry than the one it proves")
    held = _log_keys(given["log_keys"], log_key)
    proof = parse_proof(given["proof"])
    checkpoint = open_held_checkpoint(proof.checkpoint, held)
    verify_inclusion(leaf_hash(entry), seq, checkpoint.size, proof.hashes, checkpoint.root)
    event = _event(given["proof"])
    statement, records = given["statement"], given["records"]
    if not _has_shape(statement, STATEMENT):
        raise EvidenceError("the platform's statement lacks something that this release shows")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise EvidenceError("its records are no list of records")
    _require_about(event, records)
    return Receipt(
        created_at=parse_instant(given["created_at"]),
        event=event,
        seq=seq,
        log=checkpoint,
        log_key=held[-1].key,
        checkpoint=proof.checkpoint,
        statement=statement,
        records=tuple(records),
        unknown=tuple(sorted(set(given) - _FIELDS)),
        key_given=attest_key is not None,
        log_given=log_key is not None,
        digest=sha256(data).hexdigest(),
    )


def _entry(proof: str) -> tuple[bytes, int]:
    parsed = parse_proof(proof)
    if parsed.extra is None:
        raise EvidenceError("its proof does not reveal the event")
    return commit(parsed.extra[:SALT_BYTES], parsed.extra[SALT_BYTES:]), parsed.index


def _event(proof: str) -> Event:
    event = parse_event(json.loads((parse_proof(proof).extra or b"")[SALT_BYTES:]))
    if event.member is None or event.recorded_at is None:
        raise EvidenceError("its event is about nobody, or does not say when it was recorded")
    return event


def _log_keys(listed: str, given: VerifierKey | None) -> tuple[HeldKey, ...]:
    first, handovers = read_vkeys(listed)
    return chain_from(first if given is None else given, handovers)


def _has_shape(value: object, shape: Any) -> bool:
    if isinstance(shape, Mapping):
        return isinstance(value, dict) and all(name in value and _has_shape(value[name], shape[name]) for name in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(_has_shape(each, shape[0]) for each in value)
    return isinstance(value, shape)


def _require_about(event: Event, records: Sequence[Mapping[str, Any]]) -> None:
    """The records speak of the event that was proved: of that person, at that time."""
    for record in records:
        person, at = record["pii_principal_id"]["identifier"], record["event"]["event_time"]
        kind = record["event"]["event_type"]
        if (person, at, kind) != (
            event.member,
            format_instant(event.effective_at),
            f"urn:assent:event:{event.type.value}",
        ):
            raise EvidenceError("a record in it speaks of another event than the one it proves")
