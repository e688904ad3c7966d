"""Erase members: out of every snapshot and feed, then out of the ledger, so that no byte of theirs is left.

For each call, in this order:

1. `erasure.requested` is recorded: from here on every reader leaves them out, and no build takes them in;
2. standing snapshots are rewritten without them (`sweep`), and feeds to recipients retracted (`purge`);
3. nobody builds meanwhile, and no snapshot on the shelf holds a row of theirs: else it ends here;
4. the key of the suppression list is there, made with the first erasure;
5. one transaction shreds: salts and events deleted, entries kept, the members listed, the positions accounted for;
6. what was derived from their events is dropped: the mirror, the database's free pages and
   journal, staging, what builds leave for the next one.

Each step can be done again, and what is done is found done: after a crash, or where step 3 ended it, the same
command goes on. Backups, exports that were handed out and the platform's own tables are not Assent's to erase.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.errors import InputError, RefusedError
from assent.evidence.attestation import read_unverified
from assent.evidence.manifest import MANIFEST, parse_manifest
from assent.ledger import Ledger
from assent.ledger.charge import Gap, no_gap
from assent.ledger.shredding import Readmission, Shredding
from assent.ledger.suppression import create_suppression_key
from assent.operations.flagging import FOLDER as SENSITIVE_LISTS
from assent.operations.ledger import SUPPRESSION_KEY, ledger_key_of, suppression_key_of
from assent.operations.snapshots import shelf_of
from assent.operations.workspace import Workspace
from assent.snapshot.holding import Held, rows_of
from assent.snapshot.sealing import held
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId, SnapshotId

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]
Sweep = Callable[[Workspace], Collection[SnapshotId]]
"""Rewrites every standing snapshot without those who took back or asked to be erased; gives those it could not."""
Purge = Callable[[Workspace, str], object]
"""Takes one member out of everything that is on its way to recipients."""

NOT_REMOVED: Final = (
    "backups of the ledger, of snapshots and of keys made before: they hold what they held",
    "snapshots, feeds and exports that were handed to others: recipients are told through the feeds",
    "the platform's own tables and files that sources read: erasing there is the platform's own job",
    "the entries in the log, which say nothing any more, and the keyed hashes of their records in `decisions/`",
    "what others' events and records say: a hold, a record somebody else excluded, a text that names them",
)
"""What erasing does not reach; told to whoever asks for it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A member is erased.

    Args:
        events: how many events were shredded now; 0 for somebody who was erased before.
        named: rows of others, in standing snapshots, in which the rules let them be named.
    """

    member: str
    events: int
    named: int

    def to_json(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {"member": self.member, "events": self.events, "named": self.named}


def erase_members(
    workspace: Workspace,
    members: Sequence[str],
    *,
    clock: Clock,
    sweep: Sweep,
    purge: Purge = lambda _workspace, _member: None,
    at: datetime | None = None,
    entropy: Callable[[int], bytes] = os.urandom,
    progress: Progress = lambda _what, _done, _total: None,
    gap: Gap = no_gap,
) -> list[Erased]:
    """Nothing of these members is left in ledger, snapshots and whatever was made of them here.

    Args:
        at: since when they asked for it; now if not given.

    Raises:
        InputError: the ledger knows nothing of one of them, or `at` lies in the future; nothing was recorded.
        RefusedError: a snapshot still holds rows of theirs, or names them and could not be rewritten; every reader
            leaves those rows out all the same.
        UnavailableError: a build is at work, or somebody still reads an older state of the database.
    """
    members = list(dict.fromkeys(members))
    with _opened(workspace, clock, entropy, gap) as ledger:
        progress("recording the requests", 0, len(members))
        _request(ledger, members, at, clock())
    # A crash here, or anywhere before the shredding: nobody reads them any more, and everything can be done again.
    gap("requested")
    progress("rewriting snapshots", 0, 0)
    unswept = sweep(workspace)
    for done, member in enumerate(members):
        progress("retracting from recipients", done, len(members))
        purge(workspace, member)
    gap("swept")
    shelf = shelf_of(workspace)
    with _opened(workspace, clock, entropy, gap) as ledger, held(shelf):
        # INVARIANT: the shelf is held from this look until the shredding is committed, so that no build that
        # still saw them can seal a snapshot after it.
        progress("looking for rows of theirs", 0, 0)
        found = _require_nothing_held(workspace, ledger, members, unswept)
        _require_key(workspace, ledger, entropy)
        # A crash here leaves a key and no list; the next erasure uses it.
        gap("key-made")
        progress("shredding", 0, len(members))
        shredding = Shredding(members, suppression_key_of(workspace), clock(), {})
        ledger.transact(shredding.draw)
        # A crash here: they are erased, but free pages, the journal, mirror and staging may still hold bytes of
        # theirs. The mirror is dropped before anyone reads it; the rest when the command is given again.
        gap("shredded")
        progress("overwriting what was deleted", 0, 0)
        ledger.overwrite_deleted()
        gap("overwritten")
        _clear_staging(workspace, members)
        _clear_indexes(workspace)
        gap("cleared")
    return [Erased(member, shredding.shredded[member], found.named[member]) for member in members]


def is_suppressed(workspace: Workspace, member: str, *, clock: Clock) -> bool:
    """Whether the member was erased and not let back in.

    Raises:
        InputError: there is no ledger, or the key of its suppression list is missing.
    """
    with _reading(workspace, clock) as ledger:
        return bool(ledger.suppressed([member]))


def readmit_member(
    workspace: Workspace, member: str, *, clock: Clock, entropy: Callable[[int], bytes] = os.urandom
) -> int:
    """The member may be recorded again; the log says so under their pseudonym, at the position returned.

    Nothing that was erased comes back: they begin as somebody of whom nothing is known.

    Raises:
        InputError: they are not on the suppression list.
    """
    with _opened(workspace, clock, entropy, no_gap) as ledger:
        seqs = ledger.transact(Readmission(member, suppression_key_of(workspace), clock()).draw)
    if not seqs:
        raise InputError(f"`{member}` is not on the suppression list", hint="there is nothing to lift")
    return seqs.start


def _opened(workspace: Workspace, clock: Clock, entropy: Callable[[int], bytes], gap: Gap) -> Ledger:
    return Ledger.open(
        workspace.ledger_folder,
        clock=clock,
        key=ledger_key_of(workspace),
        entropy=entropy,
        gap=gap,
        suppression_key=suppression_key_of(workspace),
    )


def _reading(workspace: Workspace, clock: Clock) -> Ledger:
    return Ledger.open(workspace.ledger_folder, clock=clock, suppression_key=suppression_key_of(workspace))


def _request(ledger: Ledger, members: Sequence[str], at: datetime | None, now: datetime) -> None:
    """Every member who has events and did not ask before has asked now."""
    if at is not None and at > now:
        raise InputError("`--at` lies in the future", hint="an erasure takes effect when it is asked for")
    suppressed = ledger.suppressed(members)
    requests: list[Event] = []
    for member in members:
        events = [event for _, event in ledger.events_of(member)]
        if not events and member not in suppressed:
            raise InputError(
                f"the ledger knows nothing of `{member}`", hint="check the id; nothing was recorded for anybody"
            )
        asked = any(isinstance(event, Event) and event.type is EventType.ERASURE_REQUESTED for event in events)
        if events and not asked:
            requests.append(Event(EventType.ERASURE_REQUESTED, at or now, MemberId(member), by="erase"))
    if requests:
        ledger.append(requests)


def _require_nothing_held(
    workspace: Workspace, ledger: Ledger, members: Sequence[str], unswept: Collection[SnapshotId]
) -> Held:
    """No snapshot holds a row that one of them wrote; gives the rows of others that name them."""
    shelf = shelf_of(workspace)
    here = shelf.snapshots()
    stands = _standing(ledger)
    for identity in sorted(stands - set(here)):
        raise RefusedError(
            f"`{identity}` stands in the ledger and is not on the shelf, so nobody knows whose rows it holds",
            hint=f"bring it back and sweep it; or, where it is gone for good, record that it was superseded:"
            f" assent ledger append --type snapshot.superseded --field snapshot={identity} --field digest=…",
        )
    named = Held()
    for identity in here:
        folder = shelf.of(identity)
        manifest = parse_manifest(read_unverified((folder / MANIFEST).read_bytes()))
        found = rows_of(folder, manifest, members)
        if found.own:
            member, rows = found.own.most_common(1)[0]
            raise RefusedError(
                f"`{identity}` still holds `{rows}` rows of `{member}`, so their events are kept",
                hint="run `assent sweep`, then `assent erase` again; meanwhile no reader is given these rows",
            )
        if identity in unswept and found.named:
            # Only their events keep readers from these rows: shredding would give them out again, unmasked.
            member, rows = found.named.most_common(1)[0]
            raise RefusedError(
                f"`{identity}` names `{member}` in `{rows}` rows and could not be rewritten, so their events are kept",
                hint="`assent sweep` says why; mend it, then `assent erase` again; meanwhile no reader is given them",
            )
        if identity in stands:
            named.named.update(found.named)
    return named


def _standing(ledger: Ledger) -> frozenset[SnapshotId]:
    """Sealed, and neither superseded nor removed."""
    sealed: set[str] = set()
    gone: set[str] = set()
    for _, event in ledger.system_events():
        if isinstance(event, Event) and event.key and event.type is EventType.SNAPSHOT_SEALED:
            sealed.add(event.key)
        if isinstance(event, Event) and event.key and event.type in _ENDS:
            gone.add(event.key)
    return frozenset(map(SnapshotId, sealed - gone))


_ENDS: Final = frozenset({EventType.SNAPSHOT_SUPERSEDED, EventType.SNAPSHOT_REMOVED})


def _require_key(workspace: Workspace, ledger: Ledger, entropy: Callable[[int], bytes]) -> None:
    """The suppression list has its key: made now for the first erasure, else the one it was made with."""
    path = workspace.keys_folder / SUPPRESSION_KEY
    if not ledger.has_suppressed:
        create_suppression_key(path, entropy)
    # Asked about anybody, the list says whether this is its key.
    ledger.suppressed(["-"])


def _clear_staging(workspace: Workspace, members: Sequence[str]) -> None:
    """No conversion of a source that holds the members is kept; the next use of the source makes it anew."""
    if not workspace.staging_folder.is_dir():
        return
    for staged in sorted(workspace.staging_folder.iterdir()):
        # Lists of records in a sensitive context name no member, and go with the file that they were made of.
        if staged.name != SENSITIVE_LISTS and any(
            _names(path, members) for path in sorted(staged.rglob("*")) if path.is_file()
        ):
            shutil.rmtree(staged)


def _clear_indexes(workspace: Workspace) -> None:
    """No build begins from what an earlier one knew of them; the next one is a full one."""
    for index in (workspace.keys_folder / "snapshots").glob("*.index"):
        shutil.rmtree(index)


def _names(path: Path, members: Sequence[str]) -> bool:
    if path.suffix != ".parquet":
        data = path.read_bytes()
        return any(member.encode() in data for member in members)
    wanted = pa.array(members, pa.string())
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["author", "subjects"]):
                others = pc.struct_field(pc.list_flatten(batch.column("subjects")), "member")
                if any(pc.any(pc.is_in(each, wanted)).as_py() for each in (batch.column("author"), others)):
                    return True
    except (OSError, pa.ArrowException):
        return True  # half-written or of another shape: it can be made anew
    return False


def summarize(workspace: Workspace, outcome: Sequence[Erased]) -> Mapping[str, Any]:
    """The outcome for many, and what it does not reach."""
    moved = [
        f"`{path}`, the database that the ledger was moved away from: remove it when you no longer need it"
        for path in sorted(workspace.ledger_folder.glob("ledger-moved-away*.db"))
    ]
    return {"erased": [each.to_json() for each in outcome], "not_removed": [*moved, *NOT_REMOVED]}
