"""What a build leaves for the next one: its decisions' plain names and people's judgments, private and unsigned.

    <keys>/snapshots/<id>.index/
        basis.json      what it was made from and for, and the SHA-256 of each of the others; written last
        rows.arrow      a row for each decision, in their order: id, file, category, flags
        authors.arrow   people.arrow  names.arrow  links.arrow  excluded.arrow     as in `gate.keeping`
        known.arrow     what was known of each person, as digests
        signed.arrow    copied.arrow     texts that might be copied, as signatures, and records that copy one

It is no evidence and may be deleted at any time: the next build is then a full one. It says whose record is whose
and who objected, so it is as secret as the decision key and goes when that goes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa

from assent.curation.copying import COPIED_SCHEMA, KEPT_SCHEMA
from assent.gate import keeping
from assent.snapshot.curating import DIGEST_SCHEMA
from assent.storage.files import explained, sync_folder
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.instants import format_instant, parse_instant
from assent.vocabulary.state import Hold

FORMAT: Final = 2
BASIS: Final = "basis.json"
ROWS: Final = "rows"
ROWS_AT_ONCE: Final = 1 << 17
TABLES: Final[Mapping[str, pa.Schema]] = {
    "authors": keeping.AUTHOR_SCHEMA,
    "people": keeping.PEOPLE_SCHEMA,
    "names": keeping.NAME_SCHEMA,
    "links": keeping.LINK_SCHEMA,
    "excluded": keeping.EXCLUDED_SCHEMA,
    "known": DIGEST_SCHEMA,
    "signed": KEPT_SCHEMA,
    "copied": COPIED_SCHEMA,
}
ABOUT_ROWS: Final = pa.schema([keeping.ROW_SCHEMA.field(name) for name in ("id", "file", "category", "flags")])


class Unusable(Exception):  # noqa: N818 - no error: it is told in one line, and a full build follows
    """There is nothing to begin from, and why."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What an index rests on.

    Args:
        events: how many events before N the columns held; fewer at a later time means that some were erased.
        files: an identity for each file that was read, in order (`reading.file_identities`).
    """

    at: datetime
    size: int
    events: int
    holds: tuple[Hold, ...]
    taken_back: tuple[str, ...]
    files: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {
            "at": format_instant(self.at),
            "holds": [
                [
                    each.purpose,
                    each.region,
                    *(instant and format_instant(instant) for instant in (each.since, each.until)),
                ]
                for each in self.holds
            ],
        }


@dataclass(frozen=True, slots=True)
class Index:
    """An index that lies in a folder, whole."""

    folder: Path
    basis: Basis

    def table(self, name: str) -> pa.Table:
        """One of `TABLES`, mapped into memory."""
        return _read(self.folder / f"{name}.arrow").read_all()

    def rows(self) -> Iterator[pa.RecordBatch]:
        """What the decisions are about, in `ABOUT_ROWS`."""
        reader = _read(self.folder / f"{ROWS}.arrow")
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)


class IndexWriter:
    """An index on its way into a folder; without `finish` it is none."""

    def __init__(self, folder: Path) -> None:
        with explained(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o700)
            self._folder = folder
            self._names = [ROWS]
            self._sink = _create(folder / f"{ROWS}.arrow")
            self._rows = pa.ipc.new_file(self._sink, ABOUT_ROWS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Where there is no room, what was still to be written cannot be; that was said already.
        with suppress(OSError):
            self._sink.close()

    def add_rows(self, batch: pa.RecordBatch) -> None:
        """These rows come next; columns that the decisions hold are passed over."""
        with explained(self._folder):
            self._rows.write_batch(batch.select(ABOUT_ROWS.names))

    def add_table(self, name: str, rows: pa.Table | Iterable[pa.RecordBatch]) -> None:
        """One of `TABLES`."""
        batches = rows.to_batches(ROWS_AT_ONCE) if isinstance(rows, pa.Table) else rows
        with explained(self._folder):
            sink = _create(self._folder / f"{name}.arrow")
            with sink, pa.ipc.new_file(sink, TABLES[name]) as writer:
                for batch in batches:
                    writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=TABLES[name]))
        self._names.append(name)

    def finish(self, basis: Basis) -> None:
        """The folder holds an index, durably.

        # INVARIANT: `basis.json` is written once everything it names is on disk, so an index that a crash cut off
        # has none and is never used.
        """
        with explained(self._folder):
            self._rows.close()
            self._sink.close()
            digests = {name: _synced_digest(self._folder / f"{name}.arrow") for name in self._names}
            document = {"format": FORMAT, "files": digests, "basis": basis.to_json()}
            with _create(self._folder / BASIS) as file:
                file.write(json.dumps(document).encode())
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self._folder)


def open_index(folder: Path) -> Index:
    """The index in that folder, once its bytes are those that were written.

    Raises:
        Unusable: there is none, it was cut off or changed, or another release wrote it.
    """
    try:
        document = json.loads((folder / BASIS).read_bytes())
        if document["format"] != FORMAT:
            raise Unusable("its working index was written by another release")
        for name, digest in document["files"].items():
            with (folder / f"{name}.arrow").open("rb") as file:
                if file_digest(file, "sha256").hexdigest() != digest:
                    raise Unusable("its working index is damaged")
        return Index(folder, _basis(document["basis"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise Unusable("it has no working index") from None


def _basis(given: Mapping[str, Any]) -> Basis:
    return Basis(
        at=parse_instant(given["at"]),
        size=given["size"],
        events=given["events"],
        holds=tuple(
            Hold(PurposeName(purpose), region, *(each and parse_instant(each) for each in span))
            for purpose, region, *span in given["holds"]
        ),
        taken_back=tuple(given["taken_back"]),
        files=tuple(given["files"]),
    )


def _create(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")


def _read(path: Path) -> Any:
    return pa.ipc.open_file(pa.memory_map(str(path)))


def _synced_digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest
