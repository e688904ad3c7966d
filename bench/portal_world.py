"""A portal as it is served: a working folder with members, `assent serve` over it, sessions and a token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from assent.desk.sessions import begin_session, session_of
from assent.ledger.importing import import_events
from assent.operations.ledger import create_ledger, now
from assent.operations.platform import open_platform
from assent.operations.setup import make_workspace
from assent.operations.tokens import make_token
from assent.operations.workspace import Workspace
from assent.serving.cookies import cookie_name
from assent.serving.permissions import SCOPES, Permission
from assent.vocabulary.identifiers import MemberId

PACK, PURPOSE = "professional-network-2025-11-safeguarded", "train_generative"
NOTICE, SETTING = "ai-training-2025", "generative_ai_improvement"
REGIONS = ("DE", "FR", "US", "GB", "NL", "BR", "IE", "CA")
SINCE = datetime(2025, 9, 1, tzinfo=UTC)
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Door:
    """A member's session."""

    member: str
    cookie: str
    form_key: str


@dataclass(frozen=True)
class Served:
    """A portal that answers.

    Args:
        supervisor: the program `assent serve`; its children answer.
    """

    workspace: Workspace
    port: int
    supervisor: subprocess.Popen[str]
    token: str
    doors: list[Door]


def member(number: int) -> str:
    """The id of a member of the world."""
    return f"urn:member:{number:08}"


def make_world(folder: Path, *, database: str, members: int) -> Workspace:
    """A working folder whose ledger knows so many members, of whom most permit."""
    workspace = make_workspace(folder, pack=PACK, origin="bench.example/log")
    create_ledger(workspace, database=database).close()
    _write(folder / "members.parquet", members)
    with open_platform(workspace) as platform:
        import_events(platform.ledger, [folder / "members.parquet"])
    return workspace


def _write(path: Path, members: int) -> None:
    names = [member(number) for number in range(members)]
    nothing: list[str | None] = [None] * members
    instants = [SINCE + timedelta(seconds=number * 0.37) for number in range(members)]
    born = [str(date(1950 + number % 55, 1 + number % 12, 1 + number % 28)) for number in range(members)]
    off = [number for number in range(members) if number % 10 == 3]
    columns = {
        "type": ["member.joined"] * members + ["member.region"] * members + ["member.birth_date"] * members
        + ["notice.delivered"] * members + ["setting.changed"] * len(off),
        "member": names * 4 + [names[number] for number in off],
        "effective_at": instants * 4 + [instants[number] for number in off],
        "region": nothing + [REGIONS[number % 8] for number in range(members)] + nothing * 2 + [None] * len(off),
        "birth_date": nothing * 2 + born + nothing + [None] * len(off),
        "notice": nothing * 3 + [NOTICE] * members + [None] * len(off),
        "setting": nothing * 4 + [SETTING] * len(off),
        "value": nothing * 4 + ["off"] * len(off),
    }  # fmt: skip
    text, instant = pa.string(), pa.timestamp("us", tz="UTC")
    pq.write_table(
        pa.table(
            {name: pa.array(values, instant if name == "effective_at" else text) for name, values in columns.items()}
        ),
        path,
    )


def open_doors(workspace: Workspace, count: int) -> tuple[str, list[Door]]:
    """A token that may decide and change settings, and sessions of the first members."""
    doors = []
    with open_platform(workspace) as platform:
        scopes = [Permission.DECIDE, Permission.SETTINGS_READ, Permission.SETTINGS_WRITE]
        made = make_token(platform, "bench", scopes, known=SCOPES, days=1, by="bench")
        for number in range(count):
            name = member(number)
            secret = begin_session(
                platform.desk, role="member", subject=name, member=MemberId(name), shown_name=name, now=now(),
                lasts=timedelta(hours=2), entropy=os.urandom,
            )  # fmt: skip
            session = session_of(platform.desk, secret, now=now())
            assert session is not None
            doors.append(Door(name, f"{cookie_name(platform)}={secret}", session.form_key))
    return made.secret, doors


@contextmanager
def serving(workspace: Workspace, *, processes: int, doors: int) -> Iterator[Served]:
    """`assent serve` answers; stopped afterwards."""
    token, opened = open_doors(workspace, doors)
    with tempfile.TemporaryFile("w+") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "assent", "serve", "--port", "0", "--processes", str(processes), "--no-log"],
            cwd=workspace.root, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "COLUMNS": "200"},
        )  # fmt: skip
        try:
            assert supervisor.stdout is not None
            found = next((match for line in supervisor.stdout if (match := ADDRESS.search(line))), None)
            if found is None:
                log.seek(0)
                raise RuntimeError(log.read())
            _until_ready(int(found[1]))
            yield Served(workspace, int(found[1]), supervisor, token, opened)
        finally:
            supervisor.terminate()
            supervisor.wait(60)


def _until_ready(port: int) -> None:
    """Several answers in a row: each of the processes is up."""
    deadline, good = time.monotonic() + 60, 0
    while good < 20:
        if time.monotonic() > deadline:
            raise RuntimeError("the server did not become ready")
        try:
            good = good + 1 if httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200 else 0
        except httpx.TransportError:
            good = 0
            time.sleep(0.1)
    time.sleep(3)  # a process that started a moment later imports for as long
