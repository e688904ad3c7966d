"""A tour of Assent on a synthetic network, command by command, in a folder of its own.

Every line after a `$` is a command you can type yourself. Run by `make demo`; `--quick` takes a smaller network.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pyarrow.dataset import dataset

from assent.operations.ledger import open_ledger
from assent.operations.own_models import own_models
from assent.operations.snapshots import list_snapshots, read_snapshot
from assent.operations.workspace import open_workspace

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".demo"
ASSENT = [sys.executable, "-m", "assent"]
SEED = 2025


@dataclass(frozen=True, slots=True)
class Size:
    """How much the tour makes.

    Args:
        base_tokens: that the base learns from; None is as many as `assent train` takes.
        jobs: that hirers of the network offer.
        people: of each shard, whom an audit asks about; None is as many as `assent audit` takes.
    """

    members: int
    records: int
    shards: int
    slices: int
    jobs: int
    base_tokens: int | None = None
    people: int | None = None


WHOLE = Size(3_000, 24_000, shards=16, slices=4, jobs=60)
QUICK = Size(250, 2_000, shards=4, slices=2, jobs=20, base_tokens=300_000, people=30)
BASE = ".base"
"""Where the base lies until it is needed: while there are no models, a take-back need not look for any."""
PURPOSE, SETTING = "train_generative", "generative_ai_improvement"
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def say(text: str) -> None:
    """One step of the story."""
    sys.stdout.write(f"\n{BOLD}{text}{PLAIN}\n")
    sys.stdout.flush()


def run(*words: str) -> None:
    """A command, shown and run, and how long it took; a failing one ends the tour."""
    sys.stdout.write(f"{DIM}$ assent {' '.join(words)}{PLAIN}\n")
    sys.stdout.flush()
    started = time.perf_counter()
    subprocess.run([*ASSENT, *words], cwd=PLACE, check=True)  # noqa: S603 -- our own command
    sys.stdout.write(f"{DIM}({time.perf_counter() - started:.1f} s){PLAIN}\n")


def told(*words: str) -> str:
    """What a command answers."""
    answer = subprocess.run([*ASSENT, *words], cwd=PLACE, check=True, stdout=subprocess.PIPE)  # noqa: S603 -- our own
    return answer.stdout.decode()


def now() -> datetime:
    """By the clock of this machine."""
    return datetime.now(UTC)


def learn_base(size: Size) -> subprocess.Popen[bytes]:
    """The base learns from public text on another core, while the tour goes on."""
    config = "TINY" if size.base_tokens is None else f"replace(TINY, tokens={size.base_tokens})"
    code = (
        "from dataclasses import replace",
        "from pathlib import Path",
        "from assent.training.base import TINY, train_base",
        "from assent.training.corpus import public_corpus",
        f"train_base(public_corpus(), {config}, Path({BASE!r}) / 'tiny')",
    )
    return subprocess.Popen([sys.executable, "-c", "\n".join(code)], cwd=PLACE)  # noqa: S603 -- our own code


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
        str(row["id"])
        for row in records.to_pylist()
        if row["author"] in off and (row["category"], row["visibility"]) == ("post", "public")
    )


def prepare(size: Size) -> None:
    """A folder, a network, what its members chose."""
    say("1. A working folder with the rules we recommend, and an empty ledger.")
    run("init", ".")
    with (PLACE / "assent.toml").open("a") as config:
        config.write(f"\n[snapshots]\nshards = {size.shards}\nslices = {size.slices}\n")
    run("ledger", "init")

    say(
        f"2. A network nobody lives in: {size.members:,} members, {size.records:,} records, and what its members chose."
    )
    counts = ("--members", str(size.members), "--records", str(size.records))
    run("source", "synthesize", "network", *counts, "--jobs", str(size.jobs), "--seed", str(SEED))
    run("source", "add", "network", "synthetic", "network")
    run("ledger", "import", *sorted(str(path.relative_to(PLACE)) for path in PLACE.glob("network/events/*.parquet")))


def tour_of_data() -> None:
    """From choices to a snapshot, and one person out of it again."""
    say("3. Everything that may train a model that writes, and nothing else.")
    run("build", PURPOSE)
    name = standing_snapshot()

    say("4. A record that was refused, and why, in words.")
    run("explain", refused_record())

    say("5. Somebody in the snapshot changes their mind. Nothing old is edited; the next read leaves them out.")
    row = somebodys_post(name)
    off = ("--field", f"setting={SETTING}", "--field", "value=off")
    run("ledger", "append", "--type", "setting.changed", "--member", row["author"], *off)
    run("read", name, "--limit", "0")
    run("explain", row["id"])

    say("6. They get a receipt that verifies anywhere, and ask that past use be undone: the files are rewritten.")
    run("receipt", "make", row["author"], "--out", "receipt.json", "--html", "receipt.html")
    run("takeback", row["author"], "--purpose", PURPOSE)
    name = standing_snapshot()
    run("subject", "make", row["author"], name, "--out", "proof.json", "--html", "proof.html")

    say("7. A stranger checks: every decision is derived again by code that shares nothing with the builder's.")
    run("verify", name)
    run("ledger", "verify")


def tour_of_models(base: subprocess.Popen[bytes], size: Size) -> None:
    """A model of what may be read, and one person out of it again."""
    people = () if size.people is None else ("--people", str(size.people))
    if base.wait() == 0:
        (PLACE / "models").mkdir(mode=0o700)
        (PLACE / BASE).rename(PLACE / "models/.bases")
    say(f"8. A model learns exactly that: {size.shards} adapters, one a shard, on a base that read public text only.")
    run("train", standing_snapshot())
    model = standing_model()
    run("generate", model, "--prompt", "I have worked as", "--tokens", "40")

    say("9. What does it remember, of everybody and of one person?")
    member = somebodys_post(standing_snapshot())["author"]
    run("audit", model, "--about", member, "--output", "audit-before", *people)

    say("10. That person takes back what they gave. What learned from them is gone within seconds, then learned anew.")
    run("takeback", member, "--purpose", PURPOSE)

    say("11. The same audit again, beside the first; the certificate says what was done, and has both.")
    before = f"audit-before/{model}.json"
    run("audit", standing_model(), "--about", member, "--against", before, "--output", "audit-after", *people)
    certificate = next((PLACE / "models/certificates").glob("*.json"))
    run("verify", str(certificate.relative_to(PLACE)))
    run("model", "list")


def tour_of_features() -> None:
    """What members get in return, and one of them out of a hirer's results."""
    say("12. What members were promised in return: to be found, each result with its reason; and gone at a word.")
    run("build", "recommend_jobs")
    run("build", "search_candidates")
    run("search", "engineer", "--jobs", "--limit", "2")
    job = json.loads(told("search", "engineer", "--jobs", "--limit", "1", "--json"))[0]["ident"]
    run("candidates", job, "--limit", "3")
    found = json.loads(told("candidates", job, "--limit", "1", "--json"))[0]["owner"]
    off = ("--field", "setting=search_candidates", "--field", "value=off")
    run("ledger", "append", "--type", "setting.changed", "--member", found, *off)
    run("candidates", job, "--limit", "3")

    say("13. And help for the member: jobs, and a text in which every claim is one that a record of theirs bears out.")
    run("jobs", found, "--limit", "3")
    run("write", found, "--kind", "about")


def somebodys_post(snapshot: str) -> Any:
    """A post of the snapshot."""
    sample = read_snapshot(open_workspace(PLACE), snapshot, limit=2000, clock=now).sample
    return next(row for row in sample if row["category"] == "post")


def standing_snapshot() -> str:
    """The one that nothing took the place of."""
    return next(each.id for each in list_snapshots(open_workspace(PLACE), clock=now) if each.state == "sealed")


def standing_model() -> str:
    """The one that nothing took the place of."""
    workspace = open_workspace(PLACE)
    with open_ledger(workspace, clock=now, read_only=True) as ledger:
        return next(each.id for each in own_models(workspace, ledger) if each.stands)


def show_where_to_look(*, trained: bool) -> None:
    """The files of the tour that are worth opening."""
    show = sys.stdout.write
    name = standing_snapshot()
    show(f"  {PLACE.name}/snapshots/{name}/card.md   what the snapshot is, in numbers\n")
    show(f"  {PLACE.name}/receipt.html, {PLACE.name}/proof.html   what the member keeps, and can print\n")
    if trained:
        show(f"  {PLACE.name}/models/{standing_model()}/card.md   what the model is; loss.svg, how it learned\n")
        show(f"  {PLACE.name}/audit-before/, {PLACE.name}/audit-after/   what it remembers, as pages\n")
        show(f"  {PLACE.name}/models/certificates/   what was done for the person who took back\n")
    show(f"  {PLACE.name}/network/records/   the text that was read\n")
    show(f"  {PLACE.name}/network/truth/     what was planted in it, and what every member chose\n")
    show("  assent policy explain professional-network-2025-11-safeguarded   the rules, read aloud\n")
    show("  docs/concepts/a-record-and-a-withdrawal.md   the same walk, slowly\n")
    show(f"Go on yourself: cd {PLACE.name}; ../.venv/bin/assent --help\n")


def main() -> int:
    """Walks the whole path once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smaller network")
    size = QUICK if parser.parse_args().quick else WHOLE
    started = time.perf_counter()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    trains = find_spec("torch") is not None
    base = learn_base(size) if trains else None
    prepare(size)
    tour_of_data()
    if base is not None:
        tour_of_models(base, size)
    else:
        say("Steps 8 to 11 are left out without the extra `train`: pip install -e '.[train]', then the same again.")
    if find_spec("sklearn") is not None:
        tour_of_features()
    say(f"That was everything, in {time.perf_counter() - started:.0f} seconds. Where to look:")
    show_where_to_look(trained=trains)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    sys.exit(main())
