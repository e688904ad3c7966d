"""Signed notes as the C2SP writes them: a text, a blank line, and a line for each signature.

    <text, ending in a newline>
    <blank line>
    — <key name> <base64 of key id (4 bytes) ‖ Ed25519 signature (64 bytes)>

Source: c2sp.org/signed-note. Signatures of keys that are not asked about are ignored, so that witnesses can
add theirs; a signature by a known key that does not verify spoils the whole note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from assent.errors import EvidenceError, InputError

_ED25519 = b"\x01"
_ID_BYTES = 4
_DASH = "— "  # U+2014
_MAX_SIGNATURES = 64


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name of whoever signs with it."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        """The one-line form that is published: `name+hexid+base64`."""
        return f"{self.name}+{self.id.hex()}+{encode64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key that the one-line form names.

        Raises:
            InputError: it is no such form, no Ed25519 key, or its id is not that of the key.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = decode64(encoded)
        if raw is None or raw[:1] != _ED25519 or len(raw) != 33 or not _is_name(name):  # noqa: PLR2004 - the format's length
            raise InputError(f"this is no verifier key: `{text.strip()}`", hint="it looks like name+01234567+AbC…")
        key = cls(name, raw[1:])
        if key.id.hex() != key_id:
            raise InputError(f"the verifier key of `{name}` has the id of another key")
        return key

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature over the message is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key under the name it signs with."""

    name: str
    private: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise InputError(f"a key cannot be named `{self.name}`", hint="no spaces and no plus sign")

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note's text and the keys whose signatures under it were verified."""

    text: str
    signed_by: tuple[VerifierKey, ...]


def sign_note(text: str, *signers: SignerKey) -> bytes:
    """The text with a signature by each signer.

    Raises:
        InputError: the text does not end in a newline, holds control characters, or nobody signs.
    """
    if not signers or not text.endswith("\n") or _has_control(text):
        raise InputError("a note needs a signer and a text of whole lines without control characters")
    lines = [signature_line(each.name, each.verifier.id, each.private.sign(text.encode())) for each in signers]
    return f"{text}\n{''.join(lines)}".encode()


def open_note(note: bytes, verifiers: Sequence[VerifierKey]) -> OpenedNote:
    """The text of a note that at least one of the verifiers signed.

    Raises:
        EvidenceError: it is no note, a known key's signature is wrong, or no known key signed it.
    """
    text, lines = _split_note(note)
    known = {(key.name, key.id): key for key in verifiers}
    signed_by: dict[VerifierKey, None] = {}
    for line in lines:
        name, key_id, signature = _signature(line)
        key = known.get((name, key_id))
        if key is None:
            continue
        if not key.verify(text.encode(), signature):
            raise EvidenceError(f"the signature of `{name}` under this note is wrong")
        signed_by[key] = None
    if not signed_by:
        names = ", ".join(f"`{key.name}`" for key in verifiers)
        raise EvidenceError(f"this note is not signed by {names}", hint="is this the verifier key of that log?")
    return OpenedNote(text, tuple(signed_by))


def read_signatures(note: bytes) -> tuple[str, tuple[tuple[str, bytes, bytes], ...]]:
    """A note's text and its signature lines as (key name, key id, signature); nothing is verified.

    Raises:
        EvidenceError: it is no note.
    """
    text, lines = _split_note(note)
    return text, tuple(map(_signature, lines))


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    """The line that stands under a note, with its newline."""
    return f"{_DASH}{name} {encode64(key_id + signature)}\n"


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: no spaces, no plus sign, and it is not empty."""
    return _is_name(name)


def _split_note(note: bytes) -> tuple[str, list[str]]:
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise EvidenceError("this note is no text") from None
    head, blank, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or not head or lines.pop() != "" or not lines or len(lines) > _MAX_SIGNATURES or _has_control(whole):
        raise EvidenceError("this is no signed note: a text, a blank line and signatures were expected")
    return head + "\n", lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = decode64(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or raw is None or len(raw) <= _ID_BYTES:
        raise EvidenceError("this note has a signature line that cannot be read")
    return name, raw[:_ID_BYTES], raw[_ID_BYTES:]


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def _has_control(text: str) -> bool:
    return any(letter < " " and letter != "\n" for letter in text)


def encode64(data: bytes) -> str:
    """Standard base64 as every format here uses it."""
    return base64.b64encode(data).decode("ascii")


def decode64(text: str) -> bytes | None:
    """The bytes of a standard base64 text in its one exact form; None for any other text."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    # Two texts for the same bytes would let a proof be altered without being noticed.
    return data if encode64(data) == text else None
