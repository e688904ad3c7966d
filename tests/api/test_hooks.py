"""Changed settings are told to whoever asked, signed, in order, at least once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api_callers import Service, service_of
from assent.desk import hooks as desk
from assent.errors import AssentError, InputError, RefusedError
from assent.operations.hooks import (
    WAITS,
    add_hook,
    hook_loop,
    list_hooks,
    message,
    remove_hook,
    start_hook,
    tell_hooks,
)
from assent.operations.outward import Outward
from assent.operations.platform import open_platform
from assent.operations.settings import change_setting
from assent.operations.workspace import open_workspace
from assent.vocabulary.events import EventType
from portal_world import Portal, make_portal
from small_world import SETTING

HERE = Outward(frozenset({"127.0.0.1"}))


@dataclass
class Receiver:
    """A real receiver; `answers` are taken one after the other, then it is always 204."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""

    def said(self) -> list[tuple[str, str, int]]:
        found = [json.loads(body)["data"] for _, body in self.heard]
        return [(each["member"], each["value"], each["seq"]) for each in found]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            here.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = here.answers.pop(0) if here.answers else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.address = f"http://127.0.0.1:{server.server_address[1]}/settings-changed"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """Its clock is the real one, which the reference library goes by."""
    made = make_portal(tmp_path)
    made.world.now = datetime.now(UTC)
    return made


def turn(portal: Portal, member: str, value: str) -> int:
    return change_setting(portal.platform, member, SETTING, value).seq


def tell(portal: Portal) -> int:
    return tell_hooks(portal.platform, outward=HERE)


def test_a_change_arrives_and_the_reference_library_believes_it(portal: Portal, receiver: Receiver) -> None:
    made = add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    seq = turn(portal, "m0", "off")

    tell(portal)

    [(headers, body)] = receiver.heard
    told = Webhook(made.secret).verify(body, headers)
    assert told["data"] == {
        "member": "m0",
        "setting": SETTING,
        "value": "off",
        "effective_at": portal.world.now.isoformat().replace("+00:00", "Z"),
        "seq": seq,
    }


@pytest.mark.parametrize("spoilt", ["body", "id", "secret", "time"])
def test_a_forged_or_late_message_is_not_believed(portal: Portal, receiver: Receiver, spoilt: str) -> None:
    made = add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    turn(portal, "m0", "off")
    if spoilt == "time":
        portal.world.pass_time(minutes=10)
    tell(portal)
    [(headers, body)] = receiver.heard
    if spoilt == "body":
        body = body.replace(b'"off"', b'"on"')
    if spoilt == "id":
        headers["webhook-id"] += "0"
    secret = made.secret if spoilt != "secret" else "whsec_" + "A" * 43 + "="

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_changes_arrive_in_the_ledgers_order(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    expected = [
        (member, value, turn(portal, member, value)) for value in ("off", "on") for member in ("m0", "m4", "m1")
    ]

    assert (tell(portal), receiver.said()) == (6, expected)


def test_what_was_said_before_the_hook_was_added_is_not_told(portal: Portal, receiver: Receiver) -> None:
    turn(portal, "m0", "off")
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)

    assert (tell(portal), receiver.heard) == (0, [])


def test_a_message_that_fails_comes_again_under_the_same_id_and_nothing_overtakes_it(
    portal: Portal, receiver: Receiver
) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    first, second = turn(portal, "m0", "off"), turn(portal, "m1", "off")
    receiver.answers = [(503, {})]
    tell(portal)
    portal.world.pass_time(seconds=WAITS[0].total_seconds() + 1)

    tell(portal)

    assert [seq for _, _, seq in receiver.said()] == [first, first, second]
    assert receiver.heard[0][0]["webhook-id"] == receiver.heard[1][0]["webhook-id"]


def test_before_the_wait_is_over_nothing_is_sent(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    turn(portal, "m0", "off")
    receiver.answers = [(500, {"retry-after": "3600"})]
    tell(portal)
    portal.world.pass_time(minutes=59)

    assert tell(portal) == 0


def test_a_hook_that_never_answers_is_stopped_and_says_so(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    turn(portal, "m0", "off")
    began = portal.world.now
    receiver.answers = [(500, {})] * 20
    for wait in (*WAITS, WAITS[-1], WAITS[-1]):
        tell(portal)
        portal.world.pass_time(seconds=wait.total_seconds() + 1)

    [hook] = list_hooks(portal.platform)
    assert hook.stopped_at is not None
    assert (len(receiver.heard), hook.detail, (hook.stopped_at - began).days) == (11, "answered 500", 3)


def test_one_that_wants_no_more_is_stopped_at_once(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    turn(portal, "m0", "off")
    receiver.answers = [(410, {})]

    tell(portal)

    assert list_hooks(portal.platform)[0].stopped_at == portal.world.now


def test_a_stopped_hook_that_is_started_again_misses_nothing(portal: Portal, receiver: Receiver) -> None:
    hook = add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE).hook
    turn(portal, "m0", "off")
    receiver.answers = [(410, {})]
    tell(portal)
    turn(portal, "m1", "off")
    start_hook(portal.platform, hook.id, by="staff:operator")

    tell(portal)

    assert [member for member, _, _ in receiver.said()] == ["m0", "m0", "m1"]


def test_a_redirect_is_not_followed(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    turn(portal, "m0", "off")
    receiver.answers = [(307, {"location": receiver.address})]

    tell(portal)

    assert (len(receiver.heard), list_hooks(portal.platform)[0].detail) == (1, "answered 307")


def test_a_removed_hook_hears_nothing(portal: Portal, receiver: Receiver) -> None:
    hook = add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE).hook
    turn(portal, "m0", "off")
    remove_hook(portal.platform, hook.id, by="staff:operator")

    assert (tell(portal), receiver.heard) == (0, [])


def test_two_processes_tell_each_change_once(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    expected = [turn(portal, f"m{n}", "off") for n in range(10)]
    with open_platform(portal.world.workspace, clock=portal.world.clock) as other:
        threads = [
            threading.Thread(target=tell_hooks, args=(each,), kwargs={"outward": HERE})
            for each in (portal.platform, other, portal.platform)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert [seq for _, _, seq in receiver.said()] == expected


def test_a_process_that_died_is_followed_by_another_when_its_claim_is_over(portal: Portal, receiver: Receiver) -> None:
    add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE)
    turn(portal, "m0", "off")
    [hook] = desk.due(portal.platform.desk, now=portal.world.now, size=portal.platform.ledger.size)
    desk.claim(portal.platform.desk, hook, now=portal.world.now)
    at_first = tell(portal)
    portal.world.pass_time(seconds=desk.LEASE.total_seconds())

    assert (at_first, tell(portal)) == (0, 1)


def test_the_loop_tells_within_a_second(tmp_path: Path, receiver: Receiver) -> None:
    config = tmp_path / "assent.toml"
    make_portal(tmp_path).platform.close()
    config.write_text(config.read_text() + '\n[hooks]\nprivate_hosts = "127.0.0.1"\n')
    stop = threading.Event()
    with open_platform(open_workspace(tmp_path)) as platform:
        add_hook(platform, receiver.address, by="staff:operator")
        thread = threading.Thread(target=hook_loop, args=(platform, stop))
        thread.start()
        change_setting(platform, "m0", SETTING, "off")
        stop.wait(1)
        stop.set()
        thread.join()

    assert [member for member, _, _ in receiver.said()] == ["m0"]


PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1",
           "100.64.0.1", "0.0.0.0", "224.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1", "::a00:1",
           "::ffff:0:a00:1", "64:ff9b:1::1", "fec0::1"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_points_into_our_own_network_is_refused(portal: Portal, address: str) -> None:
    way = Outward(look_up=lambda _host, _port: ["93.184.215.14", address])

    with pytest.raises(RefusedError):
        add_hook(portal.platform, "https://example.org/hook", by="staff:operator", outward=way)


def test_a_name_that_begins_to_point_into_our_network_is_not_reached(portal: Portal, receiver: Receiver) -> None:
    found = ["93.184.215.14"]
    way = Outward(look_up=lambda _host, _port: found)
    port = receiver.address.rpartition(":")[2]
    add_hook(portal.platform, f"https://example.org:{port}", by="staff:operator", outward=way)
    turn(portal, "m0", "off")
    found[0] = "127.0.0.1"

    tell_hooks(portal.platform, outward=way)

    assert "network of our own" in str(list_hooks(portal.platform)[0].detail)


BAD = ["http://example.org/", "ftp://example.org/", "https://user:word@example.org/", "https://", "https://exa mple.org",
       "https://example.org:99999/", "//example.org", "https://example.org/#x", "https://[::1", "https://example.org/\r\nx: y"]  # fmt: skip


@pytest.mark.parametrize("address", BAD)
def test_an_address_that_cannot_be_used_is_refused(portal: Portal, address: str) -> None:
    with pytest.raises(InputError):
        add_hook(portal.platform, address, by="x", outward=Outward(look_up=lambda _host, _port: ["93.184.215.14"]))


def test_a_message_says_what_changed_and_no_more(portal: Portal) -> None:
    event = next(each for _, each in portal.platform.ledger.events() if each.type is EventType.SETTING_CHANGED)

    assert set(json.loads(message(1, event))["data"]) == {"member", "setting", "value", "effective_at", "seq"}


# --- over the API


@pytest.fixture
def operator(tmp_path: Path, receiver: Receiver) -> Callable[..., Service]:
    portal = make_portal(tmp_path / "world")
    object.__setattr__(
        portal.platform.workspace,
        "settings",
        {**portal.platform.workspace.settings, "hooks.private_hosts": "127.0.0.1"},
    )
    return service_of(portal)


def test_a_hook_is_made_with_a_secret_that_is_shown_once(operator: Service, receiver: Receiver) -> None:
    made = operator.write("/v1/hooks", {"address": receiver.address})
    listed = operator.get("/v1/hooks").json()["hooks"]

    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    assert [(each["address"], each["state"], "secret" in each) for each in listed] == [
        (receiver.address, "telling", False)
    ]


def test_an_address_is_told_once(operator: Service, receiver: Receiver) -> None:
    operator.write("/v1/hooks", {"address": receiver.address})

    assert operator.write("/v1/hooks", {"address": receiver.address}).status_code == 409


def test_a_hook_is_removed_and_then_gone(operator: Service, receiver: Receiver) -> None:
    hook = operator.write("/v1/hooks", {"address": receiver.address}).json()["hook"]

    assert [operator.delete(f"/v1/hooks/{hook}").status_code for _ in range(2)] == [200, 404]


def test_a_service_without_the_scope_hears_nothing_of_hooks(portal: Portal) -> None:
    assert service_of(portal, "settings.write").get("/v1/hooks").status_code == 403


def test_whoever_adds_a_hook_stands_in_the_trail(portal: Portal, receiver: Receiver) -> None:
    hook = add_hook(portal.platform, receiver.address, by="staff:operator", outward=HERE).hook

    acted = [event for _, event in portal.platform.ledger.system_events() if event.type is EventType.STAFF_ACTED]
    assert [(each.key, each.value, each.by) for each in acted] == [("hook.add", hook.id, "staff:operator")]


def test_a_host_without_an_address_is_said_to_be_one(portal: Portal) -> None:
    def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError

    with pytest.raises(AssentError, match="has no address"):
        add_hook(portal.platform, "https://nowhere.example/", by="x", outward=Outward(look_up=nowhere))
