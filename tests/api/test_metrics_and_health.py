"""What whoever runs the server sees."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from api_callers import Service
from assent.errors import UnavailableError
from assent.operations import readiness
from portal_world import Portal
from small_world import SETTING


def figures(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_metrics_need_a_token(portal: Portal) -> None:
    answer = portal.client().get("/metrics")

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_requests_are_counted_by_pattern_and_nobody_is_named(service: Callable[..., Service]) -> None:
    client = service()
    client.post("/v1/settings/read", json={"member": "m0-secret"})
    client.get("/v1/hooks/m0-secret")
    client.get("/m0-secret")

    text = client.get("/metrics").text

    assert figures(text)['assent_requests_total{method="POST",route="/v1/settings/read",status="200"}'] >= 1
    assert figures(text)['assent_requests_total{method="GET",route="unmatched",status="404"}'] >= 1
    assert "m0-secret" not in text


def test_the_ledgers_size_and_what_waits_are_told(service: Callable[..., Service], portal: Portal) -> None:
    client = service()
    client.write("/v1/objections", {"member": "m0", "purpose": "train_generative"})
    size = portal.platform.ledger.size
    portal.world.pass_time(days=29)
    before = figures(client.get("/metrics").text)
    portal.world.pass_time(days=5)

    after = figures(service().get("/metrics").text)

    assert before["assent_ledger_events_total"] == size
    assert before['assent_objections_open{kind="objection"}'] == 1
    assert [each['assent_objections_overdue{kind="objection"}'] for each in (before, after)] == [0, 1]


def test_verdicts_are_counted_by_outcome(service: Callable[..., Service]) -> None:
    client = service()
    kinds = [f'assent_verdicts_total{{outcome="{each}"}}' for each in ("allowed", "denied")]
    before = figures(client.get("/metrics").text)
    written = {"category": "post", "visibility": "public", "created_at": "2024-05-01T09:00:00Z"}
    records = [{"id": author, "author": author, **written} for author in ("m0", "off", "young")]
    client.post("/v1/decide/batch", json={"purpose": "train_generative", "records": records})

    after = figures(client.get("/metrics").text)

    assert [after[each] - before.get(each, 0) for each in kinds] == [1, 2]


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_health_and_readiness_need_nobody(portal: Portal, path: str) -> None:
    assert portal.client().get(path).json() == {"status": "ok"}


def test_a_database_that_hangs_is_not_ready_and_takes_one_thread_only(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, asked = threading.Event(), []

    def hang(_platform: object) -> None:
        asked.append(1)
        release.wait(10)

    monkeypatch.setattr(readiness, "_ask", hang)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            readiness.require_ready(portal.platform, patience_seconds=0.05)
    release.set()

    assert asked == [1]


def test_what_is_not_ready_is_a_503(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_platform: object) -> None:
        raise UnavailableError("the database is away")

    monkeypatch.setattr(readiness, "_ask", away)
    answer = portal.client().get("/ready")

    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_the_pack_says_whether_browsers_signals_are_honoured(portal: Portal) -> None:
    answer = portal.client().get("/.well-known/gpc.json").json()

    assert (answer["gpc"], set(answer)) == (False, {"gpc", "lastUpdate"})


def test_a_change_over_the_api_grows_the_ledger_that_is_told(service: Callable[..., Service]) -> None:
    client = service()
    before = figures(client.get("/metrics").text)["assent_ledger_events_total"]
    client.write("/v1/settings/change", {"member": "m0", "setting": SETTING, "value": "off"})

    assert figures(client.get("/metrics").text)["assent_ledger_events_total"] == before + 1
