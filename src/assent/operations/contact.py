"""Who writes to us without an account: an address that mail can safely be sent to, perhaps a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assent.errors import InputError

PERSON_PREFIX: Final = "person:"
"""Begins the pseudonym under which the ledger knows somebody who is no member."""
MAX_ADDRESS: Final = 254
"""Source: RFC 5321 §4.5.3.1.3, less the brackets."""
MAX_NAME: Final = 200
MAX_WORDS: Final = 10_000

# One address and nothing else: no list, no display name, no comment, nothing that could end a header's line.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]"
                      r"([A-Za-z0-9-]{0,61}[A-Za-z0-9])")  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Contact:
    """An address, checked; and what somebody calls themselves, on one line."""

    address: str
    name: str | None = None

    @classmethod
    def parse(cls, address: str, name: str = "") -> Contact:
        """The contact these texts give.

        Raises:
            InputError: the address is none, or a text holds what no line can.
        """
        bare = address.strip()
        if len(bare) > MAX_ADDRESS or not _ADDRESS.fullmatch(bare) or ".." in bare:
            raise InputError("this is no e-mail address", hint="write one address, such as name@example.org")
        called = name.strip()
        if len(called) > MAX_NAME or _CONTROLS.search(called) or _LINE_ENDS.search(called):
            raise InputError("the name cannot be used", hint=f"write it on one line, in at most {MAX_NAME} characters")
        # The part before the @ is the server's to tell apart; nearly all ignore case, and one person is one case.
        return cls(bare.lower(), called or None)


def clean_words(words: str, *, what: str = "the text", longest: int = MAX_WORDS) -> str:
    """The words with plain line ends and nothing around them.

    Raises:
        InputError: they are too long, or hold characters that are no text.
    """
    plain = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(plain) > longest:
        raise InputError(f"{what} is too long", hint=f"use at most {longest} characters; you can add to it later")
    if _CONTROLS.search(plain):
        raise InputError(f"{what} holds characters that are no text", hint="write it again, without them")
    return plain
