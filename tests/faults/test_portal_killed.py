"""The portal is killed while members change their settings: what was acknowledged is in the ledger, in its order.

| breaks | members are told | afterwards |
|---|---|---|
| a server process is killed | nothing; their connection ends | another takes its place; every acknowledged change is there |
| PostgreSQL is killed | a clear page, and when to try again | the same processes go on as soon as it is back |
| the only process, on SQLite, is killed | nothing | started again, it shows every acknowledged change |

Who got no answer does not know, and looks: such a change may be there, and comes at most once.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from assent.desk.sessions import begin_session, session_of
from assent.operations.platform import open_platform
from assent.serving.cookies import cookie_name
from assent.vocabulary.events import EventType
from assent.vocabulary.identifiers import MemberId
from real_postgres import NOT_FOUND, binaries, make_server
from small_world import SETTING, joined, make_world

MEMBERS = 16
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@pytest.fixture
def server():
    """A PostgreSQL server of the test's own, to be killed."""
    if binaries() is None:
        pytest.skip(NOT_FOUND)
    made = make_server()
    yield made
    made.remove()


def world(root, database):
    """A world whose clock is this machine's, as the server's is."""
    return make_world(root, [event for n in range(MEMBERS) for event in joined(f"m{n}")], [], database=database)


class Member(threading.Thread):
    """Turns a setting off and on, and remembers what was acknowledged: the position that each answer names."""

    def __init__(self, name, cookie, form_key, at):
        super().__init__(daemon=True)
        self.member, self.form_key, self.at = name, form_key, at
        self.headers = {"cookie": cookie, "origin": at}
        self.acknowledged, self.statuses, self.refusals = [], set(), []
        self.enough = threading.Event()

    def run(self):
        turn = 0
        with httpx.Client(base_url=self.at, headers=self.headers, timeout=30) as client:
            while not self.enough.is_set():
                action, value = (("stop", "off"), ("on", "on"))[turn % 2]
                form = {"form_key": self.form_key, "action": action, "sure": "yes"}
                try:
                    answer = client.post(f"/settings/{SETTING}", data=form)
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                self.statuses.add(answer.status_code)
                found = re.search(r"done=(\d+)", answer.headers.get("location", ""))
                if answer.status_code == 303:
                    turn += 1
                    if found:
                        self.acknowledged.append((int(found[1]), value))
                else:
                    self.refusals.append(answer)
                    time.sleep(0.1)


@contextmanager
def serving(root, processes):
    command = [sys.executable, "-m", "assent", "serve", "--port", "0", "--processes", str(processes), "--no-log"]
    with (root / "serve.log").open("a") as log:
        program = subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "COLUMNS": "200"}
        )
        try:
            address = next(found[0] for line in program.stdout if (found := ADDRESS.search(line)))
            until(lambda: ready(address) == 200)
            yield program, address
        finally:
            program.terminate()
            try:
                program.wait(20)
            finally:
                program.kill()
                program.stdout.close()


def ready(address):
    try:
        return httpx.get(f"{address}/ready", timeout=5).status_code
    except httpx.TransportError:
        return None


def until(true, seconds=30.0):
    """It became true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


@contextmanager
def members(workspace, address):
    """All members change their setting, until the block ends."""
    threads = []
    with open_platform(workspace) as platform:
        for n in range(MEMBERS):
            name, now = MemberId(f"m{n}"), platform.clock()
            secret = begin_session(
                platform.desk, role="member", subject=name, member=name, shown_name=name, now=now,
                lasts=timedelta(hours=1), entropy=os.urandom,
            )  # fmt: skip
            session = session_of(platform.desk, secret, now=now)
            threads.append(Member(name, f"{cookie_name(platform)}={secret}", session.form_key, address))
    for thread in threads:
        thread.start()
    try:
        until(lambda: acknowledged(threads) > 40)
        yield threads
    finally:
        for thread in threads:
            thread.enough.set()
        for thread in threads:
            thread.join(40)


def acknowledged(threads):
    return sum(len(thread.acknowledged) for thread in threads)


def require_kept(workspace, threads):
    """Every acknowledged change is where its answer said, and nothing stands twice in a row."""
    with open_platform(workspace) as platform:
        for thread in threads:
            recorded = [
                (seq, event.value)
                for seq, event in platform.ledger.events_of(thread.member)
                if event.type is EventType.SETTING_CHANGED
            ]
            said = list(dict.fromkeys(thread.acknowledged))
            assert set(said) <= set(recorded)
            assert said == sorted(said)
            values = [value for _, value in recorded]
            assert all(one != other for one, other in pairwise(values))


def test_a_server_process_is_killed(tmp_path, server):
    workspace = world(tmp_path / "w", server.url()).workspace
    with serving(workspace.root, 2) as (program, address), members(workspace, address) as threads:
        victim = max(answering(program))
        os.kill(victim, signal.SIGKILL)
        before = acknowledged(threads)
        until(lambda: acknowledged(threads) > before + 60)
        until(lambda: len(answering(program) - {victim}) >= 2)
    require_kept(workspace, threads)


def answering(program):
    """The processes that answer: those that multiprocessing started, without its bookkeeper."""
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    return {int(each) for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()}


def test_postgresql_is_killed_and_comes_back(tmp_path, server):
    workspace = world(tmp_path / "w", server.url()).workspace
    with serving(workspace.root, 2) as (program, address), members(workspace, address) as threads:
        processes = answering(program)
        kill_postmaster(server)
        until(lambda: sum(len(thread.refusals) for thread in threads) > MEMBERS)
        gone = ready(address)
        time.sleep(3)
        restart(server)
        before = acknowledged(threads)
        until(lambda: acknowledged(threads) > before + 60)
        back, same = ready(address), answering(program) == processes
    assert (gone, back, same) == (503, 200, True)
    refused = [answer for thread in threads for answer in thread.refusals]
    assert {answer.status_code for answer in refused} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert all("<h1" in answer.text and "Traceback" not in answer.text for answer in refused)
    require_kept(workspace, threads)


def kill_postmaster(server):
    postmaster = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)


def restart(server):
    """What a killed postmaster left goes away first, as its own children notice that it is gone."""
    deadline = time.monotonic() + 30
    while True:
        try:
            (server.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
            server.start()
        except RuntimeError:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        else:
            return


def test_the_only_process_on_sqlite_is_killed(tmp_path):
    workspace = world(tmp_path / "w", "sqlite").workspace
    with serving(workspace.root, 1) as (program, address), members(workspace, address) as threads:
        program.kill()
        program.wait(10)
    with serving(workspace.root, 1) as (_, address):
        assert ready(address) == 200
    require_kept(workspace, threads)
