"""Opt-out signals of browsers (Global Privacy Control) recorded as settings that were switched off.

A row says that a request of `member` carried `sec_gpc` at `seen_at`. Only the value `1` says anything. The first
sighting counts and is recorded once for each setting: who turns the setting on again afterwards has chosen with the
signal known, and the same browser does not overrule them every night. A row that came too late counts from when it
was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from assent.errors import InputError
from assent.ledger.log import Ledger
from assent.ledger.rows import Expected, Portion, Problems, read_portions
from assent.ledger.stored import Positioned
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, SettingName
from assent.vocabulary.instants import parse_instant

SIGHTING_COLUMNS: Final = Expected(
    required=frozenset({"member", "sec_gpc", "seen_at"}),
    optional=frozenset(),
    ignored=frozenset(),
    instant="seen_at",
)
BY: Final = "gpc"
"""Who such an event says switched the setting."""

Advance = Callable[[int], None]


def import_opt_outs(
    ledger: Ledger,
    files: Sequence[Path],
    settings: Sequence[SettingName],
    *,
    advance: Advance = lambda _rows: None,
    left_out: Advance = lambda _members: None,
) -> tuple[range, int]:
    """The positions of the new events, and how many members' signals the ledger held already.

    Args:
        left_out: told of how many members nothing was recorded because they were erased.

    Raises:
        InputError: a file or a row cannot be used; every such row is named and nothing was recorded.
    """
    first = _first_sightings(files, advance)
    erased = ledger.suppressed(first)
    left_out(len(erased))
    first = {member: seen_at for member, seen_at in first.items() if member not in erased}
    said = ledger.events_among(first)
    new = [
        event for member, seen_at in first.items() for event in _switched_off(said[member], member, seen_at, settings)
    ]
    switched = {event.member for event in new}
    recorded = ledger.append(new) if new else range(ledger.size, ledger.size)
    return recorded, len(first) - len(switched)


def _switched_off(
    said: Sequence[Positioned], member: MemberId, seen_at: datetime, settings: Sequence[SettingName]
) -> Iterator[Event]:
    known = {
        event.key
        for _, event in said
        if isinstance(event, Event) and event.type is EventType.SETTING_CHANGED and event.by == BY
    }
    for setting in settings:
        if setting not in known:
            yield Event(EventType.SETTING_CHANGED, seen_at, member, setting, "off", BY)


def _first_sightings(files: Sequence[Path], advance: Advance) -> dict[MemberId, datetime]:
    problems = Problems()
    first: dict[MemberId, datetime] = {}
    for path in files:
        for portion in read_portions(path, SIGHTING_COLUMNS, problems):
            for member, seen_at in _sightings(path, portion, problems):
                first[member] = min(seen_at, first.get(member, seen_at))
            advance(portion.table.num_rows)
    problems.raise_if_any()
    return first


def _sightings(path: Path, portion: Portion, problems: Problems) -> Iterator[tuple[MemberId, datetime]]:
    columns = (portion.table.column(name).to_pylist() for name in ("member", "sec_gpc", "seen_at"))
    for row, member, signal, seen_at in zip(portion.rows, *columns, strict=True):
        if signal != "1":
            continue
        try:
            if not member:
                raise InputError("`member` is missing")
            yield (
                MemberId(member),
                seen_at if isinstance(seen_at, datetime) else parse_instant(seen_at, field="seen_at"),
            )
        except InputError as error:
            problems.add(path, row, error.message)
