"""What a source knows of its members, as events of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assent.errors import InputError
from assent.ledger import Ledger
from assent.ledger.importing import import_new_events
from assent.ledger.opt_outs import import_opt_outs
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.policy.signals.gpc import settings_switched_off


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    """What was new.

    Args:
        recorded: the positions of the new events.
        held: events the ledger held already.
        opted_out: how many of the new events are settings that a browser's opt-out switched off.
        unheeded: the pack lets such opt-outs switch nothing, so they were not read.
        erased: how many were not recorded, because they are about members who were erased.
    """

    recorded: range
    held: int
    opted_out: int = 0
    unheeded: bool = False
    erased: int = 0


def import_facts(
    workspace: Workspace, ledger: Ledger, name: str, *, advance: Callable[[int], None] = lambda _rows: None
) -> ImportedFacts:
    """The ledger holds everything the source states about its members; run again, it adds only what is new.

    Raises:
        InputError: there is no such source, it states nothing about members, or a row cannot be read.
    """
    files = open_entry(workspace, name)
    if not files.events and not files.opt_outs:
        raise InputError(
            f"source `{name}` states nothing about its members",
            hint="import a file of events with `assent ledger import`, or name one under [[events]] in the mapping",
        )
    start = ledger.size
    erased: list[int] = []
    _, held = import_new_events(ledger, files.events, advance=advance, left_out=erased.append)
    if not files.opt_outs:
        return ImportedFacts(range(start, ledger.size), held, erased=sum(erased))
    settings = settings_switched_off(load_pack(workspace.pack))
    if not settings:
        return ImportedFacts(range(start, ledger.size), held, unheeded=True, erased=sum(erased))
    recorded, known = import_opt_outs(ledger, files.opt_outs, settings, advance=advance, left_out=erased.append)
    return ImportedFacts(range(start, ledger.size), held + known, len(recorded), erased=sum(erased))
