"""The gate and the audit read the same tables with different code, and agree on every odd value."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from assent.operations.verify import verify_folder
from small_world import World, joined, make_world

INSTANTS = [
    "2024-05-01T09:00:00Z",
    "2024-05-01 09:00:00+02:00",
    "2024-05-01T09:00:00.123456789Z",
    "2024-05-01",
    "2024-05-01T09:00:00",
    "2024-10-27T02:30:00",
    "2024-03-31T02:30:00",
    "20240501T090000Z",
    "2024-W18-3",
    "2024-13-01T00:00:00Z",
    "yesterday",
    "",
    None,
]
ODD: list[dict[str, Any]] = [
    *({"id": f"i{n}", "created_at": instant} for n, instant in enumerate(INSTANTS)),
    {"id": "vis", "visibility": "PUBLIC"},
    {"id": "vis-none", "visibility": None},
    {"id": "no-author", "author": None},
    {"id": "empty-author", "author": ""},
    {"id": "flag", "excluded": True},
    {"id": "flag-text", "excluded": "true"},
    {"id": "flag-number", "excluded": 1},
    {"id": "tdm", "tdm_reservation": 1},
    {"id": "aipref", "aipref": "train-ai=n"},
    {"id": "aipref-broken", "aipref": "train-ai=="},
    {"id": "cawg", "cawg": '{"cawg.ai_generative_training": {"use": "notAllowed"}}'},
    {"id": "cawg-broken", "cawg": "{"},
    {"id": "context", "context": ["sensitive"]},
    {"id": "context-text", "context": "sensitive"},
    {"id": "named", "subjects": [{"role": "mentioned", "member": "off", "spans": [{"start": 0, "end": 4}]}]},
    {"id": "unplaced", "subjects": [{"role": "mentioned", "member": "off", "spans": None}]},
    {"id": "no-role", "subjects": [{"role": None, "member": "off", "spans": []}]},
    {"id": "half-span", "subjects": [{"role": "mentioned", "member": "a", "spans": [{"start": 0}]}]},
    {"id": "misfit", "subjects": [{"role": "mentioned", "member": None, "spans": [{"start": 3, "end": 999}]}]},
    {"id": "no-text", "text": None},
    {
        "id": "smile",
        "text": "\U0001f600 @off",
        "subjects": [{"role": "mentioned", "member": "off", "spans": [{"start": 2, "end": 6}]}],
    },
]
COLUMNS = (
    "id",
    "author",
    "created_at",
    "visibility",
    "excluded",
    "tdm_reservation",
    "aipref",
    "cawg",
    "context",
    "subjects",
    "text",
)
ROWS = [
    {"author": "a", "created_at": INSTANTS[0], "visibility": "public", "text": "@off and others"} | row for row in ODD
]


def write_jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))


def write_csv(path: Path) -> None:
    with path.open("w", newline="") as stream:
        rows = csv.DictWriter(stream, COLUMNS)
        rows.writeheader()
        rows.writerows({name: _cell(row.get(name)) for name in COLUMNS} for row in ROWS)


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def world_of(root: Path, name: str, zone: str | None) -> World:
    events = joined("a") + joined("off")
    events += [{"type": "account.closed", "member": "off", "effective_at": "2025-10-01T00:00:00Z"}]
    world = make_world(root, events, [])
    {"jsonl": write_jsonl, "csv": write_csv}[name](root / f"records.{name}")
    spelled = '{ column = "visibility", values = { public = "public", PUBLIC = "public" } }'
    columns = "".join(f'{each} = "{each}"\n' for each in COLUMNS if each != "visibility")
    (root / "mapping.toml").write_text(
        (f'zone = "{zone}"\n' if zone else "")
        + f'[[records]]\nfiles = ["records.{name}"]\ncategory = "comment"\n[records.columns]\n{columns}visibility = {spelled}\n'
    )
    return world


@pytest.mark.parametrize("zone", [None, "Europe/Amsterdam"])
@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_both_read_odd_values_alike(tmp_path: Path, name: str, zone: str | None) -> None:
    world = world_of(tmp_path / "w", name, zone)

    report = verify_folder(world.build().path, workspace=world.workspace)

    assert (report.differences, report.complete, report.agrees) == ([], True, len(ROWS))
