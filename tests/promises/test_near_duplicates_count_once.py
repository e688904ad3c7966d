"""Of near-duplicates one counts; when it leaves, another of them counts as if it had never been there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from assent.operations.workspace import open_workspace
from assent.vocabulary.curation import Drop
from small_world import World, joined, make_world, post, switched
from sweeping import manifest_of, newest, require_verified, rows_in, taken_back

# Too short to be anybody's own, so that whoever repeats it copies nobody.
ADVICE = "a restore that nobody ever tried is no backup at all"


def world_of(root: Path, *authors: str) -> World:
    """Each of them wrote much the same, a day after the one before."""
    records = [
        post(f"p-{author}", author, ADVICE + "!" * number, created_at=datetime(2025, 1, 1 + number, tzinfo=UTC))
        for number, author in enumerate(authors)
    ]
    world = make_world(root, [event for author in authors for event in joined(author)], records)
    # Near-duplicates are found within a shard.
    config = world.root / "assent.toml"
    config.write_text(config.read_text().replace("shards = 4", "shards = 1"))
    return replace(world, workspace=open_workspace(root))


def test_one_of_them_counts_and_the_others_are_told_apart(tmp_path: Path) -> None:
    world = world_of(tmp_path / "w", "ann", "bob", "cem")

    built = world.build()

    with world.read(built) as reader:
        assert [row["id"] for batch in reader for row in batch.to_pylist()] == ["p-ann"]
        assert dict(reader.dropped) == {Drop.NEAR_DUPLICATE: 2}


def test_another_counts_once_the_survivor_may_not_be_read(tmp_path: Path) -> None:
    world = world_of(tmp_path / "w", "ann", "bob", "cem")
    built = world.build()

    world.tell(switched("ann", "off", world.pass_time(hours=1).isoformat()))

    assert set(rows_in(world, built.path)) == {"p-bob"}


def test_another_is_elected_when_the_survivor_takes_back(tmp_path: Path) -> None:
    world = world_of(tmp_path / "w", "ann", "bob", "cem")
    world.build()

    version = newest(world, taken_back(world, "ann"))

    curation = manifest_of(version).curation
    assert curation is not None
    assert (curation.kept, dict(curation.dropped)) == (1, {"near_duplicate": 1})
    assert set(rows_in(world, version)) == {"p-bob"}
    require_verified(world, version)
