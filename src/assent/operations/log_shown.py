"""The log as anybody may see it: its checkpoint, its key, and which witnesses cosigned up to where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assent.errors import AssentError
from assent.evidence.checkpoint import parse_checkpoint
from assent.evidence.cosignature import WitnessKey, read_cosignatures
from assent.evidence.note import read_signatures
from assent.operations.platform import Platform
from assent.operations.witness import COSIGNED_NAME
from assent.operations.workspace import WitnessEntry
from assent.storage.schema import LOG_FOLDER


@dataclass(frozen=True, slots=True)
class ShownWitness:
    """A witness, and the newest checkpoint of this log that it cosigned; None where it cosigned none yet."""

    name: str
    vkey: str
    address: str | None
    size: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownLog:
    """What the log shows of itself.

    Args:
        checkpoint: the newest signed note; `cosigned`: the newest with witnesses' lines, empty where there is none.
        keys: how many keys the log has had.
    """

    origin: str
    size: int
    checkpoint: str
    vkey: str
    keys: int
    cosigned: str
    witnesses: tuple[ShownWitness, ...]


def log_of(platform: Platform) -> ShownLog:
    """The log as it stands now."""
    ledger = platform.ledger
    note = ledger.checkpoint()
    cosigned = _cosigned(platform.workspace.ledger_folder / LOG_FOLDER / COSIGNED_NAME)
    entries = platform.workspace.witnesses.values()
    return ShownLog(
        origin=ledger.origin,
        size=parse_checkpoint(read_signatures(note)[0]).size,
        checkpoint=note.decode(),
        vkey=ledger.vkey,
        keys=len(ledger.keys),
        cosigned=cosigned.decode(errors="replace"),
        witnesses=tuple(_shown(each, cosigned) for each in entries),
    )


def _shown(entry: WitnessEntry, cosigned: bytes) -> ShownWitness:
    try:
        (line,) = read_cosignatures(cosigned, [WitnessKey.parse(entry.vkey)])
        size = parse_checkpoint(read_signatures(cosigned)[0]).size
    except (AssentError, ValueError):
        return ShownWitness(entry.name, entry.vkey, entry.url)
    return ShownWitness(entry.name, entry.vkey, entry.url, size, line.at)


def _cosigned(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
