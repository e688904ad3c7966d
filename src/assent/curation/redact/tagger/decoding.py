"""The best labels of many stretches of words at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from assent.curation.words import Places
from assent.vocabulary.curation import Pii

LABELS: Final = (None, Pii.PERSON, Pii.LOCATION, Pii.ORGANIZATION, Pii.GROUP)
"""Of a word; the weights of none are nought, the others' are against it."""

Scores = npt.NDArray[np.int64]


def best(emitted: Scores, passed: Scores, segment: Places) -> Places:
    """The labels of the highest sum of word scores and passages from label to label, each stretch by itself.

    Shape: (words, L) and (L, L).
    """
    total = len(emitted)
    reach = np.diff(np.append(segment, total))
    order = np.argsort(-reach, kind="stable")
    starts, reach = segment[order], reach[order]
    steps = int(reach[0]) if len(reach) else 0
    alive = [int(np.searchsorted(-reach, -step, "left")) for step in range(steps)]  # those longer than the step
    score = emitted[starts]
    came: list[npt.NDArray[np.int8]] = []
    for step in range(1, steps):
        count = alive[step]
        reached = score[:count, :, None] + passed  # (n, from, to)
        source = reached.argmax(axis=1)
        came.append(source.astype(np.int8))
        score[:count] = np.take_along_axis(reached, source[:, None, :], axis=1)[:, 0] + emitted[starts[:count] + step]
    chosen = np.zeros(total, np.int64)
    now = score.argmax(axis=1)
    for step in range(steps - 1, 0, -1):
        count = alive[step]
        chosen[starts[:count] + step] = now[:count]
        now[:count] = came[step - 1][np.arange(count), now[:count]]
    chosen[starts] = now
    return chosen
