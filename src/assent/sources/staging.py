"""Canonical files that a source writes because its own format cannot be read in place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from assent.vocabulary.events import Event
from assent.vocabulary.records import Subject
from assent.vocabulary.tables import RECORD_SCHEMA

BATCH_ROWS = 16_384


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """`final` holds all that was written into the folder yielded, or is untouched or gone if that failed.

    A crash leaves a `.partial` folder that the next attempt clears, or, between the last two steps, no
    folder at all; never one that is half-written.
    """
    partial = final.with_name(final.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    # What people wrote is for the account that converts it, whatever its umask.
    partial.mkdir(parents=True, mode=0o700)
    try:
        yield partial
        shutil.rmtree(final, ignore_errors=True)
        partial.rename(final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


class RecordWriter:
    """Writes canonical rows to one Parquet file, a batch at a time."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetWriter(path, RECORD_SCHEMA, compression="zstd")
        self._rows: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: object, _t: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._file.close()

    def write(self, row: Mapping[str, Any]) -> None:
        """The row is in the file once the writer is closed; columns that are left out are null."""
        self._rows.append(row)
        if len(self._rows) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._rows, schema=RECORD_SCHEMA))
        self._rows = []


def event_line(event: Event) -> str:
    """The event as a line of a JSON Lines file."""
    return json.dumps(event.to_json(), ensure_ascii=False) + "\n"


def subject_rows(subjects: tuple[Subject, ...]) -> list[dict[str, Any]]:
    """Subjects as the canonical column holds them."""
    return [
        {
            "role": subject.role,
            "member": subject.member,
            "spans": None
            if subject.spans is None
            else [{"start": span.start, "end": span.end} for span in subject.spans],
        }
        for subject in subjects
    ]
