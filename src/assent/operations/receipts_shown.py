"""What a receipt proves, seen by the platform that is said to have given it.

A receipt that verifies is true for good and can be shown again at any time; that later events changed the matter is
not in it. Whoever may read about members is told so: a receipt of yesterday's choice is no evidence of today's.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.errors import EvidenceError
from assent.evidence.note import VerifierKey
from assent.evidence.receipt import Receipt, open_receipt
from assent.ledger import Unreadable
from assent.operations.platform import Platform
from assent.operations.verify import public_key
from assent.vocabulary.events import EventType

_ENDS = {
    EventType.OBJECTION_RECEIVED: "objection",
    EventType.OBJECTION_DECIDED: "objection",
    EventType.OBJECTION_WITHDRAWN: "objection",
    EventType.RECORD_EXCLUDED: "record",
    EventType.RECORD_INCLUDED: "record",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a receipt's event stands today.

    Args:
        held: whether the ledger still holds it; one of an erased member it does not.
        newer: the position of a later event about the same matter; None where this is the last word.
    """

    held: bool
    newer: int | None


def verify_own_receipt(platform: Platform, data: bytes) -> Receipt:
    """What the receipt proves, checked against this platform's keys, also those the log had before, and no others.

    Raises:
        EvidenceError: it was changed, is damaged, or another platform gave it.
    """
    own = _attest_key(platform)
    keys = [VerifierKey.parse(platform.ledger.vkey), *(each.key for each in reversed(platform.ledger.keys))]
    failed: EvidenceError | None = None
    for key in dict.fromkeys(keys):
        try:
            return open_receipt(data, attest_key=own, log_key=key)
        except EvidenceError as error:
            failed = failed or error
    assert failed is not None
    raise failed


def standing_of(platform: Platform, receipt: Receipt) -> Standing:
    """Whether the receipt's event is still the last word on its matter."""
    said = platform.ledger.events_of(str(receipt.event.member))
    matter = (_ENDS.get(receipt.event.type, receipt.event.type), receipt.event.key)
    newer = [
        seq
        for seq, event in said
        if seq > receipt.seq
        and not isinstance(event, Unreadable)
        and (_ENDS.get(event.type, event.type), event.key) == matter
    ]
    return Standing(any(seq == receipt.seq for seq, _ in said), newer[-1] if newer else None)


def _attest_key(platform: Platform) -> Ed25519PublicKey:
    key = public_key(None, platform.workspace)
    if key is None:
        raise EvidenceError("this receipt does not verify: this platform has never signed one")
    return key
