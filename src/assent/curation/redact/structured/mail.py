"""E-mail addresses, also those written so that machines miss them, and handles.

Every look starts at the sign in the middle and reads a bounded stretch to both sides, so that a long run of letters
costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from assent.curation.redact.structured.rule import Rule, Stretch
from assent.vocabulary.curation import Pii

_LONGEST: Final = 64
_TLD_LETTERS: Final = range(2, 25)
_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+\s?\Z")
_WORDS: Final = re.compile(r"[\w.+-]+\s?\Z")
_AT: Final = re.compile("@")
_SAID_AT: Final = re.compile(
    r"\s?[(\[{<]\s?(?:at|@|ät|arroba|chez|kukac|małpa|snabel-?a)\s?[)\]}>]\s?|\s(?:at|arroba)\s", re.IGNORECASE
)
_DOMAIN: Final = re.compile(r"\s?\[?(?:[^\W_][\w-]{0,62}\.){1,6}(?:xn--[\w-]{2,40}|[^\W\d_]{2,24})(?![\w-])")
_NUMERIC: Final = re.compile(r"\[(?:\d{1,3}\.){3}\d{1,3}\]")
_SPELLED: Final = re.compile(
    r"[^\W_][\w-]{0,62}(?:(?:\s?\.\s?|\s?[(\[{<]\s?(?:dot|punkt|point|punto|ponto|\.)\s?[)\]}>]\s?"
    r"|\s(?:dot|punkt|punto|ponto)\s)[^\W_][\w-]{0,62}){1,5}",
    re.IGNORECASE,
)
_DOT: Final = re.compile(r"dot|punkt|point|punto|ponto", re.IGNORECASE)
_HANDLE: Final = re.compile(r"@[^\W\d][\w-]{1,38}(?:\.[^\W_][\w-]{0,38}){0,3}(?:@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})?")
# Signs of program text rather than of people.
_NO_PERSON: Final = frozenset(
    "all author autowired bean channel charset class classmethod component configuration controller data dataclass "
    "deprecated entity everyone export extend find font-face forelse functools get given here if import include "
    "injectable interface it keyframes media mixin module nullable ngmodule override page param parametrize post "
    "property pytest requestmapping return returns section see since staticmethod suppresswarnings supports table "
    "test then throws todo type use value when yield".split()
)


def _addresses(text: str) -> Iterator[Stretch]:
    for sign in _AT.finditer(text):
        found = _plain(text, sign.start())
        if found:
            yield found
    spelled = text.lower()
    if any(each in text for each in "[({<") or any(
        each in spelled for each in (" dot ", " punkt ", " punto ", " ponto ")
    ):
        for sign in _SAID_AT.finditer(text):
            found = _hidden(text, sign.start(), sign.end(), sign[0])
            if found:
                yield found


def _plain(text: str, at: int) -> Stretch | None:
    window = text[max(0, at - _LONGEST) : at]
    before = _LOCAL.search(window)
    after = _DOMAIN.match(text, at + 1) or _NUMERIC.match(text, at + 1)
    if before is None or after is None:
        return None
    apart = before[0][-1].isspace(), after[0][0].isspace()
    if apart[0] != apart[1]:
        return None
    # Marks that may stand in an address and mostly stand before one.
    lead = len(before[0]) - len(before[0].lstrip("'`{|=/*?!."))
    start = at - len(before[0]) + lead
    if start == at or text[start - 1 : start] == "@":
        return None
    return start, after.end(), Pii.EMAIL, "structured.email.spaced" if apart[0] else "structured.email"


def _hidden(text: str, start: int, end: int, sign: str) -> Stretch | None:
    before = _WORDS.search(text[max(0, start - _LONGEST) : start])
    after = _SPELLED.match(text, end)
    if before is None or after is None:
        return None
    last = re.split(r"[^\w-]+", after[0])[-1]
    bare = sign.strip().isalpha()
    if not last.isalpha() or len(last) not in _TLD_LETTERS or (bare and not _DOT.search(after[0])):
        return None
    return start - len(before[0]), after.end(), Pii.EMAIL, "structured.email.obfuscated"


def _handles(text: str) -> Iterator[Stretch]:
    for found in _HANDLE.finditer(text):
        before = text[found.start() - 1] if found.start() else " "
        if before.isalnum() or before in "@/._=&" or found[0][1:].split(".")[0].lower() in _NO_PERSON:
            continue
        yield found.start(), found.end(), Pii.HANDLE, "structured.handle"


EMAIL: Final = Rule(
    r"@|(?i:[(\[{<]\s?(?:at|ät|arroba|chez|kukac|małpa|snabel-?a)\s?[)\]}>]|\s(?:dot|punkt|punto|ponto)\s)", _addresses
)
HANDLE: Final = Rule("@", _handles)
