"""What was done about a take-back: the predicate `urn:assent:predicate:takeback-certificate:v1`, as values.

It attests the algorithm that was run, on what and when; never that weights no longer know somebody, which nothing
about weights can show (Thudi et al. 2021, arXiv 2110.11891). What it claims, and what it does not, stands in it.

Shape: docs/spec/certificate.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import Statement, Subject
from assent.evidence.audited import NamedAudit
from assent.vocabulary.identifiers import CertificateId, ModelId, SnapshotId
from assent.vocabulary.instants import format_instant, parse_instant

CERTIFICATE_PREDICATE: Final = "urn:assent:predicate:takeback-certificate:v1"

CLAIMS: Final = (
    "the snapshot read now is the one before as the rules give it without what these requests reach",
    "every checkpoint of the model after is a function of the base, the configuration and rows of that snapshot alone",
    "checkpoints that were kept are those whose slices, and all before them in their chain, are unchanged",
    "the files of the model before, and checkpoints that no standing model has, were removed from this shelf",
)
MEMORY_CLAIMS: Final = (
    "an entry of a memory is a function of the base, the memory's configuration and its own record alone",
    "every part of the memory after is, bit for bit, what would have been written without the records that went",
)
WEIGHTLESS: Final = "no weight of the model before was a function of any member's record"
NON_CLAIMS: Final = (
    "copies of data or weights that left this machine before",
    "what others wrote, or may be inferred from it",
    "what the base had read before it was brought here",
    "that nothing about a person can be elicited from the model; audits measure what can",
)


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody's take-back, under the pseudonym they have in this snapshot's decisions."""

    pseudonym: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Retrained:
    """What was trained again: the slices of a shard from `first` on, beginning from the checkpoint `clean`."""

    shard: int
    first: int
    clean: str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ReplacedPart:
    """A part of a memory that differs: SHA-256 and number of entries before and after; None and 0 where there is none.

    A part without rows that went loses nothing; it may hold texts whose masks changed.
    """

    shard: int
    slice: int
    before: str | None
    after: str | None
    entries_before: int
    entries_after: int


@dataclass(frozen=True, slots=True)
class MemoryReplaced:
    """What a take-back did to a model's memory.

    Args:
        config_digest: of the memory's configuration.
        parts: how many there are after; `replaced` are those that differ.
        weightless: whether the model had no weight that members' records had changed.
    """

    config_digest: str
    parts: int
    replaced: tuple[ReplacedPart, ...]
    weightless: bool

    @property
    def claims(self) -> tuple[str, ...]:
        """What is claimed of it."""
        return (*MEMORY_CLAIMS, WEIGHTLESS) if self.weightless else MEMORY_CLAIMS

    def to_json(self) -> dict[str, Any]:
        """All of it by name."""
        return {
            "config": self.config_digest,
            "parts": {"all": self.parts, "replaced": [asdict(each) for each in self.replaced]},
            "claims": list(self.claims),
        }

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> MemoryReplaced:
        """What a certificate states.

        Raises:
            EvidenceError: it claims something else than this release does.
        """
        replaced = tuple(ReplacedPart(**each) for each in given["parts"]["replaced"])
        weightless = WEIGHTLESS in given["claims"]
        found = cls(str(given["config"]), int(given["parts"]["all"]), replaced, weightless)
        if tuple(given["claims"]) != found.claims:
            raise EvidenceError("it claims something else of a memory than this release does")
        return found


@dataclass(frozen=True, slots=True)
class AskedElsewhere:
    """A model trained elsewhere that these take-backs reach: its owner was asked to train it again by then.

    Args:
        request: SHA-256 of what was asked, signed, as the ledger has it.
    """

    model: str
    request: str
    retrain_by: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """That a take-back reached a model.

    Args:
        snapshot_before, snapshot_after: with the digests of their manifests.
        ledger_before, ledger_after: sizes; `checkpoint` is of the latter.
        rows_removed: of the snapshot; `slices_retrained` of `slices` were trained again.
        effective_at: from when the model before is refused to whoever asks; its files go right after.
        replay: `same bytes in …`, `differs in …`, or `not run: …` and why; of adapters and memory, parted by `; `.
        audit_before: the newest audit of the model before; those of the model after are added later, each by a
            statement of its own (`evidence.audited`).
        memory: what became of the model's memory; None where it had none.
        elsewhere: models that nobody here could train again, and what was asked of their owners.
    """

    model_before: ModelId
    model_before_digest: str
    model_after: ModelId
    model_after_digest: str
    snapshot_before: SnapshotId
    snapshot_before_digest: str
    snapshot_after: SnapshotId
    snapshot_after_digest: str
    ledger_before: int
    ledger_after: int
    checkpoint: str
    requests: tuple[Request, ...]
    rows_removed: int
    base_digest: str
    config_digest: str
    aggregation: str
    code: str
    environment: Mapping[str, str]
    retrained: tuple[Retrained, ...]
    slices: int
    slices_retrained: int
    effective_at: datetime
    issued_at: datetime
    replay: str = "not run"
    audit_before: NamedAudit | None = None
    memory: MemoryReplaced | None = None
    elsewhere: tuple[AskedElsewhere, ...] = ()

    @property
    def replay_differs(self) -> bool:
        """Whether any part of the replay came to other bytes."""
        return any(said.startswith("differs") for said in self.replay.split("; "))

    @property
    def replayed(self) -> bool:
        """Whether there was one."""
        return not self.replay.startswith("not run")

    def subjects(self) -> tuple[Subject, ...]:
        """The manifests of both models."""
        return (
            Subject(self.model_after, self.model_after_digest),
            Subject(self.model_before, self.model_before_digest),
        )

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "requests": [
                {"pseudonym": each.pseudonym, "asked_at": format_instant(each.asked_at)} for each in self.requests
            ],
            "model": {"before": self.model_before, "after": self.model_after},
            "snapshot": {
                "before": {"id": self.snapshot_before, "digest": self.snapshot_before_digest},
                "after": {"id": self.snapshot_after, "digest": self.snapshot_after_digest},
                "rows_removed": self.rows_removed,
            },
            "ledger": {"before": self.ledger_before, "after": self.ledger_after, "checkpoint": self.checkpoint},
            "base": self.base_digest,
            "config": self.config_digest,
            "aggregation": self.aggregation,
            "code": self.code,
            "environment": dict(self.environment),
            "retrained": [
                {
                    "shard": each.shard,
                    "first_slice": each.first,
                    "clean": each.clean,
                    "before": each.before,
                    "after": each.after,
                }
                for each in self.retrained
            ],
            "slices": {"all": self.slices, "retrained": self.slices_retrained},
            "effective_at": format_instant(self.effective_at),
            "issued_at": format_instant(self.issued_at),
            "replay": self.replay,
            "audits": None if self.audit_before is None else {"before": self.audit_before.to_json()},
            "memory": None if self.memory is None else self.memory.to_json(),
            "elsewhere": [
                {"model": each.model, "request": each.request, "retrain_by": format_instant(each.retrain_by)}
                for each in self.elsewhere
            ],
            "claims": list(CLAIMS),
            "non_claims": list(NON_CLAIMS),
        }


def certificate_id(model_after: ModelId) -> CertificateId:
    """The name of the certificate of the take-backs that this model took in."""
    return CertificateId(f"takeback-{model_after}")


def parse_certificate(statement: Statement) -> Certificate:
    """The certificate in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or other claims than this release knows.
    """
    if statement.predicate_type != CERTIFICATE_PREDICATE:
        raise EvidenceError(f"the predicate is not `{CERTIFICATE_PREDICATE}`", hint="this is no certificate")
    named = {each.name: each.sha256 for each in statement.subjects}
    try:
        return _parse(statement.predicate, named)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the certificate cannot be read: {error}") from None


def _parse(given: Mapping[str, Any], named: Mapping[str, str]) -> Certificate:
    if (tuple(given["claims"]), tuple(given["non_claims"])) != (CLAIMS, NON_CLAIMS):
        raise EvidenceError("it claims something else than this release does")
    model, snapshot, ledger = given["model"], given["snapshot"], given["ledger"]
    before, after = ModelId(str(model["before"])), ModelId(str(model["after"]))
    return Certificate(
        model_before=before,
        model_before_digest=named[before],
        model_after=after,
        model_after_digest=named[after],
        snapshot_before=SnapshotId(str(snapshot["before"]["id"])),
        snapshot_before_digest=str(snapshot["before"]["digest"]),
        snapshot_after=SnapshotId(str(snapshot["after"]["id"])),
        snapshot_after_digest=str(snapshot["after"]["digest"]),
        ledger_before=int(ledger["before"]),
        ledger_after=int(ledger["after"]),
        checkpoint=str(ledger["checkpoint"]),
        requests=tuple(
            Request(str(each["pseudonym"]), parse_instant(each["asked_at"], field="asked_at"))
            for each in given["requests"]
        ),
        rows_removed=int(snapshot["rows_removed"]),
        base_digest=str(given["base"]),
        config_digest=str(given["config"]),
        aggregation=str(given["aggregation"]),
        code=str(given["code"]),
        environment=dict(given["environment"]),
        retrained=tuple(
            Retrained(each["shard"], each["first_slice"], each["clean"], each["before"], each["after"])
            for each in given["retrained"]
        ),
        slices=int(given["slices"]["all"]),
        slices_retrained=int(given["slices"]["retrained"]),
        effective_at=parse_instant(given["effective_at"], field="effective_at"),
        issued_at=parse_instant(given["issued_at"], field="issued_at"),
        replay=str(given["replay"]),
        audit_before=None if given["audits"] is None else NamedAudit.of(given["audits"]["before"]),
        memory=None if given.get("memory") is None else MemoryReplaced.of(given["memory"]),
        elsewhere=tuple(
            AskedElsewhere(
                str(each["model"]), str(each["request"]), parse_instant(each["retrain_by"], field="retrain_by")
            )
            for each in given.get("elsewhere", ())
        ),
    )
