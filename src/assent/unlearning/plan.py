"""Which checkpoints of a model are clean under new rows, and which slices learn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.evidence.certificate import Retrained
from assent.evidence.model import ModelManifest
from assent.training.chains import Link


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a model's checkpoints.

    Args:
        clean: the keys of those that stay; a chain serves up to its last clean one until the rest learns again.
        again: the slices whose checkpoints are functions of rows that are no longer there, or follow such a one.
    """

    clean: frozenset[str]
    again: tuple[Link, ...]


def plan_retraining(before: ModelManifest, links: Sequence[Link]) -> Plan:
    """What a model trained before keeps, where these are the chains of the rows there are now."""
    had = {each.key for each in before.slices if each.path is not None}
    learning = [link for link in links if link.learns]
    clean = frozenset(link.key for link in learning if link.key in had)
    return Plan(clean, tuple(link for link in learning if link.key not in clean))


def compare_models(before: ModelManifest, after: ModelManifest) -> tuple[Retrained, ...]:
    """For each shard that differs, from which slice on, and the checkpoint it began from."""
    found = []
    for shard in range(max(before.shards, after.shards)):
        old = {each.slice: each for each in before.slices if each.shard == shard}
        new = {each.slice: each for each in after.slices if each.shard == shard}
        differing = [place for place in sorted({*old, *new}) if _path(old.get(place)) != _path(new.get(place))]
        if not differing:
            continue
        first = differing[0]
        clean = new[first - 1].sha256 if first and first - 1 in new else None
        last_old, last_new = before.last(shard), after.last(shard)
        found.append(
            Retrained(
                shard,
                first,
                clean,
                None if last_old is None else last_old.sha256,
                None if last_new is None else last_new.sha256,
            )
        )
    return tuple(found)


def _path(each: object) -> str | None:
    return getattr(each, "path", None)
