"""What became of one member's records: looked up, proved, put into a file; and the file checked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assent.audit.subject import SubjectReport, verify_subject_proof
from assent.engines import Engine, open_duckdb
from assent.errors import EvidenceError, InputError, RefusedError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, SnapshotManifest, parse_manifest
from assent.evidence.subject_proof import MAX_BYTES, Mentioned, Part, SubjectProof, sign_subject_proof
from assent.evidence.tags import key_id, member_key
from assent.gate.members import Appearance, records_by, records_naming
from assent.ledger import Ledger
from assent.operations.build import ATTEST_KEY
from assent.operations.chronicle import Chronicle
from assent.operations.ledger import Clock, now, open_ledger
from assent.operations.snapshots import shelf_of
from assent.operations.sources import open_entry
from assent.operations.subject_models import Learned, learned_from
from assent.operations.verify import ledger_keys, public_key
from assent.operations.workspace import Workspace
from assent.snapshot.proving import DecisionFiles, open_decisions
from assent.storage.keys import load_key
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, RecordId, SnapshotId

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class MadeProof:
    """A member's file, and what it proves: it was verified before it was given out."""

    data: bytes
    report: SubjectReport


def prove_subject(
    workspace: Workspace,
    member: str,
    snapshots: Sequence[str],
    *,
    records: Sequence[str] = (),
    mentions: bool = False,
    clock: Clock = now,
    progress: Watch = lambda _what, _done, _total: None,
) -> MadeProof:
    """A file that proves what became of each of the member's records in each of the snapshots.

    Args:
        snapshots: ids, beginnings of ids or folders; for one that was superseded, the one that took its place answers.
        records: ids to ask about besides those the sources hold of the member.
        mentions: state too in which used records of others the member appears.

    Raises:
        InputError: there is no such snapshot.
        RefusedError: a snapshot was superseded and nothing took its place, or its decision key is gone.
        EvidenceError: a snapshot is not what was sealed.
    """
    key = load_key(workspace.keys_folder / ATTEST_KEY)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        course = _Course.read(workspace, ledger)
        resolved = [course.resolve(named) for named in snapshots]
        progress("looking for the member's records", 0, 0)
        own, appearances = _records_of(workspace, MemberId(member), mentions=mentions)
        wanted = tuple(sorted({*own, *map(RecordId, records)}))
        parts = []
        for place, chain in enumerate(resolved):
            progress("proving", place, len(resolved))
            parts.append(_part(workspace, ledger, course, chain, member, wanted, appearances))
        vkeys = [each.key for each in ledger.keys]
    data = sign_subject_proof(SubjectProof(member, clock(), tuple(parts)), key)
    return MadeProof(data, verify_subject_proof(data, key=key.public_key(), vkeys=vkeys))


def standing_snapshots(workspace: Workspace, *, clock: Clock = now) -> list[SnapshotId]:
    """Every snapshot that stands, which is what a member is told about unless somebody names some.

    Raises:
        InputError: none stands.
    """
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        found = Chronicle.read(ledger).standing()
    if not found:
        raise InputError("no snapshot stands", hint="nothing of anybody was used; `assent build PURPOSE` makes one")
    return found


def learned_from_member(workspace: Workspace, member: str, *, clock: Clock = now) -> Learned:
    """Which models learned from the member's records, and which certificates concern them."""
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        return learned_from(workspace, ledger, member)


def verify_subject_file(
    path: Path,
    *,
    workspace: Workspace | None = None,
    vkey: str | None = None,
    attest_key: Path | None = None,
    member: str | None = None,
) -> SubjectReport:
    """What a member's file proves, to whoever has the public key.

    Args:
        member: whom it must be about; None takes anyone.

    Raises:
        InputError: there is no file, or no key to check it with.
        EvidenceError: it does not hold, or is about somebody else.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None
    key = public_key(attest_key, workspace)
    if key is None:
        raise InputError("no public key to check this proof with", hint="give the publisher's with --attest-key")
    vkeys = ledger_keys(None if workspace is None else workspace.ledger_folder, vkey)
    report = verify_subject_proof(data, key=key, vkeys=vkeys)
    if member is not None and report.member != member:
        raise EvidenceError(f"this proof is about `{report.member}`, not about `{member}`")
    return report


@dataclass(frozen=True, slots=True)
class _Course:
    """What the ledger says of snapshots: where each was sealed, and what was superseded.

    Args:
        sealed: position and manifest digest of each sealing, by snapshot.
        superseded: position and value of the event, by snapshot.
    """

    workspace: Workspace
    sealed: Mapping[str, Mapping[str, int]]
    superseded: Mapping[str, tuple[int, str]]

    @classmethod
    def read(cls, workspace: Workspace, ledger: Ledger) -> _Course:
        sealed: dict[str, dict[str, int]] = {}
        superseded: dict[str, tuple[int, str]] = {}
        for seq, event in ledger.system_events():
            if not isinstance(event, Event) or event.key is None or event.value is None:
                continue
            if event.type is EventType.SNAPSHOT_SEALED:
                sealed.setdefault(event.key, {})[event.value] = seq
            elif event.type is EventType.SNAPSHOT_SUPERSEDED:
                superseded[event.key] = (seq, event.value)
        return cls(workspace, sealed, superseded)

    def resolve(self, named: str) -> tuple[SnapshotId, ...]:
        """The snapshot that is meant, then each that took the place of the one before it; the last one stands.

        Raises:
            InputError: there is none of that name, or several begin like this.
            RefusedError: it was superseded, and nothing took its place.
        """
        chain = [self._identity(named)]
        while chain[-1] in self.superseded:
            follower = self._follower(chain[-1])
            if follower is None or follower in chain:
                raise RefusedError(
                    f"`{chain[-1]}` was superseded, and no snapshot took its place",
                    hint="`assent snapshots` lists those that stand",
                )
            chain.append(follower)
        return tuple(chain)

    def steps(self, chain: Sequence[SnapshotId]) -> Iterator[int]:
        """Positions of the events that lead along the chain: superseded, sealed, superseded and so on.

        Raises:
            EvidenceError: the log does not say that one in the middle was sealed.
        """
        for place, each in enumerate(chain[:-1]):
            seq, stated = self.superseded[each]
            yield seq
            if place + 2 < len(chain):
                digests = self.sealed.get(chain[place + 1], {})
                sealed = digests.get(stated, next(iter(digests.values()), None))
                if sealed is None:
                    raise EvidenceError(f"the log does not say that `{chain[place + 1]}` was sealed")
                yield sealed

    def _identity(self, named: str) -> SnapshotId:
        path = Path(named)
        if (path / MANIFEST).is_file():
            return SnapshotId(path.resolve().name)
        known = sorted({*shelf_of(self.workspace).snapshots(), *self.sealed})
        found = [each for each in known if named and each.startswith(named)]
        if not found:
            raise InputError(f"no snapshot `{named}`", hint="`assent snapshots` lists those there are")
        if len(found) > 1 and named not in found:
            raise InputError(f"`{named}` could be any of {len(found)} snapshots", hint=f"for example `{found[0]}`")
        return SnapshotId(named if named in found else found[0])

    def _follower(self, identity: SnapshotId) -> SnapshotId | None:
        """What the event names, by id or by manifest digest; else the snapshot that calls this one its parent."""
        stated = self.superseded[identity][1]
        for each, digests in self.sealed.items():
            if each != identity and (stated == each or stated in digests):
                return SnapshotId(each)
        shelf = shelf_of(self.workspace)
        for each in shelf.snapshots():
            if _manifest(shelf.of(each))[1].parent == identity:
                return each
        return None


def _part(  # noqa: PLR0917 - what a part is made of
    workspace: Workspace,
    ledger: Ledger,
    course: _Course,
    chain: tuple[SnapshotId, ...],
    member: str,
    wanted: tuple[RecordId, ...],
    appearances: Sequence[Appearance] | None,
) -> Part:
    shelf, identity = shelf_of(workspace), chain[-1]
    envelope, manifest = _manifest(shelf.of(identity))
    secret = _decision_key(workspace, identity, manifest)
    key = member_key(secret, member)
    with open_decisions(shelf.of(identity), manifest.decisions) as files:
        proof = files.prove(key)
        mentioned = None if appearances is None else tuple(_mentioned(files, secret, appearances))
    sealed = next(iter(course.sealed.get(identity, {}).values()), None)
    return Part(
        asked=chain[0],
        snapshot=identity,
        manifest=envelope,
        member_key=key,
        proof=proof,
        records=wanted,
        mentioned=mentioned,
        sealed=None if sealed is None else ledger.prove(sealed, reveal=True),
        superseded=tuple(ledger.prove(seq, reveal=True) for seq in course.steps(chain)),
    )


def _manifest(folder: Path) -> tuple[bytes, SnapshotManifest]:
    try:
        envelope = (folder / MANIFEST).read_bytes()
    except OSError:
        raise EvidenceError(f"`{folder.name}` has no manifest any more", hint="its files were removed") from None
    return envelope, parse_manifest(read_unverified(envelope))


def _decision_key(workspace: Workspace, identity: SnapshotId, manifest: SnapshotManifest) -> bytes:
    path = shelf_of(workspace).decision_key(identity)
    try:
        key = path.read_bytes()
    except OSError:
        raise RefusedError(
            f"the key that opens the decisions of `{identity}` is gone, so nobody can say which of them are whose",
            hint="it is destroyed when a snapshot expires",
        ) from None
    if key_id(key) != manifest.decisions.key_id:
        raise EvidenceError(f"`{path}` is not the decision key of `{identity}`")
    return key


def _mentioned(files: DecisionFiles, secret: bytes, appearances: Sequence[Appearance]) -> Iterator[Mentioned]:
    """Those that were decided. Of a denied one only that: why is its author's business."""
    for each in appearances:
        mask = files.mask(secret, each.author, each.record)
        if mask is not None:
            yield Mentioned(each.record, each.role, mask == 0)


def _records_of(
    workspace: Workspace, member: MemberId, *, mentions: bool
) -> tuple[list[RecordId], list[Appearance] | None]:
    tables = tuple(table for name in sorted(workspace.sources) for table in open_entry(workspace, name).tables)
    if not tables:
        return [], [] if mentions else None
    with _engine(workspace) as engine:
        return records_by(engine, tables, member), records_naming(engine, tables, member) if mentions else None


@contextmanager
def _engine(workspace: Workspace) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="assent-subject-") as folder:
        engine = open_duckdb(
            memory_mib=workspace.number("build.memory_mib"),
            threads=workspace.number("build.threads"),
            folder=Path(folder),
        )
        try:
            yield engine
        finally:
            engine.close()
