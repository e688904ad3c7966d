"""Private keys as files that only their owner can read; one is created once and never overwritten."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import InputError
from assent.storage.files import explained, make_folder, sync_folder, write_durably

_SEED_BYTES = 32
_OWNER_ONLY = 0o600


def create_key(path: Path, *, entropy: Callable[[int], bytes] = os.urandom) -> Ed25519PrivateKey:
    """A new Ed25519 key lies at `path`, readable by its owner alone.

    Raises:
        InputError: there is a file already; it is never overwritten.
    """
    key = Ed25519PrivateKey.from_private_bytes(entropy(_SEED_BYTES))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with explained(path):
        make_folder(path.parent)
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, unlike a rename, fails where a file exists: two creators cannot replace each other's key.
            os.link(temporary, path)
        except FileExistsError:
            raise InputError(f"there is a key already: `{path}`", hint="keys are never overwritten") from None
        finally:
            temporary.unlink()
        sync_folder(path.parent)
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """The key that lies at `path`.

    Raises:
        InputError: there is none, it is no Ed25519 key in PEM, or others than its owner may read it.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            pem = file.read()
    except FileNotFoundError:
        raise InputError(
            f"there is no key at `{path}`",
            hint="it was made together with the ledger; bring it back from where you keep copies of keys",
        ) from None
    except OSError as error:
        raise InputError(f"the key `{path}` cannot be read: {(error.strerror or '').lower()}") from None
    if mode & 0o077:
        raise InputError(f"the key `{path}` can be read by others", hint=f"run: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(f"`{path}` is no private key in PEM form without a password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"`{path}` is no Ed25519 key")
    return key


def publish_key(path: Path, key: Ed25519PrivateKey) -> None:
    """The public half of the key lies at `path`, for everyone who checks; nothing is done where it lies there."""
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.public_key().public_bytes(encoding, form)
    if not path.is_file() or path.read_bytes() != pem:
        write_durably(path, pem)


def load_or_create_key(path: Path, *, entropy: Callable[[int], bytes] = os.urandom) -> Ed25519PrivateKey:
    """The key at `path`, made now when there is none."""
    return load_key(path) if path.exists() else create_key(path, entropy=entropy)
