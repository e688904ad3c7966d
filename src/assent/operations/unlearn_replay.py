"""The shards that learned again do so once more from nothing, and the parts of a memory that changed are written anew.

    same bytes in 8 checkpoints of 2 shards; same bytes in 3 parts of the memory
    differs in shards 3
    not run: shards 3 go on from what another environment computed

The words are those of `Certificate.replay`. Bytes follow from rows, base and settings within one environment only, so
a shard that goes on from a checkpoint of another one (another device, another release of torch) is not compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from assent.evidence.model import ModelManifest
from assent.operations.train import Made, Training
from assent.training.chains import Watch
from assent.training.checkpoints import CheckpointStore
from assent.training.device import environment, prepare
from assent.training.sealing import BUILDING


def replay(training: Training, made: Made, shards: Collection[int], before: ModelManifest, watch: Watch) -> str:
    """Whether these shards, and the parts of the memory that changed, come from nothing to the same bytes."""
    said = [*_trained_again(training, made, shards, watch), *_remembered_again(training, made, before)]
    ran = sorted(said, key=lambda each: each.startswith("not run"))
    return "; ".join(ran) or "not run: no checkpoint changed"


def _trained_again(training: Training, made: Made, shards: Collection[int], watch: Watch) -> Iterator[str]:
    prepare(made.setting.device)
    here = environment(made.setting.device)
    links = [link for link in made.links if link.shard in shards and link.learns]
    foreign = {link.shard for link in links if made.known[link.key].environment != here}
    if foreign:
        yield f"not run: shards {_listed(foreign)} go on from what another environment computed"
    links = [link for link in links if link.shard not in foreign]
    if not links:
        return
    with TemporaryDirectory(prefix=f"{BUILDING}replay-", dir=training.shelf.folder) as folder:
        again = training.train(made, links, CheckpointStore(Path(folder)), watch)
    differing = {link.shard for link in links if again[link.key] != made.known[link.key]}
    if differing:
        yield f"differs in shards {_listed(differing)}"
        return
    yield f"same bytes in {len(again)} checkpoints of {len(shards) - len(foreign)} shards"


def _remembered_again(training: Training, made: Made, before: ModelManifest) -> Iterator[str]:
    had = {each.key for each in before.parts}
    fresh = [] if made.memory is None else [each for each in made.memory.parts if each.kept.key not in had]
    if not fresh:
        return
    with TemporaryDirectory(prefix=f"{BUILDING}replay-", dir=training.shelf.folder) as folder:
        places = {(each.shard, each.slice) for each in fresh}
        again = training.remember(made.reader, made.setting, store=CheckpointStore(Path(folder)), only=places)
    found = {} if again is None else {each.kept.key: each.kept.sha256 for each in again.parts}
    differing = [each for each in fresh if found.get(each.kept.key) != each.kept.sha256]
    if differing:
        yield f"differs in {len(differing)} parts of the memory"
        return
    yield f"same bytes in {len(fresh)} parts of the memory"


def _listed(shards: Collection[int]) -> str:
    return ", ".join(map(str, sorted(shards)))
