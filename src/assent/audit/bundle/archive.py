"""One zip whose list of files is signed, and whose every byte follows from them.

Files lie in it uncompressed, in the order of their names, all of one time; so there is one zip for one content, and a
reader writes it again and compares. A byte that means nothing to a zip reader is found changed like any other.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.audit.bundle.documents import write_pages
from assent.audit.bundle.inputs import BundleInputs
from assent.errors import EvidenceError, InputError
from assent.evidence.attestation import (
    Statement,
    Subject,
    encode_statement,
    require_one_form,
    sign_statement,
    verify_statement,
)
from assent.vocabulary.instants import format_instant

BUNDLE_PREDICATE: Final = "urn:assent:predicate:evidence-bundle:v1"
STATEMENT: Final = "bundle.dsse.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MOST_FILES: Final = 10_000
_MOST_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that holds: its signed statement, and its files by name."""

    statement: Statement
    files: Mapping[str, bytes]

    @property
    def open(self) -> tuple[str, ...]:
        """Keys of what a person still has to write."""
        return tuple(str(each) for each in self.statement.predicate.get("open", ()))


def write_bundle(inputs: BundleInputs, key: Ed25519PrivateKey) -> bytes:
    """The zip's bytes; the same facts and the same key give the same ones.

    Raises:
        InputError: a file's name has letters that not every system reads, leads out of the bundle, or is taken.
    """
    pages = write_pages(inputs)
    for name in pages.files:
        _check_name(name)
    subjects = [Subject(name, sha256(data).hexdigest()) for name, data in sorted(pages.files.items())]
    predicate: dict[str, Any] = {
        "platform": inputs.platform,
        "at": format_instant(inputs.at),
        "pack": {"name": inputs.pack, "sha256": inputs.pack_digest},
        "ledger": {"size": inputs.ledger_size, "checkpoint": inputs.checkpoint},
        "purposes": [each.name for each in inputs.purposes],
        "models": [each.after.model for each in inputs.audits],
        "open": [each.key for each in pages.open],
    }
    envelope = sign_statement(encode_statement(subjects, BUNDLE_PREDICATE, predicate), key)
    return _zip({**pages.files, STATEMENT: envelope})


def open_bundle(path: Path, key: Ed25519PublicKey) -> Bundle:
    """The bundle in a file, after every byte of it was checked.

    Raises:
        InputError: there is no such file.
        EvidenceError: it is no bundle, its signature does not hold, a file differs, is missing or came on top, or a
            byte of the zip itself is not as it was written.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise EvidenceError(f"`{path.name}` is larger than a bundle can be")
        data = path.read_bytes()
    except OSError:
        raise InputError(f"`{path}` cannot be read", hint="give the zip that holds the bundle") from None
    return check_bundle(data, key)


def check_bundle(data: bytes, key: Ed25519PublicKey) -> Bundle:
    """As `open_bundle`, of bytes."""
    files = _unzip(data)
    envelope = files.pop(STATEMENT, None)
    if envelope is None:
        raise EvidenceError(
            f"the bundle has no `{STATEMENT}`", hint="it is no bundle, or its list of files was removed"
        )
    statement = verify_statement(envelope, key)
    require_one_form(envelope, key)
    if statement.predicate_type != BUNDLE_PREDICATE:
        raise EvidenceError("the signed statement does not speak of a bundle")
    _compare(statement, files)
    if _zip({**files, STATEMENT: envelope}) != data:
        raise EvidenceError("the bundle's zip was changed, though no file in it was", hint="ask for it again")
    return Bundle(statement, files)


def _compare(statement: Statement, files: Mapping[str, bytes]) -> None:
    promised = {each.name: each.sha256 for each in statement.subjects}
    for name in sorted({*promised, *files}):
        if name not in files:
            raise EvidenceError(f"`{name}` is missing from the bundle")
        if name not in promised:
            raise EvidenceError(f"`{name}` is in the bundle, and its signed list does not name it")
        if sha256(files[name]).hexdigest() != promised[name]:
            raise EvidenceError(f"`{name}` was changed after the bundle was signed")


def _zip(files: Mapping[str, bytes]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # else it is the writing machine's
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return written.getvalue()


def _unzip(data: bytes) -> dict[str, bytes]:
    """The files, none larger than the zip: what is not stored plainly is not in a bundle."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_FILES or any(each.compress_type != zipfile.ZIP_STORED for each in entries):
                raise EvidenceError("the zip is not written as a bundle is")
            files = {each.filename: archive.read(each) for each in entries}
    except EvidenceError:
        raise
    except Exception:  # noqa: BLE001 - the library raises whatever a damaged zip provokes
        raise EvidenceError("the bundle is no zip that can be read", hint="it was damaged; ask for it again") from None
    if len(files) != len(entries):
        raise EvidenceError("a file's name stands twice in the bundle")
    return files


def _check_name(name: str) -> None:
    parts = name.split("/")
    plain = all(part and part not in {".", ".."} and not set(part) & set('\\:*?"<>|') for part in parts)
    if not plain or not name.isascii() or not name.isprintable() or name == STATEMENT:
        raise InputError(f"`{name}` is no name for a file of a bundle", hint="letters, digits, `-`, `.` and `/`")
