"""A tour of Assent on a synthetic network, command by command, in a folder of its own.

Every line after a `$` is a command you can type yourself. Run by `make demo`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".demo"
ASSENT = [sys.executable, "-m", "assent"]
MEMBERS, RECORDS, SEED = 5_000, 50_000, 2025
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def say(text: str) -> None:
    """One step of the story."""
    sys.stdout.write(f"\n{BOLD}{text}{PLAIN}\n")
    sys.stdout.flush()


def run(*words: str) -> None:
    """A command, shown and run; a failing one ends the tour."""
    sys.stdout.write(f"{DIM}$ assent {' '.join(words)}{PLAIN}\n")
    sys.stdout.flush()
    subprocess.run([*ASSENT, *words], cwd=PLACE, check=True)  # noqa: S603 -- our own command


def ask(*words: str) -> Any:
    """The JSON answer of a command that is not shown."""
    done = subprocess.run([*ASSENT, *words, "--json"], cwd=PLACE, check=True, capture_output=True)  # noqa: S603
    return json.loads(done.stdout)


def refused_record(snapshot: dict[str, Any]) -> str:
    """A record that the build refused, told by the truth the generator wrote beside the network."""
    return str(snapshot["refused_example"])


def main() -> int:
    started = time.perf_counter()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()

    say("1. A working folder, with the rules we recommend, and an empty ledger.")
    run("init", ".")
    run("ledger", "init")

    say(f"2. A network nobody lives in: {MEMBERS:,} members, {RECORDS:,} records, and what its members chose.")
    run("source", "synthesize", "network", "--members", str(MEMBERS), "--records", str(RECORDS), "--seed", str(SEED))
    run("source", "add", "network", "synthetic", "network")
    run("ledger", "import", *sorted(str(path.relative_to(PLACE)) for path in PLACE.glob("network/events/*.parquet")))

    say("3. Everything that may train a model that writes, and nothing else.")
    run("build", "train_generative")
    (snapshot,) = ask("snapshots")["snapshots"]
    name = snapshot["id"]

    say("4. A record that was refused, and why, in words.")
    run("explain", ask("read", name, "--refused", "1")["refused"][0]["id"])
    return 0


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    sys.exit(main())
