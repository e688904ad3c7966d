"""Tables that a mapping names by their place in Spark's catalogue, once somebody has looked up where they lie.

    <staging>/catalogue.json      {"lake.posts": ["/lake/posts/part-0.parquet", …]}
    <staging>/catalogue-<n>/      copies of those that are no plain Parquet

A build on Spark looks anew. Whoever has no Spark (a member's question, a verification) reads the same files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from assent.errors import InputError
from assent.sources.mapping import load_mapping
from assent.storage.files import write_durably

LISTING: Final = "catalogue.json"
_COPIES: Final = "catalogue-"


def named_tables(mapping_path: Path) -> dict[str, list[str]]:
    """The tables of a catalogue that the mapping names, each with the columns it reads."""
    found: dict[str, set[str]] = {}
    for records in load_mapping(mapping_path).records:
        if records.table is not None:
            columns = records.as_columns().values()
            found.setdefault(records.table, set()).update(source for each in columns for source in each.sources)
    return {name: sorted(columns) for name, columns in found.items()}


def located(staging: Path | None, table: str) -> list[Path]:
    """The files of the table, as they were when they were last looked up.

    Raises:
        InputError: nobody has looked yet.
    """
    try:
        listing = json.loads((staging / LISTING).read_bytes()) if staging is not None else {}
    except (OSError, ValueError):
        listing = {}
    if table not in listing:
        raise InputError(
            f"table `{table}` is in a catalogue, and where it lies is not known here",
            hint="build once with `--engine spark`, which looks it up",
        )
    return [Path(path) for path in listing[table]]


def folder_for_copies(staging: Path) -> Path:
    """A folder that is not there yet."""
    taken = [int(path.name.removeprefix(_COPIES)) for path in staging.glob(f"{_COPIES}*")]
    return staging / f"{_COPIES}{max(taken, default=0) + 1}"


def keep_listing(staging: Path, files: Mapping[str, Sequence[Path]]) -> None:
    """From now on these are the tables' files; copies that none of them lies in are gone."""
    staging.mkdir(parents=True, exist_ok=True)
    listing = {name: [str(path) for path in paths] for name, paths in files.items()}
    write_durably(staging / LISTING, json.dumps(listing, indent=1).encode())
    used = {part for paths in files.values() for path in paths for part in path.parents}
    for copies in staging.glob(f"{_COPIES}*"):
        if copies not in used:
            shutil.rmtree(copies, ignore_errors=True)
