"""Which language a text is in: by its script, and in Latin and Cyrillic script by its function words.

A word that several languages have counts for each of them by its share. What is too short, too mixed or in a language
that is not listed is unknown, and unknown is never a reason to leave a text out.
"""

# ruff: noqa: PLR2004 - the numbers are bytes of UTF-8 and shares that the text names

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.words import Keys, Places, Words

LEAST_WORDS: Final = 5
_LEAST_SCORE: Final = 2.0
_LEAST_SHARE: Final = 0.12
_MARGIN: Final = 1.5
_BITS: Final = 18
_ONE_LANGUAGE: Final = {"el": "greek", "he": "hebrew", "th": "thai", "ko": "hangul", "ja": "kana", "zh": "han"}
_SCRIPTS: Final = ("latin", "cyrillic", "arabic", "devanagari", *_ONE_LANGUAGE.values())
_WRITTEN: Final = {
    **{each: frozenset({script}) for each, script in _ONE_LANGUAGE.items()},
    "ja": frozenset({"kana", "han"}),
    **dict.fromkeys(("bg", "uk", "ru", "mk", "be"), frozenset({"cyrillic"})),
    "sr": frozenset({"cyrillic", "latin"}),
    **dict.fromkeys(("ar", "fa", "ur"), frozenset({"arabic"})),
    **dict.fromkeys(("hi", "mr", "ne"), frozenset({"devanagari"})),
}
"""Scripts of the languages that are not written in Latin letters alone, as far as they are known here."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """Function words in a table without collisions.

    Args:
        keys: of each word.
        weights: of each word for each language.
    """

    languages: tuple[str, ...]
    step: np.uint64
    slots: npt.NDArray[np.int16]
    keys: Keys
    weights: npt.NDArray[np.float32]


def foreign(words: Words, languages: frozenset[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The share of each text's words that speaks for a language, and whether that language is none of these.

    A text of which a wanted language has half as much evidence is kept: people quote, and mix.
    """
    names, scores = _scores(words)
    latin = frozenset({"latin"})
    wanted = languages | ({"no"} if languages & {"nb", "nn"} else frozenset())
    best, second, leader = _leaders(scores)
    mine = np.array([name in wanted for name in names])
    own = scores[:, mine].max(axis=1) if mine.any() else np.zeros(len(scores))
    known = _known(words.counts, best, second)
    by_words = known & ~mine[leader] & (own * 2 < best)
    scripts = _script_shares(words)
    written = frozenset().union(*(_WRITTEN.get(each, latin) for each in languages))
    other = np.array([script not in written and script != "latin" for script in _SCRIPTS])
    strange = scripts[:, other].sum(axis=1)
    # A language that is not listed here may be written in any script: then scripts say nothing.
    by_script = (strange > 0.5) & (words.counts >= LEAST_WORDS) & bool(languages <= {*names, *_WRITTEN, "nb", "nn"})
    share = np.where(by_script, strange, best / np.maximum(words.counts, 1))
    return share, by_words | by_script


def detect(words: Words) -> list[str | None]:
    """The language of each text; None where it cannot be told."""
    names, scores = _scores(words)
    best, second, leader = _leaders(scores)
    known = _known(words.counts, best, second)
    scripts = _script_shares(words)
    single = {_SCRIPTS.index(script): name for name, script in _ONE_LANGUAGE.items()}
    found: list[str | None] = []
    for row in range(len(scores)):
        main = int(scripts[row].argmax())
        if scripts[row, _SCRIPTS.index("kana")] > 0.1:
            main = _SCRIPTS.index("kana")
        if scripts[row, main] > 0.3 and main in single:
            found.append(single[main])
        else:
            found.append(names[leader[row]] if known[row] else None)
    return found


def _known(counts: Places, best: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    enough = (counts >= LEAST_WORDS) & (best >= _LEAST_SCORE) & (best >= _LEAST_SHARE * counts)
    clear: npt.NDArray[np.bool_] = enough & (best >= _MARGIN * second)
    return clear


def _leaders(
    scores: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Places]:
    leader = scores.argmax(axis=1)
    top = np.partition(scores, -2, axis=1)
    return top[:, -1], top[:, -2], leader


def _scores(words: Words) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
    """Per text and language, the weight of the function words in it."""
    lists = _lists()
    slots = (words.keys * lists.step >> np.uint64(64 - _BITS)).astype(np.int64)
    number = lists.slots[slots]
    at = np.flatnonzero(number >= 0)
    number = number[at]
    real = lists.keys[number] == words.keys[at]
    at, number = at[real], number[real]
    width = len(lists.languages)
    scores = np.zeros((len(words.bounds) - 1, width))
    if len(at):
        rows = words.row[at]
        opening = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
        scores[rows[opening]] = np.add.reduceat(lists.weights[number], opening, axis=0)
    return lists.languages, scores


def _script_shares(words: Words) -> npt.NDArray[np.float64]:
    """Of each text's letters, the share in each script; letters of Latin script beyond ASCII are not counted."""
    size = len(words.bounds) - 1
    shares = np.zeros((size, len(_SCRIPTS)))
    lead = np.flatnonzero(words.raw >= 0xCE)
    if not len(lead):
        return shares
    first, then = words.raw[lead], words.raw[lead + 1]
    letters = np.bincount(words.row, words.ends - words.starts, size)
    rows = np.searchsorted(words.bounds, lead, "right") - 1
    for script, bytes_, mine in (
        ("greek", 2, first <= 0xCF),
        ("cyrillic", 2, (first >= 0xD0) & (first <= 0xD3)),
        ("hebrew", 2, (first == 0xD6) | (first == 0xD7)),
        ("arabic", 2, (first >= 0xD8) & (first <= 0xDB)),
        ("devanagari", 3, (first == 0xE0) & (then >= 0xA4) & (then <= 0xA5)),
        ("thai", 3, (first == 0xE0) & (then >= 0xB8) & (then <= 0xB9)),
        ("kana", 3, (first == 0xE3) & (then >= 0x81) & (then <= 0x83)),
        ("han", 3, (first >= 0xE4) & (first <= 0xE9)),
        ("hangul", 3, (first >= 0xEA) & (first <= 0xED)),
    ):
        counted = np.bincount(rows[mine], minlength=size)
        shares[:, _SCRIPTS.index(script)] = counted * bytes_ / np.maximum(letters, 1)
    return shares


@cache
def _lists() -> _Lists:
    text = files(__package__).joinpath("function_words.toml").read_text(encoding="utf-8")
    return _table({name: each["words"].split() for name, each in tomllib.loads(text).items()})


def _table(listed: Mapping[str, list[str]]) -> _Lists:
    """The lists by key, with the first step of an odd series under which no two words meet."""
    languages = tuple(sorted(listed))
    owners: dict[int, set[int]] = {}
    for number, name in enumerate(languages):
        for word in listed[name]:
            for key in Words.of([word]).keys.tolist():
                owners.setdefault(key, set()).add(number)
    keys = np.array(sorted(owners), np.uint64)
    weights = np.zeros((len(keys), len(languages)), np.float32)
    for place, key in enumerate(keys.tolist()):
        weights[place, sorted(owners[key])] = 1 / len(owners[key]) ** 0.5
    step = 0x9E3779B97F4A7C15
    while len(np.unique(keys * np.uint64(step) >> np.uint64(64 - _BITS))) < len(keys):
        step = step * 0xD6E8FEB86659FD93 % (1 << 64)
    slots = np.full(1 << _BITS, -1, np.int16)
    slots[(keys * np.uint64(step) >> np.uint64(64 - _BITS)).astype(np.int64)] = np.arange(len(keys))
    return _Lists(languages, np.uint64(step), slots, keys, weights)
