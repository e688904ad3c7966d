"""One member takes back from a model of a million tokens: seconds until nobody is answered by it, and until certified.

    python -m bench unlearning [--quick]

A synthetic network, a snapshot of 16 shards in 4 slices, an adapter for each shard on the tiny base; then members take
back one after another, by `assent takeback` as anybody types it: reading the ledger, rewriting the snapshot, swapping,
training, sealing, removing. What it costs is the CPU of the whole command, over that of `assent train` of everything.
Members are those whose names others wrote least and most, and some drawn at random: a mask that goes with somebody, or
a copy that is no longer one, is another shard's slice.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from pyarrow.dataset import dataset

from bench.report import Row

PURPOSE = "train_generative"
SHARDS, SLICES = 16, 4
MEMBERS, RECORDS = 4_000, 40_000
EACH = 2


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended well. Unit: seconds."""

    said: Any
    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What one take-back cost.

    Args:
        shards: of the model, in which slices were trained again.
    """

    shards: int
    slices: int
    effect: float
    certified: float
    cpu: float
    replay: bool


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about 15 minutes of CPU, 2 with `quick`."""
    size = 10 if quick else 1
    with TemporaryDirectory(prefix="assent-bench-unlearning-") as folder:
        place = Path(folder)
        snapshot = _prepare(place, MEMBERS // size, RECORDS // size)
        whole = _assent(place, "train", snapshot)
        done = list(_take_back_some(place, snapshot))
        several = _many_at_once(place, max(1, MEMBERS // size // 100))
    return [*_rows(whole, done), *_of_many(whole, several, MEMBERS // size // 100)]


def _rows(whole: Ran, done: list[TakenBack]) -> Iterator[Row]:
    first = max(each.effect for each in done)
    last = max(each.certified for each in done if each.replay)
    tokens, slices = whole.said["tokens"], whole.said["slices"]["trained"]
    yield Row(
        f"training everything: {tokens:,} tokens in {slices} slices, 3 epochs",
        "—",
        f"{whole.cpu:.0f} CPU-s, {whole.wall:.0f} s; loss {whole.said['loss']}",
        None,
    )
    yield Row("one take-back until nobody is answered by it, the slowest", "≤ 60 s", f"{first:.1f} s", first <= 60)
    yield Row("one take-back until certified, with replay, the slowest", "≤ 300 s", f"{last:.1f} s", last <= 300)
    for replay, reach in ((False, 10), (True, 5)):
        own = [each for each in done if each.replay is replay]
        for shards in sorted({each.shards for each in own}):
            these = [each for each in own if each.shards == shards]
            cost = median(each.cpu for each in these)
            yield Row(
                f"{'with' if replay else 'without'} replay, {shards} shards reached ({len(these)} members):"
                " training everything over it",
                f"≥ {reach} x",
                f"{whole.cpu / cost:.1f} x ({cost:.1f} CPU-s, {median(each.slices for each in these):.0f} slices)",
                whole.cpu / cost >= reach,
            )


def _of_many(whole: Ran, several: TakenBack, members: int) -> Iterator[Row]:
    yield Row(
        f"{members} members at once, with replay: training everything over it",
        "—",
        f"{whole.cpu / several.cpu:.1f} x ({several.cpu:.0f} CPU-s, {several.shards} shards, {several.slices} slices;"
        f" effective after {several.effect:.1f} s, certified after {several.certified:.0f} s)",
        None,
    )


def _prepare(place: Path, members: int, records: int) -> str:
    _assent(place, "init", ".", as_json=False)
    config = place / "assent.toml"
    config.write_text(config.read_text() + f"\n[snapshots]\nshards = {SHARDS}\nslices = {SLICES}\n")
    _assent(place, "ledger", "init", as_json=False)
    made = ("source", "synthesize", "network", "--members", str(members), "--records", str(records), "--seed", "2025")
    _assent(place, *made, as_json=False)
    _assent(place, "source", "add", "network", "synthetic", "network", as_json=False)
    events = sorted(str(path) for path in (place / "network/events").glob("*.parquet"))
    _assent(place, "ledger", "import", *events, as_json=False)
    return str(_assent(place, "build", PURPOSE).said["snapshot"])


def _take_back_some(place: Path, snapshot: str) -> Iterator[TakenBack]:
    named = _named(place)
    inside = sorted({row["author"] for row in _assent(place, "read", snapshot, "--limit", "1000000").said["sample"]})
    drawn = Random(7).sample(inside, 2 * EACH)
    least = [each for each in inside if named[each] == 0 and each not in drawn][: 2 * EACH]
    most = sorted(set(inside) - set(drawn), key=lambda each: -named[each])[: 2 * EACH]
    for members in (drawn, least, most):
        for number, member in enumerate(members):
            yield _take_back(place, [member], replay=number % 2 == 1)


def _named(place: Path) -> Counter[str]:
    """How many records of others each member is named in."""
    found: Counter[str] = Counter()
    for row in dataset(str(place / "network/records")).to_table(columns=["author", "subjects"]).to_pylist():
        found.update({each["member"] for each in row["subjects"] or ()} - {row["author"]})
    return found


def _many_at_once(place: Path, members: int) -> TakenBack:
    (standing,) = [each["id"] for each in _assent(place, "snapshots").said if each["state"] == "sealed"]
    inside = sorted({row["author"] for row in _assent(place, "read", standing, "--limit", "1000000").said["sample"]})
    return _take_back(place, Random(8).sample(inside, members), replay=True)


def _take_back(place: Path, members: list[str], *, replay: bool) -> TakenBack:
    how = () if replay else ("--no-replay",)
    ran = _assent(place, "takeback", *members, "--purpose", PURPOSE, *how)
    (model,) = ran.said["models"]["unlearned"]
    # What came before models were looked at: the ledger, and the snapshot's files.
    ahead = ran.wall - model["seconds_to_certificate"]
    return TakenBack(
        shards=model["shards"],
        slices=model["retrained"],
        effect=ahead + model["seconds_to_effect"],
        certified=ran.wall,
        cpu=ran.cpu,
        replay=replay,
    )


def _assent(place: Path, *words: str, as_json: bool = True) -> Ran:
    before, started = _cpu(), time.monotonic()
    asked = [*words, "--json"] if as_json else list(words)
    done = subprocess.run([sys.executable, "-m", "assent", *asked], cwd=place, check=True, capture_output=True)
    said = json.loads(done.stdout) if as_json else None
    return Ran(said, _cpu() - before, time.monotonic() - started)


def _cpu() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
