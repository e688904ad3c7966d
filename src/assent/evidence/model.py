"""What a model says it was trained on: the predicate `urn:assent:predicate:model:v1`, as values.

A model is a base that saw no member and, for each shard of a snapshot, an adapter trained slice by slice. After each
slice stands a checkpoint; its key names everything that its weights are a function of, so that two checkpoints of one
key from one environment are the same bytes, and a later model may begin from any checkpoint whose key it shares. By
the second route, beside adapters or in their place, it has a memory: a part for each slice, whose entries are looked
up.

Shape: docs/spec/model.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import Statement, Subject
from assent.vocabulary.identifiers import ModelId, PurposeName, SnapshotId
from assent.vocabulary.instants import format_instant, parse_instant

MODEL_PREDICATE: Final = "urn:assent:predicate:model:v1"
MODEL_CARD: Final = "card.md"
TRAINING_CONTENT: Final = "training-content.md"
LOSSES: Final = "loss.svg"
BASE: Final = "base"
ADAPTERS: Final = "shards"
MEMORY: Final = "memory"
ROUTES: Final = ("adapters", "memory", "both")
AGGREGATIONS: Final = ("mean", "logits")
_BESIDE: Final = frozenset({MODEL_CARD, TRAINING_CONTENT, LOSSES})
_ID_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Slice:
    """The checkpoint after a slice, or the place of one that held nothing to train on.

    Args:
        key: what its weights are a function of (`checkpoint_key`).
        data: SHA-256 over the rows of this slice alone.
        path, sha256, bytes: of the checkpoint's file; None, None and 0 where no slice so far held anything.
        environment: the digest of the environment that trained it.
        loss: mean over the last epoch's tokens, in nats; None where the slice held nothing.
    """

    shard: int
    slice: int
    key: str
    data: str
    rows: int
    members: int
    tokens: int
    path: str | None
    sha256: str | None
    bytes: int
    environment: str
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class MemoryPart:
    """What a memory has of a slice; slices without text have no part.

    Args:
        key: what its bytes are a function of (`memory_key`).
        data: SHA-256 over the rows of this slice.
        entries: a token each; of `records` by `members`.
        path, sha256, bytes: of its file.
        environment: the digest of the environment that wrote it last.
    """

    shard: int
    slice: int
    key: str
    data: str
    records: int
    members: int
    entries: int
    path: str
    sha256: str
    bytes: int
    environment: str


@dataclass(frozen=True, slots=True)
class MemoryManifest:
    """What is true of a model's memory.

    Args:
        config, config_digest: how it was written and is asked.
        parts: by shard and slice.
    """

    config: Mapping[str, Any]
    config_digest: str
    parts: tuple[MemoryPart, ...]

    @property
    def entries(self) -> int:
        """Of all parts."""
        return sum(each.entries for each in self.parts)


@dataclass(frozen=True, slots=True)
class BaseModel:
    """What was there before any member's text.

    Args:
        digest: over the digests of its files.
        provenance: what it was trained on, as its trainer or whoever brought it declares.
        files: SHA-256 by name.
    """

    name: str
    digest: str
    parameters: int
    provenance: Mapping[str, Any]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What is true of a model's files.

    Args:
        at, ledger_size, checkpoint: the moment as of which rows were read, and the ledger as it was.
        snapshot_digest: of the manifest of the snapshot that was read.
        partition: the key id under which members were placed into shards.
        aggregation: how adapters become one model: `mean` or `logits`.
        slices: by shard and slice; a shard whose last ones are missing serves what it had learned before them.
        complete: whether every slice was trained; a swapped-in prefix is not.
        parent: the model in whose place this one stands.
        environments: what computed the weights, by digest.
        route: how members' text comes into answers: by `adapters`, by a `memory`, or by both.
        memory: None where there is none; one whose route is `memory` alone has no slices and an empty configuration.
    """

    purpose: PurposeName
    snapshot: SnapshotId
    snapshot_digest: str
    at: datetime
    ledger_size: int
    checkpoint: str
    shards: int
    slices_per_shard: int
    partition: str
    base: BaseModel
    config: Mapping[str, Any]
    config_digest: str
    aggregation: str
    slices: tuple[Slice, ...]
    code: str
    environments: Mapping[str, Mapping[str, str]]
    parent: ModelId | None = None
    complete: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)
    route: str = ROUTES[0]
    memory: MemoryManifest | None = None

    @property
    def parts(self) -> tuple[MemoryPart, ...]:
        """Of its memory, where it has one."""
        return () if self.memory is None else self.memory.parts

    def from_members(self) -> dict[str, str]:
        """SHA-256 of each file that is a function of members' rows, by path."""
        weights = {each.path: each.sha256 for each in self.slices if each.path and each.sha256}
        return weights | {each.path: each.sha256 for each in self.parts}

    def subjects(self) -> tuple[Subject, ...]:
        """Every file beside the manifest."""
        base = {f"{BASE}/{name}": digest for name, digest in self.base.files.items()}
        every = {**self.from_members(), **base, **self.beside}
        return tuple(Subject(name, digest) for name, digest in sorted(every.items()))

    def last(self, shard: int) -> Slice | None:
        """The checkpoint that serves for this shard; None where it learned nothing."""
        found = [each for each in self.slices if each.shard == shard and each.path is not None]
        return found[-1] if found else None

    @property
    def tokens(self) -> int:
        """Of all slices, each token once; of a memory alone, its entries."""
        return sum(each.tokens for each in self.slices) if self.slices else sum(each.entries for each in self.parts)

    @property
    def rows(self) -> int:
        """How many records it learned from, or remembers."""
        return max(sum(each.rows for each in self.slices), sum(each.records for each in self.parts))

    @property
    def members(self) -> int:
        """How many members wrote them."""
        return max(sum(each.members for each in self.slices), sum(each.members for each in self.parts))

    def to_predicate(self) -> dict[str, Any]:
        """The predicate as JSON values."""
        return {
            "purpose": self.purpose,
            "snapshot": {"id": self.snapshot, "digest": self.snapshot_digest},
            "at": format_instant(self.at),
            "ledger": {"size": self.ledger_size, "checkpoint": self.checkpoint},
            "partition": {"shards": self.shards, "slices": self.slices_per_shard, "key_id": self.partition},
            "base": {
                "name": self.base.name,
                "digest": self.base.digest,
                "parameters": self.base.parameters,
                "provenance": dict(self.base.provenance),
                "files": dict(self.base.files),
            },
            "config": {"digest": self.config_digest, "values": dict(self.config)},
            "aggregation": self.aggregation,
            "slices": [_slice_json(each) for each in self.slices],
            "code": self.code,
            "environments": {name: dict(each) for name, each in self.environments.items()},
            "parent": self.parent,
            "complete": self.complete,
            "route": self.route,
            "memory": None if self.memory is None else _memory_json(self.memory),
        }


def checkpoint_key(base: str, config: str, shard: int, data: tuple[str, ...]) -> str:
    """What the weights after these slices are a function of, besides the environment.

    Args:
        base, config: digests.
        data: of every slice so far, the first one first.
    """
    parts = ("assent checkpoint v1", base, config, str(shard), *data)
    return sha256("\n".join(parts).encode()).hexdigest()


def memory_key(base: str, sequence_tokens: int, partition: str, data: str) -> str:
    """What a part of a memory is a function of, besides the environment.

    Args:
        base: its digest.
        sequence_tokens: the longest context of an entry.
        partition: the key id under which owners have their pseudonyms.
        data: of the slice.
    """
    parts = ("assent memory part v1", base, str(sequence_tokens), partition, data)
    return sha256("\n".join(parts).encode()).hexdigest()


def model_id(statement: Statement) -> ModelId:
    """The name of the model that a statement is about: its purpose and the beginning of the statement's digest."""
    purpose = str(statement.predicate["purpose"])
    return ModelId(f"{purpose}-model-{statement.digest[:_ID_DIGITS]}")


def parse_model(statement: Statement) -> ModelManifest:
    """The manifest in a statement.

    Raises:
        EvidenceError: another predicate type, a missing or ill-typed field, or files that are not its subjects.
    """
    if statement.predicate_type != MODEL_PREDICATE:
        raise EvidenceError(f"the predicate is not `{MODEL_PREDICATE}`", hint="this is no model's manifest")
    named = {each.name: each.sha256 for each in statement.subjects}
    try:
        found = _parse(statement.predicate, named)
    except (KeyError, TypeError, ValueError, AttributeError, AssentError) as error:
        raise EvidenceError(f"the model's manifest cannot be read: {error}") from None
    if {each.name: each.sha256 for each in found.subjects()} != named:
        raise EvidenceError("the model's manifest names other files than it is about")
    return found


def _parse(given: Mapping[str, Any], named: Mapping[str, str]) -> ModelManifest:
    partition, base = given["partition"], given["base"]
    slices = tuple(_slice(each, named) for each in given["slices"])
    read = BaseModel(
        str(base["name"]), str(base["digest"]), int(base["parameters"]), dict(base["provenance"]), dict(base["files"])
    )
    memory = None if given.get("memory") is None else _memory(given["memory"], named)
    parts = () if memory is None else memory.parts
    listed = {each.path for each in slices} | {each.path for each in parts} | {f"{BASE}/{name}" for name in read.files}
    route = str(given.get("route", ROUTES[0]))
    if route not in ROUTES or (memory is None) is not (route == ROUTES[0]):
        raise EvidenceError(f"the route `{route}` does not go with what it names")
    if str(given["aggregation"]) not in AGGREGATIONS:
        raise EvidenceError(f"adapters cannot be joined by `{given['aggregation']}`")
    if strange := sorted(named.keys() - listed - _BESIDE):
        raise EvidenceError(f"it is about `{strange[0]}`, and does not say what that is")
    return ModelManifest(
        purpose=PurposeName(str(given["purpose"])),
        snapshot=SnapshotId(str(given["snapshot"]["id"])),
        snapshot_digest=str(given["snapshot"]["digest"]),
        at=parse_instant(given["at"], field="at"),
        ledger_size=int(given["ledger"]["size"]),
        checkpoint=str(given["ledger"]["checkpoint"]),
        shards=int(partition["shards"]),
        slices_per_shard=int(partition["slices"]),
        partition=str(partition["key_id"]),
        base=read,
        config=dict(given["config"]["values"]),
        config_digest=str(given["config"]["digest"]),
        aggregation=str(given["aggregation"]),
        slices=slices,
        code=str(given["code"]),
        environments={str(name): dict(each) for name, each in given["environments"].items()},
        parent=None if given["parent"] is None else ModelId(str(given["parent"])),
        complete=bool(given["complete"]),
        beside={name: digest for name, digest in named.items() if name not in listed},
        route=route,
        memory=memory,
    )


def _slice_json(each: Slice) -> dict[str, Any]:
    return {
        "shard": each.shard,
        "slice": each.slice,
        "key": each.key,
        "data": each.data,
        "rows": each.rows,
        "members": each.members,
        "tokens": each.tokens,
        "path": each.path,
        "bytes": each.bytes,
        "environment": each.environment,
        "loss": each.loss,
    }


def _slice(given: Mapping[str, Any], named: Mapping[str, str]) -> Slice:
    path = None if given["path"] is None else str(given["path"])
    return Slice(**{**given, "path": path}, sha256=None if path is None else named[path])


def _memory_json(memory: MemoryManifest) -> dict[str, Any]:
    parts = [{name: value for name, value in asdict(each).items() if name != "sha256"} for each in memory.parts]
    return {"config": {"digest": memory.config_digest, "values": dict(memory.config)}, "parts": parts}


def _memory(given: Mapping[str, Any], named: Mapping[str, str]) -> MemoryManifest:
    parts = tuple(MemoryPart(**each, sha256=named[str(each["path"])]) for each in given["parts"])
    return MemoryManifest(dict(given["config"]["values"]), str(given["config"]["digest"]), parts)
