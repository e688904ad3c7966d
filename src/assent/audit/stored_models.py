"""Models and certificates as they lie there: signed, whole, known to the ledger, and consistent with each other.

Nothing is computed by a model here, and nothing needs torch; whether weights follow from rows takes a replay.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import file_digest, sha256
from pathlib import Path

from assent.audit.added_audits import check_audits
from assent.audit.report import StoredReport
from assent.audit.stored_around import Around, check_signature, check_told, envelope_of, require
from assent.errors import EvidenceError
from assent.evidence.attestation import read_unverified
from assent.evidence.certificate import Certificate, certificate_id, parse_certificate
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import ModelManifest, checkpoint_key, memory_key, model_id, parse_model


def verify_model(folder: Path, around: Around) -> StoredReport:
    """A report on the model in that folder.

    Raises:
        InputError: there is none.
    """
    envelope = envelope_of(folder / MANIFEST)
    report = StoredReport(folder.name)
    manifest: ModelManifest | None = None
    with report.checking("manifest") as seen:
        statement = read_unverified(envelope)
        manifest = parse_model(statement)
        require(model_id(statement) == folder.name, "its name does not follow from its manifest")
        seen.detail = f"{len(statement.subjects)} files; {manifest.rows:,} records of {manifest.members:,} members"
    check_signature(report, envelope, around)
    if manifest is None:
        return report
    gone = around.told is not None and folder.name in around.told.superseded and _is_empty(folder)
    if gone:
        report.skip("files", "it was superseded, and its files are gone, as they should be")
    else:
        with report.checking("files") as seen:
            seen.detail = f"{_require_files(folder, manifest)} files have the digests that were signed"
    with report.checking("keys") as seen:
        seen.detail = f"{require_keys(manifest)} keys follow from base, settings and data"
    _check_snapshot(report, "snapshot", manifest.snapshot, manifest.snapshot_digest, around)
    check_told(report, "seal", None if around.told is None else around.told.sealed.get(folder.name, ""), envelope)
    return report


def verify_certificate(path: Path, around: Around) -> StoredReport:
    """A report on the certificate in that file.

    Raises:
        InputError: there is none.
    """
    envelope = envelope_of(path)
    report = StoredReport(path.name)
    found: Certificate | None = None
    with report.checking("certificate") as seen:
        found = parse_certificate(read_unverified(envelope))
        seen.detail = (
            f"{len(found.requests)} people taken out of {found.model_before};"
            f" {found.slices_retrained} of {found.slices} slices learned again"
        )
    check_signature(report, envelope, around)
    if found is None:
        return report
    issued = certificate_id(found.model_after)
    check_told(report, "log", None if around.told is None else around.told.certificates.get(issued, ""), envelope)
    _check_models(report, found, around)
    check_audits(report, found, envelope, around)
    _check_snapshot(report, "snapshot before", found.snapshot_before, found.snapshot_before_digest, around)
    _check_snapshot(report, "snapshot after", found.snapshot_after, found.snapshot_after_digest, around)
    if not found.replayed and not found.replay_differs:
        report.skip("replay", found.replay)
    else:
        with report.checking("replay") as seen:
            require(not found.replay_differs, f"training once more: {found.replay}")
            seen.detail = found.replay
    return report


def require_keys(manifest: ModelManifest) -> int:
    """How many keys there are; each follows from base, configuration and data, so none passes for another's.

    Raises:
        EvidenceError: one does not.
    """
    data: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for each in manifest.slices:
        data[each.shard] = (*data[each.shard], each.data)
        key = checkpoint_key(manifest.base.digest, manifest.config_digest, each.shard, data[each.shard])
        require(key == each.key, f"the checkpoint after slice {each.shard}/{each.slice} has another's key")
        served = each.loss is None or (each.path is not None and key in each.path)
        require(served, f"after slice {each.shard}/{each.slice} serves what it did not come to")
    for part in manifest.parts:
        length = int(manifest.memory.config["sequence_tokens"]) if manifest.memory is not None else 0
        key = memory_key(manifest.base.digest, length, manifest.partition, part.data)
        own = key == part.key and key in part.path
        require(own, f"the part of the memory of slice {part.shard}/{part.slice} has another's key")
    return len(manifest.slices) + len(manifest.parts)


def _require_files(folder: Path, manifest: ModelManifest) -> int:
    named = {each.name: each.sha256 for each in manifest.subjects()}
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    found.pop(MANIFEST, None)
    if missing := sorted(named.keys() - found):
        raise EvidenceError(f"`{missing[0]}` is missing")
    if strange := sorted(found.keys() - named):
        raise EvidenceError(f"`{strange[0]}` is not in the manifest")
    for name, path in found.items():
        with path.open("rb") as file:
            require(file_digest(file, "sha256").hexdigest() == named[name], f"`{name}` is not what was signed")
    return len(found)


def _check_models(report: StoredReport, found: Certificate, around: Around) -> None:
    if around.models is None:
        report.skip("models", "nobody said where models stand")
        return
    with report.checking("models") as seen:
        before = _manifest(around.models, found.model_before, found.model_before_digest)
        after = _manifest(around.models, found.model_after, found.model_after_digest)
        _require_told(found, before, after)
        _require_told_shards(found, before, after)
        same = before.shards - len(found.retrained)
        seen.detail = f"{same} of {before.shards} shards are the same bytes, the others are as stated"


def _require_told(found: Certificate, before: ModelManifest, after: ModelManifest) -> None:
    """What it states of both models is what their manifests state."""
    for model in (before, after):
        require(model.base.digest == found.base_digest, "it speaks of another base")
        require(model.config_digest == found.config_digest, "it speaks of another configuration")
        require(model.aggregation == found.aggregation, "it speaks of adapters joined in another way")
    snapshots = (before.snapshot, before.snapshot_digest, after.snapshot, after.snapshot_digest)
    stated = (found.snapshot_before, found.snapshot_before_digest, found.snapshot_after, found.snapshot_after_digest)
    require(snapshots == stated, "the models learned from other snapshots than it says")
    require((before.ledger_size, after.ledger_size) == (found.ledger_before, found.ledger_after), "another ledger")
    had = {each.key for each in before.slices if each.loss is not None}
    again = [each for each in after.slices if each.loss is not None and each.key not in had]
    counted = (len(after.slices), len(again))
    require(counted == (found.slices, found.slices_retrained), "other slices learned again than it says")
    if found.memory is not None:
        old, new = ({(each.shard, each.slice): each.sha256 for each in model.parts} for model in (before, after))
        both = {place: (old.get(place), new.get(place)) for place in {*old, *new}}
        differing = {place: ends for place, ends in both.items() if ends[0] != ends[1]}
        stated_parts = {(each.shard, each.slice): (each.before, each.after) for each in found.memory.replaced}
        require(differing == stated_parts, "other parts of the memory differ than it says")


def _require_told_shards(found: Certificate, before: ModelManifest, after: ModelManifest) -> None:
    told = {each.shard: each for each in found.retrained}
    for shard in range(max(before.shards, after.shards)):
        old, new = before.last(shard), after.last(shard)
        ends = (None if old is None else old.sha256, None if new is None else new.sha256)
        stated = told.get(shard)
        if stated is None:
            require(ends[0] == ends[1], f"shard {shard} differs, and the certificate does not say so")
            continue
        require((stated.before, stated.after) == ends, f"shard {shard} is not as the certificate says")
        kept = [
            {each.slice: each.sha256 for each in model.slices if each.shard == shard and each.slice < stated.first}
            for model in (before, after)
        ]
        require(kept[0] == kept[1], f"shard {shard} differs before slice {stated.first} already")
        clean = kept[1].get(stated.first - 1)
        require(stated.clean == clean, f"shard {shard} did not begin from the checkpoint that is stated")


def _manifest(models: Path, model: str, digest: str) -> ModelManifest:
    envelope = envelope_of(models / model / MANIFEST)
    require(sha256(envelope).hexdigest() == digest, f"the manifest of `{model}` is another")
    return parse_model(read_unverified(envelope))


def _check_snapshot(report: StoredReport, name: str, snapshot: str, digest: str, around: Around) -> None:
    if around.snapshots is None:
        report.skip(name, "nobody said where snapshots stand")
        return
    with report.checking(name) as seen:
        envelope = envelope_of(around.snapshots / snapshot / MANIFEST)
        require(sha256(envelope).hexdigest() == digest, f"the manifest of `{snapshot}` is another")
        seen.detail = f"{snapshot}, by the digest of its manifest"


def _is_empty(folder: Path) -> bool:
    return all(each.name == MANIFEST for each in folder.iterdir())
