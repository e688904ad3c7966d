"""The facts a bundle is filled from. They come in counted; nothing here looks anything up.

A figure that nobody could count is None and is shown as unknown, never as zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assent.audit.model.report import ModelAudit


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category of records that a purpose uses.

    Args:
        visibility: who may see a record that is used; empty asks nothing.
        others: whose permission it takes besides its author's, as the pack says it.
    """

    name: str
    visibility: tuple[str, ...] = ()
    others: str = ""


@dataclass(frozen=True, slots=True)
class PurposeFacts:
    """A purpose, as the pack has it.

    Args:
        basis: `legitimate_interest` or `consent`.
        regions: each region with the day its coverage starts; None has always been in force.
        setting: the title of the members' toggle, with its default by region in `defaults`; None without one.
        objection: `weighed` or `absolute`; withdrawal: `stop` or `take_back`.
        waiting_days: between notice and first use.
        content_from: nothing created earlier is used; None reaches back without end.
        masked: kinds of personal detail that are masked before training.
    """

    name: str
    title: str
    kind: str
    basis: str
    regions: tuple[tuple[str, datetime | None], ...]
    categories: tuple[CategoryFacts, ...]
    setting: str | None = None
    defaults: tuple[tuple[str, str], ...] = ()
    objection: str = "weighed"
    withdrawal: str = "stop"
    minimum_age: int | None = None
    waiting_days: float | None = None
    content_from: datetime | None = None
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What members were told, and how many it reached. `told`: how, with how many members."""

    title: str
    purpose: str
    members: int | None
    told: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """Objections to a purpose, and how long they took.

    Args:
        by_state: how many are received, weighed, upheld, rejected, withdrawn.
        overdue: not answered within the time the law gives.
        median_days, longest_days: from receipt to answer; None while none is answered.
    """

    purpose: str
    by_state: tuple[tuple[str, int], ...]
    overdue: int
    median_days: float | None = None
    longest_days: float | None = None
    switched_off: int | None = None


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """What was built: records decided and allowed, and left out by reason."""

    id: str
    purpose: str
    sealed_at: datetime
    decided: int
    allowed: int
    by_reason: tuple[tuple[str, int], ...]
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model that was trained, where it stands now, and what was taken back from it.

    Args:
        trained_elsewhere: only registered here.
        audit_due: when it must be audited next; None where nobody set a time.
    """

    id: str
    purpose: str
    snapshot: str
    at: datetime
    base: str
    superseded_by: str | None = None
    trained_elsewhere: bool = False
    audit_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakeBackFacts:
    """How taking back went: requests, those finished, certificates, and how long it took. Unit: seconds."""

    requested: int
    certified: int
    median_seconds: float | None = None
    longest_seconds: float | None = None
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check of the ledger or a snapshot; `passed` is None when it was not run, and `detail` says why."""

    subject: str
    name: str
    passed: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """A model's audit, and the one before the take-back it follows, if any."""

    after: ModelAudit
    before: ModelAudit | None = None


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """How rankings treat the groups of one attribute; None is a figure that too few people allow.

    Args:
        lowest_impact_ratio: Local Law 144, of the group that is selected least often.
        infeasible_after, ndcg_after: re-ranked.
    """

    attribute: str
    p: float
    ndkl: float
    infeasible: int
    exposure_ratio: float | None
    opportunity_gap: float | None
    lowest_impact_ratio: float | None
    infeasible_after: int | None = None
    ndcg_after: float | None = None


@dataclass(frozen=True, slots=True)
class RankingFacts:
    """The newest audit of rankings of people. Args: ok: no difference that chance would not explain."""

    at: datetime
    ok: bool
    said: str
    rankings: int
    people: int
    algorithm: str | None
    groups: tuple[GroupFacts, ...]


@dataclass(frozen=True, slots=True)
class BundleInputs:
    """All facts of a bundle.

    Args:
        platform: whose evidence it is; controller: the legal entity, None where nobody has said.
        at: the moment the figures were counted, which is also the bundle's only time.
        ledger_size, checkpoint: the ledger as it was then, and its signed note (empty without one).
        written: text that a person has written, by the key of the open item it closes.
        attachments: further files by name (manifests, certificates, the published balancing test).
    """

    platform: str
    controller: str | None
    at: datetime
    pack: str
    pack_title: str
    pack_digest: str
    ledger_size: int
    checkpoint: str
    purposes: tuple[PurposeFacts, ...]
    notices: tuple[NoticeFacts, ...] = ()
    objections: tuple[ObjectionFacts, ...] = ()
    snapshots: tuple[SnapshotFacts, ...] = ()
    models: tuple[ModelFacts, ...] = ()
    take_backs: TakeBackFacts | None = None
    checks: tuple[CheckFacts, ...] = ()
    audits: tuple[AuditFacts, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    rankings: RankingFacts | None = None
