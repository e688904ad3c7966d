"""The ledger of a working folder: make it, open it, and what a person asks of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.audit.ledger import LedgerReport, Progress, verify_ledger
from assent.errors import EvidenceError, InputError
from assent.evidence.commitment import SALT_BYTES, commit
from assent.evidence.note import VerifierKey
from assent.evidence.tlog_proof import parse_proof, verify_proof
from assent.ledger import Ledger, fold_exclusions, fold_member
from assent.ledger.importing import import_events
from assent.ledger.state_table import StateImport, import_state_table
from assent.ledger.suppression import SuppressionKey, read_suppression_key
from assent.operations.rotation import LOG_KEY, log_key_of
from assent.operations.workspace import Workspace
from assent.storage.files import explained, write_durably
from assent.storage.keys import load_or_create_key
from assent.storage.place import Place
from assent.storage.schema import LOG_FOLDER, VKEY_NAME
from assent.vocabulary.events import Event, parse_event
from assent.vocabulary.state import MemberState

SUPPRESSION_KEY: Final = "suppression.key"

Clock = Callable[[], datetime]
Advance = Callable[[int], None]


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def create_ledger(
    workspace: Workspace, *, origin: str | None = None, database: str | None = None, clock: Clock = now
) -> Ledger:
    """An empty ledger in the working folder, open, with its key in the folder of keys.

    Args:
        database: `sqlite` or a PostgreSQL URL; None is what `assent.toml` says.

    Raises:
        InputError: there is one already, or the URL cannot be used.
    """
    place = Place.parse(workspace.ledger_folder, database or workspace.ledger_database)
    key = load_or_create_key(workspace.keys_folder / LOG_KEY)
    return Ledger.create(place.folder, origin=origin or workspace.origin, key=key, clock=clock, database=place.text)


def open_ledger(workspace: Workspace, *, clock: Clock = now, read_only: bool = False) -> Ledger:
    """The ledger of the working folder, open for appending too.

    Raises:
        InputError: there is none, or its key is missing.
        EvidenceError: it is damaged or behind what was published.
    """
    if read_only or not workspace.ledger_folder.is_dir():
        return Ledger.open(workspace.ledger_folder, clock=clock, suppression_key=suppression_key_of(workspace))
    return Ledger.open(
        workspace.ledger_folder,
        clock=clock,
        key=ledger_key_of(workspace),
        suppression_key=suppression_key_of(workspace),
    )


def suppression_key_of(workspace: Workspace) -> SuppressionKey:
    """Gives the key of the workspace's suppression list whenever it is needed, which is after a first erasure."""
    return partial(read_suppression_key, workspace.keys_folder / SUPPRESSION_KEY)


def ledger_key_of(workspace: Workspace) -> Ed25519PrivateKey:
    """The private key of the working folder's ledger; a change of it that was cut off is completed first.

    Raises:
        InputError: there is no ledger yet, or its key is missing.
    """
    if not workspace.ledger_folder.is_dir():
        raise InputError(f"there is no ledger in `{workspace.ledger_folder}`", hint="run `assent ledger init`")
    return log_key_of(workspace, clock=now)


def append_events(ledger: Ledger, objects: Sequence[object]) -> range:
    """The positions of the events that these JSON objects state."""
    events: list[Event] = []
    for number, fields in enumerate(objects, 1):
        if not isinstance(fields, dict):
            raise InputError(f"event {number} is no JSON object")
        try:
            events.append(parse_event(fields))
        except InputError as error:
            raise InputError(f"event {number}: {error.message}", hint=error.hint) from None
    return ledger.append(events)


def import_files(
    ledger: Ledger,
    files: Sequence[Path],
    *,
    advance: Advance = lambda _rows: None,
    left_out: Advance = lambda _events: None,
) -> range:
    """The positions of the events in the files, all recorded together, but those of erased members."""
    return import_events(ledger, files, advance=advance, left_out=left_out)


def import_states(ledger: Ledger, files: Sequence[Path], *, advance: Advance = lambda _rows: None) -> StateImport:
    """What is new in tables of current settings, recorded together."""
    return import_state_table(ledger, files, by="state-table", advance=advance)


@dataclass(frozen=True, slots=True)
class KnownMember:
    """What the ledger says of a member at (T, N).

    Args:
        state: None when nothing is known of them.
        excluded: the records they excluded.
    """

    member: str
    at: datetime
    size: int
    state: MemberState | None
    excluded: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The state as JSON values; `state` is null for an unknown member."""
        state = self.state
        return {
            "member": self.member,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "size": self.size,
            "state": None
            if state is None
            else {
                "region": state.region,
                "birth_date": state.birth_date.isoformat() if state.birth_date else None,
                "settings": dict(state.settings),
                "objections": {purpose: each.value for purpose, each in state.objections.items()},
                "notices": {
                    notice: first.isoformat().replace("+00:00", "Z") for notice, first in state.notices.items()
                },
                "closed": state.closed,
                "erased": state.erased,
                "unreadable": state.unreadable,
                "excluded": list(self.excluded),
            },
        }


def known_of(ledger: Ledger, member: str, *, at: datetime, size: int | None = None) -> KnownMember:
    """What the first `size` events say of the member at that moment.

    Raises:
        InputError: the ledger has fewer events.
    """
    whole = ledger.size
    if size is not None and not 0 <= size <= whole:
        raise InputError(f"the ledger has `{whole}` events, not `{size}`")
    size = whole if size is None else size
    events = ledger.events_of(member, size=size)
    state = fold_member(events, at=at, size=size)
    return KnownMember(member, at, size, state, tuple(sorted(fold_exclusions(events, at=at, size=size))))


def write_proof(ledger: Ledger, seq: int, path: Path, *, reveal: bool) -> None:
    """The proof of one entry lies in that file."""
    write_durably(path, ledger.prove(seq, reveal=reveal).encode())


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """What a proof showed.

    Args:
        event: what was recorded, when the proof or the caller said so and it was verified; else None.
    """

    index: int
    origin: str
    size: int
    event: dict[str, Any] | None


def check_proof(
    path: Path, *, vkey: str, leaf: bytes | None = None, event: bytes | None = None, salt: bytes | None = None
) -> CheckedProof:
    """What a proof shows, found offline from the file and the log's public key.

    Args:
        leaf: the entry, when it is known; else it is made from `event` and `salt`, or from what the proof reveals.

    Raises:
        InputError: the file is missing, or there is nothing to make the entry from.
        EvidenceError: the proof does not verify.
    """
    with explained(path):
        data = path.read_bytes()
    try:
        proof = parse_proof(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise EvidenceError(f"`{path}` is no proof: it is no text") from None
    if leaf is None:
        if event is None and proof.extra is not None:
            salt, event = proof.extra[:SALT_BYTES], proof.extra[SALT_BYTES:]
        if event is None or salt is None:
            raise InputError("the proof does not reveal its event", hint="give --leaf, or --event together with --salt")
        leaf = commit(salt, event)
    checkpoint = verify_proof(proof, leaf=leaf, verifiers=[VerifierKey.parse(vkey)])
    shown = json.loads(event) if event is not None else None
    return CheckedProof(proof.index, checkpoint.origin, checkpoint.size, shown)


def verify_ledger_in(
    folder: Path, *, vkey: str | None = None, progress: Progress = lambda _done, _total: None
) -> LedgerReport:
    """A report on the ledger in that folder.

    Args:
        vkey: the log's public key, as a text or the name of a file; None believes the one published beside it.
    """
    return verify_ledger(folder, vkey=read_vkey(vkey, folder), progress=progress)


def read_vkey(given: str | None, folder: Path | None) -> str:
    """The verifier key that was given as a text or a file, else the one the ledger in `folder` publishes.

    Raises:
        InputError: there is none.
    """
    path = Path(given) if given is not None else (folder or Path()) / LOG_FOLDER / VKEY_NAME
    if given is not None and "+" in given and not path.is_file():
        return given
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"there is no verifier key in `{path}`", hint="give --vkey, a text or a file") from None
