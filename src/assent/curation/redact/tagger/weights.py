"""What the tagger learned: one small file, checked before it is used.

Layout: a line of JSON (`digest` of the rest by SHA-256 in hex, `passed`, a 5 by 5 table), a line feed, then 2¹⁸ rows of
four signed numbers of two bytes, the lower first: how much a feature speaks for person, location, organization and
group against none of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.redact.tagger.reading import BITS
from assent.errors import EvidenceError

FILE: Final = "names.weights"
LANE: Final = 16
LARGEST: Final = 511
OFFSET: Final = 512  # so that lanes of 16 bits hold the sum of 64 features


@dataclass(frozen=True, slots=True)
class Weights:
    """Packed: each row of four weights is one number of four lanes, so that one addition adds all four."""

    packed: npt.NDArray[np.uint64]
    passed: npt.NDArray[np.int64]


def unpacked(sums: npt.NDArray[np.uint64], features: int) -> npt.NDArray[np.int64]:
    """Scores of all labels from sums of so many packed rows; that of none is nought."""
    scores = np.zeros((len(sums), 5), np.int64)
    for lane in range(4):
        scores[:, lane + 1] = (sums >> np.uint64(LANE * lane) & np.uint64(0xFFFF)).astype(np.int64) - OFFSET * features
    return scores


def sealed(table: npt.NDArray[np.int64], passed: npt.NDArray[np.int64]) -> bytes:
    """The file's bytes."""
    body = table.astype("<i2").tobytes()
    head = {"digest": hashlib.sha256(body).hexdigest(), "passed": passed.tolist()}
    return json.dumps(head, sort_keys=True).encode() + b"\n" + body


def parse(content: bytes) -> Weights:
    """The weights in a file's bytes.

    Raises:
        EvidenceError: the file is not what the training wrote.
    """
    line, _, body = content.partition(b"\n")
    head = json.loads(line) if line.startswith(b"{") else {}
    if head.get("digest") != hashlib.sha256(body).hexdigest() or len(body) != 8 << BITS:
        raise EvidenceError(f"the file `{FILE}` of the name tagger is damaged", hint="install assent again")
    table = np.frombuffer(body, "<i2").reshape(-1, 4).astype(np.int64) + OFFSET
    packed = np.zeros(len(table), np.uint64)
    for lane in range(4):
        packed |= table[:, lane].astype(np.uint64) << np.uint64(LANE * lane)
    return Weights(packed, np.array(head["passed"], np.int64))


@cache
def weights() -> Weights:
    """The shipped weights, read once."""
    return parse((resources.files(__package__) / FILE).read_bytes())
