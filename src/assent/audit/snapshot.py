"""Verify a snapshot without believing whoever made it.

    signature ─ files ─ rules ─ decisions ─ data ─ ledger ─ sources ─ every decision derived again

Each step is a check of its own; a later one is skipped, and the report says so, when it lacks a key or an
earlier one failed. Nothing of the builder's code runs here: only formats and the evaluator are shared.
"""

from __future__ import annotations

import json
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.audit.copies import Copying, read_copies
from assent.audit.derive import Derived, Deriver, placed
from assent.audit.history import History, read_history
from assent.audit.judgments import check_judgments
from assent.audit.report import SnapshotReport
from assent.audit.rows import SourceRow, read_links, read_rows
from assent.audit.stored import (
    TAGS_BYTES,
    check_counts,
    check_data,
    check_files,
    read_decisions,
    read_shown,
    sha256_of,
    sha256_of_bytes,
)
from assent.audit.versions import check_parents, check_removed
from assent.audit.withdrawn import check_moments, derive_steps
from assent.errors import EvidenceError
from assent.evidence.attestation import Statement, read_unverified, verify_statement
from assent.evidence.decisions import ROW_BYTES
from assent.evidence.handover import open_held_checkpoint
from assent.evidence.manifest import MANIFEST, PACK, Counts, SnapshotManifest, parse_manifest, snapshot_id
from assent.evidence.note import VerifierKey
from assent.evidence.redaction import Redaction, cleaned, surrogate_key
from assent.evidence.removal import REMOVED
from assent.evidence.tags import key_id
from assent.policy.load import pack_from_document
from assent.policy.pack import Pack
from assent.vocabulary.reasons import Reason
from assent.vocabulary.tables import RecordTable

Progress = Callable[[str, int, int], None]
Clean = Callable[[bytes, str | None], str | None]


@dataclass(frozen=True, slots=True)
class Means:
    """What the verifier has besides the snapshot; whatever is None limits what can be checked.

    Args:
        attest_key: of whoever signs snapshots.
        vkeys: of the ledger.
        decision_key: the snapshot's own.
        suppression_key: tells who was erased; without it everybody whom the ledger does not know may have been.
        sources_root: the folder that the manifest's source paths are relative to.
    """

    attest_key: Ed25519PublicKey | None = None
    ledger_folder: Path | None = None
    vkeys: Sequence[VerifierKey] = ()
    decision_key: bytes | None = None
    partition_key: bytes | None = None
    suppression_key: bytes | None = None
    sources_root: Path | None = None


def verify_snapshot(
    folder: Path,
    means: Means,
    *,
    sample: int | None = None,
    seed: int = 0,
    progress: Progress = lambda _what, _done, _total: None,
) -> SnapshotReport:
    """A report of everything that could be checked about the snapshot in that folder; it raises nothing.

    Args:
        sample: derive only so many decisions again, drawn at random; None derives all.
        seed: of the drawing, so that it can be repeated.

    Cost: O(records) time; about 40 bytes of memory a record and 400 an allowed one.
    """
    report = SnapshotReport(folder.name)
    opened = _open(folder, means, report)
    if opened is None:
        return report
    statement, manifest = opened
    if (folder / REMOVED).is_file():
        return _verify_removed(folder, manifest, means, report)
    report.records = manifest.counts.records
    with report.checking("files") as seen:
        seen.detail = f"{check_files(folder, statement)} files have the digests that were signed"
    pack: Pack | None = None
    with report.checking("rules") as seen:
        pack = _read_pack(folder, manifest)
        seen.detail = f"{manifest.pack_name} {manifest.pack_digest[:12]}"
    decisions: bytes | None = None
    with report.checking("decisions") as seen:
        decisions = read_decisions(folder, manifest)
        check_counts(decisions, manifest)
        seen.detail = f"{manifest.decisions.count:,} decisions lead to the root and to the counts"
    _check_data(folder, manifest, means, report)
    if manifest.curation is not None:
        with report.checking("judgments") as seen:
            dropped = check_judgments(folder, manifest)
            seen.detail = f"{dropped:,} rows are left out for a reason, and those that stand for others are there"
    history = _check_ledger(manifest, means, report)
    if history is not None:
        _check_sealed(folder, history, report)
        if manifest.withdrawals:
            _check_versions(folder, manifest, history, report)
    sourced = _check_sources(manifest, means, report)
    if pack is None or decisions is None or history is None or not sourced or means.decision_key is None:
        report.skip("derivation", "needs the rules, the decisions, the ledger, the sources and the decision key")
        return report
    with report.checking("derivation") as seen:
        _Comparison(folder, manifest, means, pack, history, decisions, report, progress).run(sample, seed)
        seen.detail = f"{report.agrees:,} agree, {report.differs:,} differ, {report.erased:,} erased"
    return report


def _verify_removed(folder: Path, manifest: SnapshotManifest, means: Means, report: SnapshotReport) -> SnapshotReport:
    """The report on a snapshot of which the manifest and the statement of its removal are left."""
    report.records = manifest.counts.records
    history = _check_ledger(manifest, means, report)
    if history is not None:
        _check_sealed(folder, history, report)
    with report.checking("removal") as seen:
        seen.detail = check_removed(folder, means.attest_key, history)
    report.skip("derivation", "its bytes were removed; verify the snapshot in its place")
    return report


def _open(folder: Path, means: Means, report: SnapshotReport) -> tuple[Statement, SnapshotManifest] | None:
    opened: tuple[Statement, SnapshotManifest] | None = None
    with report.checking("manifest") as seen:
        try:
            envelope = (folder / MANIFEST).read_bytes()
        except OSError:
            raise EvidenceError(f"`{MANIFEST}` is missing") from None
        statement = read_unverified(envelope)
        manifest = parse_manifest(statement)
        if folder.name != snapshot_id(statement):
            raise EvidenceError(f"this is `{snapshot_id(statement)}` under another name")
        opened = statement, manifest
        seen.detail = f"statement {statement.digest[:12]}"
    if means.attest_key is None:
        report.skip("signature", "no public key was given")
    elif opened:
        with report.checking("signature") as seen:
            verify_statement(envelope, means.attest_key)
            seen.detail = "the statement's bytes are signed with the key that was given"
    return opened


def _read_pack(folder: Path, manifest: SnapshotManifest) -> Pack:
    document = (folder / PACK).read_bytes()
    if sha256_of_bytes(document) != manifest.pack_digest:
        raise EvidenceError(f"`{PACK}` is not the pack that the manifest names")
    pack = pack_from_document(json.loads(document))
    if pack.digest != manifest.pack_digest or manifest.purpose not in pack.purposes:
        raise EvidenceError(f"`{PACK}` does not state the purpose `{manifest.purpose}`")
    return pack


def _check_data(folder: Path, manifest: SnapshotManifest, means: Means, report: SnapshotReport) -> None:
    key = means.partition_key
    if key is None:
        report.skip("partition", "no partition key was given")
    with report.checking("data") as seen:
        if key is not None and key_id(key) != manifest.partition.key_id:
            raise EvidenceError("the partition key is not the one this snapshot was laid out with")
        facts = check_data(folder, manifest, partition_key=key)
        where = ", each in the partition of its author" if key is not None else ""
        seen.detail = f"{facts.rows:,} rows of {facts.members:,} members{where}"


def _check_ledger(manifest: SnapshotManifest, means: Means, report: SnapshotReport) -> History | None:
    if means.ledger_folder is None:
        report.skip("ledger", "no ledger was given")
        return None
    history: History | None = None
    with report.checking("ledger") as seen:
        read = read_history(
            means.ledger_folder,
            manifest.ledger_size,
            means.vkeys,
            suppression_key=means.suppression_key,
            moments=[each.ledger_size for each in manifest.withdrawals],
        )
        checkpoint = open_held_checkpoint(manifest.checkpoint.encode(), read.keys)
        if (checkpoint.size, checkpoint.root) != (manifest.ledger_size, read.root):
            raise EvidenceError("the ledger's first events are not those of the checkpoint in the manifest")
        history = read
        gone = f", {read.missing:,} of them erased" if read.missing else ""
        seen.detail = f"the first {read.size:,} events are those of the signed checkpoint{gone}"
    return history


def _check_sealed(folder: Path, history: History, report: SnapshotReport) -> None:
    with report.checking("seal") as seen:
        if sha256_of(folder / MANIFEST) not in history.sealed.get(folder.name, ()):
            raise EvidenceError("the ledger does not say that a snapshot of this name was sealed with this manifest")
        seen.detail = "the ledger says that exactly this manifest was sealed"
        if history.superseded.get(folder.name):
            seen.detail += ", and that something took its place since"
    if history.removed.get(folder.name) and not (folder / REMOVED).is_file():
        with report.checking("removal"):
            raise EvidenceError("the ledger says that its bytes were removed, and they are here", hint="remove them")


def _check_versions(folder: Path, manifest: SnapshotManifest, history: History, report: SnapshotReport) -> None:
    with report.checking("rewritings") as seen:
        seen.detail = check_moments(manifest, history)
    if manifest.parent is not None and not (folder.parent / manifest.parent).is_dir():
        report.skip("versions", f"`{manifest.parent}`, which it was made from, does not lie beside it")
        return
    with report.checking("versions") as seen:
        seen.detail = check_parents(folder, manifest, history)


def _check_sources(manifest: SnapshotManifest, means: Means, report: SnapshotReport) -> bool:
    if means.sources_root is None:
        report.skip("sources", "no folder of sources was given")
        return False
    root = means.sources_root
    with report.checking("sources") as seen:
        files = [file for table in manifest.sources for file in (*table.files, *table.flagged)]
        for file in files:
            if sha256_of(root / file.path) != file.sha256:
                raise EvidenceError(f"`{file.path}` is not the file that was read")
        seen.detail = f"{len(files)} files are those that were read"
    return bool(report.checks[-1].passed)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the data shows of a record; nothing of one that is not there."""

    digest: bytes
    id: str
    redactions: tuple[Redaction, ...]


_NOT_SHOWN = _Shown(b"", "", ())


@dataclass(slots=True)
class _Comparison:
    """What the rules give, against what the snapshot says."""

    folder: Path
    manifest: SnapshotManifest
    means: Means
    pack: Pack
    history: History
    decisions: bytes
    report: SnapshotReport
    progress: Progress

    def run(self, sample: int | None, seed: int) -> None:
        """The report counts every record, or a sample of them, as agreeing, differing or erased.

        Raises:
            EvidenceError: a source cannot be read, holds a record twice, or not as many as were decided.
        """
        key = self.means.decision_key
        if key is None or key_id(key) != self.manifest.decisions.key_id:
            raise EvidenceError("the decision key is not this snapshot's")
        links = list(chain.from_iterable(read_links(table) for table in self._tables()))
        if len(links) != self.manifest.counts.records or len({ident for ident, _ in links}) != len(links):
            raise EvidenceError(f"the sources hold `{len(links)}` records, or one of them twice")
        parents = {ident: parent for ident, parent in links if parent is not None}
        chosen = None if sample is None else _draw([ident for ident, _ in links], sample, seed)
        self.report.compared = len(links) if chosen is None else len(chosen)
        del links
        shown = self._shown(key, chosen)
        copies = read_copies(self.folder, self.manifest)
        clean = self._cleaning(key, shown)
        self._compare(self._derived(key, parents, chosen, clean, copies), shown, chosen)
        copies.require(lambda tags: _mask_of(self.decisions, tags))

    def _tables(self) -> list[RecordTable]:
        assert self.means.sources_root is not None
        return [table.located(self.means.sources_root) for table in self.manifest.sources]

    def _derived(
        self, key: bytes, parents: dict[str, str], chosen: Collection[str] | None, clean: Clean, copies: Copying
    ) -> Iterator[Derived]:
        partition = self.manifest.partition
        own = self.means.partition_key
        place = (lambda _author: b"") if own is None else placed(own, partition.shards, partition.slices)
        purpose = self.pack.purposes[self.manifest.purpose]
        steps = derive_steps(self.manifest, self.pack, self.history)
        deriver = Deriver(self.pack, purpose, self.manifest.at, self.history, key, place, steps, clean, copies)
        needed = None if chosen is None else _with_ancestors(chosen, parents)
        rows = self._rows(needed)
        named = set(parents.values())
        for found in deriver.derive(rows, parents, named):
            if chosen is None or found.record in chosen:
                yield found

    def _rows(self, needed: Collection[str] | None) -> Iterator[SourceRow]:
        done = 0
        for table in self._tables():
            for row in read_rows(table):
                done += 1
                if not done % 10_000:
                    self.progress("deriving decisions again", done, self.manifest.counts.records)
                if needed is None or row.record.id in needed:
                    yield row

    def _cleaning(self, key: bytes, shown: Mapping[bytes, _Shown]) -> Clean:
        """What must stand in place of a permitted text, by what the row says was masked in it."""
        mask, surrogates = self.pack.purposes[self.manifest.purpose].curation.mask, surrogate_key(key)

        def clean(tags: bytes, text: str | None) -> str | None:
            row = shown.get(tags)
            return text if row is None or text is None else cleaned(text, row.redactions, mask, surrogates)

        return clean

    def _shown(self, key: bytes, chosen: Collection[str] | None) -> dict[bytes, _Shown]:
        """What the data shows, by tags."""
        wanted: Callable[[str], bool] = (lambda _ident: True) if chosen is None else chosen.__contains__
        placed_too = self.means.partition_key is not None
        return {
            row.tags: _Shown(row.digest if placed_too else row.digest[:-8], row.id, row.redactions)
            for row in read_shown(self.folder, self.manifest, key, wanted=wanted)
        }

    def _compare(
        self,
        derived: Iterator[Derived],
        shown: dict[bytes, _Shown],
        chosen: Collection[str] | None,
    ) -> None:
        counted = _Counted()
        for found in derived:
            stated = _mask_of(self.decisions, found.tags)
            row = shown.pop(found.tags, _NOT_SHOWN).digest
            counted.add(found)
            if found.rests_on_erased or (self.history.missing and _lost_exclusion(stated, found.mask)):
                self.report.erased += 1
            elif stated is None:
                self.report.differ(found.record, "no decision on it stands in the snapshot")
            elif stated != found.mask:
                self.report.differ(found.record, f"decided as {stated:#x}, the rules give {found.mask:#x}")
            elif row != found.row:
                self.report.differ(found.record, _what_differs(row, found.row))
            else:
                self.report.agrees += 1
        for left in shown.values():
            self.report.differ(left.id, "stands in the data and in no source")
        if self.report.differs:
            raise EvidenceError(f"`{self.report.differs}` records differ, first `{self.report.differences[0].record}`")
        if chosen is None and not self.report.erased:
            counted.require(self.manifest.counts)


@dataclass(slots=True)
class _Counted:
    """What only a full derivation can count."""

    masked: int = 0
    unreadable: int = 0
    regions: Counter[str] = field(default_factory=Counter)

    def add(self, found: Derived) -> None:
        """One more decision."""
        self.unreadable += found.unreadable
        if not found.mask:
            self.masked += found.masked
            self.regions[found.region or ""] += 1

    def require(self, counts: Counts) -> None:
        """The manifest counts the same.

        Raises:
            EvidenceError: it does not.
        """
        stated = (counts.masked, counts.unreadable, dict(counts.allowed_by_region))
        if stated != (self.masked, self.unreadable, dict(self.regions)):
            raise EvidenceError("the manifest counts something else than the rules give")


def _mask_of(rows: bytes, tags: bytes) -> int | None:
    """The mask under these tags, found by halving; None when there is none."""
    places = range(len(rows) // ROW_BYTES)
    at = ROW_BYTES * bisect_left(places, tags, key=lambda at: rows[at * ROW_BYTES : at * ROW_BYTES + TAGS_BYTES])
    if rows[at : at + TAGS_BYTES] != tags:
        return None
    return int.from_bytes(rows[at + TAGS_BYTES : at + ROW_BYTES])


def _lost_exclusion(stated: int | None, derived: int) -> bool:
    """Whether the decision only denies more, because of an exclusion that may have been an erased person's."""
    more = Reason.ITEM_EXCLUDED.bit | Reason.DERIVED_FROM_EXCLUDED.bit
    return stated is not None and stated != derived and stated == derived | (stated & more)


def _what_differs(shown: bytes, expected: bytes) -> str:
    if not shown:
        return "is permitted and missing from the data"
    return (
        "stands in the data with other content or in another place" if expected else "is denied and stands in the data"
    )


def _draw(idents: Sequence[str], sample: int, seed: int) -> frozenset[str]:
    return frozenset(random.Random(seed).sample(idents, min(sample, len(idents))))  # noqa: S311 - repeatable on purpose


def _with_ancestors(chosen: Collection[str], parents: dict[str, str]) -> set[str]:
    needed: set[str] = set()
    for ident in chosen:
        here: str | None = ident
        while here is not None and here not in needed:
            needed.add(here)
            here = parents.get(here)
    return needed
