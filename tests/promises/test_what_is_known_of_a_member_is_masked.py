"""What a platform knows of its people is in nothing that is trained on: as they write it, folded, or by initials."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from small_world import World, joined, make_world, mention, post
from sweeping import Row, manifest_of, newest, require_verified, rows_in, taken_back

COLUMNS = pa.schema([pa.field(name, pa.string()) for name in ("member", "name", "handle", "email", "phone")])
PEOPLE = [
    {
        "member": "ann",
        "name": "Ánna Zwetajewa-Öz",
        "handle": "azwet87",
        "email": "anna.z@corp.example",
        "phone": "+31 20 794 1234",
    },
    {"member": "tom", "name": "Tom Okonkwo"},
]
OBJECTED = [{"name": "Perpetua Quill"}]
"""Nobody of the platform's."""
TEXTS = {
    "exact": "Ánna Zwetajewa-Öz wrote this",
    "folded": "anna zwetajewa-oz wrote this",
    "turned": "ZWETAJEWA-ÖZ, Anna wrote this",
    "initials": "A. Zwetajewa-Öz wrote this",
    "handle": "follow @azwet87 for more",
    "address": "write to Anna.Z@corp.example soon",
    "number": "ring 020 794 1234 any time",
    "spread": "ring +31 (0)20-794 12 34 any time",
}


def world_of(root: Path, records: list[Row]) -> World:
    world = make_world(root, [*joined("ann"), *joined("tom"), *joined("eve")], records)
    pq.write_table(pa.Table.from_pylist(PEOPLE, schema=COLUMNS), root / "people.parquet")
    pq.write_table(pa.Table.from_pylist(OBJECTED), root / "objected.parquet")
    with (root / "mapping.toml").open("a") as mapping:
        mapping.write('\n[[identifiers]]\nfiles = ["objected.parquet"]\nname = "name"\n')
        mapping.write('\n[[identifiers]]\nfiles = ["people.parquet"]\n')
        mapping.write("".join(f'{name} = "{name}"\n' for name in COLUMNS.names))
    return world


def test_nothing_that_is_known_of_an_author_is_in_any_byte(tmp_path: Path) -> None:
    world = world_of(tmp_path / "w", [post(name, "ann", text) for name, text in TEXTS.items()])

    built = world.build()

    told = " ".join(str(row["text"]) for row in rows_in(world, built.path).values()).casefold()
    assert [each for each in ("zwetajewa", "azwet87", "anna", "ánna", "corp.example", "794") if each in told] == []
    require_verified(world, built.path)


def test_a_subject_who_permits_is_masked_too_and_whoever_objected_everywhere(tmp_path: Path) -> None:
    records = [
        post("of-tom", "eve", "Tom Okonkwo and P. Quill did it", subjects=[mention("tom", 0, 11)], category="comment"),
        post("elsewhere", "eve", "perpetua quill again", category="comment"),
        post("same-word", "eve", "a quill is a pen", category="comment"),
    ]
    world = world_of(tmp_path / "w", records)

    rows = rows_in(world, world.build().path)

    told = {name: str(row["text"]) for name, row in rows.items()}
    assert "Okonkwo" not in told["of-tom"] and "uill" not in told["of-tom"]
    assert "quill" not in told["elsewhere"]
    assert told["same-word"] == "a quill is a pen"


def test_it_stays_so_in_a_version_that_others_have_left(tmp_path: Path) -> None:
    comment = post("c", "ann", "Tom asked Anna, and Zwetajewa-Öz said yes", category="comment")
    world = world_of(tmp_path / "w", [comment | {"subjects": [mention("tom", 0, 3)]}, post("e", "eve")])
    world.build()

    version = newest(world, taken_back(world, "tom"))

    text = str(rows_in(world, version)["c"]["text"])
    assert text.startswith("[mentioned] asked ")
    assert "Anna" not in text and "Zwetajewa" not in text
    curation = manifest_of(version).curation
    assert curation is not None
    assert curation.masked["person"] >= 2
