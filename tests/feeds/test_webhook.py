"""Delivery by webhook: what is sent, what an answer means, and what a recipient cannot do to us."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from assent.errors import InputError, UnavailableError
from assent.evidence.webhook import webhook_signature
from assent.feeds import webhook
from assent.operations.feeds import watch
from feed_world import (
    NAME,
    SECRET_TEXT,
    FeedWorld,
    Received,
    Server,
    accepting,
    acknowledging,
    answering,
    make_feed_world,
    recipient_table,
)


@pytest.fixture
def server():
    server = Server(accepting)
    with server.running():
        yield server


@pytest.fixture
def feed(tmp_path: Path, server: Server) -> FeedWorld:
    feed = make_feed_world(tmp_path / "w", config=recipient_table(f'deliver = "webhook"\nurl = "{server.url}"\n'))
    feed.snapshot()
    feed.build()
    return feed


def put_off(feed: FeedWorld) -> timedelta:
    """How long after the last attempt the next one is due."""
    due = feed.status().next_attempt_at
    assert due is not None
    return due - feed.world.now


def test_the_reference_library_verifies_what_is_sent(feed: FeedWorld, server: Server) -> None:
    feed.world.now = datetime.now(UTC)
    feed.world.pass_time(minutes=-1)
    feed.deliver()
    (request,) = server.requests

    message = Webhook(SECRET_TEXT).verify(request.body, request.headers)

    assert (message["type"], message["data"]["number"]) == ("feed.batch", 1)


def test_signatures_are_those_of_the_reference_library() -> None:
    stamp = datetime(2026, 3, 1, tzinfo=UTC)
    expected = Webhook(SECRET_TEXT).sign("msg_1", stamp, '{"a": 1}')

    assert (
        webhook_signature(b"0123456789abcdef0123456789abcdef", "msg_1", int(stamp.timestamp()), [b'{"a"', b": 1}"])
        == expected
    )


def test_a_plain_200_is_sent_and_not_acknowledged(feed: FeedWorld) -> None:
    feed.deliver()

    assert (feed.status().unacknowledged, feed.status().acknowledged) == ((1,), 0)


def test_a_signed_answer_with_the_digest_acknowledges(feed: FeedWorld, server: Server) -> None:
    server.answer = acknowledging(feed.world.clock)

    assert feed.deliver().acknowledged == (1,)
    assert [by for _, _, by in feed.events("feed.acknowledged")] == ["recipient"]
    assert (feed.folder / "000001" / "receipt.json").is_file()


@pytest.mark.parametrize(
    "wrong", [{"secret": b"another secret of thirty-two byte"}, {"digest": "0" * 64}], ids=["secret", "digest"]
)
def test_an_answer_signed_otherwise_or_for_something_else_does_not(feed: FeedWorld, server: Server, wrong) -> None:
    server.answer = acknowledging(feed.world.clock, **wrong)

    assert feed.deliver().acknowledged == ()
    assert feed.status().unacknowledged == (1,)


def test_an_old_answer_does_not_acknowledge_again(feed: FeedWorld, server: Server) -> None:
    server.answer = acknowledging(lambda: feed.world.now - timedelta(minutes=6))

    assert feed.deliver().acknowledged == ()


def test_who_did_not_acknowledge_is_reminded_after_a_day(feed: FeedWorld, server: Server) -> None:
    feed.deliver()
    feed.deliver()
    feed.world.pass_time(days=1)
    server.answer = acknowledging(feed.world.clock)

    assert feed.deliver().acknowledged == (1,)
    assert [each.json["type"] for each in server.requests] == ["feed.batch", "feed.reminder"]


def test_the_same_batch_keeps_its_id_over_attempts(feed: FeedWorld, server: Server) -> None:
    server.answer = answering(503)
    feed.deliver()
    feed.deliver(at_once=True)

    first, second = (each.headers["webhook-id"] for each in server.requests)
    assert first == second


def test_attempts_double_their_distance_and_survive_a_restart(feed: FeedWorld, server: Server) -> None:
    server.answer = answering(500)
    waits = []
    for _ in range(5):
        feed.world.now = feed.status().next_attempt_at or feed.world.now
        feed.deliver()
        waits.append(put_off(feed).total_seconds())

    assert waits == [7.5, 15, 30, 60, 120]


def test_before_the_next_attempt_nothing_is_sent(feed: FeedWorld, server: Server) -> None:
    server.answer = answering(500, retry_after="7200")
    feed.deliver()
    feed.deliver()

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("3600", timedelta(hours=1)), ("99999999", timedelta(days=1)), ("soon", timedelta(seconds=7.5))],
)
def test_retry_after_is_honoured_up_to_a_day(feed: FeedWorld, server: Server, asked: str, waits: timedelta) -> None:
    server.answer = answering(429, retry_after=asked)
    feed.deliver()

    assert put_off(feed) == waits


def test_retry_after_as_a_date_is_honoured(feed: FeedWorld, server: Server) -> None:
    at = feed.world.now + timedelta(hours=2)
    server.answer = answering(503, retry_after=format_datetime(at, usegmt=True))
    feed.deliver()

    assert feed.status().next_attempt_at == at


def test_a_new_batch_does_not_wait_for_the_attempts_of_the_last(feed: FeedWorld, server: Server) -> None:
    feed.deliver()
    feed.withdraw("m1")
    server.answer = answering(404)
    feed.deliver()
    feed.withdraw("m2")
    server.answer = accepting

    assert feed.deliver().sent == (3,)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 301, 302, 307])
def test_a_refusal_is_repeated_after_hours(feed: FeedWorld, server: Server, status: int) -> None:
    server.answer = answering(status, location="/elsewhere")
    problem = feed.deliver().problem

    assert str(status) in (problem or "")
    assert (put_off(feed), len(server.requests)) == (timedelta(hours=4.5), 1)


def test_after_a_410_nothing_is_sent_until_a_person_says_so(feed: FeedWorld, server: Server) -> None:
    server.answer = answering(410)
    feed.deliver()
    feed.world.pass_time(days=3)
    feed.deliver()
    stopped = feed.status().stopped
    server.answer = accepting

    assert (len(server.requests), stopped) == (1, True)
    assert feed.deliver(at_once=True).sent == (1,)


def test_who_hangs_is_given_up(feed: FeedWorld, server: Server) -> None:
    server.answer = lambda _received: lambda _handler: time.sleep(60)
    began = time.monotonic()
    feed.deliver()

    assert time.monotonic() - began < 20
    assert feed.status().waiting == (1,)


def test_who_drips_is_given_up(feed: FeedWorld, server: Server) -> None:
    def drip(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for n in range(600):
            handler.wfile.write(f"x-{n}: y\r\n".encode())
            time.sleep(0.1)

    server.answer = lambda _received: drip
    began = time.monotonic()
    feed.deliver()

    assert time.monotonic() - began < 20
    assert feed.status().problem == "no answer within 2 seconds"


def test_who_closes_in_mid_answer_has_the_batch_and_has_not_acknowledged(feed: FeedWorld, server: Server) -> None:
    def close(handler) -> None:
        handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ack')
        handler.close_connection = True

    server.answer = lambda _received: close

    assert feed.deliver().sent == (1,)
    assert feed.status().unacknowledged == (1,)


def test_who_closes_before_the_answer_is_asked_again(feed: FeedWorld, server: Server) -> None:
    def close(handler) -> None:
        handler.close_connection = True

    server.answer = lambda _received: close

    assert feed.deliver().sent == ()


def test_a_huge_answer_is_not_read(feed: FeedWorld, server: Server) -> None:
    taken = []

    def flood(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n")
        try:
            taken.extend(handler.wfile.write(b"a" * (1 << 20)) for _ in range(2000))
        except OSError:
            handler.close_connection = True

    server.answer = lambda _received: flood

    assert feed.deliver().sent == (1,)
    assert len(taken) < 100


def test_nobody_listening_is_tried_again(tmp_path: Path) -> None:
    feed = make_feed_world(
        tmp_path / "w", config=recipient_table('deliver = "webhook"\nurl = "http://127.0.0.1:9/feed"\n')
    )
    feed.snapshot()
    feed.build()

    assert feed.deliver().problem == "all connection attempts failed"


def test_a_large_batch_goes_file_by_file_and_is_announced_last(
    feed: FeedWorld, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "INLINE_BYTES", 100)
    feed.deliver()
    put, announced = server.requests

    assert (put.method, put.path) == ("PUT", "/feed/000001/additions.jsonl")
    assert len(put.body.splitlines()) == 12
    assert (announced.method, announced.json["data"]["files"]) == ("POST", None)


def test_a_large_file_is_signed_like_any_request(
    feed: FeedWorld, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "INLINE_BYTES", 100)
    feed.world.now = datetime.now(UTC) - timedelta(minutes=1)
    feed.deliver()

    Webhook(SECRET_TEXT).verify(server.requests[0].body, server.requests[0].headers, json_parse=False)


def test_a_file_that_is_refused_keeps_the_batch_from_being_announced(
    feed: FeedWorld, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "INLINE_BYTES", 100)
    server.answer = answering(507)
    feed.deliver()

    assert [each.method for each in server.requests] == ["PUT"]


def test_two_deliveries_at_once_are_one(feed: FeedWorld, server: Server) -> None:
    def meanwhile(_received: Received):
        with pytest.raises(UnavailableError, match="another delivery"):
            feed.deliver()
        return 200, {}, b""

    server.answer = meanwhile

    assert feed.deliver().sent == (1,)


def test_a_build_during_a_delivery_takes_over_what_was_sent(feed: FeedWorld, server: Server) -> None:
    """The recipient has batch 1 and we cancelled it meanwhile: the next batch covers both cases."""

    def withdraw_meanwhile(_received: Received):
        feed.withdraw("m1")
        feed.retract()
        server.answer = accepting
        return 200, {}, b""

    server.answer = withdraw_meanwhile
    feed.deliver()
    feed.deliver()

    texts = "".join(each.json["data"]["files"].get("retractions.jsonl", "") for each in server.requests)
    assert texts.count("no longer permitted") == 2
    assert feed.status().held == 10


def test_without_a_secret_nothing_is_sent(feed: FeedWorld) -> None:
    feed.environ = {}

    with pytest.raises(InputError, match="`acme` has no secret"):
        feed.deliver()


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        ("whsec_c2hvcnQ=", 0o600, "holds no secret"),
        (SECRET_TEXT, 0o644, "can be read by others"),
        ("plain", 0o600, "holds no"),
    ],
)
def test_a_secret_that_is_none_or_anybodys_is_refused(tmp_path: Path, content: str, mode: int, says: str) -> None:
    config = 'deliver = "webhook"\nurl = "https://acme.example/feed"\nsecret_file = "acme.secret"\n'
    feed = make_feed_world(tmp_path / "w", config=recipient_table(config))
    feed.environ = {}
    path = feed.world.root / "acme.secret"
    path.write_text(content)
    path.chmod(mode)

    with pytest.raises(InputError, match=says):
        feed.deliver()


def test_one_recipient_who_fails_does_not_keep_the_others(tmp_path: Path, server: Server) -> None:
    config = recipient_table('deliver = "webhook"\nurl = "http://127.0.0.1:9/feed"\n') + recipient_table(
        'deliver = "folder"\npath = "inbox"\n', name="other"
    )
    feed = make_feed_world(tmp_path / "w", config=config)
    feed.snapshot()
    feed.build()
    feed.build("other")

    slept: list[float] = []
    rounds = list(watch(feed.workspace, feed.around, rounds=2, sleep=slept.append))

    assert [(each.recipient, each.sent) for each in rounds] == [(NAME, ()), ("other", (1,)), (NAME, ()), ("other", ())]
    assert slept == [30]
