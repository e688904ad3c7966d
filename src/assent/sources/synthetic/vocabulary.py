"""The words a person of a trade and language has at hand, put together once from the word modules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from assent.sources.synthetic.words import dutch, french, german, small_words, spanish
from assent.sources.synthetic.words.english_people import PROFILE, TALK
from assent.sources.synthetic.words.english_posts import POSTS
from assent.sources.synthetic.words.names import FIRM_ROOTS
from assent.sources.synthetic.words.reading import Template, read_blocks, read_sections, with_forms
from assent.sources.synthetic.words.trades_care import TRADES as CARE
from assent.sources.synthetic.words.trades_craft import TRADES as CRAFT
from assent.sources.synthetic.words.trades_office import TRADES as OFFICE

Phrases = Mapping[str, tuple[str, ...]]

ENGLISH_TRADES = read_blocks(CARE) | read_blocks(CRAFT) | read_blocks(OFFICE)
TRADE_NAMES = tuple(ENGLISH_TRADES)

TEMPLATES: dict[str, dict[str, tuple[Template, ...]]] = {
    "en": read_sections(POSTS) | read_sections(TALK) | read_sections(PROFILE),
    "de": read_sections(german.TEXT),
    "fr": read_sections(french.TEXT),
    "nl": read_sections(dutch.TEXT),
    "es": read_sections(spanish.TEXT),
}

_TRADES_ABROAD = {
    "de": read_blocks(german.TRADES),
    "fr": read_blocks(french.TRADES),
    "nl": read_blocks(dutch.TRADES),
    "es": read_blocks(spanish.TRADES),
}
_SMALL = (
    read_blocks(small_words.ENGLISH)
    | read_blocks(small_words.GERMAN)
    | read_blocks(small_words.FRENCH)
    | read_blocks(small_words.DUTCH)
    | read_blocks(small_words.SPANISH)
)
_PROPER = ("Python", "Postgr")
_NUMBERS: Phrases = {
    "year": tuple(str(year) for year in range(1998, 2013)),
    "year2": tuple(str(year) for year in range(2013, 2025)),
    "digits": tuple(f"{number:04d}" for number in range(13, 9990, 337)),
    "amount": tuple(f"{sign}{k},{r}00" for sign in "$£€" for k in range(24, 118, 7) for r in (0, 4, 8)),
    "amount_small": tuple(f"{sign}{k}.{r}" for sign in "$£€" for k in (9, 29, 39, 79, 149) for r in ("00", "90", "99")),
}


def trades_in(language: str) -> tuple[str, ...]:
    """The trades that have words in that language."""
    return tuple(_TRADES_ABROAD[language])


@cache
def vocabulary(language: str, trade: str) -> Phrases:
    """Every slot's phrases for that language and trade; English stands in for what a language lacks."""
    phrases = dict(_SMALL["en"]) | dict(_NUMBERS) | ENGLISH_TRADES[trade]
    if language != "en":
        phrases |= _SMALL[language] | _TRADES_ABROAD[language][trade]
    phrases["skill"] = tuple(skill if skill[:6] in _PROPER else _lowered(skill) for skill in phrases["skill"])
    phrases |= {
        "task2": phrases["task"],
        "skill2": phrases["skill"],
        "snag2": phrases["snag"],
        "interest2": phrases["interest"],
        "tag": tuple(skill.title().replace(" ", "").replace("-", "") for skill in phrases["skill"]),
        "snag_bare": tuple(_without_article(snag) for snag in phrases["snag"]),
        "tool_bare": tuple(_without_article(tool) for tool in phrases["tool"]),
        "task_bare": phrases["task"],
        "other_firm": tuple(f"{root} {kind}" for root in FIRM_ROOTS for kind in phrases["firm"]),
    }
    forms = with_forms(phrases)
    return forms | {f"{key}_cap": forms[key.capitalize()] for key in phrases}


def _lowered(phrase: str) -> str:
    # An abbreviation keeps its capitals.
    return phrase if phrase[1:2].isupper() else phrase[:1].lower() + phrase[1:]


def _without_article(phrase: str) -> str:
    head, _, tail = phrase.partition(" ")
    return tail if head in {"a", "an", "the", "our", "one"} else phrase
