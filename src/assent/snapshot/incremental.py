"""A snapshot that begins from a parent: what changed is decided again, the rest is taken as it was.

    events, people ─► renewed        whom the rules judge differently (`gate.anew`)
    files, renewed ─► chosen         which records that concerns (`choosing`)
    chosen ─► gate ─► new rows       those alone, as among all
    parent + new rows ─► decisions, index, data     merged (`merging`); files without a change are linked

Guarantee: the files are those that a full build of the same moment, sources, rules and keys writes.
Whatever does not fit raises `Unusable` before anything is written that could not be removed; then a full build follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.copying import CopySearch
from assent.errors import EvidenceError
from assent.evidence.decisions import DECISION_SCHEMA
from assent.evidence.manifest import CopyFileEntry, DataFileEntry, DecisionFileEntry, GroupHashes, SnapshotManifest
from assent.evidence.tags import partition_of
from assent.gate import GateRequest, Subset, open_gate
from assent.gate.anew import Known, Renewed, judge_anew, list_links
from assent.gate.keeping import AUTHOR_SCHEMA, LINK_SCHEMA, NAME_SCHEMA, ROW_SCHEMA
from assent.policy.pack import AgeAt
from assent.snapshot.building import Progress, Written, basis_of, entry_of, kept_of, spooling
from assent.snapshot.choosing import Chosen, choose, joined
from assent.snapshot.curating import NOTHING, Curating, changed_people
from assent.snapshot.decided import FOLDER as DECISIONS
from assent.snapshot.decided import write_decisions
from assent.snapshot.judging import write_copies
from assent.snapshot.layout import DATA, DataFile, read_partition, write_partitions
from assent.snapshot.merging import masks_of, merged_authors, merged_data, merged_rows
from assent.snapshot.reading import digest_of, without_files
from assent.snapshot.rewriting import link
from assent.snapshot.tally import Tally
from assent.snapshot.touched import named_in, open_data
from assent.snapshot.working import Index, IndexWriter, Unusable
from assent.vocabulary.tables import SNAPSHOT_SCHEMA, Problem

_FEW = 100_000
"""So many records are decided again whatever share of all they are."""
_MOST = 3
"""When more than one in so many changed, deciding everything costs no more."""

Place = tuple[int, int]
Masks = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Parent:
    """A snapshot that stands, with what its build left.

    Args:
        index: of the same snapshot.
    """

    folder: Path
    manifest: SnapshotManifest
    index: Index


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the gate said of the records that were decided again."""

    rows: pa.Table
    kept: Mapping[str, pa.Table]
    data: Mapping[Place, pa.Table]
    sql: str


def write_child(  # noqa: PLR0917 - as `write_full`, and what it begins from
    building: Path,
    request: GateRequest,
    files: tuple[str, ...],
    index_folder: Path,
    parent: Parent,
    progress: Progress,
    *,
    curating: Curating = NOTHING,
) -> Written:
    """Every record's decision, and what is permitted, lies in the building folder, as after a full build.

    Args:
        request: `indexed`, of all records; its decision key is the parent's.
        files: the identities of the files, in order.

    Raises:
        Unusable: the parent and what it left do not fit what is to be built.
    """
    with spooling(building) as spool, IndexWriter(index_folder) as index:
        return _write_child(building, request, files, index, parent, progress, curating, spool)


def _write_child(  # noqa: PLR0917 - as `write_child`
    building: Path,
    request: GateRequest,
    files: tuple[str, ...],
    index: IndexWriter,
    parent: Parent,
    progress: Progress,
    curating: Curating,
    spool: Path,
) -> Written:
    basis, purpose = parent.index.basis, request.pack.purposes[request.purpose]
    progress("finding what changed", 0, 0)
    before = Known(
        basis.at,
        basis.size,
        basis.events,
        basis.holds,
        frozenset(basis.taken_back),
        parent.index.table("people"),
        parent.index.table("excluded")["id"].combine_chunks(),
    )
    renewed = judge_anew(request, before)
    new = _rows_of_new_files(request, files, basis.files)
    masks = masks_of(parent.folder, parent.manifest.decisions)
    also = joined(_known_anew(parent, curating), parent.index.table("copied")["id"])
    progress("deciding what changed", 0, 0)
    while True:
        chosen = choose(parent.index, files, renewed, new, also, aging=purpose.age_at is AgeAt.CREATION)
        if chosen.expected > max(_FEW, len(masks) // _MOST):
            raise Unusable("most of it changed")
        search = curating.search(spool, partial(_signed_before, parent, chosen))
        decided = _decide(request, chosen, renewed, masks, curating, search)
        if search is None or not len(search.reached):
            break
        # These copy what is denied now; once they are decided again they are in nobody's reach.
        also = joined(also, search.reached)
    progress("writing what is permitted", 0, 0)
    data = _write_data(building, parent, _gone(request, parent.index, chosen, masks), decided.data)
    progress("writing decisions", 0, 0)
    tally = Tally(sorted(purpose.scope))
    if not decided.rows.num_rows and not chosen.dropped.any() and not renewed.moved.num_rows and basis.files == files:
        as_before = _as_before(building, request, files, parent, renewed, index, data, kept_of(curating, search))
        return replace(as_before, curated=curating.judged(building, data, progress, _copies(building, request, search)))
    rows = merged_rows(parent.folder, parent.manifest.decisions, parent.index, chosen, decided.rows)
    written = write_decisions(_noted(rows, index, tally), building, key=request.decision_key)
    authors = merged_authors(parent.index.table("authors"), chosen.dropped, decided.kept["authors"], renewed.moved)
    _keep(index, parent.index, chosen, renewed, authors, decided.kept)
    for name, table in kept_of(curating, search).items():
        index.add_table(name, table)
    index.finish(basis_of(request, renewed.events, renewed.holds, files))
    counts = tally.counts(authors)
    return Written(
        data,
        written,
        counts,
        decided.sql or parent.manifest.engine["sql"],
        _problems(request, counts.unreadable),
        curating.judged(building, data, progress, _copies(building, request, search)),
    )


def _as_before(  # noqa: PLR0917 - all there is
    building: Path,
    request: GateRequest,
    files: tuple[str, ...],
    parent: Parent,
    renewed: Renewed,
    index: IndexWriter,
    data: tuple[DataFileEntry, ...],
    curated: Mapping[str, pa.Table | Iterator[pa.RecordBatch]],
) -> Written:
    """No decision is another: the parent's files stand in the building folder too, whole."""
    manifest = parent.manifest
    (building / DECISIONS).mkdir()
    for entry in manifest.decisions.files:
        _link(parent.folder, building, entry)
    if manifest.decisions.groups is not None:
        _link(parent.folder, building, manifest.decisions.groups)
    for batch in parent.index.rows():
        index.add_rows(batch)
    for name in ("authors", "names", "links"):
        index.add_table(name, parent.index.table(name))
    index.add_table("people", renewed.people)
    index.add_table("excluded", pa.table({"id": renewed.excluded}))
    for name, table in curated.items():
        index.add_table(name, table)
    index.finish(basis_of(request, renewed.events, renewed.holds, files))
    counts = manifest.counts
    return Written(data, manifest.decisions, counts, manifest.engine["sql"], _problems(request, counts.unreadable))


def _known_anew(parent: Parent, curating: Curating) -> pa.Array:
    """The ids of permitted rows in which the parent masked by what is no longer all, or no longer so.

    Raises:
        Unusable: that may be any row.
    """
    before = parent.manifest.curation
    if (before is not None) != curating.asked or (before is not None and dict(before.tools) != dict(curating.tools)):
        raise Unusable("its texts were curated by other releases")
    none = pa.array([], pa.string())
    if not curating.rules.mask:
        return none
    members, others = changed_people(parent.index.table("known"), curating.known())
    if others:
        raise Unusable("people who are no members objected, or no longer do; their names may stand anywhere")
    if not len(members):
        return none
    found = []
    for entry in parent.manifest.files:
        table = open_data(parent.folder, entry).read(columns=["id", "author", "subjects"])
        found += table["id"].filter(named_in(table, members, none)).chunks
    return pa.chunked_array(found, pa.string()).combine_chunks()


def _signed_before(parent: Parent, chosen: Chosen) -> Iterator[pa.RecordBatch]:
    """What an earlier search learned of the records that are not decided again."""
    for batch in parent.index.table("signed").to_batches():
        yield batch.filter(pc.invert(pc.is_in(batch["id"], value_set=chosen.dropped_ids)))


def _copies(building: Path, request: GateRequest, search: CopySearch | None) -> CopyFileEntry | None:
    return None if search is None else write_copies(building, search.copied, request.decision_key)


def _rows_of_new_files(request: GateRequest, files: tuple[str, ...], before: tuple[str, ...]) -> pa.Table:
    read = set(before)
    tables, numbers = without_files(request.tables, [identity not in read for identity in files])
    if len(set(files)) != len(files) or any(files[number] in read for number in numbers):
        raise Unusable("a file lies there twice")
    return list_links(request, tables) if tables else LINK_SCHEMA.empty_table()


def _decide(  # noqa: PLR0917 - what is asked, and how
    request: GateRequest, chosen: Chosen, renewed: Renewed, masks: Masks, curating: Curating, search: CopySearch | None
) -> _Decided:
    """What the gate says of the chosen records."""
    if not chosen.expected:
        nothing = {
            "authors": AUTHOR_SCHEMA.empty_table(),
            "names": NAME_SCHEMA.empty_table(),
            "links": LINK_SCHEMA.empty_table(),
        }
        return _Decided(ROW_SCHEMA.empty_table(), nothing, {}, "")
    ids, places = chosen.settled["id"].combine_chunks(), chosen.settled["place"].to_numpy()
    final = pa.array(masks[places], pa.uint32())

    def settled(parents: pa.Array) -> pa.Array:
        if not pc.all(pc.is_in(parents, value_set=chosen.parents), min_count=0).as_py():
            raise Unusable("a record names another parent than it did")
        return final.take(pc.index_in(parents, value_set=ids))

    tables, numbers = without_files(request.tables, chosen.needed)
    subset = Subset(chosen.ids, settled, renewed.people)
    with open_gate(replace(request, tables=tables, subset=subset, copies=search)) as gate:
        data: dict[Place, list[pa.RecordBatch]] = defaultdict(list)
        for shard, part, batch in gate.permitted(curating.curate(request.decision_key)):
            data[shard, part].append(batch)
        rows = _renumbered(pa.Table.from_batches(gate.decided(), ROW_SCHEMA), numbers)
        if rows.num_rows != chosen.expected:
            raise Unusable("its sources do not hold the records they held")
        tables_of = {place: pa.Table.from_batches(batches, SNAPSHOT_SCHEMA) for place, batches in data.items()}
        return _Decided(rows, gate.kept(), tables_of, gate.sql_digest)


def _renumbered(rows: pa.Table, numbers: list[int]) -> pa.Table:
    files = rows["file"]
    if files.null_count:
        raise Unusable("a file has a column by which nobody can tell files apart")
    at = ROW_SCHEMA.get_field_index("file")
    return rows.set_column(at, ROW_SCHEMA.field(at), pa.array(np.array(numbers, np.int32)[files.to_numpy()]))


def _gone(request: GateRequest, index: Index, chosen: Chosen, masks: Masks) -> Mapping[Place, pa.Array]:
    """The ids of rows that were permitted and are dropped, by where they lie."""
    authors = index.table("authors")
    places = np.flatnonzero(chosen.dropped)
    permitted = masks[places] == 0
    places, ids = places[permitted], chosen.dropped_ids.filter(pa.array(permitted))
    if not len(places):
        return {}
    whose = np.searchsorted(np.cumsum(authors["rows"].to_numpy()), places, side="right")
    different, inverse = np.unique(whose, return_inverse=True)
    members = authors["member"].take(pa.array(different)).to_pylist()
    parts = np.array(
        [
            shard * request.slices + part
            for shard, part in (
                partition_of(request.partition_key, member, shards=request.shards, slices=request.slices)
                for member in members
            )
        ]
    )[inverse]
    return {divmod(int(number), request.slices): ids.filter(pa.array(parts == number)) for number in np.unique(parts)}


def _write_data(
    building: Path,
    parent: Parent,
    gone: Mapping[Place, pa.Array],
    new: Mapping[Place, pa.Table],
) -> tuple[DataFileEntry, ...]:
    """Every partition's file lies in the building folder; one in which nothing changed is the parent's own.

    # INVARIANT: a file that has a name is never written to again, so two snapshots can share its bytes.
    """
    (building / DATA).mkdir()
    old = {(each.shard, each.slice): each for each in parent.manifest.files}
    none = pa.array([], pa.string())
    written: list[DataFileEntry] = []
    for place in sorted({*old, *new}):
        entry = old.get(place)
        if entry is not None and place not in gone and place not in new:
            _link(parent.folder, building, entry)
            written.append(entry)
            continue
        stored = iter(()) if entry is None else _rows(parent.folder, entry)
        rows = merged_data(stored, gone.get(place, none), new.get(place, SNAPSHOT_SCHEMA.empty_table()))
        stream = ((*place, batch) for batch in rows if batch.num_rows)
        written += [entry_of(each) for each in write_partitions(stream, building)]
    return tuple(written)


def _rows(folder: Path, entry: DataFileEntry) -> Iterator[pa.RecordBatch]:
    file = DataFile(entry.shard, entry.slice, entry.path, entry.sha256, entry.rows, entry.bytes)
    try:
        yield from read_partition(folder, file)
    except EvidenceError:
        raise Unusable("one of its data files is missing or changed") from None


def _link(folder: Path, building: Path, entry: DataFileEntry | DecisionFileEntry | GroupHashes) -> None:
    """The parent's file stands in the building folder too, once its bytes are what its name says."""
    source, target = folder / entry.path, building / entry.path
    if digest_of(source) != entry.sha256:
        raise Unusable("one of its files is missing or changed")
    link(source, target)


def _noted(rows: Iterator[pa.RecordBatch], index: IndexWriter, tally: Tally) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        index.add_rows(batch)
        tally.add(batch)
        yield batch.select(DECISION_SCHEMA.names)


def _keep(  # noqa: PLR0917 - what stays and what is new
    index: IndexWriter, before: Index, chosen: Chosen, renewed: Renewed, authors: pa.Table, new: Mapping[str, pa.Table]
) -> None:
    """The index holds the tables of what stays and what is new."""
    index.add_table("authors", authors)
    index.add_table("people", renewed.people)
    index.add_table("excluded", pa.table({"id": renewed.excluded}))
    for name in ("names", "links"):
        table = before.table(name)
        stays = table.filter(pc.invert(pc.is_in(table["id"], value_set=chosen.dropped_ids)))
        index.add_table(name, pa.concat_tables([stays, new[name]]))


def _problems(request: GateRequest, unreadable: int) -> tuple[Problem, ...]:
    where = ", ".join(dict.fromkeys(path.name for table in request.tables for path in table.files))
    return (Problem(where, "rows that cannot be read in full", unreadable),) if unreadable else ()
