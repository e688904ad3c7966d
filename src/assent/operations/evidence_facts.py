"""The facts of an evidence bundle, counted from the pack, the ledger, the shelves and the register of audits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import TypeVar

from assent.audit.bundle.inputs import (
    CategoryFacts,
    ModelFacts,
    NoticeFacts,
    ObjectionFacts,
    PurposeFacts,
    SnapshotFacts,
    TakeBackFacts,
)
from assent.errors import AssentError
from assent.evidence.attestation import read_unverified
from assent.evidence.certificate import Certificate, parse_certificate
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import ModelManifest, parse_model
from assent.operations.audit_ledger import read_clocks
from assent.operations.audit_overdue import overdue_of
from assent.operations.audit_register import Register, Sort
from assent.operations.chronicle import Chronicle
from assent.operations.figures import figures_of
from assent.operations.model_chronicle import ModelChronicle
from assent.operations.models_elsewhere import models_elsewhere
from assent.operations.opened import manifest_on
from assent.operations.platform import Platform
from assent.operations.population import read_population
from assent.operations.requests_counted import objections_in
from assent.operations.snapshots import shelf_of
from assent.operations.workspace import Workspace
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.identifiers import ModelId, RegionCode, SnapshotId
from assent.vocabulary.reasons import BY_LABEL

CERTIFICATES = "certificates"
Value = TypeVar("Value")
_MOST_REGIONS = 12
"""More of them by name would hide what a page says."""


def purpose_facts(pack: Pack) -> tuple[PurposeFacts, ...]:
    """Every purpose of the pack, as it has it."""
    return tuple(_purpose(pack, each) for _, each in sorted(pack.purposes.items()))


def _purpose(pack: Pack, purpose: Purpose) -> PurposeFacts:
    setting = None if purpose.setting is None else pack.settings[purpose.setting]
    defaults = (
        {} if setting is None else {region: setting.defaults.get(region, "not set") for region in purpose.coverage}
    )
    return PurposeFacts(
        name=purpose.name,
        title=purpose.title,
        kind=purpose.kind,
        basis=purpose.basis,
        regions=tuple(_grouped(pack, purpose.coverage)),
        categories=tuple(
            CategoryFacts(name, tuple(sorted(rule.visibility or ())), str(rule.others))
            for name, rule in sorted(purpose.scope.items())
        ),
        setting=None if setting is None else setting.title,
        defaults=tuple(_grouped(pack, defaults)),
        objection=purpose.objection,
        withdrawal=purpose.withdrawal,
        minimum_age=purpose.minimum_age,
        waiting_days=purpose.waiting_period / timedelta(days=1) or None,
        content_from=purpose.content_from,
        masked=tuple(sorted(each.value.replace("_", " ") for each in purpose.curation.mask)),
    )


def _grouped(pack: Pack, by_region: Mapping[RegionCode, Value]) -> Iterator[tuple[str, Value]]:
    """The values, regions under the names of the pack's groups where a whole group has the same one."""
    for value in dict.fromkeys(by_region.values()):
        left = {region for region, each in by_region.items() if each == value}
        for name, group in sorted(pack.groups.items(), key=lambda item: (-len(item[1]), item[0])):
            members = {region for region in left if region in group}
            if len(group) > 1 and len(members) == len(group):
                left -= members
                yield name, value
        if len(left) > _MOST_REGIONS:
            yield f"all {len(left)} regions" if len(left) == len(by_region) else f"{len(left)} other regions", value
            continue
        for region in sorted(left):
            yield region, value


def notice_facts(platform: Platform) -> tuple[NoticeFacts, ...]:
    """Whom each notice that a use asks for reached, and how."""
    pack, found = platform.pack, []
    for each in read_clocks(platform).notices:
        ways = {"in the app": 0, "by mail": 0, "by mail that came back later": 0}
        for region in each.regions:
            for way, number in zip(ways, (region.in_app, region.by_mail, region.doubtful), strict=True):
                ways[way] += number
        told = tuple((way, number) for way, number in ways.items() if number)
        uses = [str(name) for name, purpose in pack.purposes.items() if purpose.notice == each.notice]
        title = next((notice.title for name, notice in pack.notices.items() if name == each.notice), each.notice)
        found += [NoticeFacts(title, use, each.members, told) for use in sorted(uses)]
    return tuple(found)


def objection_facts(platform: Platform) -> tuple[ObjectionFacts, ...]:
    """What became of objections to each use, and how long it took."""
    size, now = platform.ledger.size, platform.present()
    told = read_population(platform.ledger.columns(size=size), at=now).told
    figures, late = figures_of(platform), overdue_of(platform)
    found = []
    for name, purpose in sorted(platform.pack.purposes.items()):
        outcomes, days = objections_in(platform, [each for each in told if each.key == name])
        own = next((each for each in outcomes if each.purpose == name), None)
        states = () if own is None else tuple(
            (state, getattr(own, state)) for state in ("received", "open", "upheld", "rejected", "withdrawn")
        )  # fmt: skip
        off = None if purpose.setting is None else figures.off(purpose.setting)
        middle, longest = (median(days), max(days)) if days else (None, None)
        found.append(ObjectionFacts(name, states, late[name], middle, longest, off))
    return tuple(found)


def snapshot_facts(workspace: Workspace, known: Chronicle) -> tuple[SnapshotFacts, ...]:
    """Every snapshot that the ledger knows and whose manifest is here."""
    found = []
    for name in sorted(known.sealed):
        manifest = manifest_on(shelf_of(workspace), SnapshotId(name))
        if manifest is None:
            continue
        counts = manifest.counts
        reasons = tuple((BY_LABEL[label].label, number) for label, number in counts.reasons.items() if number)
        after = known.place_of(name).id if name in known.superseded else None
        place = after or ("nothing" if name in known.superseded else None)
        found.append(SnapshotFacts(name, manifest.purpose, manifest.at, counts.records, counts.allowed, reasons, place))
    return tuple(found)


def model_facts(platform: Platform) -> tuple[ModelFacts, ...]:
    """Every model that the ledger knows: those made here, and those that were registered."""
    workspace, known = platform.workspace, ModelChronicle.read(platform.ledger)
    due = {each.target: each.next_at for each in Register.of(workspace).due() if each.sort is Sort.MODEL}
    names = {digest: name for name, digest in known.sealed.items()}
    found = []
    for name in sorted(known.sealed):
        manifest = model_manifest(workspace, ModelId(name))
        if manifest is not None:
            after = known.superseded.get(name)
            place = None if after is None else names.get(after, "nothing")
            found.append(
                ModelFacts(name, manifest.purpose, manifest.snapshot, manifest.at, manifest.base.name, place,
                           audit_due=due.get(name))
            )  # fmt: skip
    for each in models_elsewhere(workspace, platform.ledger).models.values():
        said = each.said
        reads = ", ".join(read.id for read in said.snapshots)
        use = ", ".join(sorted({read.id.rpartition("-")[0] for read in said.snapshots}))
        found.append(ModelFacts(each.name, use, reads, each.registered_at, "its owner's", trained_elsewhere=True))
    return tuple(found)


def model_manifest(workspace: Workspace, model: ModelId) -> ModelManifest | None:
    """What that model says of itself; None where nothing of it can be read."""
    try:
        return parse_model(read_unverified((workspace.models_folder / model / MANIFEST).read_bytes()))
    except (AssentError, OSError):
        return None


def take_back_facts(platform: Platform) -> TakeBackFacts:
    """How many take-backs were asked for and certified, and how long a certificate took from the request."""
    figures = figures_of(platform)
    names = sorted(ModelChronicle.read(platform.ledger).certificates)
    certificates = [each for name in names if (each := _certificate(platform.workspace, name)) is not None]
    seconds = [
        (each.issued_at - request.asked_at) / timedelta(seconds=1) for each in certificates for request in each.requests
    ]
    middle, longest = (median(seconds), max(seconds)) if seconds else (None, None)
    certified = len({request.pseudonym for each in certificates for request in each.requests})
    return TakeBackFacts(figures.takebacks_asked, certified, middle, longest, tuple(names))


def certificate_files(workspace: Workspace, names: Iterable[str]) -> dict[str, bytes]:
    """The certificates that are here, by file name."""
    folder = workspace.models_folder / CERTIFICATES
    paths = [folder / f"{name}.json" for name in names]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _certificate(workspace: Workspace, name: str) -> Certificate | None:
    try:
        data = (workspace.models_folder / CERTIFICATES / f"{name}.json").read_bytes()
        return parse_certificate(read_unverified(data))
    except (AssentError, OSError):
        return None


def overdue_at(facts: Iterable[ModelFacts], at: datetime) -> list[str]:
    """The models whose audit is overdue."""
    return [each.id for each in facts if each.audit_due is not None and each.audit_due < at]
