"""One recipient's feed on our disk: where things lie, who may touch them, and what a crash left behind.

    <feeds>/<name>/
        state.db            what they hold, as digests; which batches there are (`state`)
        000001/             a batch: manifest.json, and until it is sent additions.jsonl and retractions.jsonl
        .building/          a batch in the making
        .lock  .delivering  held by whoever changes the state, and by whoever delivers

The state decides what is true: a folder that it does not know is a leftover, and files of a batch that does not
wait any more hold personal data for nobody. `recover`, with which everything begins, removes both.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assent.errors import EvidenceError, UnavailableError
from assent.evidence.attestation import verify_statement
from assent.evidence.tags import key_id
from assent.feeds.lines import Names
from assent.feeds.manifest import ADDITIONS, MANIFEST, RETRACTIONS, FeedManifest, batch_digest, parse_feed_manifest
from assent.feeds.state import PENDING, Batch, FeedState, Stage
from assent.feeds.terms import Recipient
from assent.storage.files import exclusive_lock, explained, sync_folder

Gap = Callable[[str], None]
"""Called at each gap between two durable steps, with its name; tests break the process there."""

BUILDING: Final = ".building"
_LOCK_SECONDS = 600.0
"""How long a build of millions of records may keep others waiting."""


def no_gap(_name: str) -> None:
    """Nothing happens between the steps."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A recipient's feed, open.

    Args:
        key: signs the batches.
    """

    recipient: Recipient
    folder: Path
    names: Names
    key: Ed25519PrivateKey
    state: FeedState

    def batch_folder(self, number: int) -> Path:
        """Where that batch lies."""
        return self.folder / f"{number:06d}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else changes this feed meanwhile, and nothing of a crash is left.

        Raises:
            UnavailableError: somebody else keeps it for too long.
        """
        with exclusive_lock(self.folder / ".lock", wait_seconds=_LOCK_SECONDS):
            recover(self)
            yield

    @contextmanager
    def delivering(self) -> Iterator[None]:
        """Nobody else delivers this feed meanwhile.

        Raises:
            UnavailableError: somebody does already.
        """
        try:
            with exclusive_lock(self.folder / ".delivering", wait_seconds=0):
                yield
        except UnavailableError as error:
            if "another process holds" in error.message:
                raise UnavailableError(
                    f"another delivery to `{self.recipient.name}` is at work", hint="it goes on without you"
                ) from None
            raise

    def close(self) -> None:
        """Its files are closed."""
        self.state.close()


def open_feed(folder: Path, recipient: Recipient, *, master: bytes, key: Ed25519PrivateKey) -> Feed:
    """The feed in that folder, made when there is none.

    Raises:
        EvidenceError: it was kept with another key for names, so nobody would be recognised.
    """
    names = Names.of(master, recipient)
    state = FeedState(folder)
    try:
        with state.writing() as page:
            known = page.note("key")
            if known is None:
                page.write_note("key", key_id(names.key))
            elif known != key_id(names.key):
                raise EvidenceError(
                    f"the feed of `{recipient.name}` was kept with another key",
                    hint="bring back the key `feeds.key`; without it nobody knows who is in what they hold",
                )
    except BaseException:
        state.close()
        raise
    return Feed(recipient, folder, names, key, state)


def recover(feed: Feed) -> None:
    """What a crash left is gone: half a batch, one the state does not know, data of a batch that does not wait."""
    with explained(feed.folder):
        shutil.rmtree(feed.folder / BUILDING, ignore_errors=True)
        with feed.state.reading() as page:
            known = {each.number: each for each in page.batches()}
        for folder in feed.folder.iterdir():
            if not folder.name.isdigit():
                continue
            batch = known.get(int(folder.name))
            if batch is None:
                # Renamed, and the process died before the state knew of it.
                shutil.rmtree(folder)
            elif batch.stage not in PENDING:
                drop_data(folder, keep_retractions=batch.stage is Stage.SENT)


def drop_data(folder: Path, *, keep_retractions: bool) -> None:
    """The batch's rows are off our disk; its manifest stays, and while nobody acknowledged them its retractions."""
    for name in (ADDITIONS,) if keep_retractions else (ADDITIONS, RETRACTIONS):
        with suppress(FileNotFoundError):
            (folder / name).unlink()
            sync_folder(folder)


def checked_batch(feed: Feed, batch: Batch) -> tuple[bytes, FeedManifest]:
    """The envelope and the manifest of a batch that waits, after all of its bytes were found as they were made.

    Raises:
        EvidenceError: a file is missing or was changed.
    """
    folder = feed.batch_folder(batch.number)
    hint = f"`assent feed build {feed.recipient.name}` makes it anew"
    try:
        envelope = (folder / MANIFEST).read_bytes()
        manifest = parse_feed_manifest(verify_statement(envelope, feed.key.public_key()))
        for each in manifest.files:
            with (folder / each.name).open("rb") as file:
                if file_digest(file, "sha256").hexdigest() != each.sha256:
                    raise EvidenceError(f"`{folder / each.name}` is not what was built", hint=hint)
    except OSError as error:
        raise EvidenceError(
            f"a file of `{folder}` is missing: `{Path(error.filename or folder).name}`", hint=hint
        ) from None
    if batch_digest(envelope) != batch.digest:
        raise EvidenceError(f"`{folder / MANIFEST}` is not what was built", hint=hint)
    return envelope, manifest
