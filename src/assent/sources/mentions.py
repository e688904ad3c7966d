"""Who an `@name` in a text means, as Stack Exchange resolves it: names without spaces, any case, by prefix.

A mention that nobody or several people fit stays in the record as somebody unknown, so that nobody can
have permitted anything for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assent.vocabulary.identifiers import MemberId, Role
from assent.vocabulary.records import Span, Subject

MENTIONED = Role("mentioned")
SHORTEST_PREFIX = 3

_AT = re.compile(r"(?<![\w@/])@(?=\w)")
_WORD = re.compile(r"\w+(?:[.'’_-]+\w+)*")  # noqa: RUF001
_BARE = re.compile(r"\w+")
_TICKS = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part in a thread; `member` is None when their account is gone."""

    member: MemberId | None
    name: str


Circle = Callable[[], Sequence[Person]]
"""People who may be meant; asked for only when there is something to resolve."""


def mentioned_subjects(
    text: str, circles: Sequence[Circle], *, author: MemberId | None, code: Iterable[Span] = ()
) -> tuple[Subject, ...]:
    """Everybody the text mentions besides its author, each once, with every place that names them.

    Args:
        circles: from the closest to the widest; the first in which anybody fits decides.
        code: stretches in which an `@` is no mention.
    """
    if "@" not in text:
        return ()
    spans: dict[tuple[MemberId | None, str], list[Span]] = {}
    skipped = tuple(code)
    for at in _places(text, skipped):
        member, span = _resolve(text, at, circles)
        if member is None or member != author:
            unknown = "" if member else text[span.start : span.end].casefold()
            spans.setdefault((member, unknown), []).append(span)
    return tuple(Subject(MENTIONED, member, tuple(found)) for (member, _), found in spans.items())


def code_in_markdown(text: str) -> tuple[Span, ...]:
    """The stretches between backticks, as comments write code."""
    return tuple(Span(found.start(), found.end()) for found in _TICKS.finditer(text)) if "`" in text else ()


def _places(text: str, code: Sequence[Span]) -> Iterator[int]:
    for found in _AT.finditer(text):
        at = found.start()
        word = _WORD.match(text, at + 1)
        named = word is not None and any(letter.isalpha() for letter in word.group())
        if named and not any(span.start <= at < span.end for span in code):
            yield at


def _resolve(text: str, at: int, circles: Sequence[Circle]) -> tuple[MemberId | None, Span]:
    for circle in circles:
        found = _in_full(text, at, circle()) or _by_prefix(text, at, circle())
        if found:
            return found
    word = _WORD.match(text, at + 1)
    return None, Span(at, word.end() if word else at + 1)


def _in_full(text: str, at: int, people: Sequence[Person]) -> tuple[MemberId | None, Span] | None:
    """The person whose whole name stands there; the longest name wins, two of the same name are nobody."""
    ends = [(end, person.member) for person in people if (end := _end_of_name(text, at + 1, person.name))]
    if not ends:
        return None
    longest = max(end for end, _ in ends)
    return _only(member for end, member in ends if end == longest), Span(at, longest)


def _by_prefix(text: str, at: int, people: Sequence[Person]) -> tuple[MemberId | None, Span] | None:
    for pattern in (_WORD, _BARE):
        word = pattern.match(text, at + 1)
        if word is None or len(word.group()) < SHORTEST_PREFIX:
            continue
        wanted = word.group().casefold()
        fitting = [p.member for p in people if "".join(p.name.split()).casefold().startswith(wanted)]
        if fitting:
            return _only(fitting), Span(at, word.end())
    return None


def _only(members: Iterable[MemberId | None]) -> MemberId | None:
    different = set(members)
    return different.pop() if len(different) == 1 else None


def _end_of_name(text: str, start: int, name: str) -> int | None:
    """Where the name ends that begins at `start`, written with or without its spaces; None if it does not."""
    here = start
    for letter in name.strip():
        if letter.isspace():
            here += here < len(text) and text[here].isspace()
        elif here < len(text) and text[here].casefold() == letter.casefold():
            here += 1
        else:
            return None
    inside_a_word = here < len(text) and (text[here].isalnum() or text[here] == "_")
    return None if here == start or inside_a_word else here
