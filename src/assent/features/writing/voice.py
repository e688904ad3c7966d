"""How a member writes, in a few figures measured from their own posts; they choose among phrasings, never facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assent.features.writing.asking import OwnRecord
from assent.features.writing.sentences import split
from assent.features.writing.wording import words_in

LEAST_SENTENCES: Final = 5
"""With fewer nothing is said of a voice: drafts are plain."""
_EMOJI: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_GREETING: Final = re.compile(r"^(hello|hi|hey|dear|hallo|moin|servus|guten tag|bonjour|salut|hola)\b", re.IGNORECASE)
_INFORMAL: Final = re.compile(
    r"\b(?:du|dir|dich|dein\w*|ihr|euch|euer|eure\w*|tu|toi|ton|tes|tú|vosotros|vuestr\w+)\b", re.IGNORECASE
)
_FORMAL: Final = re.compile(r"\b(?:Sie|Ihnen|Ihre?[rnms]?|vous|votre|vos|usted|ustedes)\b")
_FIRST: Final = re.compile(r"\b(?:I|my|me|ich|mein\w*|mich|mir|je|mon|ma|mes|yo|mi|mis)\b")
_OFTEN_EMOJI, _OFTEN_EXCLAIMED, _SHORT_WORDS = 0.15, 0.15, 11


@dataclass(frozen=True, slots=True)
class Voice:
    """Figures of somebody's writing.

    Args:
        sentences: how many were measured.
        words_per_sentence: their mean.
        first_person, exclaimed: shares of the sentences.
        emoji_per_text: mean; `emoji`: the one used most.
        greeting: how texts begin, where one in ten begins with a greeting.
        informal: addresses people with du, tu or tú; None where nobody is addressed.
    """

    sentences: int = 0
    words_per_sentence: float = 0.0
    first_person: float = 0.0
    exclaimed: float = 0.0
    emoji_per_text: float = 0.0
    emoji: str | None = None
    greeting: str | None = None
    informal: bool | None = None

    @property
    def likes_emoji(self) -> bool:
        """Whether a post of theirs often has one."""
        return self.sentences >= LEAST_SENTENCES and self.emoji_per_text >= _OFTEN_EMOJI

    @property
    def exclaims(self) -> bool:
        """Whether many of their sentences end with `!`."""
        return self.sentences >= LEAST_SENTENCES and self.exclaimed >= _OFTEN_EXCLAIMED

    @property
    def is_brief(self) -> bool:
        """Whether their sentences are short."""
        return self.sentences >= LEAST_SENTENCES and self.words_per_sentence <= _SHORT_WORDS


def measure_voice(records: Sequence[OwnRecord]) -> Voice:
    """The voice of what somebody wrote to everybody."""
    texts = [each.text for each in records if each.text]
    said = [text[each.start : each.end] for text in texts for each in split(text)]
    if not said:
        return Voice()
    words = [sum(1 for _ in words_in(each)) for each in said]
    emoji = Counter(found for text in texts for found in _EMOJI.findall(text))
    greetings = Counter(found[0].capitalize() for text in texts if (found := _GREETING.match(text)))
    informal = sum(len(_INFORMAL.findall(text)) for text in texts)
    formal = sum(len(_FORMAL.findall(text)) for text in texts)
    greeting = greetings.most_common(1)
    return Voice(
        len(said),
        round(sum(words) / len(said), 1),
        round(sum(1 for each in said if _FIRST.search(each)) / len(said), 2),
        round(sum(1 for each in said if each.endswith("!")) / len(said), 2),
        round(sum(emoji.values()) / len(texts), 2),
        emoji.most_common(1)[0][0] if emoji else None,
        greeting[0][0] if greeting and greeting[0][1] * 10 >= len(texts) else None,
        None if informal == formal else informal > formal,
    )
