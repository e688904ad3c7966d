"""Checkpoints by key: what was trained stays trained, over a kill and from one model to the next.

A checkpoint's key names all its weights are a function of (`evidence.model.checkpoint_key`), so whoever finds one
under the key they need need not train it. The file beside the weights is written last: what lacks it is not there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from assent.errors import EvidenceError
from assent.storage.files import write_durably

_WEIGHTS, _BESIDE = ".safetensors", ".json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is known of the weights after a slice.

    Args:
        key: their name in the store.
        tokens: predicted in one pass over the slice.
        environment: what computed them.
        loss: mean over the last epoch, in nats per token; None where the slice held no text.
        curve: (tokens so far, loss of the step) at some of the steps.
    """

    key: str
    sha256: str
    bytes: int
    tokens: int
    environment: dict[str, str]
    loss: float | None
    curve: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class CheckpointStore:
    """The checkpoints in a folder."""

    folder: Path

    def weights(self, key: str) -> Path:
        """Where the weights of that key lie, or would."""
        return self.folder / f"{key}{_WEIGHTS}"

    def find(self, key: str) -> Checkpoint | None:
        """What is known under the key; None where nothing whole is."""
        try:
            given = json.loads(self._beside(key).read_bytes())
            found = Checkpoint(**{**given, "curve": tuple((int(a), float(b)) for a, b in given["curve"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if self.weights(key).is_file() else None

    def read(self, found: Checkpoint) -> bytes:
        """The weights.

        Raises:
            EvidenceError: they are not those that were kept.
        """
        path = self.weights(found.key)
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        if sha256(data).hexdigest() != found.sha256:
            raise EvidenceError(
                f"`{path}` is not the checkpoint that was kept", hint="remove it; what it held is trained again"
            )
        return data

    def keep(
        self,
        key: str,
        weights: bytes,
        *,
        tokens: int,
        environment: dict[str, str],
        loss: float | None,
        curve: tuple[tuple[int, float], ...],
    ) -> Checkpoint:
        """The weights lie under the key, durably.

        Raises:
            UnavailableError: the disk is full.
        """
        found = Checkpoint(key, sha256(weights).hexdigest(), len(weights), tokens, environment, loss, curve)
        write_durably(self.weights(key), weights)
        # A crash here means: weights without what is known of them; they are trained again.
        write_durably(self._beside(key), json.dumps(asdict(found), sort_keys=True).encode())
        return found

    def forget(self, keep: Collection[str]) -> list[str]:
        """No checkpoint is left but these; gives the keys of those that went."""
        gone = sorted(set(self._keys()) - set(keep))
        for key in gone:
            # In this order: while what is known of them is there, so are the weights.
            self._beside(key).unlink(missing_ok=True)
            self.weights(key).unlink(missing_ok=True)
        return gone

    def _keys(self) -> Iterator[str]:
        if self.folder.is_dir():
            yield from (each.stem for each in self.folder.iterdir() if each.suffix in {_WEIGHTS, _BESIDE})

    def _beside(self, key: str) -> Path:
        return self.folder / f"{key}{_BESIDE}"
