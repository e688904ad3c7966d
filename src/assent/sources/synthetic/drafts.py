# ruff: noqa: PLR2004 - the numbers are shares of a draw
"""A text while it is written: it knows at every moment where it names whom and what was planted in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from assent.sources.synthetic.dice import Dice
from assent.sources.synthetic.people import Person
from assent.sources.synthetic.vocabulary import vocabulary
from assent.sources.synthetic.words.reading import Template


@dataclass(slots=True)
class Named:
    """Somebody other than the author, and where the text names them. Unit of spans: code points."""

    role: str
    member: str | None
    name: str
    given: str
    spans: list[tuple[int, int]] = field(default_factory=list)

    def moved(self, offset: int) -> Named:
        """The same person in a text that starts later."""
        return Named(self.role, self.member, self.name, self.given, [(a + offset, b + offset) for a, b in self.spans])


@dataclass(frozen=True, slots=True)
class Planted:
    """Something put into a text on purpose; `text[start:end]` is the value."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text identifies somebody as the platform knows them; `member` None is no member."""

    kind: str
    member: str | None
    value: str
    start: int
    end: int


class Draft:
    """A text of one author, written piece by piece.

    Args:
        language: of the words; templates are the caller's.
        who: the person the slot `{who}` names.
        lower: written without capitals, names apart.
    """

    __slots__ = (
        "_dice",
        "_length",
        "_lower",
        "_own",
        "_parts",
        "_used",
        "_words",
        "mentions",
        "people",
        "planted",
        "who",
    )

    def __init__(
        self, author: Person, dice: Dice, *, language: str = "en", who: Named | None = None, lower: bool = False
    ) -> None:
        self._dice = dice
        self._words = vocabulary(language, author.trade)
        self._own = own_words(author, language)
        self._parts: list[str] = []
        self._used: set[str] = set()
        self._length = 0
        self._lower = lower
        self.who = who
        self.people: list[Named] = [] if who is None else [who]
        self.planted: list[Planted] = []
        self.mentions: list[Mention] = []

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self._parts)

    def add(self, piece: str) -> None:
        """The piece stands at the end."""
        if self._lower:
            piece = piece.lower()
        self._parts.append(piece)
        self._length += len(piece)

    def write(self, template: Template) -> None:
        """The template stands at the end, every slot filled."""
        for before, slot in template.pieces:
            self.add(before)
            if slot == "who":
                self.name(self.who)
            else:
                self.add(self._phrase(slot))
        self.add(template.rest)

    def name(self, who: Named | None) -> None:
        """The person is named at the end: in full at first, later often by the given name."""
        if who is None:
            self.add("someone")
            return
        called = who.given if who.spans and self._dice.unit() < 0.6 else who.name
        who.spans.append((self._length, self._length + len(called)))
        self._parts.append(called)
        self._length += len(called)

    def plant(self, kind: str, template: Template, value: str) -> None:
        """The value stands in the template's sentence at the end, and its place is noted."""
        for before, slot in template.pieces:
            self.add(before)
            if slot == "value":
                self.planted.append(Planted(kind, value, self._length, self._length + len(value)))
                self._parts.append(value)
                self._length += len(value)
        self.add(template.rest)

    def mention(self, sentence: str, kind: str, member: str | None, value: str, written: str) -> None:
        """The sentence stands at the end with that identifier in place of `{}`, and its place is noted."""
        before, after = sentence.split("{}")
        start = self._length + len(before)
        self._parts += [before, written, after]
        self._length += len(before) + len(written) + len(after)
        self.mentions.append(Mention(kind, member, value, start, start + len(written)))

    def graft(self, text: str, people: list[Named], planted: list[Planted], mentions: Sequence[Mention] = ()) -> None:
        """Another text stands at the end with everybody it names and everything planted in it."""
        at = self._length
        self._parts.append(text)
        self._length += len(text)
        self.people += [person.moved(at) for person in people]
        self.planted += [Planted(p.kind, p.value, p.start + at, p.end + at) for p in planted]
        self.mentions += [Mention(m.kind, m.member, m.value, m.start + at, m.end + at) for m in mentions]

    def _phrase(self, slot: str) -> str:
        own = self._own.get(slot)
        if own is not None:
            return own
        options = self._words[slot]
        phrase = self._dice.pick(options)
        for _ in range(4):
            if phrase.lower() not in self._used:
                break
            phrase = self._dice.pick(options)
        self._used.add(phrase.lower())
        return phrase


def own_words(author: Person, language: str) -> Mapping[str, str]:
    """The slots that are always the same for an author: their name, title, field, employer and city."""
    shared = _words_of_title(language, author.trade, author.title)
    return shared | {"me": author.name, "firm": f"{author.firm_root} {shared['firm']}", "city": author.city}


@cache
def _words_of_title(language: str, trade: str, title: int) -> dict[str, str]:
    words = vocabulary(language, trade)
    forms = [form for s in ("title", "field", "study") for form in (s, s.capitalize(), f"a_{s}", f"{s}_cap")]
    return {form: words[form][title % len(words[form])] for form in (*forms, "firm")}
