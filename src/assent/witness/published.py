"""A log as it is published: checkpoint and tiles, from a folder or from a web address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from assent.errors import EvidenceError, InputError, UnavailableError
from assent.evidence import merkle, tiles
from assent.evidence.merkle import HASH_BYTES
from assent.evidence.tiles import TileReader

_CHECKPOINT = "checkpoint"
_MAX_BYTES = 1 << 16
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """Where a log's files come from.

    Args:
        location: the folder or address, as it is named to people.
        read: gives the bytes at a path below it; raises EvidenceError when there is nothing.
    """

    location: str
    read: TileReader

    def checkpoint(self) -> bytes:
        """The signed note as it is published; nothing is verified."""
        return self.read(_CHECKPOINT)

    def prove_growth(self, old: int, size: int) -> tuple[bytes, ...]:
        """That the tree of `old` begins the tree of `size`; empty from 0, from where everything grows.

        Raises:
            EvidenceError: a tile is missing, or the log is not as large as that.
        """
        if old in {0, size}:
            return ()
        return tuple(merkle.consistency_path(old, size, tiles.nodes_from(self._tile, size)))

    def prove_entry(self, seq: int, size: int) -> tuple[bytes, ...]:
        """That the tree of `size` holds the entry at `seq`.

        Raises:
            EvidenceError: a tile is missing, or the log is not as large as that.
        """
        return tuple(merkle.inclusion_path(seq, size, tiles.nodes_from(self._tile, size)))

    def _tile(self, path: str) -> bytes:
        try:
            return self.read(path)
        except EvidenceError:
            whole, partial, width = path.partition(".p/")
            if not partial:
                raise
            # The log has grown past it meanwhile: the full tile begins with the partial one.
            return self.read(whole)[: int(width) * HASH_BYTES]


@contextmanager
def open_published(location: str) -> Iterator[PublishedLog]:
    """The log at a folder, a ledger's folder, or an `http(s)://` address.

    Raises:
        InputError: there is no published log.
    """
    if location.startswith(("http://", "https://")):
        with httpx.Client(timeout=_PATIENCE_SECONDS) as client:
            yield PublishedLog(location, lambda path: _fetch(client, f"{location.rstrip('/')}/{path}"))
        return
    folder = Path(location)
    if (folder / "log" / _CHECKPOINT).is_file():
        folder /= "log"
    if not (folder / _CHECKPOINT).is_file():
        raise InputError(f"there is no published log in `{location}`", hint="give the folder with `checkpoint` in it")
    yield PublishedLog(str(folder), lambda path: _load(folder / path))


def _load(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise EvidenceError(f"the log has no readable file `{path}`") from None


def _fetch(client: httpx.Client, url: str) -> bytes:
    try:
        with client.stream("GET", url) as answer:
            if answer.status_code != httpx.codes.OK:
                raise EvidenceError(f"`{url}` answers with {answer.status_code}")
            data = b""
            for part in answer.iter_bytes():
                data += part
                if len(data) > _MAX_BYTES:
                    raise EvidenceError(f"`{url}` is larger than any file of a log that is asked for")
            return data
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnavailableError(f"`{url}` cannot be reached: {str(error) or type(error).__name__}") from None
