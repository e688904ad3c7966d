"""A snapshot as data sets that others train with: torch's and Hugging Face's, obeying the reader, copying nothing.

    with open_snapshot(folder, ledger=ledger) as reader:
        for row in SnapshotRows(reader): ...                       # a dict a row
        for pack in SnapshotTokens(reader, tokenizer, 256): ...    # input_ids and labels
        for row in hugging_face_rows(reader): ...                  # datasets.IterableDataset

Every pass looks at the ledger first, so what is withdrawn between two epochs is not in the second. Nothing is
written to a disk: a copy in a cache would outlive a withdrawal. `save_to_disk`, `Dataset.from_generator` and
whatever else a caller does with the rows is a copy of theirs, which no take-back reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import torch
from datasets import DatasetInfo, Features
from datasets import IterableDataset as HuggingFaceDataset
from datasets.iterable_dataset import ArrowExamplesIterable
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from assent.errors import InputError
from assent.snapshot.reader import SnapshotReader
from assent.training.packing import Text, pack
from assent.training.tokens import Tokenizer
from assent.vocabulary.tables import PERMITTED_SCHEMA


class SnapshotRows(IterableDataset):  # type: ignore[misc]
    """The rows that may be read now, each a dict of the columns of `PERMITTED_SCHEMA`.

    Args:
        shard: of these only; None is all.
    """

    def __init__(self, reader: SnapshotReader, *, shard: int | None = None) -> None:
        super().__init__()
        self._reader, self._shard = reader, shard

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """One pass, of what is permitted as it begins."""
        _require_own_process()
        for batch in self._reader.batches(shard=self._shard):
            yield from batch.to_pylist()


class SnapshotTokens(IterableDataset):  # type: ignore[misc]
    """Sequences of tokens, packed within a member and never across, as transformers' models take them.

    Args:
        length: of the longest, at least 2; a collator that pads makes batches of them.
        shard: of this only; None is all.
    """

    def __init__(self, reader: SnapshotReader, tokenizer: Tokenizer, length: int, *, shard: int | None = None) -> None:
        super().__init__()
        if length < 2:  # noqa: PLR2004 - one to read and one to predict
            raise InputError(f"sequences of `{length}` tokens predict nothing", hint="give at least 2")
        self._reader, self._tokenizer, self._length, self._shard = reader, tokenizer, length, shard

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        """One pass, a partition at a time; `labels` are the ids, which the models shift by themselves."""
        _require_own_process()
        parts = sorted({(entry.shard, entry.slice) for entry in self._reader.manifest.files})
        for shard, part in parts:
            if self._shard not in (None, shard):
                continue
            batches = self._reader.batches(shard=shard, slice=part)
            rows = [text for batch in batches for text in _texts(batch)]
            for sequence in pack(rows, self._tokenizer, self._length - 1):
                ids = torch.tensor(sequence.ids)
                yield {"input_ids": ids, "labels": ids.clone()}


def hugging_face_rows(reader: SnapshotReader, *, shard: int | None = None) -> HuggingFaceDataset:
    """The rows that may be read now as a streaming data set of Hugging Face, with types and without a cache.

    Not by its `from_generator`, which makes a cache folder and pickles the reader to name it.
    """

    def tables() -> Iterator[tuple[str, pa.Table]]:
        _require_own_process()
        for number, batch in enumerate(reader.batches(shard=shard)):
            yield str(number), pa.Table.from_batches([batch])

    info = DatasetInfo(features=Features.from_arrow_schema(PERMITTED_SCHEMA))
    return HuggingFaceDataset(ArrowExamplesIterable(tables, {}), info=info)


def _texts(batch: pa.RecordBatch) -> Iterator[Text]:
    columns = (batch.column(name).to_pylist() for name in ("id", "author", "text"))
    yield from (Text(ident, author, text) for ident, author, text in zip(*columns, strict=True) if text)


def _require_own_process() -> None:
    """The pass runs where the reader was opened.

    Raises:
        InputError: it runs in a worker of a loader, which would read every row once more.
    """
    if get_worker_info() is not None:
        raise InputError(
            "a snapshot is read where it was opened, not in workers of a loader", hint="set num_workers to 0"
        )
