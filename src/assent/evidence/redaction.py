"""What stands in a clean text in place of what was masked, so that anyone with the source text derives it again.

A tag names the type: `[EMAIL]`. A surrogate adds a name that is the same for the same value under the same key:
`[EMAIL 7KQ2MF3T]`, the base32 of the first five bytes of HMAC-SHA256(key, type ‖ 0x00 ‖ folded value). Who has not
the key cannot try values; once it is destroyed, nobody can.

    >>> from assent.vocabulary.curation import Pii, Replacement
    >>> said = "write to Jane@Corp.com"
    >>> cleaned(said, [Redaction(9, 22, "email", "structured.email")], {Pii.EMAIL: Replacement.TAG}, b"")
    'write to [EMAIL]'
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assent.errors import EvidenceError
from assent.vocabulary.curation import Pii, Replacement

NAME_BYTES: Final = 5
STANDS_IN: Final = r"\[(?:" + "|".join(each.value.upper() for each in Pii) + r")(?: [A-Z2-7]{8})?\]"
"""A regular expression of every tag and every surrogate."""

# No member id in UTF-8 contains 0xff, so this is no member's key.
_SURROGATES: Final = b"\xffassent surrogates"
_DIGITS: Final = frozenset({Pii.PHONE, Pii.PAYMENT_CARD})
_ALPHANUMERIC: Final = frozenset({Pii.IBAN, Pii.NATIONAL_ID})
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Redaction:
    """A stretch that was masked.

    Args:
        start, end: half-open, in code points of the text as it was permitted.
        type: a `Pii` value.
        rule: what found it.
    """

    start: int
    end: int
    type: str
    rule: str


def surrogate_key(decision_key: bytes) -> bytes:
    """The key of the surrogates of the line of snapshots that has this decision key."""
    return hmac.digest(decision_key, _SURROGATES, "sha256")


def folded(kind: Pii, value: str) -> str:
    """What two spellings of the same value have in common.

    NFKC, without format characters (zero-width, direction marks), case folded, runs of white space as one space;
    of phones and payment cards the digits alone, of IBANs and national ids letters and digits, of handles without
    the `@`. Unicode promises that none of this changes for characters that are assigned.
    """
    text = unicodedata.normalize("NFKC", value)
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    text = unicodedata.normalize("NFKC", text.casefold())
    if kind in _DIGITS:
        digits = "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
        return digits or text
    if kind in _ALPHANUMERIC:
        return "".join(each for each in text if each.isalnum())
    if kind is Pii.HANDLE:
        text = text.lstrip("@")
    return _SPACE.sub(" ", text).strip()


def surrogate(key: bytes, kind: Pii, value: str) -> str:
    """A tag with a name that is the same wherever this value stands under this key."""
    message = kind.value.encode() + b"\0" + folded(kind, value).encode()
    name = b32encode(hmac.digest(key, message, "sha256")[:NAME_BYTES]).decode()
    return f"[{kind.value.upper()} {name}]"


def cleaned(text: str, redactions: Sequence[Redaction], mask: Mapping[Pii, Replacement], key: bytes) -> str:
    """The text with every redaction replaced as the mask says.

    Args:
        redactions: in order, apart from each other.
        key: of the surrogates; unused where the mask asks for tags alone.

    Raises:
        EvidenceError: a redaction lies outside the text or in another, or is of a type that is not masked.
    """
    parts = []
    at = 0
    for each in redactions:
        if not at <= each.start < each.end <= len(text):
            raise EvidenceError(f"a redaction of `{each.start}` to `{each.end}` does not fit its text")
        if each.type not in mask:
            raise EvidenceError(f"a redaction is of type `{each.type}`, which is not masked")
        kind = Pii(each.type)
        parts.append(text[at : each.start])
        parts.append(kind.tag if mask[kind] is Replacement.TAG else surrogate(key, kind, text[each.start : each.end]))
        at = each.end
    parts.append(text[at:])
    return "".join(parts)
