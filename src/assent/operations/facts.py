"""What a source knows of its members, as events of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assent.errors import InputError
from assent.ledger import Ledger
from assent.ledger.importing import import_new_events
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    """What was new.

    Args:
        recorded: the positions of the new events.
        held: events the ledger held already.
    """

    recorded: range
    held: int


def import_facts(
    workspace: Workspace, ledger: Ledger, name: str, *, advance: Callable[[int], None] = lambda _rows: None
) -> ImportedFacts:
    """The ledger holds everything the source states about its members; run again, it adds only what is new.

    Raises:
        InputError: there is no such source, it states nothing about members, or a row cannot be read.
    """
    files = open_entry(workspace, name).events
    if not files:
        raise InputError(
            f"source `{name}` states nothing about its members",
            hint="import a file of events with `assent ledger import`, or name one under [[events]] in the mapping",
        )
    recorded, held = import_new_events(ledger, files, advance=advance)
    return ImportedFacts(recorded, held)
