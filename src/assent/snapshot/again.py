"""Rows of a snapshot decided again at its own (T, N), with those who withdrew since as people who do not permit.

Everybody whom the rules ask in a permitted row did permit, so one thing has changed: they have taken back. What
that does to a row is what `policy.evaluate` says of such a state; `tests/snapshot` holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assent.gate.lookup import SourceText
from assent.policy.pack import Others, Purpose
from assent.snapshot.masking import without_people
from assent.snapshot.touched import Row
from assent.snapshot.withdrawn import Withdrawn
from assent.vocabulary.reasons import Reason

Sources = Mapping[str, SourceText]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row that stays, with more people masked than before."""

    row: Row
    subjects: list[dict[str, Any]]
    text: str | None


@dataclass(frozen=True, slots=True)
class Again:
    """What becomes of the touched rows; those that are in neither list stay as they are.

    Args:
        denied: rows that go, with their masks.
        shown: rows that are masked anew.
        masked: by how many the allowed records with somebody masked become more, or fewer.
        unmasked: rows that go because nobody could be masked without the files they came from.
    """

    denied: tuple[tuple[Row, int], ...]
    shown: tuple[Shown, ...]
    masked: int
    unmasked: int


def asks_sources(row: Row, purpose: Purpose) -> bool:
    """Whether it takes the row it came from to decide about this one, or to count it."""
    return purpose.scope[row.category].others is Others.MASK_OTHERS


def decide_again(
    rows: Sequence[Row],
    withdrawn: Withdrawn,
    purpose: Purpose,
    sources: Sources | None,
    copied: Collection[str] = (),
) -> Again:
    """What the rules say of these rows now.

    Args:
        rows: with every row that carries the text of one of them.
        sources: the rows they came from, of all that `asks_sources` names; None where those cannot be had.
        copied: ids of rows that copy one that goes without naming it.
    """
    masks = {row.id: _alone(row, withdrawn, purpose, sources) for row in rows}
    for ident in copied:
        masks[ident] |= Reason.DERIVED_FROM_EXCLUDED.bit
    _take_descendants(rows, masks)
    denied = tuple((row, masks[row.id]) for row in rows if masks[row.id])
    shown = tuple(
        _masked_anew(row, withdrawn, sources[row.id])
        for row in rows
        if sources is not None and not masks[row.id] and _names_them(row, withdrawn) and asks_sources(row, purpose)
    )
    before = sum(_was_masked(row, purpose, sources) for row, _ in denied)
    newly = sum(not _was_masked(each.row, purpose, sources) for each in shown)
    lost = [row for row in rows if sources is None and _names_them(row, withdrawn) and asks_sources(row, purpose)]
    return Again(denied, shown, newly - before, len(lost))


def _alone(row: Row, withdrawn: Withdrawn, purpose: Purpose, sources: Sources | None) -> int:
    """The mask as if every parent were allowed."""
    mask = 0
    if row.author in withdrawn.members:
        mask |= Reason.TAKEN_BACK.bit
    if row.id in withdrawn.records:
        mask |= Reason.ITEM_EXCLUDED.bit
    others = purpose.scope[row.category].others
    if others is not Others.ANYONE and _names_them(row, withdrawn):
        source = None if sources is None else sources.get(row.id)
        if others is Others.ALL_MUST_PERMIT or source is None or _cannot_mask(source, withdrawn):
            mask |= Reason.OTHER_SUBJECT.bit
    return mask


def _names_them(row: Row, withdrawn: Withdrawn) -> bool:
    return not row.others.isdisjoint(withdrawn.members)


def _cannot_mask(source: SourceText, withdrawn: Withdrawn) -> bool:
    """Whether nobody knows where the text names one of them."""
    return any(each.spans is None and each.member in withdrawn.members for each in source.subjects)


def _take_descendants(rows: Sequence[Row], masks: dict[str, int]) -> None:
    children: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.parent is not None:
            children[row.parent].append(row)
    waiting = [ident for ident, mask in masks.items() if mask]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if not masks[child.id]:
                waiting.append(child.id)
            masks[child.id] |= Reason.DERIVED_FROM_EXCLUDED.bit


def _masked_anew(row: Row, withdrawn: Withdrawn, source: SourceText) -> Shown:
    stays = row.others - withdrawn.members
    gone = [each for each in source.subjects if each.member not in stays]
    kept = [{"role": each.role, "member": each.member} for each in source.subjects if each.member in stays]
    return Shown(row, kept, without_people(source.text, gone))


def _was_masked(row: Row, purpose: Purpose, sources: Sources | None) -> bool:
    """Whether somebody was masked in the row already; taken as no where nobody can say."""
    if sources is None or not asks_sources(row, purpose) or row.id not in sources:
        return False
    return any(each.member not in row.others for each in sources[row.id].subjects)
