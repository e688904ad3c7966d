"""What can be said of a model without statistics: its data, its chain of checkpoints, its certificate.

A model that was sealed over other rows than those its snapshot gives is found here, whatever its weights remember.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.audit.model.report import Checked
from assent.audit.stored_models import require_keys
from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import verify_statement
from assent.evidence.certificate import certificate_id, parse_certificate
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import ModelManifest, model_id, parse_model
from assent.ledger import Ledger
from assent.operations.audit_texts import Learned
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.workspace import Workspace
from assent.training.packing import Text, digest_of
from assent.vocabulary.identifiers import ModelId

CERTIFICATES = "certificates"


def check_model(
    workspace: Workspace,
    ledger: Ledger,
    model: ModelId,
    manifest: ModelManifest,
    *,
    rows: Sequence[Learned],
    key: Ed25519PublicKey | None,
) -> tuple[Checked, ...]:
    """Every check, each with what was seen.

    Args:
        rows: what the model's snapshot gives as of the moment it was read.
        key: that signs models here; None where nobody has it.
    """
    found = [_signature(workspace, model, key), _rows(manifest, rows), _chain(manifest)]
    if manifest.parent is not None:
        found.append(_certificate(workspace, ledger, model, manifest, key))
    return tuple(found)


def _signature(workspace: Workspace, model: ModelId, key: Ed25519PublicKey | None) -> Checked:
    name = "signature"
    if key is None:
        return Checked(name, None, "there is no key to check it with")
    try:
        statement = verify_statement((workspace.models_folder / model / MANIFEST).read_bytes(), key)
        parse_model(statement)
    except (AssentError, OSError) as error:
        return Checked(name, False, str(error))
    if model_id(statement) != model:
        return Checked(name, False, "the signed manifest is another model's")
    return Checked(name, True, "the manifest is signed with this platform's key, and every file is its own")


def _rows(manifest: ModelManifest, rows: Sequence[Learned]) -> Checked:
    """Of every slice, the digest over what the snapshot's reader gives is the one that was trained."""
    name = "trained on exactly what may be read"
    held: dict[tuple[int, int], list[Text]] = defaultdict(list)
    for row in rows:
        held[row.shard, row.slice].append(Text(row.id, row.author, row.text))
    stated = {(each.shard, each.slice, each.data) for each in manifest.slices}
    stated |= {(each.shard, each.slice, each.data) for each in manifest.parts}
    other = [f"{shard}/{part}" for shard, part, data in sorted(stated) if digest_of(held[shard, part]) != data]
    if other:
        more = f" and {len(other) - 3} more" if len(other) > 3 else ""  # noqa: PLR2004 - a line's worth
        return Checked(name, False, f"other rows were learned in slice {', '.join(other[:3])}{more}")
    return Checked(name, True, f"{len(rows):,} rows in {len(stated)} slices have the digests that were trained")


def _chain(manifest: ModelManifest) -> Checked:
    """Keys follow from base, configuration and data; so a checkpoint cannot be passed off as another's."""
    name = "checkpoints follow from base, settings and data"
    try:
        return Checked(name, True, f"{require_keys(manifest)} keys were computed again")
    except EvidenceError as error:
        return Checked(name, False, error.message)


def _certificate(
    workspace: Workspace, ledger: Ledger, model: ModelId, manifest: ModelManifest, key: Ed25519PublicKey | None
) -> Checked:
    """A model that took another's place has a certificate, which the ledger knows and whose replay came to the same."""
    name = "certificate of the take-back"
    identity = certificate_id(model)
    if not manifest.complete:
        return Checked(name, None, "only clean prefixes serve as yet; the rest is to be trained again")
    try:
        envelope = (workspace.models_folder / CERTIFICATES / f"{identity}.json").read_bytes()
    except OSError:
        return Checked(name, False, f"`{identity}` is missing")
    if ModelChronicle.read(ledger).certificates.get(identity) != sha256(envelope).hexdigest():
        return Checked(name, False, f"the ledger does not know `{identity}` like this")
    if key is None:
        return Checked(name, None, "there is no key to check it with")
    try:
        found = parse_certificate(verify_statement(envelope, key))
    except EvidenceError as error:
        return Checked(name, False, error.message)
    if found.replay_differs:
        return Checked(name, False, f"training the shards once more {found.replay}: these are not the weights it gives")
    return Checked(name, True, f"signed, in the ledger; replay: {found.replay}")


def require_sound(model: str, checks: Sequence[Checked]) -> None:
    """Nothing that was checked failed.

    Raises:
        EvidenceError: something did.
    """
    failed = [each for each in checks if each.passed is False]
    if failed:
        raise EvidenceError(
            f"`{model}` is not what it says: {failed[0].name}: {failed[0].detail}",
            hint="stop serving it; train anew, and tell a person",
        )
