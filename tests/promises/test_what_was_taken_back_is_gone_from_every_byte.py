"""After a sweep no file below the snapshots' folder holds anything of whoever took back: no text, no id, no name."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assent.evidence.manifest import MANIFEST
from small_world import World, joined, make_world, mention, post
from sweeping import manifest_of, newest, require_verified, taken_back

SECRET, MEMBER = "a sentence nobody else wrote", "member-mira"
# Words that no recogniser takes for a name, or curation would mask it before there is anything to take back.
NAME = "she of the tower"
RECORDS = [
    post("own-1", MEMBER, SECRET),
    post("own-2", MEMBER, f"{NAME} here", category="profile.name"),
    post("named", "tom", f"thanks, {NAME}!", category="comment", subjects=[mention(MEMBER, 8, 8 + len(NAME))]),
    post("reposted", "tom", f"so true: {SECRET}", category="repost", parent="own-1"),
    post("reposted-again", "eve", f"so true: so true: {SECRET}", category="repost", parent="reposted"),
    post(
        "for-her",
        "eve",
        f"{NAME} knows SQL",
        category="endorsement",
        subjects=[{"role": "endorsed", "member": MEMBER, "spans": [{"start": 0, "end": len(NAME)}]}],
    ),
    *(post(f"tom-{n}", "tom", f"what Tom wrote in {n}") for n in range(200)),
    *(post(f"ann-{n}", "ann") for n in range(200)),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    people = [event for member in (MEMBER, "tom", "eve", "ann") for event in joined(member)]
    return make_world(tmp_path / "w", people, RECORDS)


def every_byte(folder: Path) -> bytes:
    """All files as they lie there, and all Parquet files once more, unpacked."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.append(path.read_bytes())
        if path.suffix == ".parquet":
            found.append(repr(pq.read_table(path).to_pylist()).encode())
    return b"\n".join(found)


TRACES = [each.encode() for each in (SECRET, NAME, MEMBER, "own-1", "own-2", "reposted")]


def test_there_is_something_to_remove(world: World) -> None:
    built = world.build()

    found = every_byte(built.path)
    assert [trace for trace in TRACES if trace not in found] == []


def test_nothing_of_it_is_left_anywhere_on_the_shelf(world: World) -> None:
    world.build()
    world.pass_time(days=1)
    world.build()
    taken_back(world, MEMBER)

    found = every_byte(world.workspace.snapshots_folder)
    assert [trace for trace in TRACES if trace in found] == []


def test_what_is_left_is_whole_and_verifies(world: World) -> None:
    world.build()
    version = newest(world, taken_back(world, MEMBER))

    rows = {
        row["id"]: row
        for entry in manifest_of(version).files
        for row in pq.read_table(version / entry.path).to_pylist()
    }
    assert rows["named"]["text"] == "thanks, [mentioned]!"
    assert len(rows) == 401
    require_verified(world, version)


def test_no_key_is_left_that_opens_what_was_removed(world: World) -> None:
    built = world.build()
    version = newest(world, taken_back(world, MEMBER))

    assert [path.stem for path in (world.workspace.keys_folder / "snapshots").iterdir()] == [version.name]
    assert (built.path / MANIFEST).is_file()
