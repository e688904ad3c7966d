"""Older tables brought to the version that this program reads: all steps, or none.

Only when a person asks for it. An upgraded ledger cannot be opened by the release that wrote it, and a process
of that release that still runs would go on without what the new version is for; so nobody is upgraded by
merely opening a ledger. The steps are Alembic's; the version stays where it always was, in `assent_schema`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from assent.errors import InputError
from assent.storage.database import STAMP, Database

_STEPS = Path(__file__).parent / "migrations"


def upgrade(
    database: Database, *, name: str, version: int, gap: Callable[[str], None] = lambda _name: None
) -> tuple[int, int]:
    """The tables are of that version; which they were of before, and are now.

    Raises:
        InputError: there are none of that name, or a later release wrote them.
        UnavailableError: somebody else writes.
    """
    with database.writing() as connection:
        found = database.stamped(connection, name)
        if found is None:
            raise InputError(f"`{database.name}` is no {name} database")
        if found > version:
            raise InputError(
                f"`{database.name}` has version `{found}` of the {name} tables, this program knows `{version}`",
                hint="use the release of assent that wrote it, or a later one",
            )
        for step in steps_between(found, version):
            run_step(connection, step)
        connection.execute(sa.update(STAMP).where(STAMP.c.name == name).values(version=version))
        # A crash here leaves the tables as they were: steps and stamp are one transaction.
        gap("upgraded")
    return found, version


def steps_between(found: int, wanted: int) -> list[Callable[[], None]]:
    """What leads from one version to the other, in order."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    revisions = list(script.iterate_revisions(str(wanted), str(found) if found else "base"))
    return [revision.module.upgrade for revision in reversed(revisions)]


def run_step(connection: sa.Connection, step: Callable[[], None]) -> None:
    """The step's changes are part of the connection's transaction."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with Operations.context(MigrationContext.configure(connection)):
        step()
