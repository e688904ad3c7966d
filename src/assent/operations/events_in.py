"""Events that a platform's own services hand in, many at a time: all of a request's, or none of them.

Only what members do or what is told of them comes this way. What staff decide and what the system does has its own
way in, where somebody answers for it; an objection too, since a clock begins with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.ledger.importing import EVENT_COLUMNS, encode_portion, new_among
from assent.ledger.rows import Portion, Problems, read_portions
from assent.ledger.stored import Statement
from assent.operations.platform import Platform
from assent.operations.unheard import unheard_of
from assent.vocabulary.events import EventType

ACCEPTED: Final = (
    EventType.MEMBER_JOINED,
    EventType.MEMBER_REGION,
    EventType.MEMBER_BIRTH_DATE,
    EventType.SETTING_CHANGED,
    EventType.NOTICE_DELIVERED,
    EventType.RECORD_EXCLUDED,
    EventType.RECORD_INCLUDED,
    EventType.TAKEBACK_REQUESTED,
    EventType.ACCOUNT_CLOSED,
    EventType.ERASURE_REQUESTED,
)
"""What a service may hand in."""

_HELD = 1 << 16
"""So many events are made ready before the ledger is touched; more are made ready while it is held."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the lines.

    Args:
        seqs: where the new events stand.
        erased: events that were left out, since their member was erased.
        held: events that the ledger held already; looked for only where an earlier attempt may have recorded them.
        warnings: names that the rules have never heard of; such an event is recorded and has no effect.
    """

    seqs: range
    erased: int
    held: int
    warnings: tuple[str, ...] = field(default=())


def take_events(platform: Platform, path: Path, *, by: str, again: bool = False) -> Taken:
    """The events of an NDJSON file are recorded in one step.

    Args:
        by: stands in every event that does not say itself who or what said it.
        again: an earlier attempt may have recorded them; those that the ledger holds are left out.

    Raises:
        InputError: a line cannot be used; the first twenty are named, all are counted, nothing was recorded.

    Cost: memory for some 65,000 events, however many there are.
    """
    ledger, erased, held = platform.ledger, [0], [0]

    def left_out(count: int) -> None:
        erased[0] += count

    batches = _batches(platform, path, by)
    ready: list[list[Statement]] = []
    while sum(map(len, ready)) < _HELD and (batch := next(batches, None)) is not None:
        ready.append(batch)

    def drawn() -> Iterator[list[Statement]]:
        # The size is asked for with the write lock held: what an earlier attempt recorded is below it.
        size = ledger.size if again else 0
        for statements in chain(ready, batches):
            new = list(new_among(ledger, statements, size)) if size else statements
            held[0] += len(statements) - len(new)
            yield new

    seqs = ledger.append_statements(drawn(), left_out=left_out)
    return Taken(seqs, erased[0], held[0], tuple(unheard_of(platform.workspace, ledger, seqs)))


def _batches(platform: Platform, path: Path, by: str) -> Iterator[list[Statement]]:
    problems = Problems()
    recorded_at = platform.ledger.recorded_now()
    for portion in read_portions(path, EVENT_COLUMNS, problems):
        _refuse(path, portion, problems)
        statements = encode_portion(path, _signed(portion, by), recorded_at, problems)
        # Once something is wrong the rest is read only to say what else is.
        yield [] if problems.count else statements
    problems.raise_if_any()


def _refuse(path: Path, portion: Portion, problems: Problems) -> None:
    kinds = portion.table["type"]
    known = pa.array([each.value for each in EventType if each not in ACCEPTED])
    for row in pc.indices_nonzero(pc.is_in(kinds, value_set=known)).to_pylist():
        problems.add(
            path, portion.rows[row], f"`{kinds[row].as_py()}` does not come this way; it has a route or a command"
        )
    zero = pc.fill_null(pc.match_substring(portion.table["member"], "\0"), False)
    for row in pc.indices_nonzero(zero).to_pylist():
        problems.add(path, portion.rows[row], "`member` holds a character that not every database can store")


def _signed(portion: Portion, by: str) -> Portion:
    """Every row says who said it."""
    table = portion.table
    said = pc.fill_null(table["by"], by) if "by" in table.column_names else pa.repeat(by, table.num_rows)
    column = table.schema.get_field_index("by")
    named = table.append_column("by", said) if column < 0 else table.set_column(column, "by", said)
    return Portion(named, portion.rows)
