# ruff: noqa: E501 - lists of alternatives read better unbroken
"""A text without what no record bears out: the smallest part that can go leaves, or stays marked to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assent.features.writing.claims import ClaimKind
from assent.features.writing.sentences import Stretch, droppable, without
from assent.features.writing.tracing import Evidence, Traced, TracedSentence

CONFIRM: Final = "[confirm: {}]"
_HANGING: Final = re.compile(
    r"^(?:there|that|this|it|they|these|those|then|dort|das|dies\w*|dabei|dadurch|dafür|cela|ça|c'|j'y|eso|esto|allí|estoy allí|"
    r"llevo allí|I have been there|I am responsible|dort bin)\b",
    re.IGNORECASE,
)
_ITEM: Final = r"(?:,\s*|\s+(?:and|und|et|y)\s+)"
_SPACE: Final = re.compile(r"[ \t]{2,}")
_AROUND: Final = re.compile(r" +(?=\n)|\n{3,}")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Part of a text that was left out, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What is left. Args: to_confirm: what the member is asked to confirm, as it stands in the text."""

    text: str
    dropped: tuple[Dropped, ...]
    to_confirm: tuple[str, ...]


def mend(text: str, evidence: Evidence, *, mark: bool) -> Mended:
    """The text, every claim in it borne out or marked.

    A list loses the one item, a sentence its aside or its last clause where the rest is whole; otherwise it goes, and
    with it the next one if that begins by pointing back.

    Args:
        mark: what is not borne out stays, marked for the member to confirm.
    """
    traced = evidence.trace(text)
    if mark:
        return _marked(text, traced)
    gone: list[Stretch] = []
    dropped: list[Dropped] = []
    hangs = False
    for sentence in traced:
        said = text[sentence.place.start : sentence.place.end]
        if hangs and _HANGING.match(said):
            gone.append(sentence.place)
            dropped.append(Dropped(said, "it points back to what was left out"))
            continue
        hangs = False
        if sentence.untraced:
            smaller = _smaller(said, sentence, evidence)
            if smaller is None:
                gone.append(sentence.place)
                hangs = True
            else:
                gone += [Stretch(s.start + sentence.place.start, s.end + sentence.place.start) for s in smaller]
            why = "; ".join(
                sorted({f"{each.claim.kind} `{each.claim.text}`: {each.why}" for each in sentence.untraced})
            )
            dropped.append(Dropped(said, why))
    return Mended(_tidy(without(text, gone)), tuple(dropped), ())


def _smaller(said: str, sentence: TracedSentence, evidence: Evidence) -> Sequence[Stretch] | None:
    """The part of a sentence that can go instead of all of it; None where what is left would not be borne out."""
    offset = sentence.place.start
    for part in (*_items(said, sentence.untraced, offset), *([each] for each in droppable(said))):
        left = without(said, part)
        if left.strip(" .,") and not any(each.untraced for each in evidence.trace(left)):
            return part
    return None


def _items(said: str, untraced: Sequence[Traced], offset: int) -> list[list[Stretch]]:
    """Each item of a list that is not borne out, with the comma or the word that joins it to the one before."""
    found: list[list[Stretch]] = []
    for each in (each for each in untraced if each.claim.kind is not ClaimKind.DEED):
        item = re.escape(each.claim.text)
        start = each.claim.start - offset
        # Of three things the last two stay joined by the word that joined all.
        found += [
            [Stretch(*match.span())]
            for match in re.finditer(rf"{_ITEM}{item}(?=[,.;]|\s+(?:and|und|et|y)\s|$)", said)
            if match.start() < start < match.end() and match[0].startswith(",")
        ]
    return found


def _marked(text: str, traced: Sequence[TracedSentence]) -> Mended:
    marks: list[tuple[int, int, str]] = []
    reach = -1
    for each in (each for sentence in traced for each in sentence.untraced):
        if each.claim.start >= reach:
            marks.append((each.claim.start, each.claim.end, each.claim.text))
            reach = each.claim.end
        elif each.claim.end > reach:
            start = marks[-1][0]
            marks[-1] = (start, each.claim.end, text[start : each.claim.end])
            reach = each.claim.end
    parts, at = [], 0
    for start, end, said in marks:
        parts += [text[at:start], CONFIRM.format(said.replace("]", ")"))]
        at = end
    return Mended("".join((*parts, text[at:])), (), tuple(said for _, _, said in marks))


def _tidy(text: str) -> str:
    lines = [_SPACE.sub(" ", line).strip() for line in text.split("\n")]
    return _AROUND.sub("\n\n", "\n".join(lines)).strip()
