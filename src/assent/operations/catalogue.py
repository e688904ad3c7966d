"""Tables in Spark's catalogue are looked up before a build reads them."""

from __future__ import annotations

from assent.engines import locate_tables
from assent.operations.workspace import Workspace
from assent.sources import TABLES
from assent.sources.catalogue import folder_for_copies, keep_listing, named_tables


def look_up_tables(workspace: Workspace, master: str) -> None:
    """Where the tables lie that the workspace's mappings name by a catalogue is known, as of now.

    Raises:
        InputError: a mapping cannot be read, or the catalogue has no such table.
        UnavailableError: Spark does not start.
    """
    for name, entry in sorted(workspace.sources.items()):
        tables = named_tables(entry.path) if entry.kind == TABLES else {}
        if tables:
            staging = workspace.staging_folder / name
            memory_mib = workspace.number("build.memory_mib")
            found = locate_tables(master, tables, memory_mib=memory_mib, copies=folder_for_copies(staging))
            keep_listing(staging, found)
