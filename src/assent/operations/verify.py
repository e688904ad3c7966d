"""Verify a snapshot or a ledger, with whatever keys and folders there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assent.audit.ledger import LedgerReport, verify_ledger
from assent.audit.report import SnapshotReport
from assent.audit.snapshot import Means, verify_snapshot
from assent.errors import EvidenceError, InputError
from assent.evidence.handover import Handover, chain_from, read_vkeys
from assent.evidence.note import VerifierKey
from assent.operations.build import ATTEST_KEY, PARTITION_KEY
from assent.operations.ledger import SUPPRESSION_KEY
from assent.operations.workspace import Workspace
from assent.storage.keys import load_key
from assent.storage.schema import LOG_FOLDER, VKEY_NAME, VKEYS_NAME

Progress = Callable[[str, int, int], None]


def verify_folder(
    folder: Path,
    *,
    workspace: Workspace | None,
    vkey: str | None = None,
    attest_key: Path | None = None,
    sample: int | None = None,
    seed: int = 0,
    progress: Progress = lambda _what, _done, _total: None,
) -> SnapshotReport:
    """A report on the snapshot in that folder.

    Args:
        workspace: gives ledger, keys and sources; without one only the snapshot itself is checked.
        vkey: the ledger's public key, the text or a file; None trusts the one the workspace's ledger publishes.
        attest_key: a public or private key in PEM form; None takes the workspace's.

    Raises:
        InputError: a key that was given is none.
    """
    means = Means(
        attest_key=public_key(attest_key, workspace),
        ledger_folder=workspace.ledger_folder if workspace else None,
        vkeys=ledger_keys(workspace.ledger_folder if workspace else None, vkey),
        decision_key=_secret(workspace, f"snapshots/{folder.name}.key"),
        partition_key=_secret(workspace, PARTITION_KEY),
        suppression_key=_secret(workspace, SUPPRESSION_KEY),
        sources_root=workspace.root if workspace else None,
    )
    return verify_snapshot(folder, means, sample=sample, seed=seed, progress=progress)


def verify_ledger_folder(
    folder: Path, *, vkey: str | None = None, progress: Progress = lambda _what, _done, _total: None
) -> LedgerReport:
    """A report on the ledger in that folder.

    Args:
        vkey: its public key, the text or a file; None trusts the one that lies there.

    Raises:
        InputError: there is no key, or no ledger.
    """
    keys = ledger_keys(folder, vkey)
    if not keys:
        raise InputError(f"no public key for the ledger in `{folder}`", hint="give one with --vkey")
    watch = partial(progress, "reading the ledger again")
    return verify_ledger(folder, vkey=keys[0].text, progress=watch)


def ledger_keys(ledger_folder: Path | None, given: str | None) -> tuple[VerifierKey, ...]:
    """The ledger's public key, and after it those that it vouches for, before it and since.

    Args:
        given: the key, as text or file, or a file like `log/vkeys`, whose newest key is then the one that is
            trusted; None trusts the one that the ledger publishes, and gives none where there is none.
    """
    log = None if ledger_folder is None else ledger_folder / LOG_FOLDER
    published = None if log is None else _read(log / VKEY_NAME)
    text = published if given is None else _read(Path(given)) or given
    if text is None:
        return ()
    if text.startswith("0 "):
        first, handovers = read_vkeys(text)
        trusted = handovers[-1].new if handovers else first
    else:
        trusted, handovers = VerifierKey.parse(text), _listed(log)
    return tuple(dict.fromkeys((trusted, *(each.key for each in chain_from(trusted, handovers)))))


def _listed(log: Path | None) -> tuple[Handover, ...]:
    """The changes of key that the log lists; a list that cannot be read is for verification to report."""
    try:
        return read_vkeys((log and _read(log / VKEYS_NAME)) or "")[1]
    except EvidenceError:
        return ()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def public_key(path: Path | None, workspace: Workspace | None) -> Ed25519PublicKey | None:
    """The key that signs snapshots: the one that was given, in PEM form, else the workspace's; none without either."""
    if path is None:
        own = None if workspace is None else workspace.keys_folder / ATTEST_KEY
        return load_key(own).public_key() if own is not None and own.is_file() else None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {(error.strerror or 'failed').lower()}") from None
    try:
        key = (
            serialization.load_pem_private_key(data, password=None).public_key()
            if b"PRIVATE KEY" in data
            else serialization.load_pem_public_key(data)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(f"`{path}` is no key in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"`{path}` is no Ed25519 key")
    return key


def _secret(workspace: Workspace | None, name: str) -> bytes | None:
    path = None if workspace is None else workspace.keys_folder / name
    return path.read_bytes() if path is not None and path.is_file() else None
