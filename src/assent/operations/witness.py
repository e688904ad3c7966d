"""Witnesses: make one, have a ledger cosigned by others, and hear what they say when it is verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assent.audit.witnesses import Quorum, Witnessed, hear_witnesses, open_shown
from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.evidence.attestation import read_unverified
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.cosignature import WitnessKey, add_lines, lines_of, read_cosignatures
from assent.evidence.manifest import MANIFEST, parse_manifest
from assent.evidence.note import VerifierKey, read_signatures
from assent.evidence.witness_request import SIZE_TYPE, AddCheckpoint
from assent.operations.ledger import Clock, now, open_ledger, read_vkey
from assent.operations.verify import ledger_keys
from assent.operations.workspace import WitnessEntry, Workspace, workspace_here
from assent.storage.files import explained, write_durably
from assent.storage.schema import CHECKPOINT_NAME, LOG_FOLDER
from assent.vocabulary.instants import format_instant
from assent.witness.asking import Asked, ask_witness
from assent.witness.published import open_published
from assent.witness.witness import WatchedLog, Witness

COSIGNED_NAME: Final = "checkpoint.cosigned"
"""Beside the log's own checkpoint: the newest one that witnesses signed, with their lines under it."""


def make_witness(folder: Path, name: str, *, clock: Clock = now) -> Witness:
    """A witness with a new key lies in the folder."""
    return Witness.create(folder, name, clock=clock)


def open_witness(folder: Path, *, clock: Clock = now) -> Witness:
    """The witness that lies in the folder."""
    return Witness.open(folder, clock=clock)


def watch_log(folder: Path, vkey: str) -> WatchedLog:
    """The witness in the folder cosigns for the log of that key, given as a text or as a file."""
    return open_witness(folder).trust(VerifierKey.parse(read_vkey(vkey, None)))


def cosign_published(folder: Path, location: str, *, clock: Clock = now) -> bytes:
    """The log's published checkpoint with the witness's line under it, after the witness looked at its growth itself.

    Raises:
        InputError: there is no witness, or no published log.
        RefusedError: the witness does not watch this log, or not with this key.
        EvidenceError: the log does not continue what the witness saw before, or its files do not show that it does.
        UnavailableError: the log cannot be reached.
    """
    witness = open_witness(folder, clock=clock)
    with open_published(location) as log:
        note = log.checkpoint()
        new = parse_checkpoint(read_signatures(note)[0])
        last = witness.last_of(new.origin)
        old = last.size if last is not None else 0
        if old > new.size:
            raise EvidenceError(
                f"`{new.origin}` ends at size `{new.size}`, and size `{old}` was cosigned before",
                hint="the log was set back, or this copy of it is old",
            )
        answer = witness.add_checkpoint(AddCheckpoint(old, log.prove_growth(old, new.size), note).encode())
    if answer.cosigned:
        return add_lines(note, [answer.text + "\n"])
    if answer.content_type == SIZE_TYPE:
        raise EvidenceError(f"`{new.origin}` was cosigned at size {answer.text} meanwhile", hint="try again")
    if answer.status in {403, 404}:
        raise RefusedError(f"not cosigned: {answer.text}", hint="run `assent witness trust` with the log's key")
    raise EvidenceError(f"not cosigned: {answer.text}", hint="tell a person; both checkpoints are kept as evidence")


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A ledger's checkpoint after the witnesses were asked.

    Args:
        path: where the cosigned checkpoint lies; None when nobody signed.
    """

    size: int
    asked: tuple[Asked, ...]
    path: Path | None

    def require(self) -> None:
        """Somebody signed, and nobody holds another history.

        Raises:
            AssentError: what the witness in question said.
        """
        problems = [each.problem for each in self.asked if each.problem is not None]
        grave = next((each for each in problems if isinstance(each, EvidenceError)), None)
        if grave is not None or (problems and self.path is None):
            raise grave or problems[0]

    def to_json(self) -> dict[str, Any]:
        """What everyone said, as JSON values."""
        return {
            "size": self.size,
            "file": str(self.path) if self.path else None,
            "witnesses": [
                {
                    "witness": each.witness.name,
                    "cosigned_at": format_instant(each.cosignature.at) if each.cosignature else None,
                    "problem": each.problem.message if each.problem else None,
                    "notes": list(each.notes),
                }
                for each in self.asked
            ],
        }


def cosign_ledger(workspace: Workspace, *, chosen: Sequence[str] = (), keys: Sequence[str] = ()) -> Cosigned:
    """The workspace's witnesses were asked, and the cosigned checkpoint lies beside the log's own.

    Args:
        chosen: names of configured witnesses, or addresses; none is all that have an address.
        keys: for every address that is not configured, its key, in the same order.

    Raises:
        InputError: there is nobody to ask, or an address without a key.
    """
    entries = _to_ask(workspace.witnesses, chosen, keys)
    with open_ledger(workspace):
        pass  # opening it publishes whatever was recorded and not yet published
    folder = workspace.ledger_folder / LOG_FOLDER
    with open_published(str(folder)) as log:
        note = log.checkpoint()
        size = parse_checkpoint(read_signatures(note)[0]).size
        before = _cosigned_sizes(folder / COSIGNED_NAME, [WitnessKey.parse(each.vkey) for each in entries])

        def ask(entry: WitnessEntry) -> Asked:
            key = WitnessKey.parse(entry.vkey)
            return ask_witness(str(entry.url), key, log, note, old=min(before.get(key, 0), size))

        with ThreadPoolExecutor(len(entries)) as threads:
            asked = tuple(threads.map(ask, entries))
    path = _publish(folder, note, [each.line for each in asked if each.line is not None])
    return Cosigned(size, asked, path)


def add_cosignatures(workspace: Workspace, files: Sequence[Path]) -> Cosigned:
    """Cosignatures that were made offline are published beside the log's checkpoint.

    Raises:
        InputError: a file cannot be read, or no witness is configured.
        EvidenceError: it holds no cosignature of a configured witness on the newest checkpoint.
    """
    folder = workspace.ledger_folder / LOG_FOLDER
    keys = trusted_witnesses(workspace, ())
    if not keys:
        raise InputError("no witness is trusted here", hint="name them under [witnesses.NAME] in assent.toml")
    with explained(folder):
        note = (folder / CHECKPOINT_NAME).read_bytes()
    lines, asked = [], []
    for path in files:
        with explained(path):
            given = path.read_bytes()
        found = read_cosignatures(given, keys)
        if not found or read_signatures(given)[0] != read_signatures(note)[0]:
            raise EvidenceError(
                f"`{path}` is not the newest checkpoint, cosigned by a witness of this workspace",
                hint="has the ledger grown since? cosign it again",
            )
        asked += [Asked(each.witness, lines_of(given, [each.witness]), each) for each in found]
        lines.append(lines_of(given, keys))
    return Cosigned(parse_checkpoint(read_signatures(note)[0]).size, tuple(asked), _publish(folder, note, lines))


def trusted_witnesses(workspace: Workspace | None, keys: Sequence[str]) -> tuple[WitnessKey, ...]:
    """The witnesses that were given, as texts or files, else those of the workspace."""
    if keys:
        return tuple(WitnessKey.parse(read_vkey(each, None)) for each in keys)
    return tuple(WitnessKey.parse(each.vkey) for each in workspace.witnesses.values()) if workspace else ()


def hear(
    ledger_folder: Path,
    asked: str,
    *,
    workspace: Workspace | None,
    size: int,
    keys: Sequence[str] = (),
    cosigned: Sequence[str] = (),
    vkey: str | None = None,
) -> Witnessed:
    """What the trusted witnesses say of the ledger in that folder.

    Args:
        asked: such as `2-of-3`.
        size: the entries they must vouch for.
        keys: whom to believe; none are those of the workspace.
        cosigned: files or addresses of cosigned checkpoints; beside the one the ledger publishes.

    Raises:
        InputError: the number makes no sense, or nobody is trusted.
    """
    quorum = Quorum.parse(asked, trusted_witnesses(workspace, keys))
    notes = [_note_at(each) for each in cosigned]
    published = ledger_folder / LOG_FOLDER / COSIGNED_NAME
    if published.is_file():
        with explained(published):
            notes.append(published.read_bytes())
    with open_shown(ledger_folder, ledger_keys(ledger_folder, vkey)) as log:
        return hear_witnesses(notes, quorum, log, size=size)


def hear_if_asked(
    ledger_folder: Path | None,
    asked: str | None,
    *,
    size: int,
    keys: Sequence[str] = (),
    cosigned: Sequence[str] = (),
    vkey: str | None = None,
) -> Witnessed | None:
    """What the witnesses say, believing those of the working folder around here when none are given; None unless asked.

    Raises:
        InputError: witnesses were given and no number of them, there is no ledger, or the number makes no sense.
    """
    if asked is None:
        if keys or cosigned:
            raise InputError("how many witnesses shall agree?", hint="add --witness, such as --witness 2-of-3")
        return None
    if ledger_folder is None:
        raise InputError("witnesses vouch for a ledger, and there is none here", hint="run it in the working folder")
    workspace = None if keys else workspace_here()
    return hear(ledger_folder, asked, workspace=workspace, size=size, keys=keys, cosigned=cosigned, vkey=vkey)


def snapshot_ledger_size(folder: Path) -> int:
    """How many events the snapshot in that folder rests on, by its own account.

    Raises:
        EvidenceError: its manifest cannot be read.
    """
    with explained(folder / MANIFEST):
        envelope = (folder / MANIFEST).read_bytes()
    return parse_manifest(read_unverified(envelope)).ledger_size


def _note_at(place: str) -> bytes:
    if place.startswith(("http://", "https://")):
        where, _, name = place.rpartition("/")
        with open_published(where) as log:
            return log.read(name)
    with explained(Path(place)):
        return Path(place).read_bytes()


def _to_ask(known: Mapping[str, WitnessEntry], chosen: Sequence[str], keys: Sequence[str]) -> list[WitnessEntry]:
    if not chosen:
        entries = [each for each in known.values() if each.url is not None]
    else:
        left = list(keys)
        by_url = {each.url: each for each in known.values() if each.url is not None}
        entries = []
        for each in chosen:
            entry = known.get(each) or by_url.get(each)
            if entry is None and "://" in each and left:
                entry = WitnessEntry(each, left.pop(0), each)
            if entry is None or entry.url is None:
                raise InputError(
                    f"there is no witness `{each}` to ask",
                    hint="name one of assent.toml that has a url, or give an address and --witness-key",
                )
            entries.append(entry)
    if not entries:
        raise InputError(
            "there is no witness to ask", hint="name them under [witnesses.NAME] in assent.toml, with url and vkey"
        )
    return entries


def _cosigned_sizes(path: Path, keys: Sequence[WitnessKey]) -> dict[WitnessKey, int]:
    """At which size each was last heard; a guess that saves a request, and no evidence."""
    try:
        note = path.read_bytes()
        size = parse_checkpoint(read_signatures(note)[0]).size
        return {each.witness: size for each in read_cosignatures(note, keys)}
    except (OSError, AssentError):
        return {}


def _publish(folder: Path, note: bytes, lines: Sequence[str]) -> Path | None:
    if not lines:
        return None
    path = folder / COSIGNED_NAME
    try:
        standing = path.read_bytes()
        text, _ = read_signatures(standing)
        if text == read_signatures(note)[0]:
            note = standing  # the same checkpoint: who signed it before stays under it
    except (OSError, EvidenceError):
        pass  # there is none, or none that can be read: it is made anew
    write_durably(path, add_lines(note, lines))
    return path
