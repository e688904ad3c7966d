"""Public texts, made up: about work from templates and the words of trades, and everyday ones by a grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from typing import Final

from assent.sources.synthetic.dice import Dice, Weighted
from assent.sources.synthetic.vocabulary import TRADE_NAMES, trades_in, vocabulary
from assent.sources.synthetic.words.reading import Template, read_sections
from assent.training.public_grammar import everyday_text
from assent.training.public_words import ENGLISH, OTHERS

Sections = Mapping[str, tuple[Template, ...]]

_LANGUAGES: Final = Weighted(("en", "de", "fr", "nl", "es"), (95, 2, 1, 1, 1))
_EVERYDAY: Final = 0.6
"""The share of texts that are everyday language."""
_KINDS: Final = ("job", "firm", "course", "guide", "trade", "news")
_GAPS: Final = Weighted((" ", "\n", "\n\n"), (6, 2, 2))


def public_texts(seed: int) -> Iterator[str]:
    """Texts without end; the n-th follows from the seed and n alone."""
    for number in count():
        dice = Dice("public", seed, number)
        if dice.chance(_EVERYDAY):
            yield everyday_text(dice)
            continue
        language = dice.weighted(_LANGUAGES)
        trade = dice.pick(TRADE_NAMES if language == "en" else trades_in(language))
        kind = dice.pick(_KINDS) if language == "en" else "notice"
        yield _text(_sections(language), kind, vocabulary(language, trade), dice)


@cache
def _sections(language: str) -> Sections:
    return read_sections(ENGLISH if language == "en" else OTHERS[language])


def _text(sections: Sections, kind: str, words: Mapping[str, tuple[str, ...]], dice: Dice) -> str:
    gap, drawn = dice.weighted(_GAPS), [dice.pick(sections[f"{kind}.open"])]
    for _ in range(dice.between(2, 7)):
        body = dice.pick(sections[f"{kind}.body"])
        if body not in drawn:
            drawn.append(body)
    if dice.chance(0.6):
        drawn.append(dice.pick(sections[f"{kind}.close"]))
    return gap.join(_filled(template, words, dice) for template in drawn)


def _filled(template: Template, words: Mapping[str, tuple[str, ...]], dice: Dice) -> str:
    """The template's text; a phrase stands in it once."""
    parts, used = [], set()
    for before, slot in template.pieces:
        phrase = dice.pick(words[slot])
        for _ in range(3):
            if phrase not in used:
                break
            phrase = dice.pick(words[slot])
        used.add(phrase)
        parts += [before, phrase]
    return "".join([*parts, template.rest])
