"""Every error Assent raises on purpose, grouped by what the caller does next.

`AssentError`
    `InputError`        fix what was given, then try again
    `RefusedError`      accept it: the rules or the evidence say no
    `EvidenceError`     stop and tell a person: something that should match does not
    `UnavailableError`  try again later: something needed cannot be reached right now

A verdict is a value, not an error; an error is raised only when there is no verdict to give.
Messages are one line in lower case, with the input in backticks; the hint says what to do next.
"""

from __future__ import annotations


class AssentError(Exception):
    """Base of the tree; carries one line for a person and, where there is one, a hint."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(AssentError):
    """What was given cannot be read or makes no sense; nothing was changed."""

    exit_code = 2


class RefusedError(AssentError):
    """What was asked is understood and not allowed; asking again changes nothing."""

    exit_code = 3


class EvidenceError(AssentError):
    """Bytes, digests, signatures or decisions do not match what was promised."""

    exit_code = 4


class UnavailableError(AssentError):
    """Something that is needed cannot be reached or is held by another process."""

    exit_code = 5
