"""What a workspace knows of people, and the curation that a purpose's rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.curation.tools import tools_of
from assent.desk.store import Desk
from assent.gate import Curate
from assent.operations.objectors import objectors
from assent.operations.sources import open_entry
from assent.operations.workspace import Workspace
from assent.policy.pack import Purpose
from assent.snapshot.curating import NOTHING, Curating
from assent.vocabulary.curation import Curation
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.people import IDENTIFIER_SCHEMA


def curating_in(workspace: Workspace, identifiers: Sequence[Path] | None = None) -> Callable[[Purpose], Curating]:
    """Gives the curation of a purpose; the sources' identifiers are read once, when one first masks.

    Args:
        identifiers: files of the sources, where they are opened already; opening one may stage it anew.
    """
    read: list[pa.Table] = []

    def curating(purpose: Purpose) -> Curating:
        rules = purpose.curation
        if rules == Curation() and not purpose.unlinked_copies_denied:
            return NOTHING
        known = IDENTIFIER_SCHEMA.empty_table()
        if rules.mask:
            if not read:
                read.append(identifiers_of_members(identifier_files(workspace) if identifiers is None else identifiers))
            known = pa.concat_tables([read[0], identifiers_of_objectors(workspace, purpose.name)])
        return Curating(rules, known, make_curator, tools_of(rules), purpose.unlinked_copies_denied)

    return curating


def identifier_files(workspace: Workspace) -> list[Path]:
    """Files of the sources that say by what people are recognised; opening a source may stage it anew."""
    return [path for name in sorted(workspace.sources) for path in open_entry(workspace, name).identifiers]


def identifiers_of_members(files: Sequence[Path]) -> pa.Table:
    """What the sources know of members, and of people they name as objecting without being members."""
    tables = [pq.read_table(path, schema=IDENTIFIER_SCHEMA) for path in files]
    together = pa.concat_tables([IDENTIFIER_SCHEMA.empty_table(), *tables])
    # Whoever looks for them, or says what is known of whom, puts them in order and leaves out what is there twice.
    return together.select(IDENTIFIER_SCHEMA.names).cast(IDENTIFIER_SCHEMA)


def identifiers_of_objectors(workspace: Workspace, purpose: PurposeName) -> pa.Table:
    """What is known of people without an account whose objection to the purpose is in force."""
    if not Desk.may_hold(workspace.root, ledger_folder=workspace.ledger_folder):
        return IDENTIFIER_SCHEMA.empty_table()
    desk = Desk.open(workspace.root, ledger_folder=workspace.ledger_folder)
    try:
        return objectors(desk, purpose)
    finally:
        desk.close()


def make_curator(rules: Curation, identifiers: pa.Table, key: bytes) -> Curate:
    """A curator of these rules."""
    from assent.curation.curator import Curator
    from assent.curation.redact.known import KnownPeople

    return Curator(rules, KnownPeople(identifiers) if identifiers.num_rows else None, key)
