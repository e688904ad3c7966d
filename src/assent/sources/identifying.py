"""Who is recognised by what, as a platform's own tables say: read by column, kept in one form (`IDENTIFIER_SCHEMA`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from assent.errors import InputError
from assent.vocabulary.people import IDENTIFIER_SCHEMA, IdentifierKind

BATCH_ROWS: Final = 65_536

Row = tuple[str | None, str, str]
Rows = Mapping[str, Sequence[Any]]
"""Some rows of a file: values by column name."""


class IdentifierWriter:
    """Writes identifiers to one Parquet file, a batch at a time; what is empty is left out."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetWriter(path, IDENTIFIER_SCHEMA, compression="zstd")
        self._rows: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: object, _t: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._file.close()

    def write(self, member: str | None, kind: IdentifierKind, value: str) -> None:
        """The identifier is in the file once the writer is closed."""
        value = value.strip()
        if value:
            self._rows.append((member, kind.value, value))
        if len(self._rows) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(IDENTIFIER_SCHEMA)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, IDENTIFIER_SCHEMA, strict=True)]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=IDENTIFIER_SCHEMA))
        self._rows = []


def identifiers_in(
    rows: Rows, columns: Mapping[IdentifierKind, Sequence[str]], member: str | None
) -> Iterator[tuple[str | None, IdentifierKind, str]]:
    """What these rows say, in their order.

    Args:
        columns: of each kind the columns that make its value, joined by a space.
        member: the column of the member's id; None where the rows are of people who are no members.
    """
    size = len(next(iter(rows.values()), ()))
    for at in range(size):
        owner = None if member is None else rows[member][at]
        if member is not None and owner is None:
            # Somebody without an id is nobody's identifier: only a file that says so holds people who are no members.
            continue
        for kind, names in columns.items():
            value = " ".join(str(rows[name][at]).strip() for name in names if rows[name][at] is not None)
            if value.strip():
                yield None if owner is None else str(owner), kind, value


def read_columns(path: Path, columns: Sequence[str], lines: Iterator[Mapping[str, object]] | None) -> Iterator[Rows]:
    """The columns of a Parquet or CSV file, or of JSON `lines`, a batch at a time; in CSV an empty cell is null.

    Raises:
        InputError: the file cannot be read to its end.
    """
    wanted = list(dict.fromkeys(columns))
    try:
        if lines is not None:
            while batch := list(islice(lines, BATCH_ROWS)):
                yield {name: [row.get(name) for row in batch] for name in wanted}
        elif path.suffix.lower() == ".parquet":
            with pq.ParquetFile(path) as file:
                for found in file.iter_batches(BATCH_ROWS, columns=wanted):
                    yield {name: found.column(name).to_pylist() for name in wanted}
        else:
            convert = pa_csv.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), null_values=[""],
                strings_can_be_null=True, quoted_strings_can_be_null=True,
            )  # fmt: skip
            with pa_csv.open_csv(
                path, convert_options=convert, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
            ) as reader:
                for found in reader:
                    yield {name: found.column(name).to_pylist() for name in wanted}
    except (OSError, pa.ArrowException):
        raise InputError(f"`{path.name}` cannot be read to its end") from None
