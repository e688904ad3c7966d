"""Anybody shows a receipt, and is told what it proves. Nothing of it is stored, and no member is looked up.

A receipt is about one moment. Whether its member changed their mind afterwards is theirs alone to show, so a receipt
that was overtaken verifies like any other, and the answer says which moment it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from assent.errors import AssentError, EvidenceError
from assent.evidence.attestation import read_unverified
from assent.evidence.cosignature import Cosignature, WitnessKey, read_cosignatures
from assent.evidence.note import decode64
from assent.evidence.receipt import Receipt
from assent.operations.pages.receipt import is_page, receipt_in_page, require_page_says
from assent.operations.platform import Platform
from assent.operations.receipts_shown import verify_own_receipt
from assent.operations.verify import public_key

LARGEST: Final = 1 << 20
"""Bytes; a receipt has some thousand, the page around it as many again."""


class Found(StrEnum):
    """What a receipt turned out to be."""

    GOOD = "good"
    PAGE_ALTERED = "page altered"
    """The receipt in the page verifies, and the page around it says something else."""
    FOREIGN = "foreign"
    """Signed by somebody else than this platform."""
    FORGED = "forged"
    """Says that it is from this platform, and does not verify."""
    UNREADABLE = "unreadable"
    """No receipt, or not the whole of one."""
    TOO_LARGE = "too large"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check.

    Args:
        receipt: only where it verified.
        why: of one that did not, what was wrong, for those who know the format.
        at: when it was checked.
    """

    found: Found
    at: datetime
    receipt: Receipt | None = None
    cosigned: tuple[Cosignature, ...] = ()
    why: str = ""

    @property
    def age_days(self) -> int:
        """Whole days since what it says was recorded."""
        said = self.receipt.event.recorded_at if self.receipt else None
        return (self.at - said).days if said else 0


def pasted(text: str) -> bytes:
    """The file that the text was copied from: forms change the ends of lines, and copying loses the last one."""
    data = text.replace("\r\n", "\n").strip().encode()
    return data + b"\n" if data and not is_page(data) else data


def check_receipt(platform: Platform, given: bytes) -> Checked:
    """What the receipt, or the page with one in it, proves by this platform's own keys; it needs nothing else."""
    at = platform.clock()
    if not given.strip():
        return Checked(Found.NOTHING, at)
    if len(given) > LARGEST:
        return Checked(Found.TOO_LARGE, at)
    try:
        data = receipt_in_page(given) if is_page(given) else given
        named = _named_key(data)
    except AssentError as error:
        return Checked(Found.UNREADABLE, at, why=error.message)
    own = public_key(None, platform.workspace)
    if own is None or own.public_bytes_raw() != named:
        return Checked(Found.FOREIGN, at)
    try:
        receipt = verify_own_receipt(platform, data)
    except EvidenceError as error:
        return Checked(Found.FORGED, at, why=error.message)
    found = Found.GOOD
    if is_page(given):
        try:
            require_page_says(given, receipt, data)
        except EvidenceError:
            found = Found.PAGE_ALTERED
    return Checked(found, at, receipt, _cosigned(platform, receipt))


def _named_key(data: bytes) -> bytes:
    """The key that it says it is signed with.

    Raises:
        EvidenceError: it is no receipt, or not the whole of one.
    """
    try:
        return decode64(str(read_unverified(data).predicate["attest_key"])) or b""
    except (AssentError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EvidenceError("it cannot be read as a receipt") from None


def _cosigned(platform: Platform, receipt: Receipt) -> tuple[Cosignature, ...]:
    keys = [WitnessKey.parse(each.vkey) for each in platform.workspace.witnesses.values()]
    try:
        return read_cosignatures(receipt.checkpoint, keys)
    except EvidenceError:
        return ()
