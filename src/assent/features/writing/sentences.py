"""Texts as sentences, and what may be left out of one without breaking it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_END: Final = re.compile(r"(?:[.!?…]+[)\"'”’»]*|(?=\n))(?:\s+|$)|\n+")  # noqa: RUF001 - as people close quotations
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|e\.g|i\.e|etc|vs|No|z\.B|u\.a|d\.h|bzw|ca|Nr|Mme|Sr|Sra|p\. ex|Dipl|Ing|Inc|Ltd|Co)"
    r"|\b[A-ZÀ-Þ]|\b\d{1,2})\.\s*$"
)
_ASIDE: Final = re.compile(r"\s*\([^()]*\)|\s+[–—] [^–—]* [–—](?=\s)")  # noqa: RUF001 - dashes people type
_TAIL: Final = re.compile(
    r",\s+(?:where|which|who|whose|while|when|because|including|and I|and my|so that|wobei|wo|während|weil|darunter"
    r"|und ich|mit denen|où|dont|qui|parce que|y compris|et j|donde|que|porque|incluid|y yo)\b[^,;.!?…]*(?=[.!?…]*$)"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a text. Args: end: exclusive. Unit: code points."""

    start: int
    end: int


def split(text: str) -> Iterator[Stretch]:
    """The sentences of a text, without the space around them; a new line ends one."""
    start = 0
    for found in _END.finditer(text):
        if "\n" not in found[0] and _ABBREVIATED.search(text, start, found.end()):
            continue
        yield from _trimmed(text, start, found.end())
        start = found.end()
    yield from _trimmed(text, start, len(text))


def droppable(sentence: str) -> Iterator[Stretch]:
    """What may be left out of a sentence and leaves it whole: asides, and a last clause that hangs on the others."""
    for found in _ASIDE.finditer(sentence):
        yield Stretch(*found.span())
    tail = _TAIL.search(sentence)
    if tail:
        yield Stretch(*tail.span())


def without(text: str, stretches: Sequence[Stretch]) -> str:
    """The text without these stretches, which do not overlap."""
    parts, at = [], 0
    for each in sorted(stretches, key=lambda each: each.start):
        parts.append(text[at : each.start])
        at = each.end
    return "".join((*parts, text[at:]))


def _trimmed(text: str, start: int, end: int) -> Iterator[Stretch]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Stretch(start, end)
