"""Every text of the settings centre and *my data* is there in German, and says what the English one does."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from babel.messages.pofile import read_po
from settings_texts import all_texts

from assent.language.catalogue import FOLDER, language, languages

_FIELD = re.compile(r"%\((\w+)\)s")
OTHERS = [code for code in languages() if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code: str) -> None:
    known = language(code).translations._catalog
    missing = [text for text in all_texts() if text not in known and (text, 0) not in known and (text, 1) not in known]
    assert missing == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_fills_in_what_the_original_does(code: str) -> None:
    translated = language(code)
    wrong = [text for text in all_texts() if set(_FIELD.findall(text)) != set(_FIELD.findall(translated(text)))]
    assert wrong == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_is_translated_in_two_ways(code: str) -> None:
    found: dict[object, set[object]] = defaultdict(set)
    for path in (FOLDER / code).glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if message.id and message.string:
                    found[message.id].add(message.string)
    assert {key: given for key, given in found.items() if len(given) > 1} == {}
