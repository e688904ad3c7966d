"""What a take-back did to a model, put together from manifests and ledger, signed, and told to the ledger.

    last whole model before ─ who withdrew since ─ which shards differ ─ audits ─ signed ─ written ─ in the ledger

Nothing is taken from the sweep's own word but the result of its replay: whoever was cut off before the certificate
was written has the same one the next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from assent.errors import EvidenceError
from assent.evidence.attestation import encode_statement, sign_statement, verify_statement
from assent.evidence.certificate import (
    CERTIFICATE_PREDICATE,
    AskedElsewhere,
    Certificate,
    Request,
    certificate_id,
    parse_certificate,
)
from assent.evidence.manifest import SnapshotManifest
from assent.evidence.model import ModelManifest
from assent.evidence.tags import member_key, member_tag
from assent.ledger import Ledger
from assent.operations.audit_attested import audit_before
from assent.operations.chronicle import Chronicle
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.models_elsewhere import asked_between
from assent.operations.opened import manifest_on
from assent.operations.snapshots import shelf_of
from assent.operations.train import Training
from assent.operations.workspace import Workspace
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import withdrawn_between
from assent.storage.files import write_durably
from assent.unlearning.plan import compare_models
from assent.unlearning.remembered import compare_memories
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import CertificateId, MemberId, ModelId, SnapshotId

CERTIFICATES = "certificates"


def certificates_folder(workspace: Workspace) -> Path:
    """Where certificates lie."""
    return workspace.models_folder / CERTIFICATES


def certify(
    training: Training, model: ModelId, after: ModelManifest, replayed: str = "not run: cut off"
) -> CertificateId:
    """The certificate of the take-backs that this model took in lies there, signed, and the ledger knows it.

    Args:
        replayed: what training once more came to, in the words of `Certificate.replay`.

    Raises:
        EvidenceError: the manifest of what it came from is gone, or the ledger does not say what it should.
    """
    certificate = _certificate(training, model, after, replayed)
    payload = encode_statement(certificate.subjects(), CERTIFICATE_PREDICATE, certificate.to_predicate())
    identity = certificate_id(model)
    path = certificates_folder(training.workspace) / f"{identity}.json"
    # One that lies there was written by a sweep that was cut off before the ledger knew.
    envelope = _own_certificate(path, training, certificate)
    if envelope is None:
        envelope = sign_statement(payload, training.key)
        write_durably(path, envelope)
    training.gap("certified")
    # A crash here means: a certificate that the ledger does not know; the next sweep tells it.
    digest, now = sha256(envelope).hexdigest(), training.ledger.present(training.clock())
    training.append(Event(EventType.CERTIFICATE_ISSUED, now, key=identity, value=digest, by="sweep"))
    return identity


def _own_certificate(path: Path, training: Training, about: Certificate) -> bytes | None:
    """What lies there, if this platform signed it about the same two models."""
    try:
        envelope = path.read_bytes()
        statement = verify_statement(envelope, training.key.public_key())
        found = parse_certificate(statement)
    except (EvidenceError, FileNotFoundError):
        return None
    return envelope if found.subjects() == about.subjects() else None


def _certificate(training: Training, model: ModelId, after: ModelManifest, replayed: str) -> Certificate:
    first = _first_whole(training, after)
    before = training.shelf.manifest(first)
    known = ModelChronicle.read(training.ledger)
    shelf = shelf_of(training.workspace)
    snapshots = [manifest_on(shelf, SnapshotId(each)) for each in (before.snapshot, after.snapshot)] if before else []
    if before is None or None in snapshots:
        raise EvidenceError(f"the manifest of what `{model}` came from is gone", hint="restore it from a copy")
    old, new = (each for each in snapshots if each is not None)
    requests = tuple(_requests(training, before, after, new))
    retrained = compare_models(before, after)
    learned = {each.key for each in before.slices if each.loss is not None}
    again = [each for each in after.slices if each.loss is not None and each.key not in learned]
    return Certificate(
        model_before=first,
        model_before_digest=known.sealed[first],
        model_after=model,
        model_after_digest=known.sealed[model],
        snapshot_before=before.snapshot,
        snapshot_before_digest=before.snapshot_digest,
        snapshot_after=after.snapshot,
        snapshot_after_digest=after.snapshot_digest,
        ledger_before=before.ledger_size,
        ledger_after=after.ledger_size,
        checkpoint=after.checkpoint,
        requests=requests,
        rows_removed=old.counts.allowed - new.counts.allowed,
        base_digest=after.base.digest,
        config_digest=after.config_digest,
        aggregation=after.aggregation,
        code=after.code,
        environment=_joined(after.environments.values()),
        retrained=retrained,
        slices=len(after.slices),
        slices_retrained=len(again),
        effective_at=_superseded_at(training.ledger, first),
        issued_at=training.ledger.present(training.clock()),
        replay=replayed,
        audit_before=audit_before(training.ledger, first),
        memory=compare_memories(before, after),
        elsewhere=tuple(_asked_elsewhere(training, before, after)),
    )


def _asked_elsewhere(training: Training, before: ModelManifest, after: ModelManifest) -> Iterator[AskedElsewhere]:
    """What was asked of owners of models that read versions of the same snapshot, between the two models."""
    snapshots = Chronicle.read(training.ledger)
    asked = asked_between(training.workspace, training.ledger, before.ledger_size, after.ledger_size)
    for each in asked:
        if snapshots.standing_for(each.request.read) == snapshots.standing_for(after.snapshot):
            yield AskedElsewhere(each.request.model, each.digest, each.request.retrain_by)


def _joined(environments: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What computed; where a model was computed in several places, all that they were."""
    said: dict[str, set[str]] = {}
    for each in environments:
        for name, value in each.items():
            said.setdefault(name, set()).add(value)
    return {name: "; ".join(sorted(values)) for name, values in sorted(said.items())}


def _first_whole(training: Training, after: ModelManifest) -> ModelId:
    """The last model before this one that was whole."""
    here = after.parent
    while here is not None:
        manifest = training.shelf.manifest(here)
        if manifest is None or manifest.complete:
            return here
        here = manifest.parent
    raise EvidenceError("the model took nobody's place")


def _requests(
    training: Training, before: ModelManifest, after: ModelManifest, snapshot: SnapshotManifest
) -> Iterator[Request]:
    """Who withdrew between the two models, under their pseudonyms in the snapshot's decisions."""
    shelf = shelf_of(training.workspace)
    with training.reading(shelf.of(after.snapshot)) as reader:
        then, now = Moment(before.at, before.ledger_size), Moment(after.at, after.ledger_size)
        found = withdrawn_between(training.ledger, reader.pack, reader.purpose, then, now)
    key = shelf.decision_key(after.snapshot).read_bytes()
    for member in sorted(found.members):
        said = [
            event.effective_at
            for _, event in training.ledger.events_of(MemberId(member))
            if isinstance(event, Event) and (event.type, event.key) == (EventType.TAKEBACK_REQUESTED, snapshot.purpose)
        ]
        # An objection that was upheld, or an erasure, asks for nothing more than to be acted on.
        yield Request(member_tag(member_key(key, member)).hex(), said[-1] if said else after.at)


def _superseded_at(ledger: Ledger, model: ModelId) -> datetime:
    found = [
        event.effective_at
        for _, event in ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.MODEL_SUPERSEDED and event.key == model
    ]
    if not found:
        raise EvidenceError(f"the ledger does not say that `{model}` was superseded")
    return found[0]
