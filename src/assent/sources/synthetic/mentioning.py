# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""Texts that mention people by what the platform knows of them, with every such place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assent.sources.synthetic.dice import Dice
from assent.sources.synthetic.drafts import Draft, Named
from assent.sources.synthetic.identities import Objectors, identifiers_of
from assent.sources.synthetic.people import Directory, Person
from assent.sources.synthetic.plan import Plan
from assent.sources.synthetic.spelling import KINDS, SENTENCES, decoy, spelled
from assent.vocabulary.people import IdentifierKind

Row = tuple[str, str | None, str, int, int]


class Mentioning:
    """Ends some texts of a chunk with a mention, and some with what only looks like one."""

    def __init__(self, plan: Plan, chunk: int, directory: Directory) -> None:
        self._plan = plan
        self._directory = directory
        self._objectors = Objectors(plan)
        self._dice = Dice(plan.seed, "mentions", chunk)

    def plant(self, draft: Draft, author: Person) -> None:
        """The text may mention its author, one of its subjects or somebody who objected; or seem to."""
        dice = self._dice
        drawn = dice.unit()
        if drawn < 0.18:
            self._mention(draft, author, identifiers_of(author, self._plan.key), author.id, dice)
        elif drawn < 0.3 and (subject := self._subject(draft)):
            self._mention(draft, subject, identifiers_of(subject, self._plan.key), subject.id, dice)
        elif drawn < 0.42:
            ordinal = int(dice.unit() * self._objectors.count)
            known = self._objectors.identifiers(ordinal)
            self._mention(draft, self._objectors.person(ordinal), known, None, dice)
        if dice.chance(0.15):
            other = self._directory.person(int(dice.unit() * self._plan.members))
            email = identifiers_of(author, self._plan.key)[IdentifierKind.EMAIL]
            draft.add("\n" + decoy(author, other, email, dice))

    def _mention(
        self, draft: Draft, person: Person, known: Mapping[IdentifierKind, str], member: str | None, dice: Dice
    ) -> None:
        kind = dice.weighted(KINDS)
        while kind not in known:
            kind = dice.weighted(KINDS)
        written = spelled(kind, known[kind], person, dice, alone=member is not None)
        draft.add(dice.pick((" ", "\n", "\n\n")))
        draft.mention(dice.pick(SENTENCES[kind]), kind.value, member, known[kind], written)

    def _subject(self, draft: Draft) -> Person | None:
        there = [named for named in draft.people if named.member is not None]
        return self._directory.person(int(self._dice.pick(there).member[1:])) if there else None  # type: ignore[index]


def known_places(draft: Draft, author: Person) -> Iterator[Row]:
    """Every place of the text that identifies its author, one of its subjects or somebody who objected.

    What was mentioned on purpose; where the text names a subject; and wherever a whole name stands besides.
    """
    text = draft.text
    here = {author.id} | {named.member for named in draft.people} | {None}
    taken: list[tuple[int, int]] = []
    for each in draft.mentions:
        if each.member in here:
            taken.append((each.start, each.end))
            yield each.kind, each.member, each.value, each.start, each.end
    for start, end, member, name in sorted(_names(text, draft.people, author), key=lambda each: each[0] - each[1]):
        if all(end <= begin or start >= stop for begin, stop in taken):
            taken.append((start, end))
            yield IdentifierKind.NAME.value, member, name, start, end


def _names(text: str, people: list[Named], author: Person) -> Iterator[tuple[int, int, str, str]]:
    for named in people:
        if named.member is not None:
            yield from ((start, end, named.member, named.name) for start, end in named.spans)
    for member, name in {(author.id, author.name)} | {(each.member, each.name) for each in people if each.member}:
        at = text.find(name)
        while member is not None and at >= 0:
            yield at, at + len(name), member, name
            at = text.find(name, at + 1)
