"""Data sets for torch and Hugging Face obey the reader, and nothing of them lies on a disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from assent.errors import InputError
from assent.operations.build import BuildResult
from assent.snapshot.reader import SnapshotReader
from assent.training.corpus import public_corpus
from assent.training.loaders import SnapshotRows, SnapshotTokens, hugging_face_rows
from assent.training.tokens import Tokenizer, train_tokenizer
from assent.vocabulary.tables import PERMITTED_SCHEMA
from small_world import World, joined, make_world, post, switched

MEMBERS = ("ada", "ben", "cyd")
TREES = {"ada": "oak", "ben": "elm", "cyd": "fir"}
"""What each writes about, in a word that no filter takes for a name."""

PASS = """
import os, sys
from assent.snapshot.reader import open_snapshot
from assent.training.loaders import hugging_face_rows
with open_snapshot(sys.argv[1], ledger=sys.argv[2]) as reader:
    print(sum(1 for _ in hugging_face_rows(reader)))
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    records = [
        post(f"{member}-{n}", member, f"the {TREES[member]} behind house {n} lost its leaves")
        for member in MEMBERS
        for n in range(4)
    ]
    return make_world(tmp_path / "work", [event for member in MEMBERS for event in joined(member)], records)


@pytest.fixture
def built(world: World) -> BuildResult:
    return world.build()


@pytest.fixture
def reader(world: World, built: BuildResult) -> Iterator[SnapshotReader]:
    with world.read(built) as opened:
        yield opened


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(public_corpus(size=60_000).texts, 400)


def ids_of(rows: object) -> set[str]:
    return {row["id"] for row in rows}  # type: ignore[attr-defined]


EVERYTHING = {f"{member}-{n}" for member in MEMBERS for n in range(4)}
WITHOUT_BEN = {ident for ident in EVERYTHING if not ident.startswith("ben")}


def stop(world: World, member: str) -> None:
    world.pass_time(hours=1)
    world.tell(switched(member, "off", world.now))
    world.pass_time(hours=1)


@pytest.mark.parametrize("make", [SnapshotRows, hugging_face_rows], ids=["torch", "hugging-face"])
def test_what_is_withdrawn_between_two_passes_is_not_in_the_second(
    make: type, world: World, reader: SnapshotReader
) -> None:
    rows = make(reader)
    first = ids_of(rows)
    stop(world, "ben")
    assert (first, ids_of(rows)) == (EVERYTHING, WITHOUT_BEN)


def test_tokens_of_who_withdrew_are_not_in_the_next_pass(
    world: World, reader: SnapshotReader, tokenizer: Tokenizer
) -> None:
    sequences = SnapshotTokens(reader, tokenizer, 400)
    before = [tokenizer.decode(each["input_ids"].tolist()) for each in sequences]
    stop(world, "ben")
    after = [tokenizer.decode(each["input_ids"].tolist()) for each in sequences]
    assert any("elm" in text for text in before)
    assert after == [text for text in before if "elm" not in text]


def test_a_sequence_holds_one_member(reader: SnapshotReader, tokenizer: Tokenizer) -> None:
    texts = [tokenizer.decode(each["input_ids"].tolist()) for each in SnapshotTokens(reader, tokenizer, 400)]
    assert sorted(tree for text in texts for tree in TREES.values() if tree in text) == sorted(TREES.values())
    assert len(texts) == len(MEMBERS)


def test_a_sequence_is_no_longer_than_asked_and_its_labels_are_its_ids(
    reader: SnapshotReader, tokenizer: Tokenizer
) -> None:
    for each in SnapshotTokens(reader, tokenizer, 32):
        assert torch.equal(each["input_ids"], each["labels"])
        assert 2 <= len(each["input_ids"]) <= 32


@pytest.mark.parametrize("make", [SnapshotRows, hugging_face_rows], ids=["torch", "hugging-face"])
def test_shards_together_are_the_whole(make: type, reader: SnapshotReader) -> None:
    shards = sorted({entry.shard for entry in reader.manifest.files})
    parts = [ids_of(make(reader, shard=shard)) for shard in shards]
    assert set().union(*parts) == EVERYTHING
    assert sum(map(len, parts)) == len(EVERYTHING)


def test_rows_carry_the_columns_of_permitted_rows(reader: SnapshotReader) -> None:
    expected = [row for batch in reader for row in batch.to_pylist()]
    assert list(SnapshotRows(reader)) == expected
    rows = hugging_face_rows(reader)
    assert rows.column_names == PERMITTED_SCHEMA.names
    assert list(rows) == expected


def test_a_torch_loader_reads_in_the_process_that_opened(reader: SnapshotReader) -> None:
    rows = SnapshotRows(reader)
    loader = DataLoader(rows, batch_size=5, collate_fn=ids_of, num_workers=0)
    assert set().union(*loader) == EVERYTHING


def test_workers_of_a_loader_are_refused(reader: SnapshotReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.training.loaders.get_worker_info", object)
    with pytest.raises(InputError, match="not in workers"):
        next(iter(SnapshotRows(reader)))


def test_sequences_that_predict_nothing_are_refused(reader: SnapshotReader, tokenizer: Tokenizer) -> None:
    with pytest.raises(InputError, match="predict nothing"):
        SnapshotTokens(reader, tokenizer, 1)


def test_a_pass_leaves_nothing_on_a_disk(world: World, built: BuildResult, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    places = dict.fromkeys(["HOME", "TMPDIR", "HF_HOME", "HF_DATASETS_CACHE", "XDG_CACHE_HOME"], str(empty))
    done = subprocess.run(
        [sys.executable, "-c", PASS, str(built.path), str(world.workspace.ledger_folder)],
        env=os.environ | places,
        cwd=empty,
        capture_output=True,
        check=False,
    )
    assert (done.stdout.decode(), done.stderr.decode(), done.returncode) == (f"{len(EVERYTHING)}\n", "", 0)
    assert list(empty.rglob("*")) == []
