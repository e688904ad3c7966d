"""Who must not be named by what a purpose's data trained, as a list of keyed hashes: for a filter here, or a file.

Listed are those who took back or objected, as of the ledger's last event: members by what the sources know them by,
and people without an account by what they wrote to object.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assent.curation.outputs import OutputFilter, list_identifiers
from assent.curation.outputs.matching import Matcher
from assent.errors import InputError
from assent.evidence.suppression_list import SuppressionList, sign_list
from assent.evidence.tags import key_id
from assent.ledger import Ledger, Positioned
from assent.ledger.columns import KINDS, ColumnarEvents
from assent.operations.build import ATTEST_KEY, ATTEST_PUBLIC, secret_key
from assent.operations.curating import identifier_files, identifiers_of_members, identifiers_of_objectors
from assent.operations.ledger import open_ledger
from assent.operations.takeback import standing_request
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.policy.pack import Pack, Purpose, Withdrawal
from assent.snapshot.since import Moment, People, events_of, scanned
from assent.snapshot.withdrawn import reasons_to_remove
from assent.storage.files import write_durably
from assent.storage.keys import load_or_create_key, publish_key
from assent.vocabulary.events import EventType
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.reasons import Reason

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]

OUTPUTS_KEY: Final = "outputs.key"
"""From which the key of each list is made."""
_KEY_BYTES: Final = 32
_ALWAYS: Final = frozenset(
    {
        EventType.TAKEBACK_REQUESTED,
        EventType.OBJECTION_RECEIVED,
        EventType.OBJECTION_DECIDED,
        EventType.ERASURE_REQUESTED,
        EventType.ERASURE_COMPLETED,
    }
)
_STOPS: Final = frozenset({EventType.SETTING_CHANGED, EventType.ACCOUNT_CLOSED})


@dataclass(frozen=True, slots=True)
class Exported:
    """A list that was written, with what it takes to use it.

    Args:
        key: the file with the key of its hashes; None where it was not asked for.
        publisher: the file with the public key of whoever signed it.
    """

    listed: SuppressionList
    path: Path
    key: Path | None
    publisher: Path


def filter_for(
    workspace: Workspace, purposes: Sequence[PurposeName], *, clock: Clock, entropy: Entropy = os.urandom
) -> OutputFilter:
    """Masks everybody who took back or objected until now, and personal details; its key is in memory only.

    Raises:
        InputError: a source cannot be read, or the pack has no such purpose.
        UnavailableError: the ledger cannot be reached.
    """
    key = entropy(_KEY_BYTES)
    return OutputFilter(Matcher(list_people(workspace, purposes, key=key, clock=clock), key))


def export_list(
    workspace: Workspace,
    recipient: str,
    path: Path,
    *,
    purposes: Sequence[str] = (),
    key_path: Path | None = None,
    clock: Clock,
    entropy: Entropy = os.urandom,
) -> Exported:
    """The signed list lies in that file, and where it was asked for its key in another.

    Args:
        recipient: who is to use it; each has a key of their own, and so nothing to compare with another's list.
        purposes: of the pack; none named means every one it offers.

    Raises:
        InputError: there is no such purpose, nobody is named, or a source cannot be read.
    """
    if not recipient.strip():
        raise InputError("nobody is named to use the list", hint="name them with --for")
    wanted = _purposes(load_pack(workspace.pack), purposes)
    secret = secret_key(workspace.keys_folder / OUTPUTS_KEY, entropy)
    key = hmac.digest(secret, b"assent suppression list for\0" + recipient.strip().encode(), "sha256")
    listed = list_people(workspace, [each.name for each in wanted], key=key, clock=clock)
    signing = load_or_create_key(workspace.keys_folder / ATTEST_KEY)
    publisher = workspace.keys_folder / ATTEST_PUBLIC
    publish_key(publisher, signing)
    if key_path is not None:
        # The key first: a list without its key is of no use, a key without a list harms nobody.
        write_durably(key_path, key)
        key_path.chmod(0o600)
    write_durably(path, sign_list(listed, signing))
    return Exported(listed, path, key_path, publisher)


def list_people(workspace: Workspace, purposes: Sequence[PurposeName], *, key: bytes, clock: Clock) -> SuppressionList:
    """Everybody who refused one of these purposes until now, as hashes under that key.

    Raises:
        InputError: a source cannot be read, or the pack has no such purpose.
        UnavailableError: the ledger cannot be reached.
    """
    pack = load_pack(workspace.pack)
    wanted = _purposes(pack, purposes)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        now = Moment(ledger.present(clock()), ledger.size)
        refused = frozenset[str]().union(*(who_refused(ledger, pack, each, now) for each in wanted))
    found = _identifiers(workspace, wanted, refused)
    members = set(found["member"].drop_null().unique().to_pylist())
    others = found.filter(pc.is_null(found["member"]))
    rows = list(zip(found["kind"].to_pylist(), found["value"].to_pylist(), strict=True))
    return SuppressionList(
        made_at=now.at.astimezone(UTC),
        ledger_size=now.size,
        purposes=tuple(sorted(each.name for each in wanted)),
        key_id=key_id(key),
        people=len(members) + len(others.filter(pc.equal(others["kind"], "name"))),
        unknown=len(refused - members),
        tags=list_identifiers(dict.fromkeys(rows), key),
    )


def who_refused(ledger: Ledger, pack: Pack, purpose: Purpose, now: Moment) -> frozenset[str]:
    """The members who took back or objected, and did not permit again; where stops take back, those who stopped.

    Cost: one scan of two columns, and a judgment of each member who ever did one of these.
    """
    stops = purpose.withdrawal is Withdrawal.TAKE_BACK
    kinds = _ALWAYS | _STOPS if stops else _ALWAYS
    asked = scanned(ledger, now.size, lambda columns: _with_events(columns, now.size, kinds))
    events = events_of(ledger, asked, now.size)
    standing = frozenset(member for member in asked if _stands(pack, purpose, events.get(member, ()), now))
    people = People(pack, purpose, now, (), events, standing)
    enough = reasons_to_remove(purpose) | {Reason.OBJECTION_OPEN}
    return frozenset(member for member in asked if people.reasons(member, None) & enough)


def _stands(pack: Pack, purpose: Purpose, said: Sequence[Positioned], now: Moment) -> bool:
    counted = [(seq, event) for seq, event in said if seq < now.size]
    return standing_request(pack, purpose, counted, now.at) is not None


def _with_events(columns: ColumnarEvents, size: int, kinds: Iterable[EventType]) -> frozenset[str]:
    wanted = pa.array([KINDS.index(each) for each in kinds], pa.uint8())
    ordinals: set[int] = set()
    for path in columns.events:
        for batch in pq.ParquetFile(path).iter_batches(1 << 17, columns=["seq", "kind", "member"]):
            kept = pc.and_(pc.is_in(batch.column("kind"), wanted), pc.less(batch.column("seq"), size))
            ordinals.update(batch.filter(kept).column("member").drop_null().to_pylist())
    return frozenset(_names(columns, ordinals))


def _names(columns: ColumnarEvents, ordinals: set[int]) -> Iterable[str]:
    wanted = pa.array(sorted(ordinals), pa.int32())
    for path in columns.members:
        for batch in pq.ParquetFile(path).iter_batches(1 << 17, columns=["ordinal", "member"]):
            yield from batch.filter(pc.is_in(batch.column("ordinal"), wanted)).column("member").to_pylist()


def _identifiers(workspace: Workspace, purposes: Iterable[Purpose], refused: frozenset[str]) -> pa.Table:
    known = identifiers_of_members(identifier_files(workspace))
    own = pc.is_in(known["member"], pa.array(sorted(refused), pa.string()))
    listed = known.filter(pc.or_(own, pc.is_null(known["member"])))
    return pa.concat_tables([listed, *(identifiers_of_objectors(workspace, each.name) for each in purposes)])


def _purposes(pack: Pack, names: Sequence[str]) -> list[Purpose]:
    unknown = [name for name in names if name not in pack.purposes]
    if unknown:
        raise InputError(
            f"pack `{pack.name}` has no purpose `{unknown[0]}`", hint=f"it has: {', '.join(pack.purposes)}"
        )
    known: Mapping[PurposeName, Purpose] = pack.purposes
    return [known[PurposeName(name)] for name in dict.fromkeys(names)] if names else list(known.values())
