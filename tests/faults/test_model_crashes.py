"""A training or a take-back that is killed is finished by the next, to the same bytes, and nothing half is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.errors import EvidenceError, RefusedError
from assent.operations.models import list_models, open_model
from assent.operations.takeback import take_back
from assent.vocabulary.identifiers import ModelId
from model_world import QUICK, model_in, model_world, shelf_in, small_base, standing, trained, unlearned, weights_of
from mortal import die
from small_world import PURPOSE, World

TRAIN = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.train import train_model
from assent.operations.workspace import open_workspace
from assent.training.config import TrainingConfig
from assent.training import checkpoints

def gap(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

kept, keep = [], checkpoints.CheckpointStore.keep
def keeping(*given, **named):
    found = keep(*given, **named)
    kept.append(found)
    gap(f"slice-{len(kept)}")
    return found
checkpoints.CheckpointStore.keep = keeping

now = datetime.fromisoformat(sys.argv[3])
config = TrainingConfig(rank=2, alpha=4, epochs=2, sequence_tokens=48, batch_tokens=96, learning_rate=0.01)
train_model(open_workspace(Path(sys.argv[1])), sys.argv[4], base=sys.argv[5], config=config, clock=lambda: now, gap=gap)
print("answered", flush=True)
"""

UNLEARN = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from assent.operations.unlearn import unlearn
from assent.operations.workspace import open_workspace

left = {"superseded-again": 2, "renamed-again": 2}.get(sys.argv[2], 1)
def gap(name):
    global left
    if name == sys.argv[2].removesuffix("-again"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[3])
unlearn(open_workspace(Path(sys.argv[1])), clock=lambda: now, gap=gap)
print("answered", flush=True)
"""

MEMBERS = [f"m{number}" for number in range(6)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, base: Path) -> dict[tuple[int, int], str | None]:
    """What a training that nobody kills comes to."""
    world = model_world(tmp_path_factory.mktemp("whole") / "w", MEMBERS)
    trained(world, world.build().id, base)
    return weights_of(model_in(world))


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory, base: Path) -> dict[tuple[int, int], str | None]:
    """What a take-back that nobody kills comes to."""
    world, _ = _with_something_to_take_back(tmp_path_factory.mktemp("without") / "w", base)
    unlearned(world)
    return weights_of(model_in(world))


@pytest.mark.parametrize("gap", ["slice-2", "trained", "signed", "renamed", "announced"])
def test_a_killed_training_goes_on_to_the_same_bytes(
    tmp_path: Path, base: Path, whole: dict[tuple[int, int], str | None], gap: str
) -> None:
    assert QUICK.rank == 2  # what the script repeats
    world = model_world(tmp_path / "w", MEMBERS)
    built = world.build()
    die(TRAIN, world.root, gap, world.now.isoformat(), built.id, base)

    again = trained(world, built.id, base)

    assert weights_of(model_in(world)) == whole
    assert again.kept > 0
    assert [each.state for each in list_models(world.workspace, clock=world.clock)] == ["sealed"]
    open_model(world.workspace, standing(world), clock=world.clock)


@pytest.mark.parametrize("gap", ["signed", "renamed", "superseded", "emptied", "superseded-again", "certified"])
def test_a_killed_take_back_is_finished_by_the_next_sweep(
    tmp_path: Path, base: Path, without: dict[tuple[int, int], str | None], gap: str
) -> None:
    world, before = _with_something_to_take_back(tmp_path / "w", base)
    die(UNLEARN, world.root, gap, world.pass_time(minutes=5).isoformat())
    _require_nobody_is_answered_by(world, before)

    unlearned(world)

    assert weights_of(model_in(world)) == without
    assert model_in(world).complete
    certificates = list((world.workspace.models_folder / "certificates").iterdir())
    assert [each.stem for each in certificates] == [f"takeback-{standing(world)}"]
    assert not shelf_in(world).has_bytes(before)
    assert unlearned(world).unlearned == ()


def test_a_model_is_not_asked_once_somebody_took_back(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)
    trained(world, world.build().id, base)
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], later=True, clock=world.clock)

    with pytest.raises(RefusedError, match="taken back since"):
        open_model(world.workspace, standing(world), clock=world.clock)


def test_a_model_with_another_byte_is_not_opened(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)
    done = trained(world, world.build().id, base)
    path = max((done.model.path / "shards").rglob("*.safetensors"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.unlink()
    path.write_bytes(bytes(data))

    with pytest.raises(EvidenceError, match="is not what the model's manifest says"):
        open_model(world.workspace, done.model.id, clock=world.clock)


def _with_something_to_take_back(root: Path, base: Path) -> tuple[World, ModelId]:
    world = model_world(root, MEMBERS)
    before = trained(world, world.build().id, base).model.id
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], clock=world.clock)
    return world, before


def _require_nobody_is_answered_by(world: World, model: str) -> None:
    with pytest.raises((RefusedError, EvidenceError)):
        open_model(world.workspace, model, clock=world.clock)
