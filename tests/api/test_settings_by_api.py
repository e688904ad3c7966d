"""Settings over the API: read, change, browsers' signals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api_callers import Service, service_of
from portal_world import Portal, make_portal
from small_world import PACK, SETTING

GPC = {"Sec-GPC": "1"}
MakeService = Callable[..., Service]


@pytest.fixture
def heeding(tmp_path: Path) -> Service:
    """A service of a platform whose rules let browsers' signals turn a setting off."""
    pack = tmp_path / "pack.toml"
    extends = f'name = "ours"\ntitle = "Ours"\nextends = "{PACK}"\n'
    pack.write_text(extends + "[settings.share_affiliates]\noff_by_gpc = true\n")
    return service_of(make_portal(tmp_path / "world", pack=str(pack)))


def value_of(answer: dict, setting: str = SETTING) -> tuple[str | None, str]:
    [found] = [each for each in answer["settings"] if each["setting"] == setting]
    return found["value"], found["why"]


def test_a_setting_that_nobody_chose_has_the_default_and_says_so(service: MakeService) -> None:
    answer = service("settings.read").post("/v1/settings/read", json={"member": "m0"})

    assert (answer.status_code, *value_of(answer.json())) == (200, "on", "default")


def test_a_change_is_in_the_ledger_when_it_was_answered(service: MakeService, portal: Portal) -> None:
    answer = (
        service("settings.write")
        .write("/v1/settings/change", {"member": "m0", "setting": SETTING, "value": "off"})
        .json()
    )

    _, event = portal.platform.ledger.events_of("m0")[-1]
    assert (event.key, event.value, event.by) == (SETTING, "off", "member")
    assert (answer["was"], answer["now"], answer["recorded"]) == ("on", "off", True)


def test_reading_follows_a_change_at_once(service: MakeService) -> None:
    client = service()
    client.write("/v1/settings/change", {"member": "m0", "setting": SETTING, "value": "off"})

    answer = client.post("/v1/settings/read", json={"member": "m0"}).json()

    assert value_of(answer) == ("off", "explicit")
    assert {each["purpose"]: each["reasons"] for each in answer["purposes"]}["train_generative"] == ["setting_off"]


def test_taking_back_is_asked_with_the_same_change(service: MakeService, portal: Portal) -> None:
    service().write("/v1/settings/change", {"member": "m0", "setting": SETTING, "value": "off", "take_back": True})

    said = [event.type.value for _, event in portal.platform.ledger.events_of("m0")]
    assert said[-2:] == ["setting.changed", "takeback.requested"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"member": "m0", "setting": "no_such", "value": "off"}, 400),
        ({"member": "m0", "setting": SETTING, "value": "maybe"}, 422),
        ({"member": "m0", "setting": SETTING, "value": "on", "take_back": True}, 400),
        ({"member": "", "setting": SETTING, "value": "off"}, 422),
        ({"member": "m\x00", "setting": SETTING, "value": "off"}, 422),
        ({"member": "m0", "setting": SETTING, "value": "off", "takeback": True}, 422),
        ({"member": "m0", "setting": SETTING, "value": "off", "by": "gpc"}, 422),
        ([], 422),
        (None, 422),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(
    service: MakeService, portal: Portal, body: object, status: int
) -> None:
    client = service()
    before = portal.platform.ledger.size

    answer = client.write("/v1/settings/change", body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert portal.platform.ledger.size == before


@pytest.mark.parametrize("path", ["/v1/settings/change", "/v1/signals/gpc"])
def test_who_may_only_read_writes_nothing(service: MakeService, path: str) -> None:
    answer = service("settings.read").write(path, {"member": "m0", "setting": SETTING, "value": "off"})

    assert answer.status_code == 403


def test_a_signal_switches_off_what_the_pack_lets_it(heeding: Service) -> None:
    client = heeding

    answer = client.post("/v1/signals/gpc", json={"member": "m2"}, headers=GPC).json()

    assert answer == {"heeded": True, "switched_off": ["share_affiliates"]}


def test_a_signal_seen_again_switches_nothing(heeding: Service) -> None:
    client = heeding
    client.post("/v1/signals/gpc", json={"member": "m2"}, headers=GPC)

    answer = client.post("/v1/signals/gpc", json={"member": "m2"}, headers=GPC).json()

    assert answer == {"heeded": True, "switched_off": []}


@pytest.mark.parametrize("sent", [None, "0", "true", "1, 1"])
def test_any_other_value_of_the_signal_says_nothing(service: MakeService, portal: Portal, sent: str | None) -> None:
    client = service()
    before = portal.platform.ledger.size

    answer = client.post("/v1/signals/gpc", json={"member": "m2"}, headers={"Sec-GPC": sent} if sent else {}).json()

    assert (answer["heeded"], portal.platform.ledger.size) == (False, before)


def test_one_of_several_signal_headers_is_enough(heeding: Service) -> None:
    answer = heeding.post("/v1/signals/gpc", json={"member": "m2"}, headers=[("Sec-GPC", "0"), ("Sec-GPC", "1")])

    assert answer.json()["heeded"] is True
