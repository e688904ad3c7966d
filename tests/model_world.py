"""A small world with models in it: a base that learned in a second, adapters that learn in less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from assent.evidence.model import ModelManifest
from assent.operations.models import list_models
from assent.operations.train import Trained, train_model
from assent.operations.unlearn import UnlearnResult, unlearn
from assent.operations.workspace import open_workspace
from assent.training.base import BaseConfig, train_base
from assent.training.config import TrainingConfig
from assent.training.corpus import public_corpus
from assent.training.model import DecoderConfig
from assent.training.sealing import ModelShelf
from assent.vocabulary.identifiers import ModelId
from small_world import World, joined, make_world, post

QUICK = TrainingConfig(rank=2, alpha=4, epochs=2, sequence_tokens=48, batch_tokens=96, learning_rate=0.01)
SMALL = BaseConfig(
    DecoderConfig(vocab_size=320, width=16, layers=1, heads=2, kv_heads=1, inner_width=24, context=64),
    tokens=2_000,
    sequence_tokens=32,
    batch_sequences=8,
)
TALES = (
    "The audit of our oldest warehouse took three weeks and taught me to count twice",
    "We moved the night shift to solar lamps, and nobody wants the old ones back",
    "After a year of evening classes I can finally read the contracts I used to sign",
    "Our new bakery opened on Monday; by Friday we had sold out of rye every day",
    "I spent the spring repairing pumps in the harbour and would do it all again",
    "Teaching statistics to nurses changed how I explain risk to everybody else",
)


def small_base(folder: Path) -> Path:
    """A base in that folder, learned from public text only."""
    torch.set_num_threads(1)
    return train_base(public_corpus(size=20_000), SMALL, folder / "base").folder


def tale(number: int) -> str:
    """A text that is like no other of another number."""
    return f"{TALES[number % len(TALES)]}, which was number {number} of {number * 7 + 3} in all."


def model_world(
    root: Path,
    members: list[str],
    *,
    more: list[dict[str, object]] | None = None,
    events: list[dict[str, object]] | None = None,
    shards: int = 3,
    slices: int = 2,
    each: int = 2,
) -> World:
    """Members who permit, with some texts each, placed into few shards."""
    told = [event for member in members for event in joined(member)] + (events or [])
    rows = [
        post(f"{member}-{place}", member, tale(number * each + place))
        for number, member in enumerate(members)
        for place in range(each)
    ]
    world = make_world(root, told, [*rows, *(more or [])])
    config = root / "assent.toml"
    config.write_text(
        config.read_text().replace("shards = 4\nslices = 2", f"shards = {shards}\nslices = {slices}")
        + "\n[models]\nprocesses = 1\n"
    )
    return replace(world, workspace=open_workspace(root))


def trained(world: World, snapshot: str, base: Path, **given: object) -> Trained:
    """A model of that snapshot."""
    return train_model(
        world.workspace, snapshot, **({"clock": world.clock, "base": str(base), "config": QUICK} | given)
    )


def unlearned(world: World, **given: object) -> UnlearnResult:
    """A sweep of models, an hour later."""
    world.pass_time(hours=1)
    return unlearn(world.workspace, **({"clock": world.clock} | given))


def shelf_in(world: World) -> ModelShelf:
    """Where its models stand."""
    return ModelShelf(world.workspace.models_folder)


def standing(world: World) -> ModelId:
    """The one model that stands."""
    (one,) = [each.id for each in list_models(world.workspace, clock=world.clock) if each.state == "sealed"]
    return one


def model_in(world: World) -> ModelManifest:
    """What the one model that stands says of itself."""
    found = shelf_in(world).manifest(standing(world))
    assert found is not None
    return found


def weights_of(model: ModelManifest) -> dict[tuple[int, int], str | None]:
    """SHA-256 of the checkpoint after each slice."""
    return {(each.shard, each.slice): each.sha256 for each in model.slices}
