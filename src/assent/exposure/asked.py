"""What a report is made of: what was read, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assent.exposure.inventory import Inventory
from assent.exposure.judging import Person
from assent.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is made of.

    Args:
        country: the region in words.
        recommended: the rules to compare with; None leaves the comparison out.
        readings: other readings of the same announcement, each with what it rests on.
        sources: where the pack's rules come from, in its own words.
    """

    inventory: Inventory
    person: Person
    country: str
    at: datetime
    pack: Pack
    recommended: Pack | None
    readings: tuple[tuple[Pack, str], ...]
    sources: tuple[str, ...]
    examples: bool = True
