"""Two of them at once: a second build or sweep is told to wait, writers and readers are not, and all see one truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assent.errors import EvidenceError, RefusedError, UnavailableError
from assent.evidence.removal import REMOVED
from assent.ledger.importing import import_events
from assent.operations.ledger import verify_ledger_in
from assent.operations.sweep import sweep
from assent.operations.verify import verify_folder
from small_world import World, joined, make_world, post, switched
from sweeping import folders, rows_in, swept, taken_back

PEOPLE = ("mira", "tom", "eve")
LEFT = {"tom-1", "tom-2", "eve-1", "eve-2"}
BUILD = ("begun", "written", "signed", "keyed", "renamed", "announced")
SWEEP = (*BUILD, "superseded", "stated", "emptied", "unkeyed", "removed")


@pytest.fixture
def world(tmp_path: Path, store: str) -> World:
    people = [event for member in PEOPLE for event in joined(member)]
    return make_world(
        tmp_path / "w", people, [post(f"{each}-{n}", each) for each in PEOPLE for n in (1, 2)], database=store
    )


def at_every_gap(work: Callable[[str], object]) -> tuple[Callable[[str], None], list[str]]:
    """A gap in which the work is done, and the names of those that were passed."""
    passed: list[str] = []

    def gap(name: str) -> None:
        passed.append(name)
        work(name)

    return gap, passed


def refused(work: Callable[[], object]) -> None:
    with pytest.raises(UnavailableError, match="another build is at work") as caught:
        work()
    assert (caught.value.exit_code, caught.value.hint) == (5, "try again when it has ended")


def test_while_a_build_is_at_work_no_other_build_or_sweep_is(world: World) -> None:
    def both(_name: str) -> None:
        refused(world.build)
        refused(lambda: sweep(world.workspace, clock=world.clock))

    gap, passed = at_every_gap(both)
    built = world.build(gap=gap)

    assert set(BUILD) <= set(passed)
    assert folders(world) == {built.id}
    assert verify_folder(built.path, workspace=world.workspace).complete


def test_while_a_sweep_is_at_work_no_other_sweep_or_build_is(world: World) -> None:
    built = world.build()
    taken_back(world, "mira", later=True)

    def both(_name: str) -> None:
        refused(world.build)
        refused(lambda: sweep(world.workspace, clock=world.clock))

    gap, passed = at_every_gap(both)
    result = swept(world, gap=gap)

    assert set(passed) == set(SWEEP)
    assert [each.id for each in result.swept] == [built.id]
    assert swept(world).swept == ()


def test_who_reads_during_a_sweep_reads_nobody_who_took_back(world: World) -> None:
    world.build()
    taken_back(world, "mira", later=True)
    found: list[set[str]] = []
    unannounced: list[str] = []

    def read(_name: str) -> None:
        for name in folders(world):
            folder = world.workspace.snapshots_folder / name
            if not (folder / REMOVED).exists():
                try:
                    found.append(set(rows_in(world, folder)))
                except RefusedError:
                    continue  # superseded: the reader is told which one to open
                except EvidenceError as error:
                    unannounced.append(error.message)

    gap, _ = at_every_gap(read)
    swept(world, gap=gap)

    assert found
    assert all(rows == LEFT for rows in found)
    # The new version once, before the ledger says that it was sealed.
    assert ["does not say" in each for each in unannounced] == [True]


def test_who_began_to_read_before_a_sweep_reads_the_old_version_whole_or_stops(world: World) -> None:
    built = world.build()
    reader = world.read(built)
    taken_back(world, "mira", later=True)
    swept(world)

    with reader:
        try:
            rows = {ident for batch in reader for ident in batch.column("id").to_pylist()}
        except Exception as error:  # noqa: BLE001 - what it must not be is a part of the rows, silently
            assert "`" in str(error) and "\n" not in str(error)  # noqa: PT017
        else:
            assert rows in (LEFT, LEFT | {"mira-1", "mira-2"})


@pytest.mark.parametrize("when", ["begun", "written", "renamed"])
def test_an_import_during_a_build_is_whole_and_counts_at_the_next_read(world: World, tmp_path: Path, when: str) -> None:
    events = [switched("tom", "off", "2026-02-01T00:00:00Z"), *(joined(f"new-{n}")[0] for n in range(500))]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))

    def import_then(name: str) -> None:
        if name == when:
            with world.ledger() as ledger:
                import_events(ledger, [tmp_path / "events.jsonl"])

    built = world.build(gap=import_then)

    assert world.ids(built) == {"mira-1", "mira-2", "eve-1", "eve-2"}
    assert verify_folder(built.path, workspace=world.workspace).complete
    report = verify_ledger_in(world.workspace.ledger_folder)
    assert (report.ok, report.agrees) == (True, report.size)
