"""A folder that the synthetic generator wrote: canonical records and events, read in place."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assent.errors import InputError
from assent.vocabulary.people import IDENTIFIER_SCHEMA
from assent.vocabulary.tables import CANONICAL, RECORD_SCHEMA, Format, RecordTable, SourceFiles


def read_generated(folder: Path) -> SourceFiles:
    """The folder's `records/*.parquet`, `events/*.parquet` and, where there are any, `identifiers/*.parquet`.

    Raises:
        InputError: there are no records, or a file is not in the canonical schema.
    """
    records = tuple(sorted((folder / "records").glob("*.parquet")))
    if not records:
        raise InputError(
            f"no records/*.parquet in `{folder}`", hint="`assent source synthesize FOLDER` writes such a folder"
        )
    for path in records:
        _check(path)
    events = tuple(sorted((folder / "events").glob("*.parquet")))
    identifiers = tuple(sorted((folder / "identifiers").glob("*.parquet")))
    for path in identifiers:
        _check(path, IDENTIFIER_SCHEMA)
    return SourceFiles((RecordTable(records, Format.PARQUET, CANONICAL),), events, identifiers=identifiers)


def _check(path: Path, wanted: pa.Schema = RECORD_SCHEMA) -> None:
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException):
        raise InputError(f"`{path}` cannot be read as parquet") from None
    for field in wanted:
        if field.name not in schema.names or schema.field(field.name).type != field.type:
            raise InputError(f"`{path}` has no column `{field.name}` of type {field.type}")
