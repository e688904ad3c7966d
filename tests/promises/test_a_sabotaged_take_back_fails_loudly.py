"""A take-back that left the member in fails whoever audits the model: the command ends with an error, not a figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.cli import main
from assent.errors import EvidenceError, RefusedError
from assent.operations.audit_asking import Sampling
from assent.operations.audit_run import AuditedModel, run_model_audit
from assent.operations.takeback import take_back
from assent.operations.train import Made, Training, open_training
from assent.snapshot.reader import SnapshotReader
from assent.training.base import open_base
from assent.training.chains import Link, Setting
from assent.training.checkpoints import CheckpointStore
from assent.training.config import TrainingConfig
from assent.vocabulary.identifiers import ModelId
from model_world import model_in, model_world, shelf_in, small_base, standing, trained, unlearned
from small_world import PURPOSE, World

MEMBERS = [f"m{number}" for number in range(6)]
FEW = Sampling(people=4, texts=1, outside=4, probes=2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


def taught(root: Path, base: Path) -> World:
    """A model that learned from six members, of whom one takes back."""
    world = model_world(root, MEMBERS, shards=2, slices=1)
    trained(world, world.build().id, base)
    world.pass_time(days=1)
    return world


def audited(world: World) -> AuditedModel:
    return run_model_audit(world.workspace, standing(world), clock=world.clock, sampling=FEW)


def the_snapshot(world: World) -> Path:
    """The one that stands."""
    folders = [each for each in world.workspace.snapshots_folder.iterdir() if (each / "pack.json").is_file()]
    (found,) = folders
    return found


def setting_of(world: World) -> Setting:
    before = model_in(world)
    base = open_base(shelf_in(world).bases / before.base.digest)
    return Setting(base, TrainingConfig.of(before.config))


def old_checkpoints_under_new_keys(training: Training, reader: SnapshotReader, world: World) -> list[Link]:
    """What would be trained again lies in the store already: the weights that learned from the member."""
    before, store = model_in(world), training.shelf.checkpoints
    _, links = training.link(reader, setting_of(world))
    had = {(each.shard, each.slice): each for each in before.slices}
    for link in links:
        old = store.find(had[link.shard, link.slice].key)
        if old is not None and store.find(link.key) is None:
            given = {"environment": old.environment, "loss": old.loss, "curve": old.curve}
            store.keep(link.key, store.read(old), tokens=old.tokens, **given)
    return links


def test_an_honest_take_back_passes(tmp_path: Path, base: Path) -> None:
    world = taught(tmp_path / "a", base)
    take_back(world.workspace, ["m2"], purposes=[PURPOSE], clock=world.clock)
    unlearned(world)

    done = audited(world)
    done.require()

    assert {each.name: each.passed for each in done.audit.checks} == {
        "signature": True,
        "trained on exactly what may be read": True,
        "checkpoints follow from base, settings and data": True,
        "certificate of the take-back": True,
    }


def test_a_model_that_no_sweep_reached_is_not_audited_as_if_it_stood(tmp_path: Path, base: Path) -> None:
    world = taught(tmp_path / "a", base)
    take_back(world.workspace, ["m2"], purposes=[PURPOSE], later=True, clock=world.clock)

    with pytest.raises(RefusedError, match="taken back since"):
        audited(world)


def test_a_model_sealed_over_the_members_rows_is_found_by_its_data(tmp_path: Path, base: Path) -> None:
    world = taught(tmp_path / "a", base)
    before, model = model_in(world), standing(world)
    take_back(world.workspace, ["m2"], purposes=[PURPOSE], clock=world.clock)
    with open_training(world.workspace, clock=world.clock) as training, training.reading(the_snapshot(world)) as reader:
        old = [
            Link(each.shard, each.slice, each.key, None, each.data, each.rows, each.members, each.tokens)
            for each in before.slices
        ]
        known = {link.key: found for link in old if (found := training.shelf.checkpoints.find(link.key))}
        forged = training.seal(
            Made(reader, setting_of(world), old, known, 0, len(known), 0, 0.0), aggregation="mean", parent=model
        )

    done = run_model_audit(world.workspace, forged.id, clock=world.clock, sampling=FEW)

    assert not done.run.ok
    with pytest.raises(EvidenceError, match="other rows were learned"):
        done.require()


def test_weights_that_kept_the_member_under_a_clean_name_are_found_by_the_replay(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = taught(tmp_path / "a", base)
    take_back(world.workspace, ["m2"], purposes=[PURPOSE], clock=world.clock)
    with open_training(world.workspace, clock=world.clock) as training, training.reading(the_snapshot(world)) as reader:
        old_checkpoints_under_new_keys(training, reader, world)
    monkeypatch.setattr(CheckpointStore, "forget", lambda _store, _keep: [])  # else the forgery is swept away
    unlearned(world)
    model: ModelId = standing(world)

    monkeypatch.chdir(world.root)
    monkeypatch.setattr("sys.argv", ["assent", "audit", model, "--people", "4"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == EvidenceError.exit_code
    assert "these are not the weights it gives" in " ".join(capsys.readouterr().err.split())
