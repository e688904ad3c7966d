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

from pyarrow.dataset import dataset

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".demo"
ASSENT = [sys.executable, "-m", "assent"]
MEMBERS, RECORDS, SEED = 5_000, 50_000, 2025
PURPOSE, SETTING = "train_generative", "generative_ai_improvement"
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


def refused_record() -> str:
    """A public post by somebody whose last word on the toggle was off."""
    last: dict[str, tuple[object, str]] = {}
    events = dataset(str(PLACE / "network/events")).to_table(columns=["member", "setting", "value", "effective_at"])
    for row in events.to_pylist():
        if row["setting"] == SETTING:
            last[row["member"]] = max(
                last.get(row["member"], (row["effective_at"], "")), (row["effective_at"], row["value"])
            )
    off = {member for member, (_, value) in last.items() if value == "off"}
    records = dataset(str(PLACE / "network/records")).to_table(columns=["id", "author", "category", "visibility"])
    return next(
        row["id"]
        for row in records.to_pylist()
        if row["author"] in off and (row["category"], row["visibility"]) == ("post", "public")
    )


def main() -> int:
    """Walks the whole path once."""
    started = time.perf_counter()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()

    say("1. A working folder with the rules we recommend, and an empty ledger.")
    run("init", ".")
    run("ledger", "init")

    say(f"2. A network nobody lives in: {MEMBERS:,} members, {RECORDS:,} records, and what its members chose.")
    run("source", "synthesize", "network", "--members", str(MEMBERS), "--records", str(RECORDS), "--seed", str(SEED))
    run("source", "add", "network", "synthetic", "network")
    run("ledger", "import", *sorted(str(path.relative_to(PLACE)) for path in PLACE.glob("network/events/*.parquet")))

    say("3. Everything that may train a model that writes, and nothing else.")
    run("build", PURPOSE)
    name = str(ask("snapshots")[0]["id"])

    say("4. A record that was refused, and why, in words.")
    run("explain", refused_record())

    say("5. Somebody in the snapshot changes their mind. Nothing old is edited; the next read leaves them out.")
    row = next(row for row in ask("read", name, "--limit", "2000")["sample"] if row["category"] == "post")
    off = ("--field", f"setting={SETTING}", "--field", "value=off")
    run("ledger", "append", "--type", "setting.changed", "--member", row["author"], *off)
    run("read", name, "--limit", "0")
    run("explain", row["id"])

    say("6. They get a receipt that verifies anywhere, and ask that past use be undone: the files are rewritten.")
    run("receipt", "make", row["author"], "--out", "receipt.json", "--html", "receipt.html")
    run("takeback", row["author"], "--purpose", PURPOSE)
    name = next(str(each["id"]) for each in ask("snapshots") if each["state"] == "sealed")
    run("subject", "make", row["author"], name, "--out", "proof.json", "--html", "proof.html")

    say("7. A stranger checks: every decision is derived again by code that shares nothing with the builder's.")
    run("verify", name)
    run("ledger", "verify")

    say(f"That was everything, in {time.perf_counter() - started:.0f} seconds. Where to look:")
    show = sys.stdout.write
    show(f"  {PLACE.name}/snapshots/{name}/card.md   what the snapshot is, in numbers\n")
    show(f"  {PLACE.name}/receipt.html, {PLACE.name}/proof.html   what the member keeps, and can print\n")
    show(f"  {PLACE.name}/network/records/   the text that was read\n")
    show(f"  {PLACE.name}/network/truth/     what was planted in it, and what every member chose\n")
    show("  assent policy explain professional-network-2025-11-safeguarded   the rules, read aloud\n")
    show("  docs/concepts/a-record-and-a-withdrawal.md   the same walk, slowly\n")
    show(f"Go on yourself: cd {PLACE.name}; ../.venv/bin/assent --help\n")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    sys.exit(main())
