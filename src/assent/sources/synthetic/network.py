"""A whole synthetic network in a folder: all of it, or nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from assent.errors import AssentError, InputError
from assent.sources.synthetic.chunks import Maker
from assent.sources.synthetic.layout import README
from assent.sources.synthetic.plan import Plan

Progress = Callable[[int, int], None]
_WORKER = "assent.sources.synthetic.worker"
_Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class SyntheticSummary:
    """What a synthetic network holds.

    Args:
        by_category: records of each category.
        canaries: plantings, all repetitions counted.
        named_people: places where a text names somebody other than its author.
    """

    members: int
    records: int
    seed: int
    events: int
    by_category: Mapping[str, int]
    personal_data: int
    canaries: int
    named_people: int
    near_duplicates: int
    reposts: int


def generate(
    folder: Path,
    *,
    members: int,
    records: int,
    seed: int,
    mentions: bool = False,
    jobs: int = 0,
    progress: Progress | None = None,
) -> SyntheticSummary:
    """The folder holds the network these three numbers name: `records/`, `events/` and `truth/`.

    Args:
        folder: must not exist; its parent is made when missing.
        mentions: texts also mention their author, their subjects and people who are no members and objected, by name,
            handle, address and number, in many spellings; `truth/known_people` says where.
        jobs: how many jobs members offer, beside `records`; where there are any, members also declare attributes.
        progress: told how many records of how many are done, after each chunk.

    Raises:
        InputError: the folder exists, or a number makes no sense; nothing was written.

    Guarantee: the same numbers give the same bytes, on any number of processors. The folder appears
    whole or not at all; a process that is killed leaves at most a hidden `.NAME.partial-…` beside it.
    """
    _check(folder, members, records)
    plan = Plan(seed, members, records, mentions, jobs)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
    try:
        counts: Counter[str] = Counter()
        categories: Counter[str] = Counter()
        # Closed before the folder is removed, so that no process writes into it afterwards.
        with closing(_make(plan, partial)) as chunks:
            for made in chunks:
                counts.update(made["tables"])
                categories.update(made["categories"])
                if progress:
                    progress(counts["records"], records)
        summary = _summary(plan, counts, categories)
        (partial / "truth" / "README").write_text(README, encoding="utf-8")
        (partial / "truth" / "summary.json").write_text(json.dumps(asdict(summary), indent=1) + "\n", encoding="utf-8")
        partial.chmod(0o755)
        # A rename onto an empty folder would succeed silently, so the wish is checked again at the last moment.
        _check(folder, members, records)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return summary


def _check(folder: Path, members: int, records: int) -> None:
    if folder.exists() or folder.is_symlink():
        raise InputError(f"`{folder}` exists already", hint="name a folder that does not exist")
    if members < 1:
        raise InputError(f"members cannot be `{members}`", hint="a network has at least one member")
    if records < 0:
        raise InputError(f"records cannot be `{records}`", hint="give 0 or more")


def _make(plan: Plan, folder: Path) -> Generator[_Counts, None, None]:
    workers = min(_processors(), plan.chunks)
    if workers == 1:
        maker = Maker(plan)
        yield from (maker.write(folder, chunk) for chunk in range(plan.chunks))
        return
    done: SimpleQueue[_Counts | None] = SimpleQueue()
    processes = [_start(plan, folder, list(range(plan.chunks))[first::workers]) for first in range(workers)]
    with ThreadPoolExecutor(workers) as readers:
        for process in processes:
            readers.submit(_read, process, done)
        try:
            yield from _drain(done, processes)
        finally:
            # The readers end with their processes, so that leaving the pool does not wait for unwanted work.
            for process in processes:
                process.kill()


def _drain(done: SimpleQueue[_Counts | None], processes: list[subprocess.Popen[str]]) -> Generator[_Counts, None, None]:
    running = len(processes)
    while running:
        made = done.get()
        if made is not None:
            yield made
            continue
        running -= 1
        if any(process.poll() for process in processes):
            raise AssentError("a process that makes the synthetic network failed", hint="its message stands above")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(plan: Plan, folder: Path, chunks: list[int]) -> subprocess.Popen[str]:
    arguments = asdict(plan) | {"folder": str(folder.absolute()), "chunks": chunks}
    command = [sys.executable, "-m", _WORKER, json.dumps(arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)  # noqa: S603 - ours


def _read(process: subprocess.Popen[str], done: SimpleQueue[_Counts | None]) -> None:
    try:
        with process:
            for line in process.stdout or ():
                done.put(json.loads(line))
    finally:
        done.put(None)


def _summary(plan: Plan, counts: Mapping[str, int], categories: Mapping[str, int]) -> SyntheticSummary:
    return SyntheticSummary(
        members=plan.members,
        records=plan.records,
        seed=plan.seed,
        events=counts["events"],
        by_category=dict(sorted(categories.items())),
        personal_data=counts["truth/personal_data"],
        canaries=counts["truth/canaries"],
        named_people=counts["truth/named_people"],
        near_duplicates=counts["truth/near_duplicates"],
        reposts=counts["truth/reposts"],
    )
