"""The occupation that somebody wants, and the ones they are closest to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from assent.errors import InputError
from assent.features.taxonomy.linking import Linker
from assent.features.taxonomy.model import Occupation, OccupationId, SkillId, Taxonomy

_SMALL: Final = 3
"""Skills by which every occupation counts as larger; else one that needs a single common skill is always near."""
_NAMES: Final = 3
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Nearby:
    """An occupation and how much of it is there. Args: held: of its `needed` essential skills."""

    occupation: OccupationId
    held: int
    needed: int

    @property
    def share(self) -> float:
        """Of the essential skills, those that are there: 0 to 1."""
        return self.held / self.needed


def nearest_goals(taxonomy: Taxonomy, have: Collection[SkillId], limit: int = 10) -> tuple[Nearby, ...]:
    """The occupations closest to what somebody has, the closest first.

    Close is held / (needed + 3). An occupation whose essential skills are all there, and nothing else is, comes first.
    Occupations of which nothing is there are left out. Cost: O(skills + pairs of skill and occupation).
    """
    held = Counter(occupation for skill in set(have) for occupation in taxonomy.needing(skill))
    found = (Nearby(each, count, len(taxonomy.occupations[each].essential)) for each, count in held.items())
    return tuple(sorted(found, key=lambda each: _far(taxonomy, each))[: max(0, limit)])


def goal_named(linker: Linker, title: str) -> OccupationId:
    """The occupation that a title names.

    Raises:
        InputError: none is called so; the hint names the nearest.
    """
    found = linker.occupations_named(title[:_LONGEST_TITLE], _NAMES)
    if found and found[0].score == 1:
        return found[0].occupation
    occupations = linker.taxonomy.occupations
    raise _unknown(linker.taxonomy, title, [occupations[each.occupation].label for each in found])


def known_occupation(taxonomy: Taxonomy, goal: OccupationId) -> Occupation:
    """The occupation of this id.

    Raises:
        InputError: there is none; where a name was given, the hint holds the nearest ones.
    """
    found = taxonomy.occupations.get(goal)
    if found is None:
        names = {each.label.casefold(): each.label for each in taxonomy.occupations.values()}
        near = get_close_matches(goal[:_LONGEST_TITLE].casefold(), names, _NAMES, 0.5)
        raise _unknown(taxonomy, goal, [names[each] for each in near])
    return found


def _unknown(taxonomy: Taxonomy, said: str, near: list[str]) -> InputError:
    if not taxonomy.occupations:
        return InputError("there is no taxonomy", hint="import ESCO first")
    shown = " ".join(said[:_LONGEST_TITLE].split())
    if not near:
        return InputError(f"no occupation is called `{shown}`", hint="try another name for the same work")
    return InputError(
        f"no occupation is called `{shown}`", hint=f"did you mean {', '.join(f'`{each}`' for each in near)}"
    )


def _far(taxonomy: Taxonomy, near: Nearby) -> tuple[float, str, str]:
    return -near.held / (near.needed + _SMALL), taxonomy.occupations[near.occupation].label, near.occupation
