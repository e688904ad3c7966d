"""What `docs/spec/api.md` and `docs/spec/webhooks.md` show is run as it stands there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api_callers import token_of
from assent.evidence.webhook import Signer, write_secret
from portal_world import Portal, serve

SPEC = Path(__file__).resolve().parents[2] / "docs" / "spec"
API = (SPEC / "api.md").read_text()


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_are_answered(portal: Portal) -> None:
    found = []
    with serve(portal) as address:
        environ = {**os.environ, "ASSENT": address, "TOKEN": token_of(portal)}
        for command in blocks(API, "sh"):
            shown = command.replace("curl -s ", "curl -s -w '\\n%{http_code}' ")
            done = subprocess.run(["sh", "-c", shown], env=environ, capture_output=True, text=True, check=True)
            found.append(done.stdout.rpartition("\n")[2])

    assert found == ["200"] * 6


def test_the_python_of_the_page_runs(portal: Portal) -> None:
    [code] = blocks(API, "python")
    with serve(portal) as address:
        names: dict[str, object] = {"address": address, "token": token_of(portal)}
        exec(code, names)

    assert json.loads(names["receipt"])["payloadType"] == "application/vnd.in-toto+json"


def test_every_route_stands_on_the_page(portal: Portal) -> None:
    paths = {path for path in portal.app.openapi()["paths"] if not path.startswith("/log/tile")}
    lacking = {path for path in paths if path.partition("{")[0].rstrip("/") not in API}

    assert lacking == set()


def test_the_receiver_of_the_page_takes_a_message_once_and_no_forged_one() -> None:
    page = (SPEC / "webhooks.md").read_text()
    [code], [message] = blocks(page, "python"), blocks(page, "json")
    secret, body = bytes(range(32)), message.strip().encode()
    names: dict[str, object] = {"secret": write_secret(secret)}
    exec(code, names)
    receive = names["receive"]
    headers = Signer(secret, lambda: datetime.now(UTC)).headers("h1.71", [body])

    assert receive(headers, body, -1) == (204, 71)
    assert receive(headers, body, 71) == (204, 71)
    assert receive(headers, body.replace(b"off", b"on"), -1) == (400, -1)
