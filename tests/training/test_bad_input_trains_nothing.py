"""What cannot be trained on, with or for leaves one clear line and no model."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from assent.errors import EvidenceError, InputError, RefusedError, UnavailableError
from assent.operations.takeback import take_back
from assent.operations.train import train_model
from assent.operations.workspace import open_workspace
from model_world import QUICK, model_in, model_world, shelf_in, small_base, trained
from small_world import PURPOSE, World, post

MEMBERS = [f"m{number}" for number in range(6)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    world = model_world(tmp_path_factory.mktemp("built") / "w", MEMBERS)
    return world, world.build().id


@pytest.fixture
def world(built: tuple[World, str], tmp_path: Path) -> World:
    """A copy with the snapshot in it, to be spoilt."""
    given, _ = built
    shutil.copytree(given.root, tmp_path / "w")
    return replace(given, root=tmp_path / "w", workspace=open_workspace(tmp_path / "w"))


@pytest.fixture
def snapshot(built: tuple[World, str]) -> str:
    return built[1]


def require_no_model(world: World) -> None:
    """Nothing stands, and nothing half-written is left."""
    shelf = shelf_in(world)
    assert shelf.models() == []
    assert list(shelf.folder.glob(".building-*")) == []


def test_there_is_no_such_snapshot(world: World, base: Path) -> None:
    with pytest.raises(InputError, match="no snapshot"):
        trained(world, "post_training-000000000000", base)

    require_no_model(world)


@pytest.mark.parametrize("part", ["signature", "data"])
def test_a_snapshot_with_another_byte(world: World, snapshot: str, base: Path, part: str) -> None:
    folder = world.workspace.snapshots_folder / snapshot
    if part == "signature":
        path = folder / "manifest.json"
        envelope = json.loads(path.read_bytes())
        envelope["signatures"][0]["sig"] = "A" * len(envelope["signatures"][0]["sig"])
        path.write_text(json.dumps(envelope))
    else:
        path = max((folder / "data").rglob("*.parquet"), key=lambda each: each.stat().st_size)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.unlink()
        path.write_bytes(bytes(data))

    with pytest.raises(EvidenceError):
        trained(world, snapshot, base)

    require_no_model(world)


def test_a_snapshot_of_a_ledger_that_has_forgotten(world: World, snapshot: str, base: Path, tmp_path: Path) -> None:
    # The same members said the same, in a ledger of its own that never saw this snapshot sealed.
    other = model_world(tmp_path / "other", MEMBERS)
    shutil.copytree(world.workspace.snapshots_folder, other.workspace.snapshots_folder, dirs_exist_ok=True)
    shutil.copytree(world.workspace.keys_folder, other.workspace.keys_folder, dirs_exist_ok=True)

    with pytest.raises(EvidenceError):
        trained(other, snapshot, base)

    require_no_model(other)


def test_a_snapshot_that_was_superseded(world: World, snapshot: str, base: Path) -> None:
    later = replace(world, now=world.now)
    later.pass_time(days=1)
    take_back(later.workspace, ["m1"], purposes=[PURPOSE], clock=later.clock)

    with pytest.raises(RefusedError, match="superseded"):
        trained(later, snapshot, base)

    require_no_model(later)


def test_a_base_that_does_not_say_what_it_read(world: World, snapshot: str, base: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    shutil.copytree(base, silent)
    (silent / "provenance.json").unlink()
    with pytest.raises(InputError, match="nothing says what the base"):
        trained(world, snapshot, silent)
    require_no_model(world)

    trained(world, snapshot, silent, declared="sentences that nobody in particular wrote")

    assert model_in(world).base.provenance["declaration"] == "sentences that nobody in particular wrote"


def test_a_loss_that_is_no_number(world: World, snapshot: str, base: Path) -> None:
    # Rates above 1 are refused before anything is read; infinite weights of the base are what is left.
    broken = world.root / "broken"
    shutil.copytree(base, broken)
    (broken / "provenance.json").unlink()
    _spoil(broken / "model.safetensors")

    with pytest.raises(InputError, match="the loss became `nan`"):
        trained(world, snapshot, broken, declared="nothing")

    require_no_model(world)


def _spoil(path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(path)
    weights["model.norm.weight"].fill_(float("nan"))
    path.unlink()
    save_file(weights, path, metadata={"format": "pt"})


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics card here")
def test_a_device_that_is_not_there(world: World, snapshot: str, base: Path) -> None:
    with pytest.raises(InputError, match="`cuda` was asked for"):
        trained(world, snapshot, base, device="cuda")

    require_no_model(world)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rank": 0}, "`rank` must be at least 1"),
        ({"learning_rate": 2.0}, "`learning_rate` must lie between 0 and 1"),
        ({"precision": "float8"}, "float8"),
        ({"sequence_tokens": 4_096}, "longer than the base's context"),
    ],
)
def test_a_configuration_that_means_nothing(
    world: World, snapshot: str, base: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        trained(world, snapshot, base, config=replace(QUICK, **changes))

    require_no_model(world)


def test_adapters_that_cannot_be_joined_so(world: World, snapshot: str, base: Path) -> None:
    with pytest.raises(InputError, match="cannot be joined by `vote`"):
        trained(world, snapshot, base, aggregation="vote")


def test_nothing_that_may_be_read(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS[:2])
    built = world.build()
    world.pass_time(days=1)
    take_back(world.workspace, MEMBERS[:2], purposes=[PURPOSE], later=True, clock=world.clock)

    with pytest.raises(InputError, match="nothing of"):
        trained(world, built.id, base)

    require_no_model(world)


def test_a_shard_with_no_text_serves_the_base(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", ["m0"], each=1, shards=4)

    trained(world, world.build().id, base)

    model = model_in(world)
    assert sorted(shard for shard in range(4) if model.last(shard) is not None) == [_shard_of(world)]
    assert model.complete


def _shard_of(world: World) -> int:
    return next(each.shard for each in model_in(world).slices if each.rows)


def test_a_text_of_one_character_is_learned(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", ["m0"], more=[post("short", "m0", "!")], each=1)

    trained(world, world.build().id, base)

    assert sum(each.rows for each in model_in(world).slices) == 2


def test_a_full_disk_keeps_what_was_finished(small_disk: Path, base: Path, tmp_path: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)
    config = world.root / "assent.toml"
    config.write_text(config.read_text().replace("[models]\n", f'[models]\nfolder = "{small_disk / "models"}"\n'))
    world = replace(world, workspace=open_workspace(world.root))
    built = world.build()
    left = os.statvfs(small_disk)
    # Room for the base and for some of the checkpoints.
    filler = small_disk / "filler"
    filler.write_bytes(bytes(left.f_bavail * left.f_frsize - 84_000))

    with pytest.raises(UnavailableError, match="no space left"):
        trained(world, built.id, base)
    require_no_model(world)
    filler.unlink()
    done = trained(world, built.id, base)

    assert model_in(world).complete
    assert done.kept > 0


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from assent.errors import AssentError
from assent.operations.train import train_model
from assent.operations.workspace import open_workspace
from assent.training.config import TrainingConfig

if __name__ == "__main__":
    root, now, snapshot, base = sys.argv[1:]
    slow = TrainingConfig(rank=2, alpha=4, epochs=4000, sequence_tokens=48, batch_tokens=96)
    try:
        train_model(open_workspace(Path(root)), snapshot, clock=lambda: datetime.fromisoformat(now), base=base,
                    config=slow, processes=2)
    except AssentError as error:
        print(type(error).__name__, error.message, flush=True)
"""


def test_a_killed_worker_ends_the_training_with_one_line(
    world: World, snapshot: str, base: Path, tmp_path: Path
) -> None:
    script = tmp_path / "train.py"
    script.write_text(KILLED)
    arguments = [str(world.root), world.now.isoformat(), snapshot, str(base)]
    process = subprocess.Popen([sys.executable, script, *arguments], stdout=subprocess.PIPE, text=True)

    os.kill(_a_worker_of(process.pid), signal.SIGKILL)
    told, _ = process.communicate(timeout=60)

    assert told == "UnavailableError a training process was killed\n"
    require_no_model(world)


def _a_worker_of(parent: int) -> int:
    """A process that the parent spawned to train, once there is one."""
    for _ in range(600):
        for task in Path(f"/proc/{parent}/task").iterdir():
            for child in (task / "children").read_text().split():
                if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
                    return int(child)
        time.sleep(0.1)
    raise AssertionError("no worker came up")


def test_a_training_beside_another_waits_for_nobody(world: World, snapshot: str, base: Path) -> None:
    from assent.training.sealing import holding

    with holding(shelf_in(world)), pytest.raises(UnavailableError, match="another training is at work"):
        train_model(world.workspace, snapshot, clock=world.clock, base=str(base), config=QUICK)
