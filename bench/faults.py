"""Kills at random moments over a random mix of operations; then everything that was acknowledged is looked for.

    python -m bench.faults [--minutes 5] [--seed 1] [--keep FOLDER]

A small platform whose ledger moves between SQLite and a real PostgreSQL server while it lives. One process forks the
operations, one or two at a time, and kills most of them with SIGKILL at a moment drawn from how long they take; now
and then the server dies too, or the process in it that serves a commit. What an operation was answered it writes to a
file, in one step, right after the answer: that is what was acknowledged. Every so often all of it is checked.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import pyarrow.parquet as pq

from assent.errors import AssentError, EvidenceError
from assent.feeds.verifying import current_set
from assent.ledger.importing import import_events, import_new_events
from assent.ledger.moving import move_ledger
from assent.operations import feeds
from assent.operations.build import ATTEST_PUBLIC, build_snapshot, sealed_snapshots
from assent.operations.erasing import erase
from assent.operations.ledger import open_ledger, verify_ledger_in
from assent.operations.rotation import rotate_key
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from assent.operations.verify import verify_folder
from assent.operations.workspace import Workspace, open_workspace
from assent.snapshot.reader import open_snapshot
from assent.storage.place import place_of
from assent.vocabulary.events import parse_event
from feed_world import SHARING, position, recipient_table, shares
from real_postgres import NOT_FOUND, PostgresServer, binaries, make_server
from small_world import NOW, PURPOSE, joined, make_world, mention, post, switched

RECIPIENT = "acme"
STAY, GO = 60, 400
"""Members who stay, and whom others name; and members of whom some take back or are erased."""
IMPORTED = 300
OFTEN = 25
"""Operations between two checks."""
KILLED = 0.7
STARTED = time.monotonic()


def clock() -> datetime:
    """The platform's time, the same in every process of this run."""
    return NOW + timedelta(hours=1, seconds=time.monotonic() - STARTED)


def around() -> feeds.Surroundings:
    """What feeds are given."""
    return feeds.Surroundings(clock)


@dataclass
class Given:
    """What one operation is to do, and where it says what it was answered."""

    kind: str
    what: Any
    root: Path
    told: Path

    @property
    def workspace(self) -> Workspace:
        """The working folder, read anew."""
        return open_workspace(self.root)

    def acknowledge(self, *answers: Any) -> None:
        """The answers are in the file, all or none: written in one step, which a kill does not undo."""
        handle = os.open(self.told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, "".join(json.dumps(each) + "\n" for each in answers).encode())
        os.close(handle)


# --- the operations


def _append(given: Given) -> None:
    with open_ledger(given.workspace, clock=clock) as ledger:
        for event in given.what:
            ledger.append([parse_event(event)])
            given.acknowledge(event)


def _import(given: Given) -> None:
    with open_ledger(given.workspace, clock=clock) as ledger:
        import_events(ledger, [Path(given.what)])
    given.acknowledge(given.what)


def _import_again(given: Given) -> None:
    with open_ledger(given.workspace, clock=clock) as ledger:
        import_new_events(ledger, [Path(given.what)])
    given.acknowledge(given.what)


def _build(given: Given) -> None:
    result = build_snapshot(given.workspace, given.what[0], clock=clock, parent=given.what[1])
    given.acknowledge([result.id, result.digest])


def _sweep(given: Given) -> None:
    result = sweep(given.workspace, clock=clock)
    given.acknowledge(*(each.id for each in result.swept))


def _take_back(given: Given) -> None:
    take_back(given.workspace, given.what, clock=clock, later=len(given.what) > 1)
    given.acknowledge(*given.what)


def _erase(given: Given) -> None:
    erase(given.workspace, given.what, clock=clock)
    given.acknowledge(*given.what)


def _feed(given: Given) -> None:
    feeds.build_feed(given.workspace, RECIPIENT, around())
    done = feeds.deliver(given.workspace, RECIPIENT, around())
    given.acknowledge(*done.sent)


def _retract(given: Given) -> None:
    feeds.retract_feed(given.workspace, RECIPIENT, around())
    given.acknowledge(*feeds.deliver(given.workspace, RECIPIENT, around()).sent)


def _migrate(given: Given) -> None:
    folder = given.workspace.ledger_folder
    place = place_of(folder)
    assert place is not None
    moved = move_ledger(folder, "sqlite" if place.server is not None else given.what)
    given.acknowledge(moved.size)


def _rotate(given: Given) -> None:
    given.acknowledge(rotate_key(given.workspace, clock=clock).new)


OPERATIONS: dict[str, tuple[int, Callable[[Given], None]]] = {
    "append": (8, _append),
    "import": (3, _import),
    "import again": (3, _import_again),
    "build": (3, _build),
    "build from parent": (4, _build),
    "sweep": (4, _sweep),
    "take back": (4, _take_back),
    "erase": (2, _erase),
    "feed": (3, _feed),
    "retract": (2, _retract),
    "migrate": (3, _migrate),
    "rotate": (1, _rotate),
}


# --- what is known to the one who kills


@dataclass
class Known:
    """What was asked for and what was acknowledged."""

    events: list[dict[str, Any]] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    sealed: dict[str, str] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    erasing: set[str] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    vkey: str = ""

    def take(self, kind: str, answers: list[Any]) -> None:
        """The answers of an operation are acknowledged."""
        if kind == "append":
            self.events += answers
        elif kind.startswith("import"):
            self.imported.update(answers)
        elif kind.startswith("build"):
            self.sealed.update(dict(answers))
        elif kind == "take back":
            self.back.update(answers)
        elif kind == "erase":
            self.erased.update(answers)
        elif kind in {"feed", "retract"}:
            self.sent.update(answers)
        elif kind == "rotate":
            self.keys.update(answers)

    def count(self) -> int:
        """How many things were acknowledged."""
        return sum(
            map(len, (self.events, self.imported, self.sealed, self.back, self.erased, self.sent, self.keys))
        )  # fmt: skip


@dataclass
class Counts:
    """The figures of a run."""

    operations: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    server_deaths: int = 0
    checks: int = 0
    wrong: list[str] = field(default_factory=list)


class Platform:
    """A platform, and whoever kills its processes."""

    def __init__(self, folder: Path, server: PostgresServer | None, seed: int) -> None:
        self.root, self.folder, self.server = folder / "platform", folder, server
        self.random = random.Random(seed)
        self.known, self.counts = Known(), Counts()
        self.took: dict[str, list[float]] = {}
        self.number = 0

    def begin(self) -> None:
        """The platform stands."""
        stay = [f"m{n}" for n in range(STAY)]
        go = [f"zq-go-{n:03}-" for n in range(GO)]
        events = [event for member in (*stay, *go) for event in joined(member, region="US")]
        # Record ids name nobody: what is retracted must be named to the recipient, also of somebody who was erased.
        records = [post(f"p-{n}", member) for n, member in enumerate((*stay, *go))]
        records += [position(f"w-{n}", member) for n, member in enumerate((*stay, *go[::2]))]
        records += [
            post(f"c-{n}", stay[n % STAY], f"@{go[n]} is right", category="comment", subjects=[mention(go[n], 0, 11)])
            for n in range(0, GO, 3)
        ]

        def make() -> None:
            world = make_world(self.root, events, records, database="sqlite")
            with (self.root / "assent.toml").open("a") as file:
                file.write(recipient_table('deliver = "folder"\npath = "inbox"\npseudonyms = false\n', RECIPIENT))
            with world.ledger() as ledger:
                (self.folder / "vkey").write_text(ledger.vkey)
            for purpose in (PURPOSE, SHARING):
                build_snapshot(open_workspace(self.root), purpose, clock=clock)

        if problem := _alone(make):
            raise RuntimeError(problem)
        self.known.vkey = (self.folder / "vkey").read_text()
        self.here, self.gone = stay, go

    # --- one operation

    def draw(self) -> Given:
        """The next operation."""
        kinds = [each for each in OPERATIONS if each != "migrate" or self.server is not None]
        [kind] = self.random.choices(kinds, [OPERATIONS[each][0] for each in kinds])
        self.number += 1
        return Given(kind, self._what(kind), self.root, self.folder / f"told-{self.number}")

    def _what(self, kind: str) -> Any:
        draw = self.random
        if kind == "append":
            return [self._event() for _ in range(draw.randint(1, 20))]
        if kind == "import" or (kind == "import again" and not self.known.tried):
            return self._file()
        if kind == "import again":
            path = draw.choice(self.known.tried)
            self.known.again.add(path)
            return path
        if kind.startswith("build"):
            return [draw.choice([PURPOSE, PURPOSE, SHARING]), "latest" if kind.endswith("parent") else None]
        if kind in {"take back", "erase"}:
            members = [self.gone.pop() for _ in range(min(len(self.gone), draw.randint(1, 3)))]
            self.known.erasing.update(members if kind == "erase" else ())
            return members
        # What moved away stays behind, so that every move to the server needs a schema of its own.
        return self.server.url() if kind == "migrate" and self.server is not None else None

    def _event(self) -> dict[str, Any]:
        self.number += 1
        member = self.random.choice(self.here)
        at = (datetime(2025, 12, 1, tzinfo=UTC) + timedelta(seconds=self.number)).isoformat()
        return self.random.choice([switched, shares])(member, "off" if self.random.random() < 0.2 else "on", at)

    def _file(self) -> str:
        self.number += 1
        path = self.folder / f"import-{self.number}.jsonl"
        rows = (event for n in range(IMPORTED) for event in joined(f"{path.stem}-{n}", region="US")[:1])
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.known.tried.append(str(path))
        return str(path)

    def step(self) -> None:
        """One operation, or two at once, some of them killed, and at times the server with them."""
        drawn = [self.draw() for _ in range(2 if self.random.random() < 0.3 else 1)]
        running = {self._fork(each): each for each in drawn}
        deaths = {child: self._when(each.kind) for child, each in running.items()}
        dies = self.server is not None and self.random.random() < 0.06
        server_death = time.monotonic() + self.random.uniform(0, 0.5) if dies else None
        began = time.monotonic()
        while running:
            for child in list(running):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    self._ended(running.pop(child), status, time.monotonic() - began)
                elif (at := deaths[child]) is not None and time.monotonic() - began > at:
                    os.kill(child, signal.SIGKILL)
                    deaths[child] = None
            if server_death is not None and time.monotonic() > server_death:
                server_death = None
                self._kill_server()
            time.sleep(0.002)

    def _when(self, kind: str) -> float | None:
        usual = statistics.median(self.took.get(kind, [0.8])[-20:])
        return self.random.uniform(0, 1.2 * usual) if self.random.random() < KILLED else None

    def _fork(self, given: Given) -> int:
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            OPERATIONS[given.kind][1](given)
            code = 0
        except AssentError as error:
            given.told.with_suffix(".error").write_text(f"{type(error).__name__}: {error.message}")
            code = 4 if isinstance(error, EvidenceError) else 3
        except BaseException:  # noqa: BLE001 - whatever it is, it is wrong, and told
            given.told.with_suffix(".error").write_text(traceback.format_exc())
        finally:
            os._exit(code)

    def _ended(self, given: Given, status: int, took: float) -> None:
        code = os.waitstatus_to_exitcode(status)
        self.counts.operations[given.kind] += 1
        if code == -signal.SIGKILL:
            self.counts.killed[given.kind] += 1
        elif code == 0:
            self.took.setdefault(given.kind, []).append(took)
        else:
            path = given.told.with_suffix(".error")
            said = path.read_text() if path.is_file() else f"ended with {code}"
            if code == 3:
                self.counts.refused[f"{given.kind}: {_shortened(said)}"] += 1
            else:
                self.counts.wrong.append(f"{given.kind}: {said}")
        if given.told.is_file():
            self.known.take(given.kind, [json.loads(line) for line in given.told.read_text().splitlines()])

    def _kill_server(self) -> None:
        assert self.server is not None
        serving = _serving(self.server)
        self.counts.server_deaths += 1
        if serving and self.random.random() < 0.5:
            # The postmaster takes this for a crash: it ends every connection and recovers.
            os.kill(self.random.choice(serving), signal.SIGKILL)
        else:
            self.server.stop("immediate")
            self.server.start()

    # --- everything at once

    def check(self) -> None:
        """What was acknowledged is there, nothing half is visible, and everything goes on."""
        path = self.folder / "found.json"

        def look() -> None:
            path.write_text(json.dumps(Check(open_workspace(self.root), self.known, self.root).run()))

        self.counts.checks += 1
        problem = _alone(look)
        self.counts.wrong += [problem] if problem else json.loads(path.read_text())


@dataclass
class Check:
    """A look at a platform where nothing runs."""

    workspace: Workspace
    known: Known
    root: Path
    wrong: list[str] = field(default_factory=list)

    def run(self) -> list[str]:
        """What is wrong."""
        self._ledger()
        # Whatever was cut off is finished by the next operation of its kind.
        if cut_off := sorted(self.known.erasing):
            self._go_on("erase", lambda: erase(self.workspace, self._still_known(cut_off), clock=clock))
        self._go_on("sweep", lambda: self._require_swept(sweep(self.workspace, clock=clock).problems))
        for purpose in (PURPOSE, SHARING):
            self._go_on("build", lambda purpose=purpose: build_snapshot(self.workspace, purpose, clock=clock))
        self._go_on("feed", self._send)
        self._snapshots()
        self._feed()
        return self.wrong

    def _go_on(self, what: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - whatever it is, it does not go on
            self.wrong.append(f"{what} does not go on: {traceback.format_exc()}")

    def _send(self) -> None:
        feeds.build_feed(self.workspace, RECIPIENT, around())
        if problem := feeds.deliver(self.workspace, RECIPIENT, around(), at_once=True).problem:
            raise RuntimeError(problem)

    @staticmethod
    def _require_swept(problems: object) -> None:
        if problems:
            raise RuntimeError(problems)

    def _still_known(self, members: list[str]) -> list[str]:
        with open_ledger(self.workspace, clock=clock, read_only=True) as ledger:
            suppressed = ledger.suppressed(members) if ledger.has_suppressed else frozenset()
        left = [each for each in members if each not in suppressed]
        return left or members[:1]

    def _ledger(self) -> None:
        with open_ledger(self.workspace, clock=clock) as ledger:
            stored = Counter((str(event.member), _moment(event)) for _, event in ledger.events())
            sealed = sealed_snapshots(ledger)
            said = {event.key for _, event in ledger.system_events() if event.type.value == "feed.sent"}
            keys = {each.verifier.text if hasattr(each, "verifier") else str(each) for each in ledger.keys}
        report = verify_ledger_in(self.workspace.ledger_folder, vkey=self.known.vkey)
        if not report.ok or report.unaccounted:
            self.wrong.append(f"the ledger does not verify: {[each for each in report.checks if not each.passed]}")
        for event in self.known.events:
            if stored[event["member"], datetime.fromisoformat(event["effective_at"]).isoformat()] != 1:
                self.wrong.append(f"lost or doubled: {event}")
        for path in self.known.tried:
            found = sum(stored[f"{Path(path).stem}-{n}", "2025-01-01T00:00:00+00:00"] for n in range(IMPORTED))
            if found not in ({IMPORTED} if path in self.known.imported else {0, IMPORTED}):
                self.wrong.append(f"of an import of {IMPORTED} events {found} are there: {path}")
        for snapshot, digest in self.known.sealed.items():
            if sealed.get(snapshot) != digest:
                self.wrong.append(f"lost: the sealing of {snapshot}")
        for batch in self.known.sent:
            if f"{RECIPIENT}/{batch}" not in said:
                self.wrong.append(f"lost: the sending of batch {batch}")
        if len(keys) < len(self.known.keys):
            self.wrong.append("lost: a change of key")

    def _snapshots(self) -> None:
        shelf = self.workspace.snapshots_folder
        if left := [path.name for path in shelf.glob(".[!l]*")]:
            self.wrong.append(f"left over: {left}")
        away = self.known.back | self.known.erased | self.known.erasing
        for path in shelf.glob("*/data/**/*.parquet"):
            table = pq.read_table(path)
            named = {each["member"] for row in table["subjects"].to_pylist() for each in row or ()}
            if found := (set(table["author"].to_pylist()) | named) & away:
                self.wrong.append(f"in the bytes of {path.parent.parent.name}: {found}")
        for folder in sorted(path.parent for path in shelf.glob("*/data")):
            report = verify_folder(folder, workspace=self.workspace)
            if not report.complete:
                failed = [each for each in report.checks if not each.passed]
                self.wrong.append(f"{folder.name} does not verify: {failed} {report.differences}")
            with open_snapshot(folder, ledger=self.workspace.ledger_folder, clock=clock) as reader:
                authors = {author for batch in reader for author in batch.column("author").to_pylist()}
            if not authors or authors & away:
                self.wrong.append(f"read from {folder.name}: {sorted(authors & away) or 'nobody'}")
        for member in self.known.erased | self.known.erasing:
            found = (path for path in self._written() if member.encode() in path.read_bytes())
            self.wrong += [f"{member} was erased, and is in {path}" for path in found]

    def _written(self) -> Iterator[Path]:
        """Every file but the platform's table, what builds keep of it, what the recipient has, and old databases.

        Erasing says itself that it does not reach the ones, and builds after it read the others again.
        """
        for path in self.root.rglob("*"):
            apart = path.name == "records.parquet" or path.parent.suffix == ".index" or "inbox" in path.parts
            if path.is_file() and not apart and not path.name.startswith("ledger-moved-away"):
                yield path

    def _feed(self) -> None:
        chain = feeds.verify_received(self.root / "inbox", self.workspace.keys_folder / ATTEST_PUBLIC)
        held = {row["author"] for row in current_set(chain).values()}
        if found := held & (self.known.back | self.known.erased | self.known.erasing):
            self.wrong.append(f"the recipient holds: {found}")


def _moment(event: Any) -> str:
    at = getattr(event, "effective_at", None)
    return at.isoformat() if at is not None else ""


def _shortened(said: str) -> str:
    """Without what differs from case to case."""
    return "`".join(each if number % 2 == 0 else "…" for number, each in enumerate(said.split("`")))[:160]


def _alone(work: Callable[[], object]) -> str | None:
    """What went wrong, where something did, in a process of its own: threads and forks do not mix."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            work()
        except BaseException:  # noqa: BLE001 - whatever it is
            os.write(write, traceback.format_exc().encode()[-60_000:])
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said or None


def _serving(server: PostgresServer) -> list[int]:
    """The processes of that server that serve a connection."""
    postmaster = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            line = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == postmaster and b": assent assent " in line:
            found.append(int(each.name))
    return found


@contextmanager
def _server() -> Iterator[PostgresServer | None]:
    if binaries() is None:
        print(NOT_FOUND, "SQLite only.")
        yield None
        return
    made = make_server()
    try:
        yield made
    finally:
        made.remove()


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="leave everything in this new folder")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="assent-faults-"))
    folder.mkdir(exist_ok=True)
    with _server() as server:
        platform = Platform(folder, server, options.seed)
        platform.begin()
        until = time.monotonic() + options.minutes * 60
        while time.monotonic() < until and not platform.counts.wrong:
            for _ in range(OFTEN):
                platform.step()
            platform.check()
        told(platform)
    if options.keep is None and not platform.counts.wrong:
        shutil.rmtree(folder)
    return 1 if platform.counts.wrong else 0


def told(platform: Platform) -> None:
    """The figures are on the terminal."""
    counts, known = platform.counts, platform.known
    for kind in OPERATIONS:
        print(f"  {kind:18} {counts.operations[kind]:5} operations, {counts.killed[kind]:5} killed")
    for said, number in counts.refused.most_common():
        print(f"  {number:4} times {said}")
    for each in counts.wrong:
        print(f"WRONG: {each}")
    print(
        f"{counts.operations.total()} operations, {counts.killed.total()} killed, {counts.server_deaths} deaths of the"
        f" server, {counts.checks} checks of everything; {known.count():,} acknowledged"
        f" ({len(known.events):,} events, {len(known.imported)} imports, {len(known.sealed)} snapshots,"
        f" {len(known.back)} taken back, {len(known.erased)} erased, {len(known.sent)} batches sent),"
        f" {sum('lost' in each for each in counts.wrong)} lost, {len(counts.wrong)} wrong"
    )


if __name__ == "__main__":
    raise SystemExit(main())
