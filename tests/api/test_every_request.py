"""Whatever the API's description allows, and much that it does not, is answered as described and never with a 500.

A real server is asked by schemathesis; `schemathesis.toml` says which of its demands do not fit and why. `make fuzz-api`
asks for longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api_callers import service_of, token_of
from portal_world import Portal, serve

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("ASSENT_API_EXAMPLES", "4")
DEEP = "[" * 20_000 + "]" * 20_000
ODD_BODIES = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"member": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"member": ' + b"9" * 5000 + b"}",
    b'{"member": 1e999}',
    b'{"member": NaN}',
    b'{"member": "m0", "member": "m1", "x": {}}',
    DEEP.encode(),
    b'{"member": ' + DEEP.encode() + b"}",
]


@pytest.mark.slow
def test_schemathesis_finds_nothing(portal: Portal, tmp_path: Path) -> None:
    with serve(portal) as address:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file",
            str(HERE / "schemathesis.toml"),
        ]
        command += ["run", f"{address}/v1/openapi.json", "--max-examples", EXAMPLES, "--no-color"]
        command += ["-H", f"Authorization: Bearer {token_of(portal)}"]
        environ = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONWARNINGS": "default"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=tmp_path)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def paths(portal: Portal, method: str) -> list[str]:
    return [path for path, item in portal.app.openapi()["paths"].items() if method in item]


def test_odd_bodies_are_refused_in_one_form_on_every_route(portal: Portal) -> None:
    client = service_of(portal, raise_server_exceptions=False)
    found = []
    for path in paths(portal, "post"):
        for body in ODD_BODIES:
            for kind in ("application/json", "text/plain", "application/x-ndjson"):
                headers = {"content-type": kind, "idempotency-key": f"k{len(found)}"}
                answer = client.post(path.replace("{hook}", "h0123456789abcdef"), content=body, headers=headers)
                found.append((answer.status_code // 100, answer.headers["content-type"]))

    # An empty stream of events is one, and of its lines some are; starting a hook asks for no body.
    assert set(found) <= {(4, "application/problem+json"), (2, "application/json")}


def test_every_route_says_whom_it_is_for_and_how_it_fails(portal: Portal) -> None:
    document = portal.app.openapi()
    lacking = [
        (path, method)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "security" not in operation
        or not {"400", "401", "403", "422", "500", "503"} <= set(operation["responses"])
        or not operation.get("summary")
    ]

    assert (lacking, document["openapi"]) == ([], "3.1.0")


def test_a_request_that_changes_something_says_that_it_needs_a_key(portal: Portal) -> None:
    needing = {
        path
        for path, item in portal.app.openapi()["paths"].items()
        for operation in item.values()
        if any(each["name"] == "Idempotency-Key" and each["required"] for each in operation.get("parameters", ()))
    }

    assert needing >= {"/v1/settings/change", "/v1/objections", "/v1/events", "/v1/hooks", "/v1/claims"}


def test_the_description_is_served(portal: Portal) -> None:
    answer = portal.client().get("/v1/openapi.json")

    assert json.loads(answer.content)["info"]["title"] == "Assent"
