"""The portal as it is served: `assent serve` over PostgreSQL and over SQLite, the load generator on the same cores.

Two server processes on PostgreSQL, one on SQLite; 64 connections; members' states loaded beforehand where a figure
says "warm". Each figure with a reach is taken three times: the best counts and the median stands beside it, with the
load average, since a machine that does other things at the same time shows it there.

"Saturated" is every client sending its next request at once: then the time an answer takes says how many clients there
are. "Offered" is so many requests a second, the time counted from when each was due.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx

from bench.load import Load, load, request
from bench.portal_world import PURPOSE, SETTING, Door, Served, make_world, member, serving
from bench.report import Row
from real_postgres import NOT_FOUND, binaries, make_server

CLIENTS = 64
BATCH = 10_000
BATCH_CLIENTS = 8
ROUNDS = 3
FORM = "application/x-www-form-urlencoded"


def run(*, quick: bool) -> list[Row]:
    """The rows of the table; `quick` asks a fifth of the members for a third of the time."""
    members, seconds = (20_000, 3.0) if quick else (100_000, 10.0)
    if binaries() is None:
        rows = [Row("portal on PostgreSQL", "", NOT_FOUND, None)]
    else:
        server = make_server()
        try:
            rows = _on(server.url(), 2, members, seconds, "PostgreSQL, 2 processes")
        finally:
            server.remove()
    return rows + _on("sqlite", 1, members, seconds, "SQLite, 1 process")


def _on(database: str, processes: int, members: int, seconds: float, what: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        workspace = make_world(Path(name) / "world", database=database, members=members)
        with serving(workspace, processes=processes, doors=CLIENTS) as served:
            is_reach = processes > 1
            rows = _toggling(served, seconds, what, is_reach=is_reach)
            rows += _deciding(served, members, seconds, what, is_reach=is_reach)
            rows += [_effect(served, what, rounds=int(seconds) * 3), _page(served, what, is_reach=is_reach)]
    return rows


def _toggling(served: Served, seconds: float, what: str, *, is_reach: bool) -> list[Row]:
    """The web form, and the API; each client turns another member's toggle off and on."""
    forms = [[toggle(door, "stop"), toggle(door, "on")] for door in served.doors]
    load(served.port, forms, 1)  # the first requests of a process import what they need
    by_form, forms_text = _best(served, forms, seconds, status=303)
    offered, offered_text = _best(served, forms, seconds, status=303, rate=250)
    by_api = load(served.port, [puts(served, door) for door in served.doors], seconds)
    _require(by_api, 200)
    return [
        Row(f"toggle, form POST to durable event, {CLIENTS} clients, {what}",
            "≥ 250/s, p99 ≤ 400 ms" if is_reach else "", f"saturated: {forms_text}",
            by_form.per_second >= 250 and by_form.at(0.99) <= 400 if is_reach else None),
        Row(f"the same, 250/s offered, {what}", "p99 ≤ 400 ms" if is_reach else "", offered_text,
            offered.at(0.99) <= 400 if is_reach else None),
        Row(f"toggle, the API's POST with an idempotency key, {CLIENTS} clients, {what}", "", _text(by_api), None),
    ]  # fmt: skip


def _deciding(served: Served, members: int, seconds: float, what: str, *, is_reach: bool) -> list[Row]:
    draw = random.Random(1)
    everyone = [_batch(served, range(first, min(first + BATCH, members))) for first in range(0, members, BATCH)]
    load(served.port, [everyone] * 2 * BATCH_CLIENTS, max(5, seconds))  # every process has seen every member
    ones = [[_one(served, draw.randrange(members), turn) for turn in range(100)] for _ in range(CLIENTS)]
    single, single_text = _best(served, ones, seconds, status=200)
    offered, offered_text = _best(served, ones, seconds, status=200, rate=600)
    batches = [[_batch(served, draw.choices(range(members), k=BATCH)) for _ in range(2)] for _ in range(BATCH_CLIENTS)]
    batch, batch_text = _best(served, batches, seconds, status=200)
    verdicts = batch.per_second * BATCH
    return [
        Row(f"decide, one record, {CLIENTS} clients, warm, {what}", "≥ 600/s" if is_reach else "",
            f"saturated: {single_text}", single.per_second >= 600 if is_reach else None),
        Row(f"the same, 600/s offered, {what}", "p99 ≤ 100 ms" if is_reach else "", offered_text,
            offered.at(0.99) <= 100 if is_reach else None),
        Row(f"decide, batches of {BATCH:,}, {BATCH_CLIENTS} clients, warm, {what}",
            "≥ 50,000 verdicts/s" if is_reach else "",
            f"{verdicts:,.0f} verdicts/s; in batches: {batch_text}",
            verdicts >= 50_000 if is_reach else None),
    ]  # fmt: skip


def _best(
    served: Served, clients: list[list[bytes]], seconds: float, *, status: int, rate: float = 0.0
) -> tuple[Load, str]:
    """The best of some rounds, by throughput or, where that is given, by p99; and what to say of all of them."""
    seen = []
    for _ in range(ROUNDS):
        seen.append(load(served.port, clients, seconds / ROUNDS, rate=rate))
        _require(seen[-1], status)
    seen.sort(key=lambda each: each.at(0.99) if rate else -each.per_second)
    return seen[0], f"best {_text(seen[0])}; median {seen[ROUNDS // 2].text()}"


def _effect(served: Served, what: str, *, rounds: int) -> Row:
    """From sending the form to the answer that refuses, through whichever processes the connections reach."""
    took = []
    door = served.doors[0]
    ask = _question(0, 0)
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", headers=_auth(served)) as client:
        for _ in range(rounds):
            _send(client, door, "on")
            assert client.post("/v1/decide", json=ask).json()["allowed"]
            began = time.perf_counter()
            _send(client, door, "stop")
            # A new connection, which any of the processes may take.
            verdict = httpx.post(f"{client.base_url}/v1/decide", json=ask, headers=_auth(served)).json()
            took.append(time.perf_counter() - began)
            assert verdict["reasons"] == ["setting_off"], verdict
        _send(client, door, "on")
    slowest = max(took)
    return Row(f"toggle → refused at the next decide, slowest of {rounds}, {what}", "≤ 1 s",
               f"{1000 * slowest:.0f} ms (median {1000 * sorted(took)[rounds // 2]:.0f} ms)", slowest <= 1)  # fmt: skip


def _page(served: Served, what: str, *, is_reach: bool) -> Row:
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", headers={"cookie": served.doors[0].cookie}) as client:
        page = client.get(f"/settings/{SETTING}").text
        style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        size = len(page.encode()) + len(client.get(style).content)
    return Row(f"settings page, HTML and CSS, {what}", "≤ 60 KB" if is_reach else "", f"{size / 1000:.1f} KB",
               size <= 60_000 if is_reach else None)  # fmt: skip


def toggle(door: Door, action: str) -> bytes:
    """The form of a setting as a browser sends it."""
    body = f"form_key={door.form_key}&action={action}&sure=yes".encode()
    return request("POST", f"/settings/{SETTING}", body, kind=FORM, cookie=door.cookie)


def puts(served: Served, door: Door) -> list[bytes]:
    """The same by the API, once off and once on for each of many idempotency keys."""
    found = []
    for turn in range(600):
        body = json.dumps({"member": door.member, "setting": SETTING, "value": ("off", "on")[turn % 2]}).encode()
        key = f"{door.member}-{turn}-{time.time_ns()}"
        found.append(request("POST", "/v1/settings/change", body, idempotency_key=key, **_auth(served)))
    return found


def _send(client: httpx.Client, door: Door, action: str) -> None:
    data = {"form_key": door.form_key, "action": action, "sure": "yes"}
    answer = client.post(f"/settings/{SETTING}", data=data, headers={"cookie": door.cookie, "authorization": ""})
    assert answer.status_code == 303, answer.text


def _record(number: int, turn: int) -> dict[str, object]:
    return {"id": f"urn:post:{turn:08}", "category": "post", "author": member(number), "subjects": [],
            "created_at": "2024-05-01T09:00:00Z", "visibility": "public"}  # fmt: skip


def _question(number: int, turn: int) -> dict[str, object]:
    return {"purpose": PURPOSE, "record": _record(number, turn)}


def _one(served: Served, number: int, turn: int) -> bytes:
    return request("POST", "/v1/decide", json.dumps(_question(number, turn)).encode(), **_auth(served))


def _batch(served: Served, numbers: Sequence[int]) -> bytes:
    records = [_record(number, turn) for turn, number in enumerate(numbers)]
    body = json.dumps({"purpose": PURPOSE, "records": records}).encode()
    return request("POST", "/v1/decide/batch", body, **_auth(served))


def _auth(served: Served) -> dict[str, str]:
    return {"authorization": f"Bearer {served.token}"}


def _text(seen: Load) -> str:
    return f"{seen.text()}; load {os.getloadavg()[0]:.1f}"


def _require(seen: Load, status: int) -> None:
    if set(seen.statuses) != {status}:
        raise RuntimeError(f"answers other than {status}: {seen.statuses}; {seen.lasts[0][:600]!r}")


if __name__ == "__main__":
    for each in run(quick="--quick" in sys.argv):
        print(each)
