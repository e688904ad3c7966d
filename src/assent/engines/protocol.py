"""What an engine must do for the gate, so that a second one can stand in for the first.

The gate hands over finished SQL in the engine's dialect and takes Arrow back. An engine

- keeps every instant in UTC: a timestamp that leaves it names that zone, whatever the machine is set to;
- compares and sorts texts by their UTF-8 bytes, and blobs as bytes;
- gives the same rows for the same files and the same SQL, in the same order where the SQL orders them;
- reaches files and nothing else: no network, no extension fetched while it runs;
- spills to disk rather than fail, and stays below the memory it was given;
- ends in one of two ways: the result, or an `AssentError` that names the file or the limit.

Whoever opened it closes it; what it kept on disk is gone then. Nothing in it outlives a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from assent.vocabulary.tables import Format


class Engine(Protocol):
    """One connection, used by one thread at a time."""

    @property
    def dialect(self) -> str:
        """The name SQLGlot has for the dialect it takes."""
        ...

    def run(self, sql: str) -> None:
        """The statement has taken effect."""
        ...

    def stream(self, sql: str, *, batch_rows: int = 65_536) -> Iterator[pa.RecordBatch]:
        """The result in batches, in order; only one stream is open at a time."""
        ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The whole of a small result as Python values."""
        ...

    def load(self, name: str, table: pa.Table) -> None:
        """A table of that name holds these rows."""
        ...

    def columns(self, path: Path, form: Format) -> Mapping[str, str]:
        """The file's columns and the engine's names for their types.

        Raises:
            InputError: the file is missing or cannot be read in that format.
        """
        ...

    def close(self) -> None:
        """Nothing of it is left, in memory or on disk."""
        ...
