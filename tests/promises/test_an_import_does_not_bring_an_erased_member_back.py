"""Whatever is imported after an erasure, nothing about the erased is recorded, and nothing of theirs is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assent.errors import InputError, RefusedError
from assent.operations.erasing import erase
from assent.operations.erasure import is_suppressed, readmit_member
from assent.operations.facts import import_facts
from assent.operations.ledger import import_files, import_states, open_ledger, verify_ledger_in
from assent.operations.sources import add_source
from assent.operations.workspace import open_workspace
from small_world import World, joined, make_world, post, switched

RECORDS = [post("mira-1", "mira"), post("tom-1", "tom")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path / "w", joined("mira") + joined("tom"), RECORDS)
    erase(world.workspace, ["mira"], clock=world.clock, entropy=world.entropy)
    return world


def lines(path: Path, *events: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def test_the_export_of_yesterday_does_not(world: World, tmp_path: Path) -> None:
    left_out: list[int] = []
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        seqs = import_files(
            ledger, [lines(tmp_path / "e.jsonl", *joined("mira"), *joined("new"))], left_out=left_out.append
        )
        known = ledger.events_of("mira")

    assert (len(seqs), sum(left_out), known) == (4, 4, [])


def test_a_state_table_does_not(world: World, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("member,setting,value,changed_at\nmira,generative_ai_improvement,on,2026-01-01T00:00:00Z\n")
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        found = import_states(ledger, [table])
        assert (len(found.recorded), found.erased, ledger.events_of("mira")) == (0, 1, [])


def test_the_members_of_a_dump_do_not(world: World, tmp_path: Path) -> None:
    dump = tmp_path / "dump"
    dump.mkdir()
    user = (
        '<row Id="{0}" AccountId="{0}" CreationDate="2020-01-01T00:00:00.000" DisplayName="u{0}" Location="France" />'
    )
    for name, root, rows in (
        ("Users", "users", [user.format(1), user.format(2)]),
        ("Posts", "posts", []),
        ("Comments", "comments", []),
    ):
        text = "\n".join(f"  {row}" for row in rows)
        (dump / f"{name}.xml").write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n{text}\n</{root}>\n')
    add_source(world.workspace, "site2", "stackexchange", dump)
    workspace = open_workspace(world.root)
    with open_ledger(workspace, clock=world.clock) as ledger:
        import_facts(workspace, ledger, "site2")
        members = {event.member for _, event in ledger.events() if event.member} - {"tom"}
    chosen = sorted(each for each in members if not each.startswith("erased:"))
    erase(workspace, chosen[:1], clock=world.clock, entropy=world.entropy)

    with open_ledger(workspace, clock=world.clock) as ledger:
        found = import_facts(workspace, ledger, "site2")
        assert (len(found.recorded), found.erased > 0, ledger.events_of(chosen[0])) == (0, True, [])


def test_a_single_event_is_refused_in_one_line(world: World) -> None:
    with pytest.raises(RefusedError, match="`mira` was erased, and nothing about them is recorded again"):
        world.tell(switched("mira", "on", "2026-01-01T00:00:00Z"))


def test_a_build_with_their_records_in_the_tables_does_not_use_them(world: World) -> None:
    assert world.ids(world.build()) == {"tom-1"}


def test_without_the_key_of_the_list_no_import_is_made(world: World, tmp_path: Path) -> None:
    (world.workspace.keys_folder / "suppression.key").unlink()
    with open_ledger(world.workspace, clock=world.clock) as ledger:
        size = ledger.size
        with pytest.raises(InputError, match="cannot be read without its key"):
            import_files(ledger, [lines(tmp_path / "e.jsonl", *joined("new"))])
        assert ledger.size == size


def test_deleting_them_from_the_list_is_found(world: World) -> None:
    import sqlite3

    with sqlite3.connect(world.workspace.ledger_folder / "ledger.db") as connection:
        connection.execute("DELETE FROM ledger_suppressed")
    connection.close()

    report = verify_ledger_in(world.workspace.ledger_folder)

    assert [check.name for check in report.checks if not check.passed] == ["suppression list"]


def test_who_comes_back_on_purpose_begins_as_a_stranger(world: World) -> None:
    readmit_member(world.workspace, "mira", clock=world.clock, entropy=world.entropy)
    assert not is_suppressed(world.workspace, "mira", clock=world.clock)
    assert world.ids(world.build()) == {"tom-1"}

    world.tell(*joined("mira"))

    assert world.ids(world.build()) == {"mira-1", "tom-1"}
    assert verify_ledger_in(world.workspace.ledger_folder).ok


def test_who_is_not_on_the_list_cannot_be_let_back_in(world: World) -> None:
    with pytest.raises(InputError, match="`tom` is not on the suppression list"):
        readmit_member(world.workspace, "tom", clock=world.clock, entropy=world.entropy)
