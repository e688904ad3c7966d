"""The same numbers give the same bytes; whatever goes wrong leaves nothing behind."""

from __future__ import annotations

import hashlib
import json

import pytest

from assent.errors import AssentError, InputError
from assent.sources.synthetic import activity, generate, network


def digests(folder):
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def small_chunks(monkeypatch):
    """Many chunks from few rows; only in this process, so that workers are not used."""
    monkeypatch.setattr("assent.sources.synthetic.plan.CHUNK_ROWS", 200)
    monkeypatch.setattr(network, "_processors", lambda: 1)


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    generate(tmp_path / "a", members=300, records=900, seed=3)
    generate(tmp_path / "b", members=300, records=900, seed=3)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_another_seed_gives_other_texts(tmp_path):
    generate(tmp_path / "a", members=300, records=900, seed=3)
    generate(tmp_path / "b", members=300, records=900, seed=4)
    assert (
        digests(tmp_path / "a")["records/part-00000.parquet"] != digests(tmp_path / "b")["records/part-00000.parquet"]
    )


def test_processes_do_not_change_the_bytes(tmp_path, monkeypatch):
    for workers in (1, 2):
        monkeypatch.setattr(network, "_processors", lambda count=workers: count)
        generate(tmp_path / str(workers), members=10_000, records=50_001, seed=3)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


@pytest.mark.parametrize(("members", "records"), [(1, 0), (1, 1), (1, 50), (40, 7), (7, 130)])
def test_any_size_will_do(tmp_path, members, records):
    assert generate(tmp_path / "n", members=members, records=records, seed=0).records == records


@pytest.mark.parametrize(("members", "records"), [(5, 100), (3_000, 100), (3_000, 20_000)])
def test_every_category_is_there_at_any_mix(tmp_path, members, records):
    summary = generate(tmp_path / "n", members=members, records=records, seed=2)
    assert set(summary.by_category) == {"profile.name", *activity.PROFILE_PARTS, *activity.ACTIVITIES}


def test_chunks_share_their_members(tmp_path, small_chunks):
    summary = generate(tmp_path / "n", members=150, records=900, seed=5)
    assert len(list((tmp_path / "n" / "records").iterdir())) == 5
    assert summary.by_category["profile.name"] >= 140


def test_progress_ends_at_the_whole(tmp_path, small_chunks):
    told = []
    generate(tmp_path / "n", members=50, records=900, seed=5, progress=lambda *pair: told.append(pair))
    assert told == [(180, 900), (360, 900), (540, 900), (720, 900), (900, 900)]


def test_an_existing_folder_is_refused(tmp_path):
    (tmp_path / "n").mkdir()
    with pytest.raises(InputError, match="exists already"):
        generate(tmp_path / "n", members=10, records=10, seed=0)
    assert list(tmp_path.rglob("*")) == [tmp_path / "n"]


@pytest.mark.parametrize(("members", "records"), [(0, 10), (-1, 10), (10, -1)])
def test_numbers_without_sense_are_refused(tmp_path, members, records):
    with pytest.raises(InputError, match="cannot be"):
        generate(tmp_path / "n", members=members, records=records, seed=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_leaves_nothing(tmp_path, monkeypatch, workers):
    monkeypatch.setattr(network, "_processors", lambda: workers)

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "n", members=26_000, records=3_000, seed=0, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_dies_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(network, "_processors", lambda: 2)
    monkeypatch.setattr(network, "_WORKER", "assent.sources.synthetic.no_such_module")
    with pytest.raises(AssentError, match="failed"):
        generate(tmp_path / "n", members=26_000, records=10, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_the_summary_lies_beside_the_truth(tmp_path):
    summary = generate(tmp_path / "n", members=30, records=60, seed=1)
    told = json.loads((tmp_path / "n" / "truth" / "summary.json").read_text())
    assert (told["records"], told["events"], told["seed"]) == (summary.records, summary.events, 1)
    assert "personal_data/" in (tmp_path / "n" / "truth" / "README").read_text()
