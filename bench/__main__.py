"""`make bench`: every figure in one run, side by side, with the machine it ran on.

python -m bench [--quick] [gate|ledger|verdict …]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

from bench.report import Row

PARTS = tuple(
    "verdict ledger postgres gate takeback incremental subject exposure portal curation spark"
    " matching writing learning fairness".split()
)
MODELS = tuple("training unlearning memory routes audits".split())
"""What takes long and needs torch; run when named, or all by `make bench-models`."""
LIBRARIES = ("duckdb", "pyarrow", "cryptography", "sqlalchemy")
MARKS = {True: "yes", False: "[red]no[/red]", None: ""}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"any of {', '.join(PARTS)} (all if none is named), or of {', '.join(MODELS)}",
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the size; for a look, not for quoting")
    options = parser.parse_args()
    unknown = set(options.parts) - {*PARTS, *MODELS}
    if unknown:
        parser.error(f"no part `{unknown.pop()}`; there are {', '.join((*PARTS, *MODELS))}")
    console = Console(width=max(100, Console().width))
    console.print(machine(quick=options.quick))
    table = Table("figure", "reach", "measured", "met", title="Figures", title_justify="left")
    started = time.perf_counter()
    missed = 0
    for part in options.parts or PARTS:
        rows: list[Row] = import_module(f"bench.{part}").run(quick=options.quick)
        for row in rows:
            table.add_row(row.figure, row.reach, row.measured, MARKS[row.met])
            missed += row.met is False
        table.add_section()
    console.print(table)
    console.print(f"{missed} short of their reach; {time.perf_counter() - started:.0f} s in all")
    return 0


def machine(*, quick: bool) -> str:
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    size = "quick run, a tenth of the size" if quick else "full size"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {size}\n"
        f"{os.cpu_count()} cores ({platform.machine()}), {memory_gib:.0f} GiB, load {load}, "
        f"Python {platform.python_version()}, {libraries}"
    )


if __name__ == "__main__":
    sys.exit(main())
