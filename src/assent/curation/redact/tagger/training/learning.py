"""An averaged structured perceptron over hashed features, in whole numbers: the same file on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from assent.curation.redact.tagger.decoding import best
from assent.curation.redact.tagger.reading import BITS, see
from assent.curation.redact.tagger.training.writing import Marked, Writer
from assent.curation.redact.tagger.weights import LARGEST, sealed
from assent.curation.words import Places, Words, blocks

SEED: Final = 20250
TEXTS: Final = 36_000
ROUNDS: Final = 6
_BATCH: Final = 256
_MARGIN: Final = 6


def train(texts: int = TEXTS, rounds: int = ROUNDS, seed: int = SEED) -> bytes:
    """The bytes of the weights' file."""
    writer = Writer(seed)
    marked = [writer.text() for _ in range(texts)]
    features, labels, segment = _examples(marked)
    table, passed = _learned(features, labels, segment, rounds, seed)
    scale = int(np.abs(table).max())
    return sealed(_divided(table * LARGEST, scale), _divided(passed * LARGEST, scale))


def _divided(over: Places, under: int) -> Places:
    result: Places = (2 * over + under) // (2 * under)
    return result


def _examples(marked: Sequence[Marked]) -> tuple[Places, Places, Places]:
    """Features and label of every word, and where stretches begin. Shape: (words, F), (words,), (stretches,)."""
    features, labels, segments, total = [], [], [], 0
    for first, words in blocks(pa.array([text for text, _ in marked], pa.large_string())):
        seen = see(words)
        kinds = [each[seen.near[offset]] for offset, group in seen.kinds.items() for each in group]
        features.append(np.stack([*kinds, *seen.among], axis=1).astype(np.int32))
        labels.append(_labels(words, marked[first : first + len(words.bounds) - 1]))
        segments.append(seen.segment + total)
        total += len(words.starts)
    return np.concatenate(features), np.concatenate(labels), np.concatenate(segments)


def _labels(words: Words, marked: Sequence[Marked]) -> Places:
    labels = np.zeros(len(words.starts), np.int64)
    for row, (text, marks) in enumerate(marked):
        at = int(words.bounds[row])
        for start, end, label in marks:
            begin = at + len(text[:start].encode())
            stop = begin + len(text[start:end].encode())
            labels[np.searchsorted(words.starts, begin) : np.searchsorted(words.starts, stop)] = label
    return labels


def _learned(features: Places, labels: Places, segment: Places, rounds: int, seed: int) -> tuple[Places, Places]:
    """Averages of the weights over all steps, times the number of steps."""
    weight, weight_before = np.zeros((1 << BITS, 4), np.int32), np.zeros((1 << BITS, 4), np.int64)
    passed, passed_before = np.zeros((5, 5), np.int64), np.zeros((5, 5), np.int64)
    reach = np.diff(np.append(segment, len(labels)))
    order = list(range(len(segment)))
    chance, step = random.Random(seed), 0  # noqa: S311 - an order, no secret
    for _ in range(rounds):
        chance.shuffle(order)
        for at in range(0, len(order), _BATCH):
            chosen = np.array(order[at : at + _BATCH])
            long = reach[chosen]
            begins = np.cumsum(long) - long
            words = np.repeat(segment[chosen] - begins, long) + np.arange(int(long.sum()))
            truth, seen = labels[words], features[words]
            scores = np.zeros((len(words), 5), np.int64)
            scores[:, 1:] = weight[seen].sum(axis=1)
            scores += _MARGIN
            scores[np.arange(len(words)), truth] -= _MARGIN
            guess = best(scores, passed, begins)
            step += 1
            inside = np.ones(len(words), np.bool_)
            inside[begins] = False
            links = np.flatnonzero(inside)
            for said, by in ((truth, 1), (guess, -1)):
                wrong = np.flatnonzero((truth != guess) & (said > 0))
                rows = (seen[wrong], (said[wrong] - 1)[:, None])
                np.add.at(weight, rows, by)
                np.add.at(weight_before, rows, by * step)
                np.add.at(passed, (said[links - 1], said[links]), by)
                np.add.at(passed_before, (said[links - 1], said[links]), by * step)
    return weight.astype(np.int64) * step - weight_before, passed * step - passed_before
