"""A model and a certificate verify as they were sealed, and with any byte changed they do not."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import EvidenceError, InputError
from assent.operations.verify_model import find_stored, verify_stored
from assent.operations.workspace import open_workspace
from model_world import model_world, shelf_in, small_base, standing, trained, unlearned
from small_world import World
from sweeping import taken_back

MEMBERS = ["ann", "bob", "cem", "dan"]
UNSIGNED: frozenset[str] = frozenset()
"""Files of a model that nobody signs, by the specification (docs/spec/model.md, The folder): there are none."""
PLACES = (0.0, 0.31, 0.77, 1.0)
"""Where a byte is changed: a file's first, its last, and two between, as a share of its length."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("world")
    base = small_base(place)
    made = model_world(place / "w", MEMBERS, shards=2)
    trained(made, made.build().id, base, route="both")
    taken_back(made, "bob")
    unlearned(made)
    return made


def model_of(world: World) -> Path:
    return shelf_in(world).of(standing(world))


def certificate_of(world: World) -> Path:
    (found,) = (world.workspace.models_folder / "certificates").glob("*.json")
    return found


def failed(path: Path, world: World) -> list[str]:
    report = verify_stored(path, workspace=world.workspace, clock=world.clock)
    return [each.name for each in report.checks if each.passed is False]


def flipped(path: Path, at: int = -2) -> None:
    data = bytearray(path.read_bytes())
    data[at if abs(at) <= len(data) else 0] ^= 1
    path.chmod(0o600)
    # A model's files are links into the store: a new file leaves the other one alone.
    path.unlink()
    path.write_bytes(bytes(data))


@pytest.fixture
def copied(world: World, tmp_path: Path) -> Path:
    """The model in a folder of its name, elsewhere."""
    return Path(shutil.copytree(model_of(world), tmp_path / model_of(world).name))


def test_a_model_verifies_as_it_was_sealed(world: World) -> None:
    report = verify_stored(model_of(world), workspace=world.workspace, clock=world.clock)
    assert [(each.name, each.passed) for each in report.checks] == [
        (name, True) for name in ("manifest", "signature", "files", "keys", "snapshot", "seal")
    ]


def test_a_certificate_verifies_as_it_was_issued(world: World) -> None:
    report = verify_stored(certificate_of(world), workspace=world.workspace, clock=world.clock)
    assert {each.name: each.passed for each in report.checks} == dict.fromkeys(
        ("certificate", "signature", "log", "models", "snapshot before", "snapshot after", "replay"), True
    ) | {"audits": None}


def test_a_byte_of_any_file_of_a_model_is_missed(world: World, copied: Path) -> None:
    found = [path for path in sorted(copied.rglob("*")) if path.is_file()]
    assert {path.relative_to(copied).parts[0] for path in found} == {
        "base", "card.md", "loss.svg", "manifest.json", "memory", "shards", "training-content.md",
    }  # fmt: skip
    unnoticed = []
    for number, path in enumerate(found):
        kept = path.read_bytes()
        flipped(path, place_in(kept, PLACES[number % len(PLACES)]))
        unnoticed += [] if failed(copied, world) else [str(path.relative_to(copied))]
        path.write_bytes(kept)
    assert frozenset(unnoticed) == UNSIGNED
    assert failed(copied, world) == []


@pytest.mark.parametrize("share", PLACES)
def test_a_byte_of_the_manifest_is_missed_wherever_it_is(world: World, copied: Path, share: float) -> None:
    manifest = copied / "manifest.json"
    flipped(manifest, place_in(manifest.read_bytes(), share))
    assert failed(copied, world) != []


@pytest.mark.parametrize("share", PLACES)
@pytest.mark.parametrize("of", ["certificate", "model before", "model after", "snapshot before", "snapshot after"])
def test_a_byte_of_whatever_a_certificate_rests_on_is_missed(
    world: World, tmp_path: Path, of: str, share: float
) -> None:
    copy = replace(
        world, root=tmp_path / "w", workspace=open_workspace(Path(shutil.copytree(world.root, tmp_path / "w")))
    )
    said = json.loads(certificate_payload(certificate_of(copy)))["predicate"]
    snapshots, models = copy.workspace.snapshots_folder, copy.workspace.models_folder
    path = {
        "certificate": certificate_of(copy),
        "model before": models / said["model"]["before"] / "manifest.json",
        "model after": models / said["model"]["after"] / "manifest.json",
        "snapshot before": snapshots / said["snapshot"]["before"]["id"] / "manifest.json",
        "snapshot after": snapshots / said["snapshot"]["after"]["id"] / "manifest.json",
    }[of]
    assert failed(certificate_of(copy), copy) == []
    flipped(path, place_in(path.read_bytes(), share))
    assert failed(certificate_of(copy), copy) != []


def place_in(data: bytes, share: float) -> int:
    return int((len(data) - 1) * share)


def test_a_file_too_few_and_a_file_too_many_are_missed(world: World, copied: Path) -> None:
    (copied / "card.md").unlink()
    without = failed(copied, world)
    shutil.copy(model_of(world) / "card.md", copied / "card.md")
    (copied / "more.txt").write_text("more")
    assert (without, failed(copied, world)) == (["files"], ["files"])


def test_a_certificate_of_another_platform_is_not_ours(world: World, tmp_path: Path) -> None:
    other = model_world(tmp_path / "other", ["eva"])
    assert failed(certificate_of(world), replace(world, workspace=other.workspace)) != []


def test_a_model_that_was_superseded_verifies_by_its_manifest(world: World) -> None:
    first = json.loads(certificate_payload(certificate_of(world)))["predicate"]["model"]["before"]
    report = verify_stored(shelf_in(world).of(first), workspace=world.workspace, clock=world.clock)
    assert ([each.name for each in report.checks if each.passed is None], report.ok) == (["files"], True)


def certificate_payload(path: Path) -> bytes:
    return b64decode(json.loads(path.read_bytes())["payload"])


def test_nobody_s_word_is_taken_for_a_signature(world: World) -> None:
    report = verify_stored(model_of(world), workspace=None, clock=world.clock)
    assert [each.name for each in report.checks if each.passed is None] == ["signature", "snapshot", "seal"]


def test_the_command_says_it_in_a_line_and_by_its_exit_code(world: World, copied: Path, monkeypatch) -> None:
    monkeypatch.chdir(world.root)
    sound = CliRunner().invoke(build_app(), ["verify", str(copied)])
    flipped(copied / "card.md")
    broken = CliRunner().invoke(build_app(), ["verify", str(copied)])
    assert (sound.exit_code, isinstance(broken.exception, EvidenceError), "files" in str(broken.exception)) == (
        0, True, True,
    ), sound.output  # fmt: skip


def test_what_is_nothing_is_called_so(world: World, tmp_path: Path) -> None:
    (tmp_path / "letter.json").write_text("dear")
    assert failed(tmp_path / "letter.json", world) == ["certificate", "signature"]
    with pytest.raises(InputError, match="no model"):
        find_stored(world.workspace, "train_generative-model-000000000000", clock=world.clock)
