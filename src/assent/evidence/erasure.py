"""What stands for an erased person, and which entries of the log they account for.

    tag        HMAC-SHA256(suppression key, member id), its first 16 bytes, in the suppression list
    pseudonym  `erased:` and the tag in hexadecimal, as the `member` of `erasure.completed`
    by         `erase:` and the tag of the empty id, in hexadecimal: which key made the list
    positions  the entries without an event any more: `3,17-19,204`, ascending, nothing twice

Writer and auditor share these forms. Without the key nobody can tell whose a tag or pseudonym is.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Final

from assent.errors import EvidenceError
from assent.evidence.checkpoint import parse_decimal

SUPPRESSION_KEY_BYTES: Final = 32
PSEUDONYM_PREFIX: Final = "erased:"
READMISSION: Final = "readmission"
"""The `by` of the `member.joined` under a pseudonym that says: this person may come back."""

READMITTED: Final = b"readmitted"
"""Begins the tag of somebody who came back, which matches nobody."""
NOBODY: Final = ""
"""The empty id, whose tag says which key made a list."""

_PSEUDONYM = re.compile(rf"{PSEUDONYM_PREFIX}[0-9a-f]{{32}}")
_TAG_BYTES = 16
_ERASE = "erase:"


def suppression_tag(key: bytes, member: str) -> bytes:
    """What the suppression list holds in place of this member's id; of the empty id it shows which key it is."""
    return hmac.digest(key, member.encode("utf-8", "surrogatepass"), "sha256")[:_TAG_BYTES]


def pseudonym_of(tag: bytes) -> str:
    """Under which name the log speaks of the person whom the tag stands for; it names every bit of the tag."""
    return PSEUDONYM_PREFIX + tag.hex()


def erased_by(list_tag: bytes) -> str:
    """The `by` of an erasure: it fixes in the log which key made the list, by the tag of the empty id."""
    return _ERASE + list_tag.hex()


def list_tag_of(by: str) -> bytes | None:
    """The tag of the empty id that such a `by` names; None where it names none."""
    try:
        return bytes.fromhex(by.removeprefix(_ERASE)) if by.startswith(_ERASE) else None
    except ValueError:
        return None


def is_pseudonym(member: str) -> bool:
    """Whether this is the name of somebody erased."""
    return _PSEUDONYM.fullmatch(member) is not None


def write_positions(seqs: Sequence[int]) -> str:
    """The one text for these positions, given in ascending order; empty for none."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and seq == runs[-1][1] + 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def read_positions(text: str) -> tuple[range, ...]:
    """The runs of positions that the text names, ascending.

    Raises:
        EvidenceError: it is no such text in its one form.
    """
    runs: list[range] = []
    for part in text.split(",") if text else ():
        low, dash, high = part.partition("-")
        first, last = parse_decimal(low), parse_decimal(high if dash else low)
        ascending = not runs or (first is not None and first > runs[-1].stop)
        if first is None or last is None or (bool(dash) and last <= first) or not ascending:
            raise EvidenceError(f"positions of erased events cannot be read: `{text[:60]}`")
        runs.append(range(first, last + 1))
    return tuple(runs)
