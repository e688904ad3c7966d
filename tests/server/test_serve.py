"""`assent serve` as somebody runs it: a program of its own, stopped, killed in part, started where it cannot run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assent.desk.sessions import begin_session, session_of
from assent.operations.platform import open_platform
from assent.operations.tokens import make_token
from assent.serving.permissions import SCOPES
from assent.vocabulary.events import EventType
from assent.vocabulary.identifiers import MemberId
from small_world import SETTING, World, joined, make_world

ASSENT = [sys.executable, "-m", "assent"]


@dataclass
class Server:
    """A running `assent serve`."""

    process: subprocess.Popen[str]
    address: str

    def children(self) -> list[int]:
        """The processes that answer."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        lines = {int(each): Path(f"/proc/{each}/cmdline").read_bytes() for each in task.read_text().split()}
        return [pid for pid, line in lines.items() if b"spawn_main" in line]

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)[1]


@contextmanager
def serving(root: Path, *options: str) -> Iterator[Server]:
    command = [*ASSENT, "serve", "--port", "0", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=root, text=True, env={**os.environ, "COLUMNS": "200"}, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout is not None
            found = re.search(r"http://[0-9.:]+", process.stdout.readline())
            assert found is not None, process.stderr and process.stderr.read()
            wait_for(lambda: httpx.get(f"{found[0]}/signed-out").status_code == 200)
            yield Server(process, found[0])
        finally:
            if process.poll() is None:
                process.kill()


def wait_for(holds: object, *, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if holds():  # type: ignore[operator]
                return
        except (httpx.HTTPError, OSError):
            pass
        time.sleep(0.1)
    pytest.fail("waited in vain")


def signed_in(world: World, member: str) -> tuple[dict[str, str], dict[str, str]]:
    """A member's cookie and form key; the wall's clock, since the program has no other."""
    from datetime import timedelta

    with open_platform(world.workspace) as platform:
        now = datetime.now(UTC)
        secret = begin_session(
            platform.desk,
            role="member",
            subject=member,
            member=MemberId(member),
            shown_name=member,
            now=now,
            lasts=timedelta(hours=1),
            entropy=os.urandom,
        )
        session = session_of(platform.desk, secret, now=now)
    assert session is not None
    return {"assent": secret}, {"form_key": session.form_key}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path, joined("m0"), [])


def test_it_answers_and_stops_in_order(world: World) -> None:
    with serving(world.root) as server:
        answer = httpx.get(f"{server.address}/settings")
        said = server.stop()

    assert (answer.status_code, server.process.returncode) == (303, 0)
    assert "stopped; every change that was acknowledged is in the ledger" in said


def test_its_log_names_routes_and_nobody(world: World) -> None:
    cookies, key = signed_in(world, "m0")
    with serving(world.root) as server:
        with httpx.Client(base_url=server.address, cookies=cookies) as client:
            client.get("/settings?member=m0")
            client.post(f"/settings/{SETTING}", data=key | {"action": "stop"})
            client.get("/m0/is/here")
        said = server.stop()

    lines = [re.sub(r" [0-9.]+ ms$", "", line) for line in said.splitlines() if line.endswith(" ms")]
    assert "GET /settings 200" in lines
    assert "POST /settings/{name} 303" in lines
    assert "GET - 404" in lines
    assert "m0" not in said


def test_another_program_at_its_port_is_one_clear_line(world: World) -> None:
    with serving(world.root) as server:
        port = server.address.rpartition(":")[2]
        done = subprocess.run(
            [*ASSENT, "serve", "--port", port], cwd=world.root, capture_output=True, text=True, check=False
        )

    said = f"error: cannot listen on `127.0.0.1:{port}`: address already in use\n"
    assert (done.returncode, done.stderr.startswith(said)) == (2, True)


def test_without_a_ledger_it_does_not_start(tmp_path: Path) -> None:
    subprocess.run([*ASSENT, "init", str(tmp_path)], check=True, capture_output=True)

    done = subprocess.run([*ASSENT, "serve"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr.count("Traceback")) == (2, 0)
    assert "assent ledger init" in done.stderr


def test_without_the_parts_it_needs_it_says_what_to_install(world: World) -> None:
    script = "import sys; sys.modules['uvicorn'] = None; from assent.cli import main; main()"
    command = [sys.executable, "-c", script, "serve", "--port", "0"]

    done = subprocess.run(command, cwd=world.root, capture_output=True, text=True, check=False)

    assert (done.returncode, "pip install 'assent[web]'" in done.stderr) == (2, True)


def test_an_issuer_in_the_clear_is_refused_at_the_start(world: World) -> None:
    with (world.root / "assent.toml").open("a") as config:
        config.write('\n[sign_in]\nissuer = "http://login.example.org"\n')

    command = [*ASSENT, "serve", "--port", "0"]
    done = subprocess.run(command, cwd=world.root, capture_output=True, text=True, check=False)

    assert (done.returncode, "must be an https address" in done.stderr) == (2, True)


def test_two_processes_on_sqlite_record_everything_and_tell_the_figures_of_both(world: World) -> None:
    cookies, key = signed_in(world, "m0")
    with open_platform(world.workspace) as platform:
        secret = make_token(platform, "watch", ["metrics.read"], known=SCOPES, days=1, by="staff:tests").secret
    with serving(world.root, "--processes", "2", "--no-log") as server:
        wait_for(lambda: len(server.children()) == 2)
        statuses = []
        for number in range(24):
            form = key | {"action": ("stop", "on")[number % 2], "sure": "yes"}
            with httpx.Client(base_url=server.address, cookies=cookies) as client:
                statuses.append(client.post(f"/settings/{SETTING}", data=form, timeout=20).status_code)
        figures = httpx.get(f"{server.address}/metrics", headers={"authorization": f"Bearer {secret}"}).text
        server.stop()

    with open_platform(world.workspace) as platform:
        changes = [each for _, each in platform.ledger.events_of("m0") if each.type is EventType.SETTING_CHANGED]
    counted = re.findall(
        r'assent_requests_total\{method="POST",route="/settings/\{name\}",status="303"\} (.+)', figures
    )
    assert (statuses, len(changes), [float(each) for each in counted]) == ([303] * 24, 24, [24.0])


def test_a_process_that_is_killed_while_it_starts_is_replaced_at_once(world: World) -> None:
    with serving(world.root, "--processes", "2", "--no-log") as server:
        wait_for(lambda: len(server.children()) == 2)
        gone: set[int] = set()
        for _ in range(2):  # the one that answers, then whoever takes its place before it answers
            gone.add(victim := max(server.children()))
            os.kill(victim, signal.SIGKILL)
            wait_for(lambda: len(set(server.children()) - gone) == 2, seconds=20)
        said = server.stop()

    assert (server.process.returncode, said.count("another takes its place")) == (0, 2)


def test_a_process_that_starts_while_the_database_is_away_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assent.errors import UnavailableError
    from assent.server import running

    tried: list[int] = []

    def opened(_workspace: object) -> str:
        tried.append(1)
        if len(tried) < 3:
            raise UnavailableError("the server cannot be reached")
        return "open"

    monkeypatch.chdir(world.root)
    monkeypatch.setattr(running, "open_platform", opened)
    monkeypatch.setattr(running.time, "sleep", lambda _seconds: None)

    assert (running._opened_patiently(), len(tried)) == ("open", 3)
