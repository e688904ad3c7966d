"""Whoever was handed a member's data is told when it may no longer be used, and it shows until they confirm it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from assent.operations.feed_status import holds_of
from assent.operations.feeds import acknowledge
from feed_world import (
    NAME,
    FeedWorld,
    Received,
    Server,
    accepting,
    acknowledging,
    answering,
    make_feed_world,
    position,
    recipient_table,
    rewrite,
    some_members,
)


@pytest.fixture
def feed(tmp_path: Path) -> FeedWorld:
    return make_feed_world(tmp_path / "w")


def test_the_first_delivery_is_exactly_what_a_reader_of_the_snapshot_gets(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    feed.build()
    feed.deliver()

    assert feed.received() == feed.readable(snapshot)
    assert len(feed.received()) == 12


def test_after_a_withdrawal_the_recipient_has_exactly_what_a_reader_gets(feed: FeedWorld) -> None:
    snapshot = feed.snapshot()
    feed.build()
    feed.deliver()
    feed.withdraw("m2")
    feed.deliver()

    assert feed.received() == feed.readable(snapshot)
    assert {row["author"] for row in feed.received().values()} == {"m0", "m1", "m3", "m4", "m5"}


def test_what_was_withdrawn_before_it_was_sent_is_never_sent(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.withdraw("m3")
    feed.deliver()

    sent = b"".join(path.read_bytes() for path in feed.inbox.rglob("*") if path.is_file())
    assert b"p-3-0" not in sent
    assert b"p-4-0" in sent


def test_what_is_withdrawn_while_another_batch_is_on_its_way_is_not_sent(tmp_path: Path) -> None:
    server = Server(accepting)
    lines = recipient_table(f'deliver = "webhook"\nurl = "{server.url}"\npseudonyms = false\n')
    feed = make_feed_world(tmp_path / "w", config=lines)
    with server.running():
        feed.snapshot()
        feed.build()
        feed.deliver()
        seen = len(server.requests)
        feed.withdraw("m1")
        rewrite(feed.world, [*some_members()[1], position("p-new", "m3")])
        feed.snapshot()
        feed.build()

        def withdrawing(received: Received) -> tuple[int, dict[str, str], bytes]:
            if b"retractions.jsonl" in received.body and b"p-1-0" in received.body:
                feed.withdraw("m3")
            return accepting(received)

        server.answer = withdrawing
        feed.deliver()

    sent = b"".join(each.body for each in server.requests[seen:])
    assert b"retractions.jsonl" in sent
    assert b"p-new" not in sent


def test_a_retraction_says_nothing_of_why(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    feed.withdraw("m3")
    feed.deliver()

    lines = (feed.inbox / "000002" / "retractions.jsonl").read_text().splitlines()
    assert lines == [
        '{"id":"p-3-0","reason":"no longer permitted"}',
        '{"id":"p-3-1","reason":"no longer permitted"}',
    ]


def test_a_retraction_does_not_wait_behind_data_that_the_recipient_chokes_on(tmp_path: Path) -> None:
    def choke(received):
        data = received.json["data"]
        return (500, {}, b"") if "additions.jsonl" in data["files"] and data["number"] > 1 else (200, {}, b"")

    server = Server(choke)
    feed = make_feed_world(
        tmp_path / "w", config=recipient_table(f'deliver = "webhook"\nurl = "{server.url}"\npseudonyms = false\n')
    )
    with server.running():
        feed.snapshot()
        feed.build()
        feed.deliver()
        feed.withdraw("m0")
        feed.snapshot()
        feed.deliver()
        feed.return_to("m0")
        feed.snapshot()
        feed.build()
        assert feed.deliver().problem == "answered 500"
        feed.withdraw("m5")
        assert feed.deliver(at_once=True).problem == "answered 500"

    taken = [each.json["data"]["files"].get("retractions.jsonl") or "" for each in server.requests]
    assert any("p-5-0" in each for each in taken)


def test_a_recipient_who_fails_for_a_week_loses_nothing_and_is_overdue(tmp_path: Path) -> None:
    server = Server(accepting)
    feed = make_feed_world(
        tmp_path / "w", config=recipient_table(f'deliver = "webhook"\nurl = "{server.url}"\npseudonyms = false\n')
    )
    with server.running():
        feed.snapshot()
        feed.build()
        feed.deliver()
        server.answer = answering(500)
        feed.withdraw("m1")
        until = feed.world.now + timedelta(days=7, hours=1)
        while feed.world.now < until:
            feed.deliver()
            feed.world.pass_time(hours=1)
        failing = feed.status()
        attempts = len(server.requests) - 1
        server.answer = acknowledging(feed.world.clock)
        feed.world.pass_time(hours=7)
        done = feed.deliver()

    assert (failing.overdue, failing.problem, failing.waiting) == (True, "answered 500", (2,))
    assert 28 <= attempts <= 80  # a week in steps of three to six hours, after a few quick ones
    assert done.acknowledged == (1, 2)
    assert (feed.status().overdue, feed.status().owed_since) == (False, None)


def test_an_unacknowledged_retraction_shows_until_it_is_acknowledged(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    feed.withdraw("m1")
    feed.deliver()
    feed.world.pass_time(days=8)
    before = feed.status()
    acknowledge(feed.workspace, NAME, 2, feed.around)

    assert (before.overdue, before.unacknowledged) == (True, (1, 2))
    assert (feed.status().overdue, feed.status().unacknowledged) == (False, ())


def test_a_withdrawal_that_is_in_no_batch_yet_shows(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    feed.withdraw("m1")

    assert feed.status().withdrawn == 2


def test_a_member_learns_who_was_told(feed: FeedWorld) -> None:
    feed.snapshot()
    feed.build()
    feed.deliver()
    (before,) = holds_of(feed.workspace, "m1", feed.around)
    feed.withdraw("m1")
    feed.deliver()
    acknowledge(feed.workspace, NAME, 2, feed.around)
    (after,) = holds_of(feed.workspace, "m1", feed.around)

    assert (before.held, before.retracted) == (2, ())
    assert (after.held, [(each.number, each.records) for each in after.retracted]) == (0, [(2, 2)])
    assert after.retracted[0].acknowledged_at == feed.world.now


def test_the_ledger_says_once_what_was_sent_and_what_was_acknowledged(feed: FeedWorld) -> None:
    feed.snapshot()
    (first,) = feed.build().batches
    feed.deliver()
    feed.deliver()
    acknowledge(feed.workspace, NAME, 1, feed.around)
    acknowledge(feed.workspace, NAME, 1, feed.around)

    assert feed.events("feed.sent") == [(f"{NAME}/1", first.digest, "feed")]
    assert feed.events("feed.acknowledged") == [(f"{NAME}/1", first.digest, "operator")]
