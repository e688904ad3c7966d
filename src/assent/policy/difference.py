"""What becomes allowed, and what is no longer, when one pack takes the place of another.

For each purpose both packs are put to every combination of every block (`policy.dimensions`). A record that was
allowed and is not any more falls into one of the conditions found here, and whatever was allowed and falls into
one is denied: `tests/policy` holds that against the specification. Conditions are as wide as they can be, so that
a person reads a few lines where there are thousands of cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assent.policy.dimensions import Block, Combo, Level, Pair
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.reasons import Reason, from_mask


class Turn(StrEnum):
    """What happens to records under a condition."""

    ALLOWED = "newly allowed"
    DENIED = "newly denied"
    UNMASKED = "no longer masked"
    MASKED = "newly masked"
    REASONS = "denied for other reasons"


ENLARGING = frozenset({Turn.ALLOWED, Turn.UNMASKED})
"""What makes more of people's data used than before."""


@dataclass(frozen=True, slots=True)
class Change:
    """Records that fall into all the conditions turn, if the pack that allows them allows everything else about them.

    Args:
        conditions: the levels of an attribute; one that is not named may have any.
        before: the reasons under the first pack that are gone or replaced; empty where it allows.
        after: the same under the second.
    """

    turn: Turn
    conditions: Mapping[str, frozenset[Level]]
    before: tuple[Reason, ...]
    after: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PurposeDifference:
    """One purpose under both packs; one of the two is None where a pack does not offer it."""

    name: PurposeName
    before: Purpose | None
    after: Purpose | None
    changes: tuple[Change, ...]

    @property
    def enlarges(self) -> bool:
        """Whether anything is used that was not before."""
        return self.before is None or any(each.turn in ENLARGING for each in self.changes)


def differing_purposes(
    one: Pack, two: Pack, *, purpose: PurposeName | None = None, at: datetime | None = None
) -> tuple[PurposeDifference, ...]:
    """Every purpose that decides something otherwise, those that use more than before first.

    Args:
        at: as it is at that moment; None at every one.

    Cost: some ten thousand calls of the specification for a purpose of a shipped pack, under a second.
    """
    names = [*one.purposes, *(name for name in two.purposes if name not in one.purposes)]
    found = []
    for name in names if purpose is None else [purpose]:
        before, after = one.purposes.get(name), two.purposes.get(name)
        if before is not None and after is not None:
            changes = tuple(changes_of(Pair((one, two), (before, after)), at=at))
            if changes:
                found.append(PurposeDifference(name, before, after, changes))
        elif before is not None or after is not None:
            found.append(PurposeDifference(name, before, after, ()))
    return tuple(sorted(found, key=lambda each: not each.enlarges))


def changes_of(pair: Pair, *, at: datetime | None = None) -> Iterator[Change]:
    """What one pack decides otherwise than the other, the widening changes first."""
    blocks = pair.blocks(at)
    regions = tuple(_permitted_regions(blocks, side) for side in (0, 1))
    silent = tuple(_never_permits(blocks, side) for side in (0, 1))
    found: list[Change] = []
    for block in blocks:
        groups: dict[tuple[Turn, int, int], list[Combo]] = {}
        for combo, (one, two) in block.answers.items():
            turn = _turn(one, two, block.masked.get(combo, (False, False)))
            if turn is None:
                continue
            side = 1 if turn in {Turn.ALLOWED, Turn.MASKED, Turn.UNMASKED} else 0
            reachable = "region" not in block.attributes or combo[0] in regions[side]
            # A condition that the pack which allows never comes to is no change.
            if turn is Turn.REASONS or (reachable and not silent[side]):
                groups.setdefault((turn, one, two), []).append(combo)
        for (turn, one, two), combos in groups.items():
            idle = set() if turn is Turn.REASONS else _unreachable(block, regions[0 if turn is Turn.DENIED else 1])
            told = from_mask(one), from_mask(two)
            found += [Change(turn, conditions, *told) for conditions in widest(block, combos, idle)]
    order = list(Turn)
    yield from sorted(found, key=lambda each: order.index(each.turn))


def widest(block: Block, combos: list[Combo], idle: set[Combo]) -> Iterator[Mapping[str, frozenset[Level]]]:
    """Conditions that together cover these combinations and no others, each as wide as it can be.

    Args:
        idle: combinations that may be covered or not, because they make no difference.
    """
    wide = [_widened(block, set(combos), idle, box) for box in _boxes(combos)]
    covers = [{combo for combo in combos if _within(combo, box)} for box in wide]
    for place in range(len(wide)):
        rest: set[Combo] = set().union(*(covers[other] for other in range(len(wide)) if other != place))
        if covers[place] <= rest:
            covers[place] = set()
        else:
            conditions = zip(block.attributes, wide[place], strict=True)
            yield {name: levels for name, levels in conditions if levels is not None}


Box = tuple[frozenset[Level] | None, ...]
"""Levels for each attribute; None is any."""


def _unreachable(block: Block, permitted: set[Level]) -> set[Combo]:
    """Combinations with a region in which the pack that allows never lets the purpose take place."""
    return {combo for combo in block.answers if "region" in block.attributes and combo[0] not in permitted}


def _boxes(combos: Sequence[Combo]) -> Iterator[Box]:
    """The combinations as products of levels: levels of the first attribute that share all the rest go together."""
    if combos == [()]:
        yield ()
        return
    rests: dict[Level, list[Combo]] = {}
    for first, *rest in combos:
        rests.setdefault(first, []).append(tuple(rest))
    together: dict[frozenset[Combo], list[Level]] = {}
    for level, tails in rests.items():
        together.setdefault(frozenset(tails), []).append(level)
    for levels in together.values():
        for box in _boxes(rests[levels[0]]):
            yield (frozenset(levels), *box)


def _widened(block: Block, combos: set[Combo], idle: set[Combo], box: Box) -> Box:
    """The box without every condition that makes no difference, and with every level that does not."""
    for place in range(len(box)):
        wider = (*box[:place], None, *box[place + 1 :])
        if all(combo in combos or combo in idle for combo in block.answers if _within(combo, wider)):
            box = wider
    for place, levels in enumerate(box):
        for level in dict.fromkeys(combo[place] for combo in block.answers) if levels is not None else ():
            added = (*box[:place], frozenset({level}), *box[place + 1 :])
            covered = [combo for combo in block.answers if _within(combo, added)]
            if covered and all(combo in combos for combo in covered):
                box = (*box[:place], (box[place] or frozenset()) | {level}, *box[place + 1 :])
    return box


def _within(combo: Combo, box: Box) -> bool:
    return all(levels is None or level in levels for level, levels in zip(combo, box, strict=True))


def _turn(one: int, two: int, masked: tuple[bool, bool]) -> Turn | None:
    if one and two:
        return Turn.REASONS if one != two else None
    if one or two:
        return Turn.ALLOWED if one else Turn.DENIED
    if masked[0] == masked[1]:
        return None
    return Turn.MASKED if masked[1] else Turn.UNMASKED


def _permitted_regions(blocks: Iterable[Block], side: int) -> set[Level]:
    """Regions in which that pack lets the purpose take place at some moment."""
    place = next(iter(blocks))
    return {combo[0] for combo, answers in place.answers.items() if not answers[side]}


def _never_permits(blocks: Iterable[Block], side: int) -> bool:
    """Whether a block of that pack speaks against everything, so that nothing is ever allowed."""
    return any(all(answers[side] for answers in block.answers.values()) for block in blocks)
