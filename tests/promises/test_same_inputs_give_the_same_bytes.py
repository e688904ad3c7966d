"""With the same ledger, records, rules, keys and moment, a build gives the same bytes."""

from __future__ import annotations

from pathlib import Path

from assent.operations.build import BuildResult
from small_world import World, make_world, switched
from sweeping import rows_in

WITHOUT_SURROGATES = "professional-network-2025-11"
"""Surrogates are keyed by snapshot, so a build that begins from nothing gives others."""


def tree(result: BuildResult) -> dict[str, bytes]:
    return {str(path.relative_to(result.path)): path.read_bytes() for path in result.path.rglob("*") if path.is_file()}


def test_two_workspaces_made_alike_give_the_same_bytes(tmp_path: Path) -> None:
    first = make_world(tmp_path / "a" / "w").build()
    second = make_world(tmp_path / "b" / "w").build()

    assert tree(first) == tree(second)


def test_the_snapshot_has_the_same_name(tmp_path: Path) -> None:
    first = make_world(tmp_path / "a" / "w").build()
    second = make_world(tmp_path / "b" / "w").build()

    assert first.id == second.id


def test_one_and_two_threads_give_the_same_data(tmp_path: Path) -> None:
    def with_threads(folder: str, threads: int) -> World:
        world = make_world(tmp_path / folder / "w")
        with (world.root / "assent.toml").open("a") as config:
            config.write(f"[build]\nthreads = {threads}\n")
        from assent.operations.workspace import open_workspace

        world.workspace = open_workspace(world.root)
        return world

    assert tree(with_threads("a", 1).build()) == tree(with_threads("b", 2).build())


def test_another_decision_key_changes_the_decisions_and_not_the_data(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w", pack=WITHOUT_SURROGATES)
    first, second = tree(world.build()), tree(world.build())

    def data(files: dict[str, bytes]) -> set[str]:
        return {name for name in files if name.startswith("data/")}

    assert data(first) == data(second)
    assert set(first) != set(second)


def test_another_decision_key_gives_other_surrogates_and_leaves_all_else(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    first, second = rows_in(world, world.build().path), rows_in(world, world.build().path)

    assert first.keys() == second.keys()
    other = {name for name in first if first[name] != second[name]}
    assert other == {name for name in first if "[HANDLE " in first[name]["text"] or "[PERSON " in first[name]["text"]}
    assert other


def test_events_recorded_after_the_position_change_nothing_in_the_data(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w", pack=WITHOUT_SURROGATES)
    first = world.build()
    world.tell(switched("m5", "off", "2027-01-01T00:00:00Z"))

    second = world.build()

    assert [each.sha256 for each in first.manifest.files] == [each.sha256 for each in second.manifest.files]


def test_a_withdrawal_rewrites_the_files_of_one_partition_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w", pack=WITHOUT_SURROGATES)
    first = world.build()
    # Nobody else's record carries or names what m11 wrote.
    world.tell(switched("m11", "off", "2026-02-01T00:00:00Z"))

    second = world.build()

    changed = {each.sha256 for each in first.manifest.files} ^ {each.sha256 for each in second.manifest.files}
    places = {
        (each.shard, each.slice) for each in (*first.manifest.files, *second.manifest.files) if each.sha256 in changed
    }
    assert len(places) == 1
