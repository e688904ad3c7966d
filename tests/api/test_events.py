"""Events in bulk: all lines or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api_callers import Service, service_of
from assent.desk import answers
from assent.operations import events_in
from portal_world import Portal, make_portal

AT = "2026-01-01T00:00:00Z"
MakeService = Callable[..., Service]


def line(**fields: object) -> str:
    return json.dumps({"effective_at": AT, **fields}) + "\n"


def join(member: str) -> str:
    return line(type="member.joined", member=member)


def test_lines_are_recorded_in_order_and_say_who_said_them(service: MakeService, portal: Portal) -> None:
    client = service("events.write")
    before = portal.platform.ledger.size
    text = join("n1") + line(type="member.region", member="n1", region="DE", by="import")

    answer = client.lines(text).json()

    found = [event for _, event in portal.platform.ledger.events(before)]
    assert (answer["first_seq"], answer["recorded"]) == (before, 2)
    assert [(each.type.value, each.by.partition(":")[0]) for each in found] == [
        ("member.joined", "token"), ("member.region", "import")]  # fmt: skip


@pytest.mark.parametrize(
    "bad",
    [
        "no json\n",
        "[1]\n",
        "null\n",
        line(type="member.joined"),
        line(type="nothing", member="n1"),
        line(type="member.joined", member="n1", colour="red"),
        line(type="member.joined", member="n\x00"),
        line(type="member.joined", member="\ud800"),
        line(type="setting.changed", member="n1", setting="x", value="maybe"),
        line(type="hold.lifted", purpose="train_generative", region="DE"),
        line(type="objection.decided", member="n1", purpose="train_generative", outcome="rejected"),
        line(type="staff.acted", action="x", about="y"),
        line(type="erasure.completed", member="n1"),
        line(type="key.rotated", vkey="x", replaces="y"),
        json.dumps({"type": "member.joined", "member": "n1", "effective_at": "2026-01-01"}) + "\n",
        '{"type":' + "[" * 5000 + "\n",
    ],
)
def test_one_line_that_cannot_be_used_is_named_and_nothing_is_recorded(
    service: MakeService, portal: Portal, bad: str
) -> None:
    client = service()
    before = portal.platform.ledger.size

    answer = client.lines(join("n1") + bad + join("n2"))

    assert (answer.status_code, portal.platform.ledger.size) == (400, before)
    assert "row 2" in answer.json()["title"]


def test_many_bad_lines_are_counted_and_the_first_twenty_named(service: MakeService) -> None:
    title = service().lines("".join(line(type="nothing", member=f"n{n}") for n in range(50))).json()["title"]

    assert (title.startswith("50 rows"), title.count("row "), "30 more" in title) == (True, 20, True)


@pytest.mark.parametrize(("kind", "status"), [("application/json", 415), ("", 415), ("application/x-ndjson", 200)])
def test_only_ndjson_is_taken(service: MakeService, kind: str, status: int) -> None:
    headers = {"content-type": kind, "idempotency-key": "k"}

    assert service().post("/v1/events", content=join("n1"), headers=headers).status_code == status


def test_more_bytes_than_are_taken_at_once_leave_nothing_behind(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    settings = {**portal.platform.workspace.settings, "api.max_upload_mib": 1}
    object.__setattr__(portal.platform.workspace, "settings", settings)
    client = service_of(portal)
    before = portal.platform.ledger.size

    answer = client.lines(join("n1") * 20_000)

    assert (answer.status_code, portal.platform.ledger.size) == (413, before)
    assert list((tmp_path / "uploads").iterdir()) == []


def test_names_that_the_rules_never_heard_of_are_told(service: MakeService) -> None:
    answer = service().lines(line(type="setting.changed", member="m0", setting="generativ_ai", value="off")).json()

    assert "generativ_ai" in answer["warnings"][0]


def test_who_may_not_write_events_uploads_nothing(service: MakeService, tmp_path: Path) -> None:
    assert service("settings.write").lines(join("n1")).status_code == 403
    assert not (tmp_path / "uploads").exists()


def test_what_a_request_that_was_cut_off_recorded_is_not_recorded_again(
    service: MakeService, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = service()
    text = join("n1") + join("n2")
    with monkeypatch.context() as broken:
        broken.setattr(answers, "keep", lambda *_args, **_given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(BaseException):  # noqa: B017 - the process dies between the deed and its answer
            client.lines(text, key="cut-off")
    size = portal.platform.ledger.size
    at_once = client.lines(text, key="cut-off").status_code
    portal.world.pass_time(minutes=3)

    answer = client.lines(text, key="cut-off").json()

    assert at_once == 409
    assert (answer["recorded"], answer["held"], portal.platform.ledger.size) == (0, 2, size)


def test_more_than_is_held_at_once_is_still_one_step(
    service: MakeService, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_in, "_HELD", 1)
    monkeypatch.setattr("assent.ledger.rows._BYTES", 1000)
    client = service()
    before = portal.platform.ledger.size
    good = "".join(join(f"n{n}") for n in range(200))

    refused = client.lines(good + "bad\n").status_code
    size = portal.platform.ledger.size
    taken = client.lines(good).json()["recorded"]

    assert (refused, size, taken) == (400, before, 200)
