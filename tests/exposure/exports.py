"""Exports as people get them: every file of the format, old and new headers, preambles, suffixes, any size."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from export_tables import export_tables, table

__all__ = ["Variant", "files", "table", "write_export"]


@dataclass(frozen=True)
class Variant:
    """How an export looks from outside.

    Args:
        old: the headers of before about 2022.
        suffix: the member's number after some names.
        spaces: blanks where other exports have underscores.
    """

    old: bool = False
    suffix: bool = True
    spaces: bool = False
    bom: bool = False
    crlf: bool = False


def write_export(path: Path, *, seed: int = 1, messages: int = 60, variant: Variant = Variant()) -> Path:
    """A zip with every file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files(seed=seed, messages=messages, variant=variant):
            archive.writestr(name, data)
    return path


def files(*, seed: int = 1, messages: int = 60, variant: Variant = Variant()) -> Iterator[tuple[str, bytes]]:
    """Every file of the export with its bytes."""
    dice = random.Random(seed)
    for name, text in export_tables(dice, messages, old=variant.old):
        stem, dot, suffix = name.rpartition(".")
        numbered = ("Comments", "InstantReposts", "Member_Follows", "Reactions", "Saved_Items", "Shares", "Votes")
        if variant.suffix and stem in numbered:
            stem += "_123456789"
        if variant.spaces:
            stem = stem.replace("_", " ")
        data = text.replace("\n", "\r\n") if variant.crlf else text
        yield f"{stem}{dot}{suffix}", (b"\xef\xbb\xbf" if variant.bom else b"") + data.encode("utf-8")
