"""The client against a server that really serves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_callers import token_of
from assent.client import Client, Receiver
from assent.errors import EvidenceError, InputError, RefusedError, UnavailableError
from assent.evidence.webhook import Signer, write_secret
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.reasons import Reason
from assent.vocabulary.records import Verdict
from portal_world import Portal, make_portal, serve
from small_world import SETTING

PURPOSE = "train_generative"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    return make_portal(tmp_path_factory.mktemp("portal"))


@pytest.fixture(scope="module")
def address(portal: Portal) -> Iterator[str]:
    with serve(portal) as address:
        yield address


@pytest.fixture(scope="module")
def client(portal: Portal, address: str) -> Iterator[Client]:
    with Client(address, token_of(portal)) as client:
        yield client


def record(author: str, **more: Any) -> dict[str, Any]:
    written = {"id": f"p-{author}", "category": "post", "author": author, "visibility": "public"}
    return {**written, "created_at": "2024-05-01T09:00:00Z", **more}


def test_a_verdict_is_a_value_of_the_vocabulary(client: Client, portal: Portal) -> None:
    verdict = client.decide(PURPOSE, record("off"))

    expected = Verdict(
        allowed=False,
        reasons=(Reason.SETTING_OFF,),
        masks=(),
        pack_digest=portal.platform.pack.digest,
        as_of=portal.world.now,
        ledger_size=verdict.ledger_size,
    )
    assert verdict == expected


def test_a_change_is_followed_by_the_next_verdict(client: Client) -> None:
    before = client.decide(PURPOSE, record("m4")).allowed
    change = client.change_setting("m4", SETTING, "off")
    after = client.decide(PURPOSE, record("m4")).allowed

    assert (before, change.recorded, change.now, after) == (True, True, "off", False)


def test_a_batch_says_of_each_record_what_it_is(client: Client) -> None:
    found = list(client.decide_all(PURPOSE, [record("m0"), record("off"), {"id": 7}]))

    assert [each.allowed if isinstance(each, Verdict) else type(each) for each in found] == [True, False, InputError]


def test_settings_are_read_as_they_are(client: Client) -> None:
    found = client.settings("off")

    assert (found.known, found.setting(SETTING).value, found.setting(SETTING).why) == (True, "off", "explicit")


def test_an_objection_and_its_end(client: Client) -> None:
    objection = client.object_to("m5", PURPOSE, words="no")
    withdrawn = client.withdraw_objection("m5", objection.id)

    assert (objection.is_open, withdrawn.state, [each.id for each in client.objections("m5")]) == (
        True, "withdrawn", [objection.id])  # fmt: skip


def test_a_receipt_proves_what_was_said_and_is_told_to_be_overtaken(client: Client) -> None:
    change = client.change_setting("m6", SETTING, "off")
    receipt = client.receipt("m6", seq=change.seq)
    first = client.verify_receipt(receipt)
    later = client.change_setting("m6", SETTING, "on")

    again = client.verify_receipt(receipt)

    assert (first.event["value"], first.held, first.newer) == ("off", True, None)
    assert (again.event["value"], again.held, again.newer) == ("off", True, later.seq)


def test_a_forged_receipt_proves_nothing(client: Client) -> None:
    receipt = client.receipt("m6")
    at = receipt.index(b"payload") + 200

    with pytest.raises(InputError, match="does not verify"):
        client.verify_receipt(receipt[:at] + bytes([receipt[at] ^ 1]) + receipt[at + 1 :])


def test_events_are_streamed_from_an_iterator(client: Client, portal: Portal) -> None:
    def events() -> Iterator[Event]:
        for number in range(2_000):
            yield Event(EventType.MEMBER_JOINED, datetime(2026, 1, 1, tzinfo=UTC), member=f"new-{number}")

    before = portal.platform.ledger.size
    taken = client.record_events(events)

    assert (taken.recorded, taken.first_seq, portal.platform.ledger.size) == (2_000, before, before + 2_000)


def test_a_repeated_key_records_once(client: Client, portal: Portal) -> None:
    event = {"type": "member.joined", "member": "once", "effective_at": "2026-01-01T00:00:00Z"}
    answers = [client.record_events([event], key="the-same") for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(portal.platform.ledger.events_of("once")) == 1


def test_what_is_wrong_is_said_by_the_server(client: Client) -> None:
    with pytest.raises(InputError, match="there is no setting `nothing`") as caught:
        client.change_setting("m0", "nothing", "off")

    assert SETTING in str(caught.value.hint)


def test_a_token_that_may_not_is_refused(portal: Portal, address: str) -> None:
    with Client(address, token_of(portal, "decide")) as small, pytest.raises(RefusedError):
        small.settings("m0")


def test_a_token_that_is_none_is_refused(address: str) -> None:
    with Client(address, "assent_nobodys") as stranger, pytest.raises(RefusedError):
        stranger.settings("m0")


def test_the_rest_of_the_api(client: Client, portal: Portal) -> None:
    assert client.pack().digest == portal.platform.pack.digest
    assert client.snapshots() == ()
    assert client.hooks() == ()
    assert client.checkpoint().startswith(b"assent.test/log\n")
    assert client.log_proof(0).startswith("c2sp.org/tlog-proof@v1\nindex 0\n")
    assert client.forward_gpc("m0", "1") == ()
    assert client.claim("m0", PURPOSE, "my words").kind == "claim"


# --- what is not there for the moment


class Flaky(httpx.BaseTransport):
    """Loses answers after the server has given them, or never asks it."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.inner = httpx.HTTPTransport()
        self.keys: list[str | None] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("idempotency-key"))
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            raise httpx.ConnectError("refused")
        if fault in {"503", "429"}:
            return httpx.Response(int(fault), headers={"retry-after": "7"}, json={"title": "later"})
        response = self.inner.handle_request(request)
        if fault == "lost":
            response.read()
            response.close()
            raise httpx.ReadError("lost")
        return response

    def close(self) -> None:
        self.inner.close()


Made = tuple[Client, Flaky, list[float]]


@pytest.fixture
def flaky(portal: Portal, address: str) -> Iterator[Callable[..., Made]]:
    made: list[Client] = []

    def make(*faults: str) -> Made:
        way, rests = Flaky(*faults), []
        http = httpx.Client(transport=way)
        made.append(Client(address, token_of(portal), http=http, waits=(0.1, 0.2), rest=rests.append))
        return made[-1], way, rests

    yield make
    for each in made:
        each.close()


def test_a_lost_answer_is_asked_for_again_and_nothing_is_done_twice(portal: Portal, flaky: Callable[..., Made]) -> None:
    client, way, _ = flaky("lost", "lost")

    taken = client.record_events([{"type": "member.joined", "member": "lost", "effective_at": "2026-01-01T00:00:00Z"}])

    assert (taken.recorded, len(set(way.keys)), len(way.keys)) == (1, 1, 3)
    assert len(portal.platform.ledger.events_of("lost")) == 1


def test_it_waits_for_as_long_as_the_server_asks(flaky: Callable[..., Made]) -> None:
    client, _, rests = flaky("503", "refused")
    client.settings("m0")

    assert rests == [7.0, 0.2]


def test_it_gives_up_in_the_end(flaky: Callable[..., Made]) -> None:
    client, way, _ = flaky(*["refused"] * 9)

    with pytest.raises(UnavailableError):
        client.settings("m0")
    assert len(way.keys) == 3


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"verdicts": 1}'])
def test_an_answer_of_something_else_is_no_verdict(answer: bytes) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(200, content=answer)))

    with Client("http://127.0.0.1", "x", http=http) as client, pytest.raises(EvidenceError):
        client.decide(PURPOSE, record("m0"))


# --- messages about changed settings

SECRET = bytes(range(32))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MESSAGE = json.dumps(
    {
        "type": "setting.changed",
        "data": {"member": "m0", "setting": SETTING, "value": "off", "effective_at": "2026-03-01T00:00:00Z", "seq": 9},
    }
).encode()


def test_a_genuine_message_is_opened_once() -> None:
    headers = Signer(SECRET, lambda: NOW).headers("h1.9", [MESSAGE])
    receiver = Receiver(write_secret(SECRET), clock=lambda: NOW)

    first, again = receiver.open(headers, MESSAGE), receiver.open(headers, MESSAGE, heard_to=9)

    assert first is not None
    assert (first.member, first.value, first.seq, again) == ("m0", "off", 9, None)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_that_was_kept_back_is_refused(minutes: int) -> None:
    headers = Signer(SECRET, lambda: NOW.replace(hour=12)).headers("h1.9", [MESSAGE])
    at = NOW.replace(hour=12, minute=minutes) if minutes > 0 else NOW.replace(hour=11, minute=60 + minutes)

    with pytest.raises(EvidenceError):
        Receiver(write_secret(SECRET), clock=lambda: at).open(headers, MESSAGE)


def test_a_forged_message_is_refused() -> None:
    headers = Signer(bytes(32), lambda: NOW).headers("h1.9", [MESSAGE])

    with pytest.raises(EvidenceError):
        Receiver(write_secret(SECRET), clock=lambda: NOW).open(headers, MESSAGE)


def test_many_threads_share_a_client(client: Client) -> None:
    found: list[str | None] = []
    threads = [threading.Thread(target=lambda: found.append(client.settings("m1").region)) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert found == ["FR"] * 16


def test_a_secret_that_is_none_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Receiver("whsec_***")
