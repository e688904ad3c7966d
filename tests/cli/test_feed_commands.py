"""`assent feed …` as a person or a monitor uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from feed_world import NAME, FeedWorld, make_feed_world, recipient_table

BOTH = recipient_table('deliver = "folder"\npath = "inbox"\npseudonyms = false\n') + recipient_table(
    'deliver = "webhook"\nurl = "http://127.0.0.1:9/feed"\n', name="away"
)


@pytest.fixture
def feed(tmp_path: Path) -> FeedWorld:
    feed = make_feed_world(tmp_path / "w", config=BOTH)
    feed.snapshot()
    return feed


def run(feed: FeedWorld, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "assent", "feed", *arguments],
        cwd=feed.world.root,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_from_the_first_batch_to_an_acknowledged_retraction(feed: FeedWorld) -> None:
    assert "batch 1 for acme: 12 new or changed" in run(feed, "build", NAME)
    assert "acme: sent 1" in run(feed, "deliver", NAME)
    feed.withdraw("m1")
    assert "batch 2 for acme: 2 to delete" in run(feed, "retract", NAME)
    run(feed, "deliver", NAME)
    assert "2 in batch 2, not acknowledged" in run(feed, "told", "m1")
    assert "acme acknowledged 1, 2" in run(feed, "acknowledge", NAME, "2")
    assert "10 records may be used now" in run(feed, "verify", "inbox", "--key", "keys/attest.pub.pem")


def test_status_check_is_for_monitors(feed: FeedWorld) -> None:
    run(feed, "build", NAME)
    run(feed, "deliver", NAME)
    run(feed, "status", "--check")
    feed.withdraw("m1")

    assert "run assent feed retract" in run(feed, "status", "--check", code=1)


def test_status_in_json(feed: FeedWorld) -> None:
    run(feed, "build", NAME)
    (found,) = json.loads(run(feed, "status", NAME, "--json"))

    assert (found["recipient"], found["waiting"], found["overdue"]) == (NAME, [1], False)


def test_asking_does_not_begin_a_feed(feed: FeedWorld) -> None:
    run(feed, "status")
    run(feed, "told", "m1")

    assert not (feed.world.root / "feeds").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["build", "nobody"], 2, "there is no recipient `nobody`"),
        (["deliver"], 2, "say whom to deliver to"),
        (["deliver", "away"], 2, "recipient `away` has no secret"),
        (["acknowledge", NAME, "9"], 2, "has no batch `9`"),
        (["verify", "keys", "--key", "keys/attest.pub.pem"], 2, "there is no batch in `keys`"),
    ],
)
def test_a_mistake_is_one_line(feed: FeedWorld, arguments: list[str], code: int, says: str) -> None:
    answer = run(feed, *arguments, code=code)

    assert says in answer
    assert "Traceback" not in answer


def test_a_delivery_to_all_goes_on_after_one_that_fails(feed: FeedWorld) -> None:
    run(feed, "build", NAME)

    assert "acme: sent 1" in run(feed, "deliver", "--all", code=2)
