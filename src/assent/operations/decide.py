"""Ask a pack about cases that carry all they depend on: no ledger, no platform, no working folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assent.errors import InputError
from assent.gate.cases import Answer, answer_lines
from assent.policy.load import load_pack


def decide_cases(cases: Path, pack: str) -> Iterator[Answer]:
    """An answer for each case of a JSON Lines file, in order, while it is read.

    Raises:
        InputError: the file or the pack cannot be read; a case that cannot be read is an answer, not an error.
    """
    loaded = load_pack(pack)
    try:
        with cases.open("rb") as lines:
            yield from answer_lines(loaded, lines)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"cannot read `{cases}`: {(error.strerror or '').lower()}") from None
