"""What a batch says of itself: the predicate `urn:assent:predicate:feed:v1`, as values.

Sender and recipient share this page and no other code. The statement's subjects are the batch's files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import Statement, Subject, encode_statement, sign_statement
from assent.vocabulary.instants import format_instant, parse_instant

FEED_PREDICATE: Final = "urn:assent:predicate:feed:v1"
MANIFEST, ADDITIONS, RETRACTIONS = "manifest.json", "additions.jsonl", "retractions.jsonl"
NO_LONGER_PERMITTED: Final = "no longer permitted"
"""The one reason a recipient is given: why a person withdrew is theirs alone."""


@dataclass(frozen=True, slots=True)
class Link:
    """A batch by number and digest of its manifest."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of a batch; `rows` lines."""

    name: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FeedManifest:
    """A batch's whole claim.

    Args:
        previous: the batch before it in the chain; None for the first that was ever sent.
        cancelled: batches since `previous` that were tried and never confirmed; whoever has one drops it.
        snapshot: id and manifest digest of what was read; None for a batch that only takes back.
        schema: name and type of each column of an addition.
        conditions: what the data may be used for.
    """

    recipient: str
    number: int
    previous: Link | None
    cancelled: tuple[Link, ...]
    made_at: datetime
    purpose: str
    pack_name: str
    pack_digest: str
    snapshot: tuple[str, str] | None
    files: tuple[BatchFile, ...]
    schema: tuple[tuple[str, str], ...]
    pseudonyms: bool
    conditions: Mapping[str, Any]

    @property
    def additions(self) -> int:
        """How many records it gives, new or changed."""
        return sum(each.rows for each in self.files if each.name == ADDITIONS)

    @property
    def retractions(self) -> int:
        """How many records it takes back."""
        return sum(each.rows for each in self.files if each.name == RETRACTIONS)

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "recipient": self.recipient,
            "number": self.number,
            "previous": _link_json(self.previous),
            "cancelled": [_link_json(each) for each in self.cancelled],
            "made_at": format_instant(self.made_at),
            "purpose": self.purpose,
            "pack": {"name": self.pack_name, "digest": self.pack_digest},
            "snapshot": None if self.snapshot is None else {"id": self.snapshot[0], "digest": self.snapshot[1]},
            "counts": {"additions": self.additions, "retractions": self.retractions},
            "files": [
                {"name": each.name, "sha256": each.sha256, "rows": each.rows, "bytes": each.bytes}
                for each in self.files
            ],
            "schema": [{"name": name, "type": kind} for name, kind in self.schema],
            "pseudonyms": self.pseudonyms,
            "conditions": dict(self.conditions),
        }


def seal_batch(manifest: FeedManifest, key: Ed25519PrivateKey) -> bytes:
    """The signed envelope of a batch."""
    subjects = [Subject(each.name, each.sha256) for each in manifest.files]
    return sign_statement(encode_statement(subjects, FEED_PREDICATE, manifest.to_predicate()), key)


def batch_digest(envelope: bytes) -> str:
    """What names a batch in the chain, in the ledger and in an acknowledgement: SHA-256 of `manifest.json`."""
    return sha256(envelope).hexdigest()


def parse_feed_manifest(statement: Statement) -> FeedManifest:
    """The manifest in a statement.

    Raises:
        EvidenceError: another predicate, a missing or ill-typed field, or files that are not the statement's.
    """
    if statement.predicate_type != FEED_PREDICATE:
        raise EvidenceError(f"the manifest's predicate is not `{FEED_PREDICATE}`")
    try:
        manifest = _parse(statement.predicate)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the manifest cannot be read: {error}") from None
    if tuple((each.name, each.sha256) for each in statement.subjects) != tuple(
        (each.name, each.sha256) for each in manifest.files
    ):
        raise EvidenceError("the manifest names other files than it was signed for")
    # A name from outside never leads outside the batch's folder.
    strange = [each.name for each in manifest.files if each.name not in {ADDITIONS, RETRACTIONS}]
    if strange:
        raise EvidenceError(f"a batch has no file `{strange[0]}`")
    return manifest


def _parse(given: Mapping[str, Any]) -> FeedManifest:
    snapshot = given["snapshot"]
    return FeedManifest(
        recipient=str(given["recipient"]),
        number=int(given["number"]),
        previous=None if given["previous"] is None else _link(given["previous"]),
        cancelled=tuple(_link(each) for each in given["cancelled"]),
        made_at=parse_instant(given["made_at"], field="made_at"),
        purpose=str(given["purpose"]),
        pack_name=str(given["pack"]["name"]),
        pack_digest=str(given["pack"]["digest"]),
        snapshot=None if snapshot is None else (str(snapshot["id"]), str(snapshot["digest"])),
        files=tuple(
            BatchFile(str(each["name"]), str(each["sha256"]), int(each["rows"]), int(each["bytes"]))
            for each in given["files"]
        ),
        schema=tuple((str(each["name"]), str(each["type"])) for each in given["schema"]),
        pseudonyms=bool(given["pseudonyms"]),
        conditions=dict(given["conditions"]),
    )


def _link(given: Mapping[str, Any]) -> Link:
    return Link(int(given["number"]), str(given["digest"]))


def _link_json(link: Link | None) -> dict[str, Any] | None:
    return None if link is None else {"number": link.number, "digest": link.digest}
