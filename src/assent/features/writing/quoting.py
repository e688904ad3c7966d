# ruff: noqa: E501 - lists of alternatives read better unbroken
"""Sentences of the member's own posts that may be said again: whole by themselves, naming nobody, bound to no day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Final

import pyarrow as pa

from assent.curation.quality.language import detect
from assent.curation.redact import structured, tagger
from assent.curation.words import Words
from assent.features.writing.asking import Ask, OwnRecord
from assent.features.writing.sentences import split
from assent.features.writing.wording import keys_of

_LEAST_WORDS, _MOST_WORDS = 7, 26
_MOST_LOOKED_AT: Final = 300
_HANGING: Final = re.compile(
    r"^(?:about|by|in|on|at|for|with|from|to|of|asking|back|sharing|update|thanks?|please|sorry|if|and|but|so|or|that|this|it|he|she|they|there|then|here|these|those|which|because|also|not|und|aber|das|dann|dort|er|"
    r"sie|es|dies\w*|dabei|mais|et|ça|cela|il|elle|ce|c'|y|pero|eso|esto|él|ella|lo)\b",
    re.IGNORECASE,
)
_BOUND: Final = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|last|next|this (?:morning|week|month|year)|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"before the holidays|hiring|get in touch|message|write to me|who needs|looking for|redundant|fired|job|salary|offer|gestern|heute|morgen|letzte\w*|nächste\w*|am \w+tag|suchen|"
    r"hier|aujourd'hui|demain|dernier\w*|ayer|hoy|mañana|pasad[ao]|el (?:lunes|martes|miércoles|jueves|viernes))\b"
    r"|\b(?:was|were|had|did|they|them|he|she|him|it|war|waren|hatten?|wurden?|kam|ging|était|étaient|avons|fue|era|eran|hemos|spent|took|got|came|went|said|told|knew|thought|made|found|left|began|wrote|won|kept|gave|felt|built|do that|than that|\w{3,}ed)\b"
    r"|[#@]|https?:|www\.|\d|[○•]",
    re.IGNORECASE,
)
_LEAST_SHARED: Final = 1


def quotable(posts: Sequence[OwnRecord], ask: Ask, random: Random) -> str | None:
    """One sentence of the member's, on the topic where one is given; None where there is none to be said again."""
    said = [
        sentence
        for post in posts
        if post.category in {"post", "article"}
        for place in split(post.text)
        if _stands_alone(sentence := post.text[place.start : place.end])
    ][:_MOST_LOOKED_AT]
    if not said:
        return None
    column = pa.array(said, pa.large_string())
    named = {row for row, kind in _hits(column) if kind == "person"}
    fitting = [
        text
        for at, (text, language) in enumerate(zip(said, detect(Words.of(said)), strict=True))
        if at not in named and language == ask.language
    ]
    wanted = {key for key in keys_of(ask.topic) if len(key) > 3}  # noqa: PLR2004 - shorter ones carry grammar
    if wanted:
        fitting = [text for text in fitting if len(wanted & set(keys_of(text))) >= _LEAST_SHARED]
    return random.choice(sorted(set(fitting))) if fitting else None


def _stands_alone(sentence: str) -> bool:
    words = len(sentence.split())
    return (
        _LEAST_WORDS <= words <= _MOST_WORDS
        and sentence[0].isupper()
        and sentence.endswith(".")
        and not _HANGING.match(sentence)
        and not _BOUND.search(sentence)
    )


def _hits(column: pa.LargeStringArray) -> list[tuple[int, str]]:
    tables = (tagger.find(column), structured.find(column))
    return [pair for each in tables for pair in zip(each["row"].to_pylist(), each["type"].to_pylist(), strict=True)]
