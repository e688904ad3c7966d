"""A real PostgreSQL server in a temporary folder: nobody else's, on a free port, with its disk's word kept."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

NOT_FOUND = "no PostgreSQL server here; `make system` installs one, or put its pg_ctl on PATH"
PASSWORD = "a password of the tests"


def binaries() -> Path | None:
    """The folder of `pg_ctl` and `initdb`; None where PostgreSQL is not installed."""
    versions = Path("/usr/lib/postgresql")
    found = sorted(versions.glob("*/bin/pg_ctl"), key=lambda path: path.parts[-3].zfill(4)) if versions.is_dir() else []
    on_path = shutil.which("pg_ctl")
    chosen = found[-1] if found else Path(on_path).resolve() if on_path else None
    return chosen.parent if chosen and (chosen.parent / "initdb").exists() else None


def unprivileged() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root. None is whoever asks."""
    if os.geteuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@dataclass
class PostgresServer:
    """A server that can be started, stopped and killed; `schemas` of one database keep tests apart."""

    folder: Path
    binaries: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    schemas: count = field(default_factory=count)

    def url(self, schema: str | None = None, *, user: str = "assent", database: str = "assent") -> str:
        """A URL over the Unix socket, with a schema that no other call gets unless it is named."""
        schema = schema or f"ledger_{next(self.schemas)}"
        host = quote(str(self.folder), safe="")
        return f"postgresql://{user}@/{database}?host={host}&port={self.port}&schema={schema}"

    def tcp_url(self, *, user: str = "assent", database: str = "assent") -> str:
        """A URL over TCP, where a password is asked."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?schema=tcp_{next(self.schemas)}"

    def start(self) -> None:
        given = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), "port": str(self.port)}
        options = " ".join(f"-c {name}={value}" for name, value in (given | self.settings).items())
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "server.log", "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is what a crash of the server is: nothing is flushed, it recovers at the next start."""
        self._run("pg_ctl", "stop", "-w", "-D", "data", "-m", mode)

    def remove(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # A file, not a pipe: the server inherits it, and a pipe would not end with the command.
        with (self.folder / "commands.log").open("a") as log:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                cwd=self.folder,
                user=unprivileged(),
                extra_groups=[] if os.geteuid() == 0 else None,
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=120,
                check=False,
            )
        if done.returncode:
            raise RuntimeError((self.folder / "commands.log").read_text())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_server(**settings: str) -> PostgresServer:
    """A running server with a database and a role `assent`, who needs a password over TCP only."""
    found = binaries()
    assert found is not None
    # Not below pytest's own folders, which only their owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    user = unprivileged()
    (folder / "password").write_text(PASSWORD)
    if user is not None:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    server = PostgresServer(folder, found, free_port(), settings)
    server._run(
        "initdb", "-D", "data", "-U", "assent", "--pwfile=password", "--auth-local=trust", "--auth-host=scram-sha-256",
        "--encoding=UTF8", "--locale=C", "--no-sync",
    )  # fmt: skip
    server.start()
    server._run("createdb", "-h", str(folder), "-p", str(server.port), "-U", "assent", "assent")
    return server
