"""The evidence bundle of a workspace: facts counted, assessments filled, newest audits taken in, signed, in one zip."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assent.audit.bundle.archive import Bundle, check_bundle, open_bundle, write_bundle
from assent.audit.bundle.inputs import (
    AuditFacts,
    BundleInputs,
    CheckFacts,
    GroupFacts,
    ModelFacts,
    RankingFacts,
    SnapshotFacts,
)
from assent.audit.model.reading import read_model_audit
from assent.audit.model.report import ModelAudit
from assent.errors import InputError
from assent.evidence.manifest import MANIFEST
from assent.operations.audit_ledger import TARGET
from assent.operations.audit_register import Register, Run, Sort
from assent.operations.balancing import balancing_test_of
from assent.operations.build import ATTEST_KEY
from assent.operations.chronicle import Chronicle
from assent.operations.evidence_facts import (
    certificate_files,
    model_facts,
    notice_facts,
    objection_facts,
    purpose_facts,
    snapshot_facts,
    take_back_facts,
)
from assent.operations.platform import Platform, open_platform
from assent.operations.verify import public_key
from assent.operations.workspace import NOT_STATED, Workspace
from assent.storage.files import write_durably
from assent.storage.keys import load_key

Clock = Callable[[], datetime]
RANKINGS: Final = "rankings"
"""What an audit of rankings is of; what is ranked are people who let themselves be found."""
RANKED_PURPOSE: Final = "search_candidates"


@dataclass(frozen=True, slots=True)
class WrittenBundle:
    """A bundle that lies in a file.

    Args:
        open: keys of what a person still has to write.
        missing: what could not be taken in, and why.
    """

    path: Path
    files: int
    open: tuple[str, ...]
    missing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "path": str(self.path)}


def write_evidence(
    workspace: Workspace, path: Path, *, clock: Clock, written: Mapping[str, str] | None = None
) -> WrittenBundle:
    """The bundle lies in that file, signed with the key that signs snapshots.

    Args:
        written: what a person wrote, by the key of the open item.

    Raises:
        InputError: there is no ledger or key, or text was written for an item that does not exist.
        EvidenceError: a report that the register knows was changed.
    """
    key_path = workspace.keys_folder / ATTEST_KEY
    if not key_path.is_file():
        raise InputError(f"the key `{key_path}` is missing", hint="build a snapshot first: `assent build PURPOSE`")
    key = load_key(key_path)
    with open_platform(workspace, clock=clock) as platform:
        inputs, missing = _inputs(platform, dict(written or {}))
    data = write_bundle(inputs, key)
    found = check_bundle(data, key.public_key())
    write_durably(path, data)
    return WrittenBundle(path, len(found.files), found.open, tuple(missing))


def check_evidence(path: Path, *, workspace: Workspace | None, attest_key: Path | None) -> Bundle:
    """The bundle, every byte of it as it was signed.

    Args:
        attest_key: the public key that signed it, PEM; None takes the workspace's.

    Raises:
        InputError: there is no key to check it with.
        EvidenceError: a byte is not as it was signed.
    """
    key = public_key(attest_key, workspace)
    if key is None:
        raise InputError("there is no key to check the bundle with", hint="give the publisher's with --attest-key")
    return open_bundle(path, key)


def read_texts(path: Path) -> dict[str, str]:
    """What a person wrote, by the key of the open item.

    Raises:
        InputError: it is no JSON object of texts.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None
    except ValueError:
        raise InputError(f"`{path}` is not JSON", hint="an object of texts by the keys that the index lists") from None
    if not isinstance(document, dict) or not all(isinstance(each, str) for each in document.values()):
        raise InputError(f"`{path}` is no object of texts", hint="by the keys that the bundle's index lists")
    return document


def _inputs(platform: Platform, written: dict[str, str]) -> tuple[BundleInputs, list[str]]:
    workspace, ledger, pack = platform.workspace, platform.ledger, platform.pack
    register = Register.of(workspace)
    snapshots = snapshot_facts(workspace, Chronicle.read(ledger))
    models = model_facts(platform)
    audits, missing = _audits(register, models)
    take_backs = take_back_facts(platform)
    controller = workspace.text("receipt.controller")
    inputs = BundleInputs(
        platform=platform.name,
        controller=None if controller == NOT_STATED else controller,
        at=platform.present(),
        pack=pack.name,
        pack_title=pack.title,
        pack_digest=pack.digest,
        ledger_size=ledger.size,
        checkpoint=ledger.checkpoint().decode(),
        purposes=purpose_facts(pack),
        notices=notice_facts(platform),
        objections=objection_facts(platform),
        snapshots=snapshots,
        models=models,
        take_backs=take_backs,
        checks=tuple(_checks(register, snapshots)),
        audits=tuple(audits),
        rankings=_rankings(register, missing, ranked=any(each.purpose == RANKED_PURPOSE for each in snapshots)),
        written=written,
        attachments=_attachments(platform, register, snapshots, models, take_backs.certificates),
    )
    return inputs, missing


def _checks(register: Register, snapshots: tuple[SnapshotFacts, ...]) -> list[CheckFacts]:
    """What the newest audits of the ledger and of each snapshot that stands saw; what was not audited says so."""
    found = []
    targets = [(Sort.LEDGER, TARGET), *((Sort.SNAPSHOT, each.id) for each in snapshots if each.superseded_by is None)]
    for sort, target in targets:
        run = register.last(sort, target)
        if run is None:
            found.append(CheckFacts(target, "all checks", None, f"not audited; run: assent audit {target}"))
            continue
        report = register.read(run)
        checks = report["verification"]["checks"]
        found += [CheckFacts(target, each["name"], each["passed"], each["detail"]) for each in checks]
        found += [CheckFacts(target, "not looked at", None, each) for each in report.get("not_run", ())]
    return found


def _audits(register: Register, models: tuple[ModelFacts, ...]) -> tuple[list[AuditFacts], list[str]]:
    """The newest audit of each model that stands, with the one before a take-back where it asked about the same."""
    runs = [each for each in register.runs() if each.sort is Sort.MODEL]
    found, missing = [], []
    for model in models:
        if model.superseded_by is not None or model.trained_elsewhere:
            continue
        newest = next((each for each in reversed(runs) if each.target == model.id), None)
        if newest is None:
            missing.append(f"an audit of {model.id}: none was run")
            continue
        after = read_model_audit(register.read(newest))
        found.append(AuditFacts(after, _before(register, runs, newest, after)))
    return found, missing


def _rankings(register: Register, missing: list[str], *, ranked: bool) -> RankingFacts | None:
    """The newest audit of rankings; where people are ranked and nobody audited, that is missing."""
    run = register.last(Sort.RANKINGS, RANKINGS)
    if run is None:
        missing += ["an audit of rankings: none was run"] if ranked else []
        return None
    report = register.read(run)
    return RankingFacts(
        run.at, run.ok, run.said, report["rankings"], report["people"], report["algorithm"],
        tuple(_group_facts(each) for each in report["attributes"]),
    )  # fmt: skip


def _group_facts(attribute: dict[str, Any]) -> GroupFacts:
    before, after = attribute["before"], attribute["after"] or {}
    ratios = [each["impact_ratio"] for each in attribute["selected"].values() if each["impact_ratio"] is not None]
    return GroupFacts(
        attribute["name"], before["p"], before["ndkl"], before["infeasible"], before["exposure_ratio"],
        before["opportunity_gap"], min(ratios, default=None), after.get("infeasible"), after.get("ndcg"),
    )  # fmt: skip


def _before(register: Register, runs: list[Run], newest: Run, after: ModelAudit) -> ModelAudit | None:
    if not after.whose:
        return None
    for run in reversed(runs):
        if run.at < newest.at and run.target != newest.target:
            earlier = read_model_audit(register.read(run))
            if earlier.whose == after.whose:
                return earlier
    return None


def _attachments(
    platform: Platform,
    register: Register,
    snapshots: tuple[SnapshotFacts, ...],
    models: tuple[ModelFacts, ...],
    certificates: tuple[str, ...],
) -> dict[str, bytes]:
    """Manifests, certificates, pages of audits, and the balancing test that was published."""
    workspace = platform.workspace
    files = {f"certificates/{name}": data for name, data in certificate_files(workspace, certificates).items()}
    for folder, names in (
        (workspace.snapshots_folder, [each.id for each in snapshots]),
        (workspace.models_folder, [each.id for each in models if not each.trained_elsewhere]),
    ):
        paths = {name: folder / name / MANIFEST for name in names}
        files |= {f"manifests/{name}.json": path.read_bytes() for name, path in paths.items() if path.is_file()}
    for run in register.runs():
        page = (register.folder / run.report).with_suffix(".html")
        # Of a model every audit: those before and after a take-back are about other people each time.
        name = f"{run.target}-{page.stem}" if run.sort is Sort.MODEL else run.target
        if page.is_file():
            files[f"audits/{name}.html"] = page.read_bytes()  # the newest comes last
        if run.sort is Sort.RANKINGS:
            files[f"audits/{name}.json"] = (register.folder / run.report).read_bytes()
    published = balancing_test_of(workspace, workspace.text("portal.language"))
    if published is not None:
        files["balancing-test.html"] = published.html.encode()
    return files
