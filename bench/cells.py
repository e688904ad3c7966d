"""Do specification, online function and gate agree over every cell of every shipped pack? The complete product.

python -m bench.cells [PACK …] [--workers N]

`tests/promises/test_every_evaluator_gives_the_same_verdict.py` does most of it in every run of the suite; this
runs the gate for every moment and every hold. Prints a line for each purpose as it is done and exits 1 at any
disagreement, with the case.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from assent.policy.evaluate import judge
from assent.policy.load import load_pack, shipped_packs
from assent.policy.online import compile_online

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from cell_world import by_gate, groups, merged  # type: ignore[import-not-found]


@dataclass(frozen=True, slots=True)
class Outcome:
    pack: str
    purpose: str
    cells: int
    compared: int
    allowed: int
    masked: int
    runs: int
    cpu_seconds: float
    differing: tuple[str, ...]


def compare(names: tuple[str, str]) -> Outcome:
    """What the three say of every cell of a purpose that a ledger can hold."""
    started = time.process_time()
    pack, purpose = load_pack(names[0]), names[1]
    online = compile_online(pack, purpose)
    runs = merged(pack, groups(pack, purpose))
    compared = allowed = masked = 0
    differing = []
    for run in runs:
        with TemporaryDirectory() as folder:
            decided = by_gate(pack, purpose, run, Path(folder))
        for case, batch in zip(run.cases, decided, strict=True):
            wanted = judge(pack, case)
            compared += 1
            allowed += not wanted.mask
            masked += bool(wanted.masks)
            if not wanted == online.judge(case) == batch:
                differing.append(f"specification {wanted}\nonline {online.judge(case)}\ngate {batch}\n{case}")
    left_out = sum(run.left_out for run in runs)
    cpu_seconds = time.process_time() - started
    return Outcome(
        *names, compared + left_out, compared, allowed, masked, len(runs), cpu_seconds, tuple(differing)
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.cells", description=__doc__)
    parser.add_argument("packs", nargs="*", metavar="PACK")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    asked = [(name, str(purpose)) for name in options.packs or shipped_packs() for purpose in load_pack(name).purposes]
    outcomes: list[Outcome] = []
    print(f"{'pack':46}{'purpose':22}{'cells':>8}{'compared':>10}{'allowed':>9}{'masked':>8}{'runs':>6}{'CPU s':>7}")
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as workers:
        for one in workers.map(compare, asked):
            outcomes.append(one)
            print(
                f"{one.pack:46}{one.purpose:22}{one.cells:8,}{one.compared:10,}{one.allowed:9,}{one.masked:8,}"
                f"{one.runs:6}{one.cpu_seconds:7.1f}",
                flush=True,
            )
            for text in one.differing[:3]:
                print(text, flush=True)
    cells, compared = sum(one.cells for one in outcomes), sum(one.compared for one in outcomes)
    differing = sum(len(one.differing) for one in outcomes)
    print(
        f"{compared:,} of {cells:,} cells compared, {cells - compared:,} that no ledger can hold, "
        f"{sum(one.runs for one in outcomes):,} runs of the gate, {differing} disagreements, "
        f"{sum(one.cpu_seconds for one in outcomes):,.0f} CPU s"
    )
    return 1 if differing or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
