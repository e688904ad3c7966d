"""A desk that was made when every hook was about settings learns what its hooks are about."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from assent.desk.hooks import all_hooks
from assent.desk.store import Desk
from assent.desk.tables import DESK, HOOKS
from assent.storage.database import STAMP
from small_world import joined, make_world


def test_its_hooks_are_about_settings(tmp_path: Path, store: str) -> None:
    world = make_world(tmp_path, joined("m0"), [], database=store)
    folder = world.workspace.ledger_folder
    desk = Desk.open(tmp_path, ledger_folder=folder)
    place = "" if desk.database.schema is None else f'"{desk.database.schema}".'
    row = {"id": "h0", "address": "https://a.example", "secret": b"s", "made_at": "2026-01-01T00:00:00Z"}
    given = row | {"told_to": 3, "tries": 0, "next_at": "2026-01-01T00:00:00.000000Z"}
    before = sa.Table(HOOKS.name, sa.MetaData(), *(sa.Column(name, HOOKS.c[name].type) for name in given))
    with desk.database.writing() as connection:
        connection.execute(sa.text(f"ALTER TABLE {place}desk_hooks DROP COLUMN about"))
        connection.execute(sa.update(STAMP).where(STAMP.c.name == DESK).values(version=1))
        connection.execute(sa.insert(before).values(**given))
    desk.close()

    found = []
    for _ in range(2):
        opened = Desk.open(tmp_path, ledger_folder=folder)
        found += [(each.id, each.about) for each in all_hooks(opened)]
        opened.close()

    assert found == [("h0", None)] * 2
