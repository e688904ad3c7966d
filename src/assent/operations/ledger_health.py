"""How the ledger is: size, age, database, mirror, key, witnesses, and whether its newest entry proves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assent.errors import AssentError
from assent.evidence.note import VerifierKey
from assent.evidence.tlog_proof import parse_proof, verify_proof
from assent.operations.log_shown import ShownLog, log_of
from assent.operations.platform import Platform
from assent.storage.place import place_of
from assent.vocabulary.events import Event, EventType

_SEGMENT: Final = re.compile(r"events-(\d+)-(\d+)\.parquet")


@dataclass(frozen=True, slots=True)
class Health:
    """What was found.

    Args:
        newest_at: when the newest event was recorded; the checkpoint is of that moment.
        database: `sqlite` or `postgresql`.
        mirrored: so many events lie in columns; those that are missing are added when somebody counts.
        key_since: when the key was last changed; None where it is the first.
        problem: what is wrong with the newest entry's proof; None where it holds.
    """

    size: int
    newest_at: datetime | None
    database: str
    mirrored: int
    key_since: datetime | None
    log: ShownLog
    problem: str | None


def health_of(platform: Platform) -> Health:
    """How the ledger is now. Cost: one proof, and one look at every event that is about no member."""
    ledger, place = platform.ledger, place_of(platform.workspace.ledger_folder)
    rotated = [
        event.effective_at
        for _, event in ledger.system_events()
        if isinstance(event, Event) and event.type is EventType.KEY_ROTATED
    ]
    return Health(
        size=ledger.size,
        newest_at=ledger.newest_recorded_at(),
        database="sqlite" if place is None or place.server is None else "postgresql",
        mirrored=_mirrored(platform),
        key_since=max(rotated, default=None),
        log=log_of(platform),
        problem=_problem(platform),
    )


def _mirrored(platform: Platform) -> int:
    found = (_SEGMENT.fullmatch(each.name) for each in platform.workspace.ledger_folder.glob("columns/events-*"))
    return min(max((int(each[2]) for each in found if each), default=0), platform.ledger.size)


def _problem(platform: Platform) -> str | None:
    ledger = platform.ledger
    newest = ledger.size - 1
    if newest < 0:
        return None
    try:
        proof = parse_proof(ledger.prove(newest))
        verify_proof(proof, leaf=ledger.commitment(newest), verifiers=[VerifierKey.parse(ledger.vkey)])
    except AssentError as error:
        return error.message
    return None
