"""A sweep of models learns again on what each model learned on, and leaves no base that nothing is built on."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from assent.errors import InputError
from assent.evidence.attestation import read_unverified
from assent.evidence.certificate import Certificate, parse_certificate
from assent.operations.takeback import take_back
from assent.operations.unlearn_certificate import certificates_folder
from assent.operations.verify_model import verify_stored
from assent.training import chains
from assent.training.device import device_like, environment
from model_world import model_in, model_world, shelf_in, small_base, standing, trained, unlearned
from small_world import PURPOSE, World

MEMBERS = [f"m{number}" for number in range(6)]
ELSEWHERE = "Imaginary H9"
STRAY = "ab" * 32


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def learned_elsewhere(tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A model whose manifest says that another device computed it; somebody took back since."""
    with monkeypatch.context() as patched:
        patched.setattr(chains, "environment", lambda device: environment(device) | {"device": ELSEWHERE})
        world = model_world(tmp_path / "w", MEMBERS)
        trained(world, world.build().id, base)
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], clock=world.clock)
    return world


def certificate_in(world: World) -> Certificate:
    (path,) = certificates_folder(world.workspace).glob("*.json")
    return parse_certificate(read_unverified(path.read_bytes()))


def test_where_its_device_is_missing_clean_prefixes_serve_and_the_rest_waits(learned_elsewhere: World) -> None:
    before = standing(learned_elsewhere)
    result = unlearned(learned_elsewhere)

    now = standing(learned_elsewhere)
    assert [(name, ELSEWHERE in error.message) for name, error in result.problems.items()] == [(now, True)]
    assert [(each.swapped, each.replaced_by, each.certificate) for each in result.unlearned] == [(now, None, None)]
    assert (model_in(learned_elsewhere).complete, shelf_in(learned_elsewhere).has_bytes(before)) == (False, False)


def test_on_another_device_it_learns_when_asked_to_and_the_certificate_names_both(learned_elsewhere: World) -> None:
    unlearned(learned_elsewhere)

    result = unlearned(learned_elsewhere, device="cpu")

    assert (dict(result.problems), model_in(learned_elsewhere).complete) == ({}, True)
    assert certificate_in(learned_elsewhere).environment["device"] == f"{ELSEWHERE}; cpu"


def test_a_shard_that_goes_on_from_another_device_is_not_replayed(learned_elsewhere: World) -> None:
    """No bytes differ for which nobody is to blame, and nobody is told that they are the same."""
    (unlearned_model,) = unlearned(learned_elsewhere, device="cpu").unlearned
    found = certificate_in(learned_elsewhere)
    again = {each.shard: each.clean for each in found.retrained}
    kept = [shard for shard, clean in again.items() if clean is not None]

    path = certificates_folder(learned_elsewhere.workspace) / f"{unlearned_model.certificate}.json"
    report = verify_stored(path, workspace=learned_elsewhere.workspace, clock=learned_elsewhere.clock)

    assert report.ok
    assert ("not run: shards" in found.replay) is bool(kept)
    assert not found.replay_differs


def test_a_device_that_is_named_and_not_there_changes_nothing(learned_elsewhere: World) -> None:
    before = standing(learned_elsewhere)

    with pytest.raises(InputError, match="`cuda` was asked for"):
        unlearned(learned_elsewhere, device="cuda")

    assert (standing(learned_elsewhere), shelf_in(learned_elsewhere).has_bytes(before)) == (before, True)


def test_the_processor_is_there_for_whatever_it_computed() -> None:
    assert device_like({"cpu"}) == device_like(()) == "cpu"


def test_a_sweep_leaves_no_base_that_nothing_is_built_on(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)
    trained(world, world.build().id, base)
    bases, own = shelf_in(world).bases, model_in(world).base.digest
    for name in (STRAY, "tiny"):
        copytree(base, bases / name)

    result = unlearned(world)

    assert (result.bases, sorted(each.name for each in bases.iterdir())) == ((STRAY,), sorted([own, "tiny"]))


def test_where_a_manifest_is_damaged_every_base_stays(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)
    (trained(world, world.build().id, base).model.path / "manifest.json").write_bytes(b"{}")
    before = sorted(each.name for each in shelf_in(world).bases.iterdir())

    result = unlearned(world)

    assert (len(result.problems), result.bases, sorted(each.name for each in shelf_in(world).bases.iterdir())) == (
        1, (), before,
    )  # fmt: skip
