"""Mail about a case: that something happened, and where to read it. No words, names or grounds travel by mail."""

from __future__ import annotations

from assent.desk.objections import Case
from assent.operations.platform import Platform


def tell(platform: Platform, case: Case, step: str, words: str | None) -> None:
    """Mail about the step lies in the outbox, where there is an address and the step is one to be told."""


def ask_to_confirm(platform: Platform, address: str, language: str, kind: str, secret: str) -> None:
    """A mail with the link that confirms lies in the outbox."""
