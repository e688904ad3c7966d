"""A member's file checked by whoever holds it: with the file, a public key, and nothing of the platform.

    signature ─ each manifest's own ─ all rows, under its root ─ ids among the rows ─ the log, if its key is given

What comes out is what the file proves, record by record. The first thing that does not hold ends it.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import verify_statement
from assent.evidence.commitment import SALT_BYTES, commit
from assent.evidence.decisions import Proven, verify_rows
from assent.evidence.manifest import SnapshotManifest, parse_manifest, snapshot_id
from assent.evidence.note import VerifierKey
from assent.evidence.subject_proof import Mentioned, Part, open_subject_proof
from assent.evidence.tags import record_tag
from assent.evidence.tlog_proof import parse_proof, verify_proof
from assent.vocabulary.events import Event, EventType, parse_event
from assent.vocabulary.instants import format_instant
from assent.vocabulary.reasons import REASONS, Reason, from_mask


@dataclass(frozen=True, slots=True)
class ProvenRecord:
    """A decision on one of the member's records.

    Args:
        id: None for a record whose id nobody gave; it is among the rows all the same.
        place: of its row among all decisions of the snapshot.
    """

    id: str | None
    reasons: tuple[Reason, ...]
    place: int

    @property
    def allowed(self) -> bool:
        """Whether it may be used, and lies in the snapshot."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class AbsentRecord:
    """A record that never came in.

    Args:
        between: the places of the two neighbouring rows between which it would stand; -1 and the number of
            decisions stand for the ends.
    """

    id: str
    between: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Logged:
    """An event of the log that was shown to be in it.

    Args:
        size: of the log whose checkpoint says so.
    """

    origin: str
    seq: int
    size: int
    event: Event


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """What the file proves about one snapshot.

    Args:
        between: the places of the two neighbours between which all of the member's rows stand, as in `AbsentRecord`.
        superseded: events of the log that lead from the snapshot that was asked about to this one: that it was
            superseded, and, where several steps lie between, that the next one was sealed, and superseded in turn.
        sealed: None where the log was not asked: no key was given, or the file has no proof of it.
    """

    asked: str
    manifest: SnapshotManifest
    snapshot: str
    between: tuple[int, int]
    decided: tuple[ProvenRecord, ...]
    absent: tuple[AbsentRecord, ...]
    mentioned: tuple[Mentioned, ...] | None
    sealed: Logged | None
    superseded: tuple[Logged, ...]

    @property
    def allowed(self) -> int:
        """How many of the member's records may be used, and lie in the snapshot."""
        return sum(each.allowed for each in self.decided)


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """What a member's file proves.

    Args:
        log_checked: whether the log's key was given.
    """

    member: str
    made_at: datetime
    parts: tuple[SubjectPart, ...]
    log_checked: bool

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "member": self.member,
            "made_at": format_instant(self.made_at),
            "log_checked": self.log_checked,
            "snapshots": [_part_json(part) for part in self.parts],
        }


def verify_subject_proof(data: bytes, *, key: Ed25519PublicKey, vkeys: Sequence[VerifierKey] = ()) -> SubjectReport:
    """What the file proves, to somebody who trusts `key`.

    Args:
        key: signs the operator's snapshots.
        vkeys: of the log; without one nothing is said about what everybody else sees.

    Raises:
        EvidenceError: something in it does not hold.
    """
    proof = open_subject_proof(data, key)
    parts = tuple(_verify_part(part, key, vkeys) for part in proof.parts)
    return SubjectReport(proof.member, proof.made_at, parts, bool(vkeys))


def _verify_part(part: Part, key: Ed25519PublicKey, vkeys: Sequence[VerifierKey]) -> SubjectPart:
    statement = verify_statement(part.manifest, key)
    manifest = parse_manifest(statement)
    if snapshot_id(statement) != part.snapshot:
        raise EvidenceError(f"the manifest in this proof is not that of `{part.snapshot}`")
    if len(set(part.records)) != len(part.records):
        raise EvidenceError("this proof lists a record twice")
    decisions = manifest.decisions
    proven = verify_rows(part.proof, root=decisions.root, count=decisions.count, key=part.member_key)
    decided, absent = _sorted_out(part, proven)
    sealed: Logged | None = None
    superseded: tuple[Logged, ...] = ()
    if vkeys:
        sealed = None if part.sealed is None else _logged(part.sealed, vkeys)
        superseded = tuple(_logged(each, vkeys) for each in part.superseded)
        _require_about(part, manifest, sealed, superseded)
    return SubjectPart(
        part.asked,
        manifest,
        part.snapshot,
        (proven.place - 1, proven.place + len(proven.masks)),
        tuple(decided),
        tuple(absent),
        part.mentioned,
        sealed,
        superseded,
    )


def _sorted_out(part: Part, proven: Proven) -> tuple[list[ProvenRecord], list[AbsentRecord]]:
    """The ids that are given by whether a row is theirs; rows that are nobody's come last."""
    places = {tag: proven.place + at for at, tag in enumerate(proven.masks)}
    ordered = list(proven.masks)
    left = dict.fromkeys(ordered)
    decided: list[ProvenRecord] = []
    absent: list[AbsentRecord] = []
    for ident in part.records:
        tag = record_tag(part.member_key, ident)
        if tag in places:
            left.pop(tag)
            decided.append(ProvenRecord(ident, _reasons(proven.masks[tag]), places[tag]))
        else:
            after = proven.place + bisect_left(ordered, tag)
            absent.append(AbsentRecord(ident, (after - 1, after)))
    decided += [ProvenRecord(None, _reasons(proven.masks[tag]), places[tag]) for tag in left]
    return decided, absent


def _reasons(mask: int) -> tuple[Reason, ...]:
    if mask >> len(REASONS):
        raise EvidenceError(f"a decision has the mask `{mask:#x}`, which no reason explains")
    return from_mask(mask)


def _logged(text: str, vkeys: Sequence[VerifierKey]) -> Logged:
    """The event that a proof with its event revealed shows to be in the log.

    Raises:
        EvidenceError: it shows nothing of the kind.
    """
    proof = parse_proof(text)
    extra = proof.extra or b""
    salt, data = extra[:SALT_BYTES], extra[SALT_BYTES:]
    checkpoint = verify_proof(proof, leaf=commit(salt, data), verifiers=vkeys)
    try:
        event = parse_event(json.loads(data))
    except (ValueError, TypeError, AttributeError, AssentError):
        raise EvidenceError("the log's event in this proof cannot be read") from None
    return Logged(checkpoint.origin, proof.index, checkpoint.size, event)


def _require_about(part: Part, manifest: SnapshotManifest, sealed: Logged | None, superseded: Sequence[Logged]) -> None:
    """The log's events say of these snapshots what the file says.

    Raises:
        EvidenceError: they are about something else.
    """
    if sealed is not None:
        stated = (sealed.event.type, sealed.event.key, sealed.event.value)
        if stated != (EventType.SNAPSHOT_SEALED, part.snapshot, sha256(part.manifest).hexdigest()):
            raise EvidenceError(
                f"the log's entry in this proof does not say that `{part.snapshot}` was sealed like this"
            )
    if (part.asked != part.snapshot) != bool(superseded) or (superseded and part.asked != superseded[0].event.key):
        raise EvidenceError(f"the log's entries in this proof are not about `{part.asked}`")
    if superseded:
        _require_chain(part, manifest, [each.event for each in superseded])


def _require_chain(part: Part, manifest: SnapshotManifest, said: Sequence[Event]) -> None:
    """The log leads from the snapshot that was asked about to this one, without a step that nothing vouches for.

    Raises:
        EvidenceError: a step is missing, or leads elsewhere.
    """
    last, stated = part.asked, ""
    for at, event in enumerate(said):
        superseding = at % 2 == 0
        if event.type is not (EventType.SNAPSHOT_SUPERSEDED if superseding else EventType.SNAPSHOT_SEALED):
            raise EvidenceError("the log's entry in this proof does not say that a snapshot was superseded")
        if superseding and event.key == last:
            stated = event.value or ""
        elif not superseding and stated in {event.key, event.value}:
            last = event.key or ""
        else:
            raise EvidenceError(f"nothing in this proof says what took the place of `{last}`")
    named = stated in {part.snapshot, sha256(part.manifest).hexdigest()}
    if len(said) % 2 == 0 or not (named or manifest.parent == last):
        raise EvidenceError(f"nothing in this proof says that `{part.snapshot}` took the place of `{last}`")


def _part_json(part: SubjectPart) -> dict[str, Any]:
    manifest = part.manifest
    return {
        "asked": part.asked,
        "snapshot": part.snapshot,
        "purpose": manifest.purpose,
        "at": format_instant(manifest.at),
        "pack": manifest.pack_name,
        "decisions": manifest.decisions.count,
        "allowed": part.allowed,
        "denied": len(part.decided) - part.allowed,
        "between": list(part.between),
        "records": [*_records_json(part)],
        "mentioned": None if part.mentioned is None else [asdict(each) for each in part.mentioned],
        "sealed": None if part.sealed is None else _logged_json(part.sealed),
        "superseded": [_logged_json(each) for each in part.superseded],
    }


def _records_json(part: SubjectPart) -> Iterator[dict[str, Any]]:
    for each in part.decided:
        yield {
            "id": each.id,
            "verdict": "allowed" if each.allowed else "denied",
            "reasons": [reason.label for reason in each.reasons],
            "place": each.place,
        }
    for one in part.absent:
        yield {"id": one.id, "verdict": "never came in", "reasons": [], "between": list(one.between)}


def _logged_json(logged: Logged) -> dict[str, Any]:
    return {"log": logged.origin, "seq": logged.seq, "of": logged.size, "event": logged.event.to_json()}
