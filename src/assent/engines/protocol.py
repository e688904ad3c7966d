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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from assent.vocabulary.tables import Format


@dataclass(frozen=True, slots=True)
class BatchFunction:
    """A function of record batches that an engine may call in any process: it pickles, and the answer is the same
    wherever it is called and however rows are put into batches.

    Args:
        function: gives a row for each row it is given, in the same order, in `schema`.
    """

    function: Callable[[pa.RecordBatch], pa.RecordBatch]
    schema: pa.Schema


class Engine(Protocol):
    """One connection, used by one thread at a time."""

    @property
    def dialect(self) -> str:
        """The name SQLGlot has for the dialect it takes."""
        ...

    def attach(self, paths: Sequence[Path], form: Format) -> None:
        """Queries may read these files, together and in this order."""
        ...

    def stage(self, name: str, sql: str) -> None:
        """A table of that name holds what DuckDB makes of files that this engine does not read as DuckDB does.

        Args:
            sql: a query in DuckDB's dialect.
        """
        ...

    def keep(self, name: str, sql: str) -> None:
        """A table of that name holds the rows of the query, for this connection alone."""
        ...

    def view(self, name: str, sql: str) -> None:
        """The name stands for the query, which is asked anew each time."""
        ...

    def revise(self, name: str, column: str, given: str, where: str) -> None:
        """In the rows of a kept table for which `where` is true, the column has another value."""
        ...

    def stream(
        self, sql: str, *, batch_rows: int = 65_536, through: BatchFunction | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The result in batches, in order, each as what `through` makes of it; only one stream is open at a time.

        A type this engine lacks leaves as the next wider one: whoever takes the columns says what they are.
        """
        ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The whole of a small result as Python values."""
        ...

    def load(self, name: str, table: pa.Table) -> None:
        """A table of that name holds these rows."""
        ...

    def columns(self, path: Path, form: Format) -> Mapping[str, str]:
        """The file's columns and DuckDB's names for their types, whatever the engine.

        Raises:
            InputError: the file is missing or cannot be read in that format.
        """
        ...

    def close(self) -> None:
        """Nothing of it is left, in memory or on disk."""
        ...
