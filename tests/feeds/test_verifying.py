"""The recipient's check: whatever is changed, missing or added is found, and needs no sender."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assent.errors import AssentError, EvidenceError, InputError
from assent.operations.feeds import verify_received
from feed_world import FeedWorld, make_feed_world


@pytest.fixture
def feed(tmp_path: Path) -> FeedWorld:
    """Three batches: everything, a retraction, another."""
    feed = make_feed_world(tmp_path / "w")
    feed.snapshot()
    feed.build()
    feed.deliver()
    for member in ("m1", "m2"):
        feed.withdraw(member)
        feed.deliver()
    return feed


def key(feed: FeedWorld) -> Path:
    return feed.world.root / "keys" / "attest.pub.pem"


def test_an_untouched_feed_verifies(feed: FeedWorld) -> None:
    chain = verify_received(feed.inbox, key(feed))

    assert [each.manifest.number for each in chain.batches] == [1, 2, 3]


@pytest.mark.parametrize(
    "path", ["000001/additions.jsonl", "000001/manifest.json", "000002/retractions.jsonl", "000002/manifest.json"]
)
def test_every_changed_byte_is_found(feed: FeedWorld, path: str) -> None:
    file = feed.inbox / path
    whole = file.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(EvidenceError):
            verify_received(feed.inbox, key(feed))


@pytest.mark.parametrize("number", ["000001", "000002"])
def test_a_missing_batch_is_found(feed: FeedWorld, number: str) -> None:
    shutil.rmtree(feed.inbox / number)

    with pytest.raises(EvidenceError, match="not the one before"):
        verify_received(feed.inbox, key(feed))


def test_a_missing_file_is_found(feed: FeedWorld) -> None:
    (feed.inbox / "000002" / "retractions.jsonl").unlink()

    with pytest.raises(EvidenceError, match=r"is missing"):
        verify_received(feed.inbox, key(feed))


def test_a_file_nobody_signed_is_found(feed: FeedWorld) -> None:
    (feed.inbox / "000002" / "more.jsonl").write_text("{}\n")

    with pytest.raises(EvidenceError, match="nobody signed"):
        verify_received(feed.inbox, key(feed))


def test_a_batch_under_another_number_is_found(feed: FeedWorld) -> None:
    (feed.inbox / "000003").rename(feed.inbox / "000004")

    with pytest.raises(EvidenceError, match="holds batch `3`"):
        verify_received(feed.inbox, key(feed))


def test_another_senders_key_does_not_verify(feed: FeedWorld, tmp_path: Path) -> None:
    other = make_feed_world(tmp_path / "other")
    other.world.entropy(1)  # chance that does not repeat the first world's keys
    other.snapshot()
    other.build()

    with pytest.raises(EvidenceError, match="signature"):
        verify_received(feed.inbox, key(other))


def test_an_empty_folder_is_no_feed(tmp_path: Path, feed: FeedWorld) -> None:
    with pytest.raises(InputError, match="no batch"):
        verify_received(tmp_path, key(feed))


def test_a_key_that_is_none_is_one_line(feed: FeedWorld) -> None:
    with pytest.raises(AssentError):
        verify_received(feed.inbox, feed.inbox / "LATEST")
