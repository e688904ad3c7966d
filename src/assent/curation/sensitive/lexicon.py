"""The lexicon: what its files say, every alternative written out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Final

from assent.curation.phrases import Pattern, Phrases
from assent.errors import InputError
from assent.vocabulary.curation import Topic

MOST_PHRASES: Final = 40_000
_SET: Final = re.compile(r"<([a-zäöüß_]+)>")
_GROUP: Final = re.compile(r"\(([^()]*)\)")


class Weight(StrEnum):
    """What an entry is worth."""

    STRONG = "strong"  # flags alone: it says something about a person
    WEAK = "weak"  # flags with another one of the topic
    NOT = "not"  # hides every entry that lies within it: an employer, a subject of study, a term of a trade


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a file; its id is `language.topic.number`, counted within the topic."""

    id: str
    topic: Topic
    weight: Weight
    pattern: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every entry, and every way to write it.

    Args:
        phrases: each under the index of its entry.
    """

    entries: tuple[Entry, ...]
    phrases: Phrases


@cache
def lexicon() -> Lexicon:
    """The lexicon of this version, of all its languages at once: texts mix them."""
    found: list[tuple[Entry, tuple[Pattern, ...]]] = []
    for file in sorted(files(__package__).joinpath("lexicon").iterdir(), key=lambda each: each.name):
        language, _, ending = file.name.partition(".")
        if ending == "tsv":
            found += read(file.read_text(encoding="utf-8"), language)
    # Where entries share a phrase, the strongest has it; the first among equals.
    rank = {Weight.NOT: 0, Weight.STRONG: 1, Weight.WEAK: 2}
    order = sorted(range(len(found)), key=lambda index: rank[found[index][0].weight])
    patterns = [(index, pattern) for index in order for pattern in found[index][1]]
    return Lexicon(tuple(entry for entry, _ in found), Phrases.written_out(patterns))


def read(text: str, language: str) -> list[tuple[Entry, tuple[Pattern, ...]]]:
    """The entries of a file, each with its pattern, and with the one without accents where it has any.

    `(a|b|)` is one of these or nothing; `<name>` is one of the set that a line `set <tab> name <tab> a|b` has named
    before. Phrases with accents are found without them too.

    Raises:
        InputError: a line is not an entry, or stands for more than 40,000 phrases.
    """
    found: list[tuple[Entry, tuple[Pattern, ...]]] = []
    sets: dict[str, str] = {}
    counted: dict[Topic, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, _, rest = line.partition("\t")
        name, _, pattern = rest.partition("\t")
        if kind == "set" and pattern:
            sets[name] = pattern
            continue
        if kind not in set(Topic) or name not in set(Weight) or not pattern:
            raise InputError(
                f"line {number} of lexicon `{language}` is no entry",
                hint="write topic, weight and pattern, parted by tabs",
            )
        topic = Topic(kind)
        counted[topic] = counted.get(topic, 0) + 1
        entry = Entry(f"{language}.{topic}.{counted[topic]}", topic, Weight(name), pattern)
        found.append((entry, _patterns(pattern, sets, f"line {number} of lexicon `{language}`")))
    return found


def _patterns(pattern: str, sets: dict[str, str], where: str) -> tuple[Pattern, ...]:
    for name in _SET.findall(pattern):
        if name not in sets:
            raise InputError(f"{where} names the set `{name}`, which is not there", hint="name it on a line before")
    pattern = re.sub(r"\([^()]*\)", lambda group: _SET.sub(lambda name: sets[name[1]], group[0]), pattern)
    pattern = _SET.sub(lambda name: f"({sets[name[1]]})", pattern)
    if set(_GROUP.sub("", pattern)) & set("()<>|"):
        raise InputError(f"{where} has brackets within brackets", hint="write the alternatives out")
    parts: list[list[str]] = []
    size, at = 1, 0
    for group in _GROUP.finditer(pattern):
        parts += ([pattern[at : group.start()]], group[1].split("|"))
        size *= len(parts[-1])
        at = group.end()
    if size > MOST_PHRASES:
        raise InputError(f"{where} stands for {size:,} phrases", hint="make it two entries with fewer alternatives")
    parts.append([pattern[at:]])
    written = _parted(parts)
    bare = [[_without_accents(each) for each in part] for part in written]
    return (written,) if bare == written else (written, bare)


def _parted(parts: list[list[str]]) -> list[list[str]]:
    """The same, with parts made one between which words run on: `infirmi(er|ère)`."""
    for end in range(1, len(parts)):
        start = end
        while start and (start == end or "" in parts[start]):
            start -= 1
            runs = any(each and not each[-1].isspace() for each in parts[start])
            if runs and any(each and not each[0].isspace() for each in parts[end]):
                one = ["".join(each) for each in product(*parts[start : end + 1])]
                return _parted([*parts[:start], one, *parts[end + 1 :]])
    return parts


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return "".join(each for each in apart if not unicodedata.combining(each))
