"""Adapters that give tables of records: where a platform's files are, and what their columns mean.

In the order data moves:

`tables`         a platform's own Parquet, CSV or JSON Lines, described by a `mapping` file, read in place;
                 what identifies its people (`identifying`) is copied into one form
`stackexchange`  a data dump (`dump_xml`), streamed into canonical Parquet (`staging`): `html_text` makes text
                 of bodies, `threads` and `mentions` say who else is in a record, `countries` where people live
`synthetic`      a made-up network with the truth beside it
`survey`         what any of them holds, counted

Every kind ends as the same `SourceFiles`:

    files = open_source("tables", Path("mapping.toml"), Path("staging"))
    print(survey(files).to_json())
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path

from assent.errors import InputError
from assent.sources.generated import read_generated
from assent.sources.photos import check_photos, read_photos
from assent.sources.stackexchange import check_dump, read_dump
from assent.sources.survey import Survey, survey
from assent.sources.tables import read_tables
from assent.vocabulary.tables import SourceFiles

__all__ = ["KINDS", "Survey", "check_source", "open_source", "survey"]

TABLES, STACKEXCHANGE, SYNTHETIC, PHOTOS = "tables", "stackexchange", "synthetic", "photos"
KINDS: Mapping[str, str] = {
    TABLES: "a mapping file that describes tables in Parquet, CSV or JSON Lines",
    STACKEXCHANGE: "the folder of an unpacked Stack Exchange data dump",
    SYNTHETIC: "a folder written by `assent source synthesize`",
    PHOTOS: "a folder of photos with a `photos.csv`",
}
"""What the path of each kind of source is."""


def open_source(kind: str, path: Path, staging: Path) -> SourceFiles:
    """The source's files; what had to be converted lies in `staging`, whole.

    Raises:
        InputError: there is no such kind, or the source cannot be read.
    """
    _check_kind(kind)
    if kind == STACKEXCHANGE:
        return read_dump(path, staging)
    if kind == PHOTOS:
        return read_photos(path, staging)
    if kind == TABLES:
        return read_tables(path, staging)
    return _IN_PLACE[kind](path)


def check_source(kind: str, path: Path) -> None:
    """The source looks like one of its kind, as far as can be seen without reading it all.

    Raises:
        InputError: there is no such kind, or the path holds something else.
    """
    _check_kind(kind)
    if kind == STACKEXCHANGE:
        check_dump(path)
    elif kind == PHOTOS:
        check_photos(path)
    else:
        _IN_PLACE[kind](path)


_IN_PLACE: Mapping[str, Callable[[Path], SourceFiles]] = {TABLES: read_tables, SYNTHETIC: read_generated}


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        close = difflib.get_close_matches(kind, KINDS, n=1)
        meant = f", did you mean `{close[0]}`?" if close else ""
        raise InputError(f"unknown kind of source `{kind}`{meant}", hint=f"known: {', '.join(KINDS)}")
