"""Whether a word that may be of somebody's name is, and how far the name goes.

Words of the name and its initials that stand next to each other are one mention. Two different words of a name are
enough; one, or an initial and one, count where the surroundings let them.
"""

from __future__ import annotations

from typing import Final

from assent.curation.redact.known.named import NAMES, Name, Part
from assent.curation.redact.known.place import Found, Place
from assent.curation.redact.known.words import (
    BEFORE_MONTH,
    FOLLOWING,
    MONTHS,
    OPENINGS,
    ORDINARY,
    PARTICLES,
    TITLES,
)
from assent.vocabulary.curation import Pii

EXACT, FOLDED, ORDER, INITIAL, PART = (f"known.name.{how}" for how in ("exact", "folded", "order", "initial", "part"))

_JOINTS: Final = frozenset({"-", "'", "\u2019", "\u2010", "\u2011", "`", "\u00b4", " - "})
_APOSTROPHES: Final = frozenset("'\u2019`\u00b4")
_WORDLIKE_INITIALS: Final = frozenset("aioeyu")
_MOST_WORDS: Final = 7
_ACRONYM: Final = 3
_PATH: Final = frozenset("/_\\#=")
_LEAST_LOWER: Final = 5

_LONGEST_GAP: Final = 3
_WITHOUT_SPACES: Final = str.maketrans("", "", " \u00a0\t")
_PLAIN: Final = ORDINARY | OPENINGS | PARTICLES

GivenNames = frozenset[str]
Run = list[tuple[int, int]]
"""Words next to each other, each with the part of the name that it is."""


def find_name(place: Place, at: int, name: Name, *, alone: bool, givens: GivenNames) -> Found | None:
    """The mention of the person that the word is in, if it is one.

    Args:
        alone: whether one word of the name is enough; it is for who has to do with the text.
        givens: folded given names of everybody known; before a family name they mean somebody else of that family.
    """
    if name.script:
        return _script(place, at, name)
    exact = _as_given(place, at, name)
    if exact is not None:
        return exact
    part = _part(place, at, name)
    if part & Part.JOINED and place.after(place.end(at)) != "@":
        return Found(place.start(at), place.end(at), Pii.PERSON, FOLDED)
    if not part & NAMES:
        return None
    run = _run(place, at, part, name)
    if not run or place.after(place.end(run[-1][0])) == "@" or _is_end_of_double(place, run[0]):
        return None
    rule = _rule(place, run, name, alone=alone, givens=givens)
    if rule is None:
        return None
    (first, _), (last, closing) = run[0], run[-1]
    start, end = place.start(first), place.end(last)
    if closing == Part.INITIAL and place.after(end) == ".":
        end += 1
    if rule == FOLDED and place.written(start, end) == name.value:
        rule = EXACT
    return Found(start, end, Pii.PERSON, rule)


def _as_given(place: Place, at: int, name: Name) -> Found | None:
    """The whole name, written as it is known; by far the most of what is found, so it is looked at first."""
    start = place.start(at)
    if name.single is not None or not place.spelled_out.startswith(name.value, start):
        return None
    end = start + len(name.value)
    after = place.after(end)
    if end > place.stop or after.isalnum() or after in {"@", "-"} or not name.family:
        return None
    return Found(start, end, Pii.PERSON, EXACT)


def _rule(place: Place, run: Run, name: Name, *, alone: bool, givens: GivenNames) -> str | None:
    named = [(at, part & NAMES) for at, part in run if part & NAMES]
    kinds = 0
    for _, kind in named:
        kinds |= kind
    if len(named) > 1 and kinds.bit_count() > 1 and (alone or kinds & Part.FAMILY):
        different = {place.word(at) for at, _ in named}
        if len(different) > 1:
            if different <= _PLAIN and not any(place.has_capital(at) for at, _ in named):
                return None
            is_turned = named[0][1] == Part.FAMILY and bool(named[-1][1] & Part.GIVEN)
            return ORDER if is_turned else FOLDED
    if run[-1][1] == Part.INITIAL:
        return INITIAL if kinds & Part.FAMILY or alone else None
    if run[0][1] == Part.INITIAL and kinds & Part.FAMILY and place.gap(run[0][0]) not in _APOSTROPHES:
        return None if _follows_given(place, run[0][0], givens) else INITIAL
    return PART if alone and _stands_alone(place, run, named[0], name, givens) else None


def _is_end_of_double(place: Place, first: tuple[int, int]) -> bool:
    """Whether a given name that is not theirs is tied to the beginning: `Min-jun` is not Jun."""
    at, part = first
    return at > place.first and place.gap(at - 1) == "-" and not part & Part.FAMILY and place.has_capital(at - 1)


def _follows_given(place: Place, at: int, givens: GivenNames) -> bool:
    return at > place.first and place.gap(at - 1) in {" ", "\u00a0"} and place.word(at - 1) in givens


def _run(place: Place, at: int, part: int, name: Name) -> Run:
    """The neighbouring words that are of the name, its initials and particles where they belong to it."""
    run = [(at, part)]
    while run[-1][0] + 1 < place.last and len(run) < _MOST_WORDS:
        following = run[-1][0] + 1
        found = _part(place, following, name)
        if not found or not _are_joined(place, run[-1][0], run[-1][1], found):
            break
        run.append((following, found))
    while run[0][0] > place.first and len(run) < 2 * _MOST_WORDS:
        before = run[0][0] - 1
        found = _part(place, before, name)
        if not found or not _are_joined(place, before, found, run[0][1]):
            break
        run.insert(0, (before, found))
    while run and not run[-1][1] & NAMES and not _closes(place, run, name):
        run.pop()
    while run and not run[0][1] & NAMES and not _opens(place, run, name):
        run.pop(0)
    return run


def _are_joined(place: Place, left: int, one: int, other: int) -> bool:
    """Whether this word and the next, which are these parts, are of one mention."""
    if one & Part.GENITIVE:
        return False
    gap = place.gap(left)
    if gap == " " or gap in _JOINTS:
        return True
    if len(gap) > _LONGEST_GAP:
        return False
    bare = gap.translate(_WITHOUT_SPACES)
    if not bare:
        return bool(gap)
    if bare == ".":
        return len(place.word(left)) == 1
    return bare == "," and bool(one & Part.FAMILY) and (other == Part.INITIAL or not other & Part.FAMILY)


def _part(place: Place, at: int, name: Name) -> int:
    word = place.word(at)
    part = name.parts.get(word)
    if part is None:
        if len(word) == 1 and word.isalpha() and (word in name.any_initial or place.has_capital(at)):
            return Part.INITIAL
        return 0
    return 0 if part & Part.STRANGE and place.spelled(at).isascii() else part


def _closes(place: Place, run: Run, name: Name) -> bool:
    """Whether the initial at the end belongs to the name: `Müller A.`, `Müller, A.`, `Anna M.`."""
    if len(run) == 1 or run[-1][1] != Part.INITIAL:
        return False
    at, before = run[-1][0], run[-2][1]
    word, gap = place.word(at), place.gap(at - 1)
    if not place.has_capital(at) or gap not in {" ", "\u00a0", ", ", ","}:
        return False
    after = place.after(place.end(at))
    if before & Part.FAMILY and word in name.any_initial:
        return after == "." or (gap.startswith(",") and word not in _WORDLIKE_INITIALS)
    if before & (Part.GIVEN | Part.MIDDLE) and word in name.family:
        return after == "." or (word not in _WORDLIKE_INITIALS and after not in {"'", "\u2019", "&"})
    return False


def _opens(place: Place, run: Run, name: Name) -> bool:
    """Whether the initial or particle at the beginning belongs to the name: `A. Müller`, `van der Berg`."""
    if len(run) == 1:
        return False
    (at, part), (_, following) = run[0], run[1]
    if part != Part.INITIAL:
        return bool(following & (Part.FAMILY | Part.PARTICLE))
    word, gap = place.word(at), place.gap(at)
    if word not in name.any_initial or following == Part.GIVEN:
        return False
    if gap.startswith(".") or gap in _APOSTROPHES:
        return True
    return (
        gap in {" ", "\u00a0"}
        and word not in _WORDLIKE_INITIALS
        and (place.has_capital(at) and place.has_capital(at + 1))
    )


def _stands_alone(place: Place, run: Run, named: tuple[int, int], name: Name, givens: GivenNames) -> bool:
    """Whether one word of the name means the person here, and no word of the language and nobody else."""
    (at, part), first, last = named, run[0][0], run[-1][0]
    word, end = place.word(at), place.end(last)
    if not place.has_capital(at) and not _is_written_so(place, at, name):
        return False
    if word.isdigit() or (len(word) <= _ACRONYM and place.spelled(at).isupper() and word.isascii()):
        return False
    is_genitive = bool(_part(place, at, name) & Part.GENITIVE)
    if is_genitive and word in givens:
        return False
    if _is_inside_something(place, first, last) or (not is_genitive and _is_followed_by_name(place, last)):
        return False
    if part & Part.FAMILY and not part & Part.GIVEN and _is_somebody_elses(place, first, givens):
        return False
    return word not in ORDINARY or _is_meant(place, at, end)


def _is_inside_something(place: Place, first: int, last: int) -> bool:
    """Whether it is a piece of a longer word, of an address or of a path."""
    before, after = place.before(place.start(first)), place.after(place.end(last))
    if before in _PATH or after in _PATH:
        return True
    if after in {".", "/"} and place.after(place.end(last) + 1).isalnum():
        return True
    if before in {"-", "."} and first > place.first and place.gap(first - 1) == before:
        return True
    return after == "-" and last + 1 < place.last and place.gap(last) == "-" and place.has_capital(last + 1)


def _is_written_so(place: Place, at: int, name: Name) -> bool:
    """Whether it is a name that its owner writes small, as written."""
    single = name.single
    if single is None or place.word(at) in ORDINARY:
        return False
    return len(single) >= _LEAST_LOWER and place.spelled(at) == single


def _is_followed_by_name(place: Place, at: int) -> bool:
    if at + 1 >= place.last or place.gap(at) not in {" ", "\u00a0"} or not place.has_capital(at + 1):
        return False
    word = place.word(at + 1)
    if word[0].isdigit():
        return False
    # A single capital is somebody else's initial, or `I`.
    if len(word) == 1:
        after = place.after(place.end(at + 1))
        # `O'Dell`, but neither `C'est` nor `I'm`.
        return after == "." or (after in _APOSTROPHES and at + 2 < place.last and place.has_capital(at + 2))
    return word not in FOLLOWING


def _is_somebody_elses(place: Place, at: int, givens: GivenNames) -> bool:
    if at == place.first or place.gap(at - 1) not in {" ", "\u00a0", ". ", "."}:
        return False
    word = place.word(at - 1)
    if word in TITLES or (word not in givens and not place.has_capital(at - 1)):
        return False
    if len(word) == 1:
        return word != "i"
    if place.gap(at - 1).startswith("."):
        return False
    if word in givens:
        return True
    return word not in OPENINGS and not place.begins_sentence(at - 1)


def _is_meant(place: Place, at: int, end: int) -> bool:
    """Whether an ordinary word is a name here: with a capital where nothing else asks for one, or called out."""
    word = place.word(at)
    if word in MONTHS:
        before = place.word(at - 1) if at > place.first else ""
        following = place.word(at + 1) if at + 1 < place.last else ""
        if before in BEFORE_MONTH or following.isdigit() or before.isdigit():
            return False
    if place.before(place.start(at)) == "@":
        return True
    if not place.begins_sentence(at):
        return True
    return place.after(end) in {",", "!", "'", "\u2019", ":", ""}


def _script(place: Place, at: int, name: Name) -> Found | None:
    """The whole name, in a script without gaps; what surrounds it cannot tell where a word ends."""
    begin = at - len(name.script) + 1
    if begin < place.first or len(name.script) == 1:
        return None
    for number, word in enumerate(name.script):
        if place.word(begin + number) != word:
            return None
        if number and place.gap(begin + number - 1).strip() not in {"", "\u00b7", "\u30fb"}:
            return None
    start, end = place.start(begin), place.end(at)
    return Found(start, end, Pii.PERSON, EXACT if place.written(start, end) == name.value else FOLDED)
