"""Everybody the platform knows, in arrays that lie in a file and are mapped where they are needed.

One record batch of one row: every array is a list in it. A small one travels along when it is sent to another process;
of a large one only the path does. The file is private to whoever made it, and gone with the process that did.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assent.curation.redact.known.givens import given_names
from assent.curation.redact.known.identifiers import Keys, keys_of_everybody
from assent.curation.redact.known.index import NOBODY
from assent.curation.redact.known.settling import KINDS, hashes_of, settled
from assent.curation.redact.known.streams import Places
from assent.errors import UnavailableError
from assent.vocabulary.people import IdentifierKind

TRAVELS_BYTES: Final = 512 * 1024
"""What is no larger is sent along; of what is larger the path is."""

_NAME: Final = KINDS.index(IdentifierKind.NAME)


class Register:
    """Who is known, by what.

    Guarantee: the same rows in any order make the same register.
    """

    def __init__(self, identifiers: pa.Table) -> None:
        self._batch = _made(identifiers)
        self._folder: Path | None = None

    def __getstate__(self) -> dict[str, Any]:
        if self._batch.nbytes <= TRAVELS_BYTES:
            return {"bytes": _written(self._batch).to_pybytes()}
        return {"path": str(self._file())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._folder = None
        if "bytes" in state:
            self._batch = pa.ipc.open_stream(state["bytes"]).read_next_batch()
            return
        try:
            self._batch = pa.ipc.open_stream(pa.memory_map(state["path"])).read_next_batch()
        except OSError:
            raise UnavailableError(
                f"what is known of people is not at `{state['path']}`",
                hint="TMPDIR has to name a folder that every executor sees",
            ) from None

    def __len__(self) -> int:
        return len(self.array("codes"))

    @property
    def others(self) -> int:
        """The first row of who is no member."""
        return int(self.numbers("others")[0])

    def array(self, name: str) -> pa.Array:
        """The array of that name."""
        return self._batch.column(name).values

    def numbers(self, name: str) -> NDArray[Any]:
        """The array of that name, as numbers."""
        numbers: NDArray[Any] = self.array(name).to_numpy()
        return numbers

    def keys(self, name: str) -> Keys:
        """The keys under which who is no member is looked for: `words`, `pairs` or `phones`."""
        return Keys(self.numbers(name), self.numbers(f"{name}_entries"))

    def people(self, ids: pa.Array) -> Places:
        """The number of each member; `NOBODY` for who is none. Cost: a binary search for each."""
        hashes = self.numbers("hashes")
        wanted = hashes_of(ids)
        at = np.searchsorted(hashes, wanted)
        found = np.full(len(ids), NOBODY, dtype=np.int64)
        open_ = np.arange(len(ids))
        while True:
            open_ = open_[at[open_] < len(hashes)]
            open_ = open_[hashes[at[open_]] == wanted[open_]]
            if not len(open_):
                return found
            members = self.array("members").take(pa.array(at[open_]))
            # Null is the number of everybody, and nobody's id.
            same = np.asarray(pc.fill_null(pc.equal(members, ids.take(pa.array(open_))), False))
            found[open_[same]] = at[open_[same]]
            open_ = open_[~same]
            at[open_] += 1

    def rows(self, people: Places) -> tuple[Places, Places]:
        """The rows of these people, one after the other, and whose each is: the place among those given."""
        starts = self.numbers("starts")
        first, count = starts[people], starts[people + 1] - starts[people]
        whose = np.repeat(np.arange(len(people)), count)
        return np.arange(len(whose)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count), whose

    def _file(self) -> Path:
        if self._folder is None:
            folder = Path(tempfile.mkdtemp(prefix="assent-known-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            with (
                pa.OSFile(str(folder / "people.arrow"), "wb") as sink,
                pa.ipc.new_stream(sink, self._batch.schema) as out,
            ):
                out.write_batch(self._batch)
            self._folder = folder
        return self._folder / "people.arrow"


def _written(batch: pa.RecordBatch) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as out:
        out.write_batch(batch)
    return sink.getvalue()


def _made(identifiers: pa.Table) -> pa.RecordBatch:
    found = settled(identifiers)
    has_others = len(found.members) > 0 and not found.members[-1].is_valid
    others = int(found.starts[-2]) if has_others else len(found.members)
    names = found.values.filter(pa.array(found.codes == _NAME))
    words, pairs, seconds, phones = keys_of_everybody(found.codes[others:], found.values[others:])
    arrays: dict[str, Any] = {
        "members": found.members.take(pa.array(found.starts[: -1])),
        "starts": found.starts,
        "hashes": found.hashes,
        "codes": found.codes,
        "values": found.values,
        "others": np.array([others]),
        "givens": pa.array(sorted(given_names(names)), pa.string()),
        "words": words.numbers, "words_entries": words.entries,
        "pairs": pairs.numbers, "pairs_seconds": seconds, "pairs_entries": pairs.entries,
        "phones": phones.numbers, "phones_entries": phones.entries,
    }  # fmt: skip
    return pa.RecordBatch.from_pydict({name: _as_list(array) for name, array in arrays.items()})


def _as_list(array: pa.Array | NDArray[Any]) -> pa.Array:
    values = array if isinstance(array, pa.Array) else pa.array(array)
    return pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), values)
