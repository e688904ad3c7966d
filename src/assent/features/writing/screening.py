"""Records without what may never be in a draft: sentences with contact details, pay, health, union, faith.

A sentence goes whole: what is left around a private value often says it again. What others wrote about a member, and
what a member wrote to one person, is no source of a draft at all.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from assent.curation.outputs.filtering import PERSONAL_DETAILS
from assent.curation.redact import structured
from assent.curation.sensitive.flagging import flag
from assent.evidence.redaction import STANDS_IN
from assent.features.writing.asking import LONGEST_TEXT, OwnRecord
from assent.features.writing.sentences import split
from assent.vocabulary.curation import Pii, Topic

PROFILE: Final = ("profile.position", "profile.education", "profile.skill", "profile.summary", "profile.other",
                  "profile.publication", "profile.patent", "resume")  # fmt: skip
ACTIVITY: Final = ("post", "article", "comment")
MOST_PROFILE: Final = 600
MOST_ACTIVITY: Final = 200
"""Records of each that are read, the newest first; what somebody wrote years ago is in what they wrote since."""

_DETAILS: Final = frozenset(each.value for each in PERSONAL_DETAILS | {Pii.AGE, Pii.POSTCODE})
_PAY: Final = re.compile(
    r"\b(?:salar\w*|earn(?:ed|ing|ings|s)?|wages?|paid me|pays me|my pay|pay ?slips?|compensation|bonus|gehalts?\w*|"
    r"verdien\w*|lohn\w*|netto|brutto|salaire\w*|je gagne|rémun\w*|sueldo\w*|salario\w*|gano|nómina)\b"
    r"|[$€£¥]\s?\d|\d[\d.,]*\s?(?:[$€£¥]|k\b|eur\b|usd\b|gbp\b|euros?\b|dollars?\b|pounds?\b|franken\b|chf\b)",
    re.IGNORECASE,
)
_HEALTH_OR_UNION: Final = re.compile(
    r"\b(?:diagnos\w*|chemo\w*|therap(?:y|ist|ie|eut\w*)|depress\w*|cancer|krebs|sick leave|krankgeschrieben|burn-?out|"
    r"pregnan\w*|schwanger\w*|disab\w*|behinder\w*|hiv|trade union|union member\w*|union rep\w*|works council|"
    r"gewerkschaft\w*|betriebsrat\w*|syndicat\w*|syndiqu\w*|sindicat\w*|comité d'entreprise|sober|parent of|my kids|"
    r"my wife|my husband|alleinerziehend|divorce\w*)\b",
    re.IGNORECASE,
)
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|ignorier\w*|vergiss|ignorez|oublie[zr]?|ignora|olvida)\b.{0,40}"
    r"\b(?:rules?|instructions?|prompts?|above|previous|everything|regeln|anweisungen|consignes|règles|reglas|"
    r"instrucciones)\b|\bsystem prompt\b|\byou are now\b|\blist all\b|\bas an ai\b|<\|?(?:im_start|system|user)",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
_BLOCK: Final = re.compile(r"</?(?:p|div|h[1-6]|li|ul|ol|br|tr|table|section|article)\b[^<>]*>", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffd]")
_NAME: Final = re.compile(r"(?=.{2,60}$)[^\W\d_][^\W\d_.'’-]*(?:[ .'’-]+[^\W\d_]+\.?){0,5}")  # noqa: RUF001 - as people type it
_TAG: Final = re.compile(STANDS_IN)


@dataclass(frozen=True, slots=True)
class Screened:
    """What may be drawn on: `withheld` counts sentences that were left out, by reason; never their words."""

    profile: tuple[OwnRecord, ...]
    activity: tuple[OwnRecord, ...]
    withheld: dict[str, int]

    @property
    def records(self) -> tuple[OwnRecord, ...]:
        """All of them."""
        return self.profile + self.activity


def screen(records: Sequence[OwnRecord]) -> Screened:
    """The records that drafts may be drawn from, private sentences left out. Cost: one pass over the newest 800."""
    chosen = [
        *_newest([each for each in records if each.category in PROFILE], MOST_PROFILE),
        *_newest([each for each in records if each.category in ACTIVITY], MOST_ACTIVITY),
    ]
    pieces: list[tuple[int, str]] = []
    for at, record in enumerate(chosen):
        text = readable(record.text)
        pieces += [(at, text[each.start : each.end]) for each in split(text)]
    reasons = private([text for _, text in pieces])
    withheld: dict[str, int] = {}
    kept: dict[int, list[str]] = {}
    for (at, text), reason in zip(pieces, reasons, strict=True):
        if reason:
            withheld[reason] = withheld.get(reason, 0) + 1
        else:
            kept.setdefault(at, []).append(text)
    screened = [replace(chosen[at], text="\n".join(parts)) for at, parts in sorted(kept.items())]
    return Screened(
        tuple(each for each in screened if each.category in PROFILE),
        tuple(each for each in screened if each.category in ACTIVITY),
        dict(sorted(withheld.items())),
    )


def own_name(records: Sequence[OwnRecord]) -> OwnRecord | None:
    """The newest record that is the member's name and nothing else; whatever else stands there is not signed with."""
    for record in _newest([each for each in records if each.category == "profile.name"], MOST_PROFILE):
        name = " ".join(readable(record.text).split())
        if _NAME.fullmatch(name) and not private_by_words(name):
            return replace(record, text=name)
    return None


def private(texts: Sequence[str]) -> list[str | None]:
    """Of each text the reason why it may not be drawn on or shown, or None."""
    column = pa.array(texts, pa.large_string())
    reasons: list[str | None] = [private_by_words(text) for text in texts]
    hits = structured.find(column)
    for row, kind in zip(*(hits[name].to_pylist() for name in ("row", "type")), strict=True):
        if kind in _DETAILS:
            reasons[row] = "personal detail"
    for row in flag(column, frozenset(Topic))["row"].to_pylist():
        reasons[row] = "special category"
    return reasons


def readable(text: str) -> str:
    """The text as people see it: without markup and unseen characters, composed, of no more than can be read."""
    text = text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
    for _ in range(2):  # markup may be written in entities
        text = html.unescape(_MARKUP.sub(" ", _BLOCK.sub("\n", text)))
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text.encode("utf-8", "replace").decode("utf-8")))


def gives_orders(text: str) -> bool:
    """Whether a text speaks to a model rather than to people."""
    return _ORDERS.search(text) is not None


def private_by_words(text: str) -> str | None:
    """The reason why a text may not be drawn on, as far as its words tell; for names and titles."""
    if _TAG.search(text):
        return "masked"
    if _PAY.search(text):
        return "pay"
    if _HEALTH_OR_UNION.search(text):
        return "special category"
    return "orders to a model" if gives_orders(text) else None


def _newest(records: Sequence[OwnRecord], most: int) -> list[OwnRecord]:
    dated = sorted(records, key=lambda each: (each.created_at is not None, each.created_at or 0, each.id), reverse=True)
    return dated[:most]
