"""The mark that AI helped: one that machines read, and one in words that can be kept with the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from assent.features.writing.phrases import phrases

_VOCABULARY: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED: Final = _VOCABULARY + "trainedAlgorithmicMedia"
COMPOSED: Final = _VOCABULARY + "algorithmicMedia"


@dataclass(frozen=True, slots=True)
class Mark:
    """That and how a text was made by a machine.

    Args:
        source_type: a term of IPTC's vocabulary of digital source types.
        words: what people read, in the language of the text.
        generator: the model that wrote it; None where grammar did.
    """

    source_type: str
    words: str
    generator: str | None

    def kept_with(self, text: str) -> str:
        """The text with the mark below it; an empty text has none."""
        return f"{text}\n\n({self.words})" if text else ""

    def to_dict(self) -> dict[str, Any]:
        """The mark in its JSON form."""
        return {
            "assisted": True,
            "digital_source_type": self.source_type,
            "generator": self.generator,
            "words": self.words,
        }


def mark_for(language: str, generator: str | None) -> Mark:
    """The mark of a text in that language. Source: Regulation (EU) 2024/1689, Art. 50(2)."""
    return Mark(COMPOSED if generator is None else TRAINED, phrases(language)["mark"][0], generator)
