"""The witness itself: what it remembers of each log, what it signs, and what it refuses.

    FOLDER/key.pem                    its private key, readable by its owner alone
    FOLDER/vkey                       its public key, to be given to whoever verifies
    FOLDER/logs/<id>/vkeys            the keys it accepts for one log, a line each; the log is the keys' name
    FOLDER/logs/<id>/checkpoint       the last checkpoint it cosigned, with its own line under it
    FOLDER/logs/<id>/refused/<…>      checkpoints the log did sign and that do not continue that one

`<id>` is the SHA-256 of the log's origin, in hexadecimal. How a request is answered:

1. read it; find the log's keys; verify the log's signature;
2. under the log's lock, which spans threads and processes: compare the old size, verify the growth;
3. sign, and write the cosigned checkpoint durably;
4. answer.

# INVARIANT: no two checkpoints that this key cosigned contradict each other, whatever dies when.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from assent.evidence.cosignature import Cosignature, Cosigner, WitnessKey, add_lines, lines_of, read_cosignatures
from assent.evidence.merkle import EMPTY_ROOT, verify_consistency
from assent.evidence.note import VerifierKey, is_key_name, read_signatures
from assent.evidence.witness_request import SIZE_TYPE, AddCheckpoint, parse_request
from assent.storage.files import exclusive_lock, explained, write_durably
from assent.storage.keys import create_key, load_key

_PLAIN = "text/plain; charset=utf-8"
_KEPT_REFUSALS = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a request: an HTTP status and a body.

    # INVARIANT: 200 carries signature lines, 409 the size that is known or, for a fork, a sentence.
    """

    status: int
    body: bytes
    content_type: str = _PLAIN

    @property
    def cosigned(self) -> bool:
        """Whether the body is the witness's signature."""
        return self.status == 200  # noqa: PLR2004 - HTTP's word for it

    @property
    def text(self) -> str:
        """The body, for a person."""
        return self.body.decode("utf-8", errors="replace").strip()


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log the witness cosigns for.

    Args:
        size: of the last checkpoint it cosigned; None before the first.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    size: int | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A folder with a witness in it.

    Args:
        gap: called between two steps with the gap's name; tests let the process die in it.
    """

    folder: Path
    signer: Cosigner
    clock: Callable[[], datetime]
    gap: Callable[[str], None] = lambda _name: None

    @classmethod
    def create(
        cls, folder: Path, name: str, *, clock: Callable[[], datetime], entropy: Callable[[int], bytes] = os.urandom
    ) -> Self:
        """A witness of that name that watches no log yet.

        Raises:
            InputError: the name cannot name a key, or there is a witness already.
        """
        if not is_key_name(name):
            raise InputError(f"a witness cannot be named `{name}`", hint="one like example.org/witness")
        signer = Cosigner(name, create_key(folder / "key.pem", entropy=entropy))
        # A crash here leaves a key without a name, which signs nothing; remove the folder and begin again.
        write_durably(folder / "vkey", f"{signer.key.text}\n".encode())
        return cls(folder, signer, clock)

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], datetime], gap: Callable[[str], None] = lambda _: None) -> Self:
        """The witness that lies in the folder.

        Raises:
            InputError: there is none, or its key is missing.
        """
        try:
            published = WitnessKey.parse((folder / "vkey").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise InputError(f"there is no witness in `{folder}`", hint="run `assent witness init`") from None
        signer = Cosigner(published.name, load_key(folder / "key.pem"))
        if signer.key != published:
            raise InputError(f"the key in `{folder}` is not the one its `vkey` publishes")
        return cls(folder, signer, clock, gap)

    def trust(self, key: VerifierKey) -> WatchedLog:
        """The log of that key is watched; a further key of a log that is, is accepted beside the others."""
        place = self._place(key.name)
        with exclusive_lock(place / "lock"):
            keys = self._keys(key.name)
            if key not in keys:
                lines = "".join(f"{each.text}\n" for each in (*keys, key))
                write_durably(place / "vkeys", lines.encode())
        return self._watched(key.name)

    def logs(self) -> tuple[WatchedLog, ...]:
        """Every log it watches, by name."""
        origins = set()
        for path in (self.folder / "logs").glob("*/vkeys"):
            origins |= {VerifierKey.parse(line).name for line in path.read_text(encoding="utf-8").splitlines()}
        return tuple(self._watched(origin) for origin in sorted(origins))

    def latest(self, ident: str) -> bytes | None:
        """The last cosigned checkpoint of the log with that id; None when there is none.

        Source: c2sp.org/tlog-witness, `<SHA-256 of the origin>/checkpoint`.
        """
        if len(ident) != 2 * sha256().digest_size or not set(ident) <= set("0123456789abcdef"):
            return None
        try:
            return (self.folder / "logs" / ident / "checkpoint").read_bytes()
        except OSError:
            return None

    def last_of(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of that log it cosigned.

        Raises:
            EvidenceError: what lies there is not signed by this witness.
        """
        return None if (last := self._last(origin)) is None else last[0]

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to a request, after everything it implies is durable.

        Raises:
            EvidenceError: what the witness remembers of that log is damaged, so it must not sign.
            UnavailableError: the disk is full, or somebody else holds the log's lock.
        """
        try:
            request = parse_request(body)
            checkpoint = parse_checkpoint(read_signatures(request.checkpoint)[0])
        except (InputError, EvidenceError) as error:
            return _refusal(400, error.message)
        keys = self._keys(checkpoint.origin)
        if not keys:
            return _refusal(404, "this log is not watched here")
        try:
            open_checkpoint(request.checkpoint, keys)
        except EvidenceError as error:
            return _refusal(403, error.message)
        if request.old > checkpoint.size:
            return _refusal(400, f"the old size `{request.old}` is larger than the checkpoint's `{checkpoint.size}`")
        with exclusive_lock(self._place(checkpoint.origin) / "lock"):
            return self._continue(request, checkpoint, keys)

    def _continue(self, request: AddCheckpoint, new: Checkpoint, keys: tuple[VerifierKey, ...]) -> Answer:
        last, seconds = self._last(new.origin) or (None, 0)
        known = last.size if last else 0
        if request.old != known:
            return Answer(409, f"{known}\n".encode(), SIZE_TYPE)
        refusal = _contradiction(last, new, request.proof)
        if refusal is not None:
            self._keep_refused(new, request.checkpoint)
            return refusal
        # A clock that was set back must not make a later statement look earlier.
        line = self.signer.cosign(new, seconds=max(seconds, int(self.clock().timestamp())))
        signed = f"{new.text}\n{lines_of(request.checkpoint, keys)}".encode()
        self.gap("signed")
        # A crash here has signed and told nobody: the signature is lost with the process, nothing was promised.
        write_durably(self._place(new.origin) / "checkpoint", add_lines(signed, [line]))
        self.gap("persisted")
        # A crash here has persisted and not answered: the log asks again, is told the size, and asks from there.
        return Answer(200, line.encode())

    def _place(self, origin: str) -> Path:
        return self.folder / "logs" / sha256(origin.encode()).hexdigest()

    def _keys(self, origin: str) -> tuple[VerifierKey, ...]:
        path = self._place(origin) / "vkeys"
        if not path.is_file():
            return ()
        with explained(path):
            return tuple(map(VerifierKey.parse, path.read_text(encoding="utf-8").splitlines()))

    def _last(self, origin: str) -> tuple[Checkpoint, int] | None:
        path = self._place(origin) / "checkpoint"
        if not path.is_file():
            return None
        with explained(path):
            note = path.read_bytes()
        own: tuple[Cosignature, ...] = read_cosignatures(note, [self.signer.key])
        checkpoint = parse_checkpoint(read_signatures(note)[0])
        if not own or checkpoint.origin != origin:
            raise EvidenceError(
                f"`{path}` is not what this witness wrote", hint="restore the newest copy; sign nothing until then"
            )
        return checkpoint, int(own[0].at.timestamp())

    def _watched(self, origin: str) -> WatchedLog:
        last = self.last_of(origin)
        return WatchedLog(origin, self._keys(origin), None if last is None else last.size)

    def _keep_refused(self, checkpoint: Checkpoint, note: bytes) -> None:
        """A checkpoint that the log signed and that does not continue what it showed before may prove a split view."""
        folder = self._place(checkpoint.origin) / "refused"
        path = folder / f"{checkpoint.size}-{sha256(checkpoint.text.encode()).hexdigest()[:16]}"
        if not path.exists() and len(list(folder.glob("[0-9]*"))) < _KEPT_REFUSALS:
            write_durably(path, note)


def _contradiction(last: Checkpoint | None, new: Checkpoint, proof: tuple[bytes, ...]) -> Answer | None:
    """Why the new checkpoint does not continue the last one; None when it does."""
    if last is not None and new.size == last.size and new.root != last.root:
        return _refusal(409, f"another tree of size `{last.size}` was cosigned: this log shows two histories")
    if (new.size == 0 and new.root != EMPTY_ROOT) or ((last is None or not last.size) and proof):
        return _refusal(422, "from size `0` the proof is empty, and so is the first tree")
    if last is None or not last.size:
        return None
    try:
        verify_consistency(last.size, new.size, proof, last.root, new.root)
    except EvidenceError as error:
        return _refusal(422, error.message)
    return None


def _refusal(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n".encode())
