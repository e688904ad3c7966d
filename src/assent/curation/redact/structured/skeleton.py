"""A text as it looks where unseen characters or look-alikes hide what it says, and the way back to its offsets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

TRIGGER: Final = (
    r"[\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{206F}\x{FE00}-\x{FE0F}\x{FEFF}\x{FF01}-\x{FF5E}\x{1D400}-\x{1D7FF}\x{E0000}-\x{E0FFF}]|[\p{Nd}--0-9]"
)
"""In Rust's syntax: characters that are not seen, wide and mathematical forms, digits other than 0 to 9."""
_UNSEEN: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text without what is not seen.

    Args:
        places: of each of its characters, the offset in the text it was made from.
    """

    text: str
    places: tuple[int, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that shows as this one."""
        return self.places[start], self.places[end - 1] + 1


def skeleton(text: str) -> Skeleton:
    """The text with unseen characters gone and wide, mathematical and foreign forms of letters and digits plain."""
    kept = [(place, each) for place, each in enumerate(text) if not _UNSEEN.match(each)]
    return Skeleton("".join(_plain(each) for _, each in kept), tuple(place for place, _ in kept))


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character
