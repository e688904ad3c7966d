"""Texts in the language somebody reads, from gettext catalogues.

    language("de").gettext("Settings")   →   "Einstellungen"

A catalogue is every `*.po` file in the folder of its language (`pybabel extract` and `update` know the format); a
platform may add its own files for the texts of its pack. What no catalogue has is shown in English, the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations

FOLDER: Final = Path(__file__).parent / "catalogues"
ENGLISH: Final = "en"
_MANNERS: Final[Mapping[str, str]] = {ENGLISH: "en_GB"}
"""Whose way of writing dates is meant where a language has several: day before month, as most readers expect."""


class Language:
    """One language: its texts, and how it writes dates, numbers and lists."""

    def __init__(self, code: str, translations: Translations) -> None:
        self.code = code
        self.translations = translations
        self._manner = _MANNERS.get(code, code)

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, with `%(name)s` filled in."""
        found = self.translations.gettext(text) if text else ""
        return str(found % values if values else found)

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The form for that number, with `%(number)s` and the others filled in."""
        return str(self.translations.ngettext(one, many, number) % {"number": self.number(number), **values})

    def day(self, instant: datetime) -> str:
        """`3 November 2025`."""
        return str(format_date(instant, "long", locale=self._manner))

    def moment(self, instant: datetime) -> str:
        """Date and time, in UTC."""
        return f"{self.day(instant)}, {format_time(instant, 'HH:mm', locale=self._manner)} UTC"

    def number(self, value: float) -> str:
        """With the language's separators."""
        return str(format_decimal(value, locale=self._manner))

    def percent(self, share: float) -> str:
        """A share of 1 with one decimal."""
        return str(format_percent(share, "#,##0.0\u00a0%", locale=self._manner))

    def listed(self, words: Iterable[str], *, either: bool = False) -> str:
        """`a, b and c`."""
        return str(format_list(list(words), "or" if either else "standard", locale=self._manner))


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages there are, English first."""
    found = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir() and any(folder.glob("*.po")))
    return (ENGLISH, *(code for code in found if code != ENGLISH))


@cache
def language(code: str) -> Language:
    """That language, or English where there is no folder for it."""
    chosen = code if code in languages() else ENGLISH
    merged = Catalog(locale=chosen)
    for path in sorted((FOLDER / chosen).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=chosen):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Language(chosen, Translations(compiled))


def preferred(accepted: str | None, *, default: str) -> str:
    """The best of the languages there are for an `Accept-Language` header. Source: RFC 9110 §12.5.4."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate((accepted or "").split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        wishes.append((-weight, place, tag.partition("-")[0].lower()))
    codes: Mapping[str, str] = {code: code for code in languages()}
    return next((codes[tag] for weight, _, tag in sorted(wishes) if weight < 0 and tag in codes), default)
