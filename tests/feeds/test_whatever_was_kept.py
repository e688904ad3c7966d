"""Whatever a recipient kept of batches they never confirmed, applying the later ones gives the right set."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from assent.feeds.verifying import current_set
from assent.operations.build import ATTEST_PUBLIC
from assent.operations.feeds import verify_received
from feed_world import FeedWorld, Server, make_feed_world, position, recipient_table, rewrite, some_members


class Fickle:
    """Keeps a batch or not, confirms it or not, and the one has nothing to do with the other."""

    def __init__(self, inbox: Path, seed: int) -> None:
        self.inbox, self.dice, self.reliable = inbox, random.Random(seed), False

    def __call__(self, received):
        data = received.json["data"]
        if received.json["type"] == "feed.batch" and (self.reliable or self.dice.random() < 0.6):
            self.keep(data)
        confirms = self.reliable or self.dice.random() < 0.5
        # Who confirms a batch must have it; who does not may have it all the same.
        if confirms:
            self.keep(data)
        return (200 if confirms else 500), {}, b""

    def keep(self, data) -> None:
        folder = self.inbox / f"{data['number']:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_text(data["manifest"])
        for name, text in data["files"].items():
            (folder / name).write_text(text)

    def applied(self) -> dict:
        """Every kept batch applied in order, cancelled ones too: what somebody has who looks at nothing else."""
        held: dict = {}
        for folder in sorted(self.inbox.iterdir()):
            for name in ("retractions.jsonl", "additions.jsonl"):
                path = folder / name
                for line in path.read_text().splitlines() if path.exists() else []:
                    row = json.loads(line)
                    if "reason" in row:
                        held.pop(row["id"], None)
                    else:
                        held[row["id"]] = row
        return held


def change_the_table(feed: FeedWorld, dice: random.Random) -> None:
    _, records = some_members()
    kept = [each for each in records if dice.random() < 0.8]
    for each in kept:
        if dice.random() < 0.3:
            each["text"] = f"edited {dice.random()}"
    rewrite(feed.world, [*kept, position(f"new-{dice.randrange(3)}", "m0", "more")])
    feed.snapshot()
    feed.build()


@pytest.mark.parametrize("seed", range(8))
def test_the_recipient_ends_with_what_may_be_read(tmp_path: Path, seed: int) -> None:
    dice = random.Random(1000 + seed)
    fickle = Fickle(tmp_path / "kept", seed)
    server = Server(fickle)
    config = recipient_table(f'deliver = "webhook"\nurl = "{server.url}"\npseudonyms = false\n')
    feed = make_feed_world(tmp_path / "w", config=config)
    with server.running():
        feed.snapshot()
        feed.build()
        for _ in range(12):
            step = dice.randrange(4)
            if step == 0:
                change_the_table(feed, dice)
            elif step == 1:
                feed.withdraw(f"m{dice.randrange(6)}")
            elif step == 2:
                feed.return_to(f"m{dice.randrange(6)}")
            feed.deliver(at_once=True)
        fickle.reliable = True
        snapshot = feed.snapshot()
        feed.build()
        feed.deliver(at_once=True)
        feed.deliver(at_once=True)

    expected = feed.readable(snapshot)
    assert fickle.applied() == expected
    assert current_set(verify_received(fickle.inbox, feed.world.root / "keys" / ATTEST_PUBLIC)) == expected
    assert feed.status().held == len(expected)


def test_a_retraction_they_kept_and_never_confirmed_is_undone_when_the_member_returns(tmp_path: Path) -> None:
    fickle = Fickle(tmp_path / "kept", 0)
    fickle.reliable = True
    server = Server(fickle)
    config = recipient_table(f'deliver = "webhook"\nurl = "{server.url}"\npseudonyms = false\n')
    feed = make_feed_world(tmp_path / "w", config=config)
    with server.running():
        feed.snapshot()
        feed.build()
        feed.deliver()
        feed.withdraw("m1")
        server.answer = lambda received: (fickle(received), (500, {}, b""))[1]
        feed.deliver()
        feed.return_to("m1")
        snapshot = feed.snapshot()
        server.answer = fickle
        feed.build()
        feed.deliver()

    assert fickle.applied() == feed.readable(snapshot)
    assert len(fickle.applied()) == 12
