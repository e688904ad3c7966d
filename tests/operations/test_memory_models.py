"""Models with a memory, as they are opened, asked and listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
import torch

from assent.errors import EvidenceError, InputError, RefusedError
from assent.operations.audit_parts import BASE, MERGE, Parts
from assent.operations.models import generate, list_models, open_model
from assent.operations.remembering import route_for
from assent.operations.takeback import take_back
from assent.operations.train import pseudonyms_of
from assent.operations.workspace import open_workspace
from assent.storage.keys import load_key
from assent.training.sealing import open_checked
from model_world import model_in, model_world, shelf_in, small_base, standing, tale, trained, unlearned
from small_world import PURPOSE, World

MEMBERS = [f"m{number}" for number in range(6)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_base(tmp_path_factory.mktemp("base"))


def world_of(root: Path, base: Path, route: str, **given: object) -> World:
    world = model_world(root, MEMBERS)
    trained(world, world.build().id, base, route=route, **given)
    return world


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory, base: Path) -> World:
    """A world with a model by the route of memory; nobody changes it."""
    return world_of(tmp_path_factory.mktemp("memory") / "w", base, "memory")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, base: Path) -> World:
    """A world with a model by both routes, its adapters asked one by one; nobody changes it."""
    return world_of(tmp_path_factory.mktemp("both") / "w", base, "both", aggregation="logits")


def copied(world: World, place: Path) -> World:
    """The same world, to be changed."""
    copytree(world.root, place)
    return replace(world, root=place, workspace=open_workspace(place))


def test_both_routes_answer_together(both: World) -> None:
    opened = open_model(both.workspace, standing(both), clock=both.clock)
    assert opened.memory is not None
    ids = torch.tensor([opened.tokenizer.encode(["The audit of our"])[0]])

    with torch.no_grad():
        said = opened.answering()(ids).exp()
        own = opened.averaged().logits(ids).softmax(dim=-1)
        remembered = opened.memory.probabilities(opened.base.model().hidden(ids)[0], own.shape[-1])[None]

    weight = opened.memory.config.weight
    assert torch.allclose(said, weight * remembered + (1 - weight) * own)


def test_adapters_that_are_asked_one_by_one_write(both: World) -> None:
    opened = open_model(both.workspace, standing(both), clock=both.clock)

    _, written = replace(opened, memory=None).write("The audit", 5)

    assert written == 5


def test_a_memory_writes_what_it_remembers(remembering: World) -> None:
    written = generate(
        remembering.workspace, standing(remembering), "The audit of our", clock=remembering.clock, tokens=30
    )

    # As every text of a member ends, and no public one.
    assert "was number" in written.text


def test_an_audit_asks_the_memory(remembering: World) -> None:
    parts = Parts(open_model(remembering.workspace, standing(remembering), clock=remembering.clock))

    (own,), (public,) = (parts.scorer(name)([tale(3)]) for name in (MERGE, BASE))

    assert own.logp.mean() > public.logp.mean() + 1
    assert parts.continuer(MERGE) is not None


def test_the_same_seed_writes_the_same(remembering: World) -> None:
    def written() -> str:
        return generate(
            remembering.workspace,
            standing(remembering),
            "We",
            clock=remembering.clock,
            temperature=1.0,
            seed=3,
            tokens=20,
        ).text

    assert written() == written()


def test_a_model_by_memory_says_so(remembering: World) -> None:
    (listed,) = list_models(remembering.workspace, clock=remembering.clock)
    card = (remembering.workspace.models_folder / listed.id / "card.md").read_text()

    assert (listed.route, listed.complete) == ("memory", True)
    assert listed.tokens == model_in(remembering).memory.entries  # type: ignore[union-attr]
    assert "none of which learned from a member" in card
    assert "each entry with its owner" in card


def test_trained_again_it_is_the_same_model(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)
    snapshot = world.build().id
    first = trained(world, snapshot, base, route="auto")

    again = trained(world, snapshot, base, route="memory")

    assert again.model.id == first.model.id
    assert (first.remembered, again.remembered) == (model_in(world).rows, 0)


def test_what_was_taken_back_is_left_out_before_any_sweep(tmp_path: Path, remembering: World) -> None:
    world = copied(remembering, tmp_path / "w")
    model, before = standing(world), model_in(world).memory
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], later=True, clock=world.clock)

    opened = open_model(world.workspace, model, clock=world.clock)

    assert opened.memory is not None
    assert before is not None
    owner = pseudonyms_of(world.workspace, model_in(world).partition).owner("m1")
    assert owner not in {each for part in opened.memory.parts for each in part.whose()}
    assert opened.memory.entries < before.entries


def test_with_adapters_nobody_is_answered_before_the_sweep(tmp_path: Path, both: World) -> None:
    world = copied(both, tmp_path / "w")
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], later=True, clock=world.clock)

    with pytest.raises(RefusedError, match="taken back since"):
        open_model(world.workspace, standing(world), clock=world.clock)


def test_nothing_is_left_of_the_memory_before(tmp_path: Path, remembering: World) -> None:
    world = copied(remembering, tmp_path / "w")
    model, before = standing(world), {each.key for each in model_in(world).parts}
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], clock=world.clock)

    unlearned(world)

    after = {each.key for each in model_in(world).parts}
    store = {each.stem for each in shelf_in(world).checkpoints.folder.iterdir()}
    assert store == after
    assert before - after
    assert not shelf_in(world).has_bytes(model)
    open_checked(shelf_in(world).of(standing(world)), load_key(world.workspace.keys_folder / "attest.pem").public_key())


@pytest.mark.parametrize("place", ["renamed", "emptied"])
def test_a_take_back_that_was_cut_off_is_finished_by_the_next_sweep(
    tmp_path: Path, remembering: World, place: str
) -> None:
    world = copied(remembering, tmp_path / "w")
    world.pass_time(days=1)
    take_back(world.workspace, ["m1"], purposes=[PURPOSE], clock=world.clock)

    def cut_off(name: str) -> None:
        if name == place:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unlearned(world, gap=cut_off)
    unlearned(world)

    parts = {each.key for each in model_in(world).parts}
    assert {each.stem for each in shelf_in(world).checkpoints.folder.iterdir()} == parts
    certificates = list((world.workspace.models_folder / "certificates").iterdir())
    assert [each.stem for each in certificates] == [f"takeback-{standing(world)}"]
    assert unlearned(world).unlearned == ()


def test_a_memory_with_another_byte_is_not_opened(tmp_path: Path, remembering: World) -> None:
    world = copied(remembering, tmp_path / "w")
    path = max((world.workspace.models_folder / standing(world) / "memory").rglob("*.safetensors"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.unlink()
    path.write_bytes(bytes(data))

    with pytest.raises(EvidenceError, match="is not what the model's manifest says"):
        open_model(world.workspace, standing(world), clock=world.clock)


def test_little_text_is_remembered_and_much_is_learned() -> None:
    assert [route_for(size) for size in (1_000, 4_000_000, 4_000_001)] == ["memory", "memory", "adapters"]


def test_a_route_that_nobody_knows_trains_nothing(tmp_path: Path, base: Path) -> None:
    world = model_world(tmp_path / "w", MEMBERS)

    with pytest.raises(InputError, match="no route `shortcut`"):
        trained(world, world.build().id, base, route="shortcut")
