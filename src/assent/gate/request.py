"""What the gate is asked: which records, by which rules, as of when, and how the rows are to lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import pyarrow as pa

from assent.engines import BatchFunction
from assent.ledger.columns import ColumnarEvents
from assent.policy.pack import Pack
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.tables import RecordTable

Settled = Callable[[pa.Array], pa.Array]
"""Gives for each record id (`pa.string`) its final mask (`pa.uint32`), its parents included; null where there is no
such record."""


Curate = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Makes rows of `SNAPSHOT_SCHEMA` of rows of `PERMITTED_SCHEMA`, one of each in the same order; the same for the same
row whatever else is in the batch, and in whichever process."""


class Copies(Protocol):
    """Tells which permitted records copy a denied one of somebody else."""

    @property
    def signing(self) -> BatchFunction:
        """Takes rows of `copies.SAID_SCHEMA` and gives what `found` needs of them."""
        ...

    def found(self, denied: Iterable[pa.RecordBatch], permitted: Iterable[pa.RecordBatch]) -> pa.Table:
        """A row for each permitted record that copies: `id`, and the id of its `original`; whatever the order."""
        ...


@dataclass(frozen=True, slots=True)
class Subset:
    """Some records of all: these alone are decided, and each as it would be among all of them.

    Whether an id is unique is asked among these alone, and `counts` counts these alone.

    Args:
        ids: of the records (`pa.string`); one that no table has is passed over.
        settled: asked once, for the parents that records of the subset name and that are not in it.

        people: what the rules say of every person, in `PEOPLE_SCHEMA`, where that is known already; None has it
            found out from the events.

    Guarantee: decisions and permitted rows are those of a gate without a subset, the others left out, if what
    `settled` says is what that gate would say. So whoever asks puts every record in whose decision, or whose
    parents' decisions, may have changed.
    """

    ids: pa.Array
    settled: Settled
    people: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is to be decided, and how the permitted rows are to lie.

    Args:
        at: T, the moment asked about; N is `events.size`.
        partition_key: places members in shards and slices; at most 64 bytes, as is `decision_key`.
        memory_mib: what the engine may use. Unit: MiB.
        indexed: keeps beside the decisions what a later build needs to begin from this one (`keeping`).
        subset: decides these records only, as they would be among all; None decides every one.
        taken_back: members who are judged as having taken back what was used before.
        copies: finds copies of denied records that do not name them; None does not look. With a subset it knows of
            the records that are not in it.
        master: of the Spark that decides; None has DuckDB do it on this machine.
    """

    pack: Pack
    purpose: PurposeName
    at: datetime
    tables: tuple[RecordTable, ...]
    events: ColumnarEvents
    shards: int
    slices: int
    partition_key: bytes
    decision_key: bytes
    memory_mib: int = 2048
    threads: int = 2
    indexed: bool = False
    subset: Subset | None = None
    taken_back: frozenset[str] = frozenset()
    copies: Copies | None = None
    master: str | None = None
