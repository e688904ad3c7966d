"""Rights signals in SQL: whether a value on a record denies training, by patterns that every dialect reads alike.

`policy.signals` parses; a view can only match. So the patterns here fit everything that the parsers take for a
denial, and a little more: a `Content-Usage` value whose other members are no valid RFC 9651 still denies, and so does
a CAWG word below a key of the right name wherever it stands. None of them takes time without end, and there is
nothing in them that only some engines have: no looking ahead, no classes by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views.words import Words
from assent.policy.pack import Kind
from assent.policy.signals import aipref, cawg

_BLANK: Final = r"[^!-~\n]*"
"""What Python strips from a line, and all else that is no printable ASCII: more of it than there needs be."""
_OWS: Final = r"[ \t]*"

_KEY: Final = "abcdefghijklmnopqrstuvwxyz0123456789_.*-"
_STRING: Final = r'"([ !#-Z\[\]^-~]|\\["\\])*"'
_PLAIN: Final = r"[\t !#$&'()*+.-~-]"
"""Printable, but for the three characters that begin something else: a string, a display string, the next member."""
_REST: Final = f'({_PLAIN}|{_STRING}|%+"[ !#-~]*"|%+{_PLAIN})*%*'
_LONGEST: Final = 8192
"""A longer `Content-Usage` is not read, and denies: engines that go back and forth would take too long over it."""
_WORDS: Final = ("notAllowed", "constrained")
_PREFIXES: Final = ("cawg.", "c2pa.", "")


def denies(words: Words, kind: Kind, aipref_value: Sql | None, tdm: Sql | None, cawg_value: Sql | None) -> Sql:
    """Whether a signal on a record denies this kind of training; two-valued. None: no table has that signal."""
    found: list[Sql] = []
    if kind is Kind.GENERATIVE_TRAINING and aipref_value is not None:
        size = sql.func("length", aipref_value.copy())
        found.append(words.certain(exp.GT(this=size, expression=sql.value(_LONGEST))))
        short = sql.func("substr", aipref_value, sql.value(1), sql.value(_LONGEST))
        found.append(words.certain(words.matches(short, aipref_pattern())))
    if kind.trains and tdm is not None:
        found.append(words.certain(words.matches(tdm, tdm_pattern())))
    if kind.trains and cawg_value is not None:
        use = cawg.GENERATIVE if kind is Kind.GENERATIVE_TRAINING else cawg.TRAINING
        found.append(words.certain(words.json_says(cawg_value, [prefix + use for prefix in _PREFIXES], _WORDS)))
    return sql.either(*found)


def aipref_pattern() -> str:
    """Fits texts with a line whose last `train-ai` is the token `n`."""
    key = aipref.TRAIN_AI
    other = rf"({_other_key(key)})([=; \t]{_REST})?"
    return rf"(^|\n){_BLANK}({_REST},)*{_OWS}{key}=n(;{_REST})?({_OWS},{_OWS}{other})*{_BLANK}(\n|$)"


def tdm_pattern() -> str:
    """Fits texts in which a line is `1` and none before it is `0`."""
    no_zero = rf"{_OWS}([^ \t0\n][^\n]*|0{_OWS}[^ \t\n][^\n]*)?\n"
    return rf"^({no_zero})*{_BLANK}1{_BLANK}(\n|$)"


def json_pattern(keys: Sequence[str], denying: Sequence[str]) -> str:
    """Fits JSON in which one of the words stands below one of the keys, directly or as its `use`, unescaped."""
    names = "|".join(key.replace(".", "[.]") for key in keys)
    said = f'"({"|".join(denying)})"'
    colon = r"[ \t\r\n]*:[ \t\r\n]*"
    return f'"({names})"{colon}({said}|[{{][^{{}}]*"use"{colon}{said})'


def _other_key(key: str) -> str:
    """Keys of a dictionary that are not this one."""
    parts = [f"{key}[{_KEY}]+"]
    for place in range(len(key)):
        before = key[:place]
        # A class of its own for each letter: what continues otherwise, or ends here.
        others = "".join(each for each in _KEY if each != key[place] and (place or each not in "0123456789_.-"))
        dash = "-" if "-" in others else ""
        parts.append(f"{before}[{others.replace('-', '')}{dash}][{_KEY}]*")
        if before:
            parts.append(before)
    return "|".join(parts)
