"""A request that changes something is done once, however often it is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from api_callers import Service, service_of
from assent.desk import answers
from assent.desk.answers import KEPT_FOR, Begun, Kept, OtherRequest, UnderWay, begin, clear, keep
from assent.desk.store import Desk
from portal_world import Portal, make_portal
from small_world import NOW, SETTING

CHANGE = {"member": "m0", "setting": SETTING, "value": "off"}
MakeService = Callable[..., Service]


def test_the_same_key_gets_the_same_answer_and_nothing_is_recorded_again(service: MakeService, portal: Portal) -> None:
    client = service()
    first = client.write("/v1/settings/change", CHANGE, key="k")
    client.write("/v1/settings/change", {**CHANGE, "value": "on"})
    size = portal.platform.ledger.size

    again = client.write("/v1/settings/change", CHANGE, key="k")

    assert (again.status_code, again.content, again.headers["idempotent-replayed"]) == (200, first.content, "true")
    assert portal.platform.ledger.size == size


def test_an_answer_that_refused_is_given_again_with_its_status(service: MakeService) -> None:
    client = service()
    wrong = {**CHANGE, "setting": "nothing"}
    first, again = (client.write("/v1/settings/change", wrong, key="k") for _ in range(2))

    assert (first.status_code, again.status_code, again.json()) == (400, 400, first.json())
    assert again.headers["content-type"] == "application/problem+json"


def test_the_same_key_for_another_request_is_refused(service: MakeService, portal: Portal) -> None:
    client = service()
    client.write("/v1/settings/change", CHANGE, key="k")
    size = portal.platform.ledger.size

    assert client.write("/v1/settings/change", {**CHANGE, "value": "on"}, key="k").status_code == 422
    assert client.write("/v1/objections", {"member": "m0", "purpose": "train_generative"}, key="k").status_code == 422
    assert portal.platform.ledger.size == size


def test_a_key_belongs_to_the_token_that_used_it(portal: Portal) -> None:
    one, other = service_of(portal), service_of(portal)
    one.write("/v1/settings/change", CHANGE, key="k")

    answer = other.write("/v1/settings/change", {**CHANGE, "value": "on"}, key="k")

    assert (answer.status_code, answer.json()["now"]) == (200, "on")


def test_a_key_may_stand_in_quotes(service: MakeService) -> None:
    client = service()
    client.write("/v1/settings/change", CHANGE, key='"k"')

    assert "idempotent-replayed" in client.write("/v1/settings/change", CHANGE, key="k").headers


def test_a_request_without_a_key_changes_nothing(service: MakeService, portal: Portal) -> None:
    client = service()
    before = portal.platform.ledger.size

    answer = client.post("/v1/settings/change", json=CHANGE)

    assert (answer.status_code, "Idempotency-Key" in answer.json()["title"]) == (400, True)
    assert portal.platform.ledger.size == before


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
def test_a_key_that_is_none_is_refused(service: MakeService, key: str) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1"))]

    assert service().post("/v1/settings/change", json=CHANGE, headers=headers).status_code == 422


def test_two_at_once_do_it_once(tmp_path: Path, store: str) -> None:
    portal = make_portal(tmp_path, database=store)
    client = service_of(portal)
    objection = {"member": "m0", "purpose": "train_generative"}
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(client.write("/v1/objections", objection, key="k").status_code))
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    received = [
        event for _, event in portal.platform.ledger.events_of("m0") if event.type.value.startswith("objection")
    ]
    portal.platform.close()
    assert (len(received), 201 in found, set(found) <= {201, 409}) == (1, True, True)


def test_after_a_day_the_key_is_free_again(service: MakeService, portal: Portal) -> None:
    client = service()
    client.write("/v1/settings/change", CHANGE, key="k")
    portal.world.pass_time(hours=24, seconds=1)

    answer = client.write("/v1/settings/change", {**CHANGE, "value": "on"}, key="k")

    assert (answer.status_code, answer.json()["now"]) == (200, "on")


def test_a_ledger_that_is_away_leaves_the_key_usable(service: MakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    from assent.api import settings
    from assent.errors import UnavailableError

    client = service()

    def away(*_args: object, **_given: object) -> None:
        raise UnavailableError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(settings, "change_setting", away)
        lost = client.write("/v1/settings/change", CHANGE, key="k").status_code

    assert (lost, client.write("/v1/settings/change", CHANGE, key="k").status_code) == (503, 200)


# --- the desk itself


def asked(desk: Desk, seconds: float = 0, request: str = "r") -> object:
    return begin(desk, caller="t1", key="k", request=request, now=NOW + timedelta(seconds=seconds))


def test_a_key_under_way_is_taken_over_once_its_process_must_be_gone(portal: Portal) -> None:
    desk = portal.platform.desk

    assert [type(asked(desk, seconds)) for seconds in (0, 1, 120)] == [Begun, UnderWay, UnderWay]
    assert asked(desk, 121).again is True  # type: ignore[attr-defined]


def test_who_was_taken_over_does_not_answer_for_the_other(portal: Portal) -> None:
    desk = portal.platform.desk
    slow, quick = asked(desk), asked(desk, 121)
    for begun, body in ((quick, b"quick"), (slow, b"slow")):
        assert isinstance(begun, Begun)
        keep(desk, caller="t1", key="k", begun=begun, answer=Kept(200, body))

    assert asked(desk, 130) == Kept(200, b"quick")


def test_another_request_is_told_apart_even_while_the_first_is_under_way(portal: Portal) -> None:
    asked(portal.platform.desk)

    assert asked(portal.platform.desk, 1, request="other") == OtherRequest()


def test_answers_are_kept_for_a_day_and_no_longer(portal: Portal) -> None:
    desk = portal.platform.desk
    asked(desk)

    assert [clear(desk, now=NOW + age) for age in (KEPT_FOR, KEPT_FOR + timedelta(seconds=1))] == [0, 1]
    assert timedelta(hours=24) == answers.KEPT_FOR
