r"""A witness's signature under a log's checkpoint: at this time, this was the largest consistent tree I saw.

    signed      cosignature/v1\n
                time <seconds since 1970>\n
                <the checkpoint's text, whatever its extension lines>
    line        — <witness's name> base64(key id ‖ time as u64, big-endian ‖ Ed25519 signature)

Source: c2sp.org/tlog-cosignature, the Ed25519 kind (type 0x04). Several witnesses' lines stand under one
note beside the log's own; lines of keys that nobody asks about are ignored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint, parse_checkpoint
from assent.evidence.note import (
    VerifierKey,
    decode64,
    encode64,
    is_key_name,
    read_signatures,
    signature_line,
)
from assent.vocabulary.instants import format_instant

_COSIGNATURE = b"\x04"
_ID_BYTES = 4
_KEY_BYTES = 32
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_LATEST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_MAX_SIGNATURES = 64


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's public key under its name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The one-line form that is published: `name+hexid+base64`."""
        return f"{self.name}+{self.id.hex()}+{encode64(_COSIGNATURE + self.public)}"

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """The key that the one-line form names.

        Raises:
            InputError: it is no such form, the key of a log and not of a witness, or its id is another key's.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = decode64(encoded)
        if raw is None or raw[:1] != _COSIGNATURE or len(raw) != 1 + _KEY_BYTES or not is_key_name(name):
            raise InputError(
                f"this is no witness's verifier key: `{text.strip()}`",
                hint="it looks like name+01234567+BAbC…; a log's own key is of another type",
            )
        key = cls(name, raw[1:])
        if key.id.hex() != key_id:
            raise InputError(f"the verifier key of `{name}` has the id of another key")
        return key


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's private key under its name."""

    name: str
    private: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise InputError(f"a witness cannot be named `{self.name}`", hint="no spaces and no plus sign")

    @property
    def key(self) -> WitnessKey:
        """The public half."""
        return WitnessKey(self.name, self.private.public_key().public_bytes_raw())

    def cosign(self, checkpoint: Checkpoint, *, seconds: int) -> str:
        """The signature line that says: by then, no larger consistent tree of this log was seen."""
        signature = self.private.sign(_message(checkpoint.text, seconds))
        return signature_line(self.name, self.key.id, seconds.to_bytes(_TIME_BYTES) + signature)


@dataclass(frozen=True, slots=True)
class Cosignature:
    """What a witness stated, after its signature was verified.

    Args:
        at: when it said so, by its own clock.
    """

    witness: WitnessKey
    at: datetime

    def __str__(self) -> str:
        return f"{self.witness.name} at {format_instant(self.at)}"


def read_cosignatures(note: bytes, witnesses: Sequence[WitnessKey]) -> tuple[Cosignature, ...]:
    """The verified cosignatures of these witnesses under the note, each witness's newest; others are ignored.

    Raises:
        EvidenceError: it is no note over a checkpoint, or a line names one of the witnesses and does not verify.
    """
    text, lines = read_signatures(note)
    parse_checkpoint(text)
    known = {(key.name, key.id): key for key in witnesses}
    found: dict[WitnessKey, datetime] = {}
    for name, key_id, blob in lines:
        witness = known.get((name, key_id))
        if witness is not None:
            at = _verified(witness, text, blob)
            found[witness] = max(at, found.get(witness, at))
    return tuple(Cosignature(witness, at) for witness, at in found.items())


def add_lines(note: bytes, lines: Iterable[str]) -> bytes:
    """The note with these signature lines under it, a line that a newer one of the same key replaces left out.

    Raises:
        EvidenceError: it is no note, a line cannot be read, or there would be too many.
    """
    text, standing = read_signatures(note)
    _, added = read_signatures(f"{text}\n{''.join(lines)}".encode())
    by_key = {(name, key_id): blob for name, key_id, blob in (*standing, *added)}
    if len(by_key) > _MAX_SIGNATURES:
        raise EvidenceError(f"a note cannot have more than `{_MAX_SIGNATURES}` signatures")
    signed = "".join(signature_line(name, key_id, blob) for (name, key_id), blob in by_key.items())
    return f"{text}\n{signed}".encode()


def lines_of(note: bytes, keys: Iterable[WitnessKey | VerifierKey]) -> str:
    """The signature lines of these keys as they stand under the note, one after another."""
    wanted = {(key.name, key.id) for key in keys}
    _, lines = read_signatures(note)
    return "".join(signature_line(*line) for line in lines if line[:2] in wanted)


def _verified(witness: WitnessKey, text: str, blob: bytes) -> datetime:
    seconds = int.from_bytes(blob[:_TIME_BYTES])
    if len(blob) != _TIME_BYTES + _SIGNATURE_BYTES or seconds > _LATEST:
        raise EvidenceError(f"the cosignature of `{witness.name}` cannot be read")
    try:
        Ed25519PublicKey.from_public_bytes(witness.public).verify(blob[_TIME_BYTES:], _message(text, seconds))
    except (InvalidSignature, ValueError):
        raise EvidenceError(f"the cosignature of `{witness.name}` under this checkpoint is wrong") from None
    return datetime.fromtimestamp(seconds, UTC)


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
