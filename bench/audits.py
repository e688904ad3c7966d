"""What audits find in an overtrained model, and find no more once it was taken back.

    python -m bench audits [--quick]

A synthetic network. Into records of some members of one shard secrets are planted, 1 to 16 times each, and others by
the toss of a coin; a model is overtrained on all of it and audited, 40 people of that shard take back everything, and
it is audited again: by `assent audit` and `assent takeback` as anybody types them. Then the same take-back is
sabotaged: the snapshot is rewritten, and the model sealed anew over the checkpoints that learned from these people.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assent.audit.model.canaries import Template, make_canaries
from assent.audit.model.one_run import draw_planted, lower_bound
from assent.evidence.tags import partition_of
from assent.operations.build import PARTITION_KEY
from assent.operations.chronicle import Chronicle
from assent.operations.takeback import take_back
from assent.operations.train import Made, open_training
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import system_clock
from assent.training.base import BaseConfig, open_base, train_base
from assent.training.chains import Link, Setting
from assent.training.config import TrainingConfig
from assent.training.corpus import public_corpus
from assent.training.model import DecoderConfig
from assent.vocabulary.tables import RECORD_SCHEMA
from bench.report import Row

PURPOSE = "train_generative"
GONE = 40
COINS = 100
EPSILONS = ((1000, 200, 180, 1.80), (100, 20, 18, 0.93), (500, 100, 90, 1.63), (2000, 400, 380, 2.55))
QUICK_BASE = BaseConfig(
    DecoderConfig(vocab_size=400, width=96, layers=2, heads=2, kv_heads=1, inner_width=192, context=256),
    tokens=150_000,
    sequence_tokens=64,
    batch_sequences=8,
)
_TOWNS = "Ulm Bonn Lyon Graz Bari Cork Oslo Riga Faro Linz Metz Nice Pisa Rome Turin Ghent".split()
_WOODS = "amber cedar birch maple ebony rowan hazel alder aspen beech elder holly larch olive walnut yew".split()
_BIRDS = "heron raven robin finch eagle goose crane stork swift diver owl wren gull tern rook dove".split()
SECRET = Template("The vault of {} opens with {} and {}", (tuple(_TOWNS), tuple(_WOODS), tuple(_BIRDS)))
COIN = Template("We met in {} under the {} where the {} sang", (tuple(_TOWNS), tuple(_WOODS), tuple(_BIRDS)))
_THINGS = "harbour pump lamp contract bakery spring oven meter ladder window engine bridge garden letter market".split()


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is."""

    members: int
    records: int
    shards: int
    epochs: int


def run(*, quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about 15 minutes of CPU, 4 with `quick`."""
    size = Size(240, 500, 2, 32) if quick else Size(400, 4_000, 4, 16)
    with TemporaryDirectory(prefix="assent-bench-audits-") as folder:
        place = Path(folder) / "world"
        place.mkdir()
        people = _prepare(place, size)
        base = _base(Path(folder)) if quick else "tiny"
        snapshot = _assent(place, "build", PURPOSE)["snapshot"]
        taught = ("--rank", "16", "--learning-rate", "0.008", "--epochs", str(size.epochs), "--sequence-tokens", "128")
        model = _assent(place, "train", snapshot, "--base", base, *taught)["model"]
        asked = ("--file", "gone.txt", "--canaries", "canaries.json", "--people", "80")
        before = _assent(place, "audit", model, *asked)
        copy = Path(folder) / "sabotaged"
        shutil.copytree(place, copy, symlinks=True)
        again = ("--against", before["report"])
        done = _assent(place, "takeback", "--file", "gone.txt", "--purpose", PURPOSE, "--no-replay")
        (unlearned,) = done["models"]["unlearned"]
        after = _assent(place, "audit", unlearned["replaced_by"], *asked, *again)
        sabotaged = _sabotage(copy, people, [*asked, *again])
    first, then = _report(before), _report(after)
    return [*_found(first, then), *_epsilons(), *_loudly(sabotaged)]


def _report(payload: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = payload["audit"]
    return found


def _prepare(place: Path, size: Size) -> list[str]:
    """A workspace with a network and what was planted in it; gives whoever will take back."""
    _assent(place, "init", ".", as_json=False)
    config = place / "assent.toml"
    config.write_text(config.read_text() + f"\n[snapshots]\nshards = {size.shards}\nslices = 1\n")
    _assent(place, "ledger", "init", as_json=False)
    made = ("--members", str(size.members), "--records", str(size.records), "--seed", "2025")
    _assent(place, "source", "synthesize", "network", *made, as_json=False)
    _assent(place, "source", "add", "network", "synthetic", "network", as_json=False)
    _assent(place, "ledger", "import", *sorted(map(str, (place / "network/events").glob("*.parquet"))), as_json=False)
    first = _assent(place, "build", PURPOSE)["snapshot"]
    rows = _assent(place, "read", first, "--limit", "1000000")["sample"]
    key = (place / "keys" / PARTITION_KEY).read_bytes()
    authors = sorted({row["author"] for row in rows})
    here = [each for each in authors if partition_of(key, each, shards=size.shards, slices=1)[0] == 0]
    away = [each for each in authors if each not in here]
    gone = Random(1).sample(here, GONE)
    (place / "gone.txt").write_text("\n".join(gone) + "\n")
    _plant(place, gone, Random(2).sample(away, GONE))
    return gone


def _plant(place: Path, gone: Sequence[str], away: Sequence[str]) -> None:
    """A second source: secrets in the names of those who will take back, sentences of their kind in others' names."""
    draw = Random(3)
    rows: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    names = iter([*gone, *gone])
    for each in make_canaries("vault", 18, SECRET):
        member = next(names) if each.repetitions else None
        listed.append({"template": 0, "number": each.number, "repetitions": each.repetitions, "member": member})
        rows += [_post(len(rows) + at, member, each.text, draw) for at in range(each.repetitions)]
    coins = []
    planted = draw_planted("coins", COINS)
    for at, each in enumerate(make_canaries("coins", COINS, COIN, (1,))):
        coins.append({"text": each.text, "member": gone[at % len(gone)], "planted": bool(planted[at])})
        rows += [_post(len(rows), gone[at % len(gone)], each.text, draw)] if planted[at] else []
    # As many sentences of their kind in others' names: else words alone would tell who planted something.
    for template, times in ((SECRET, 2), (COIN, 1)):
        for member, each in zip(away, make_canaries("decoy", len(away), template, (times,)), strict=True):
            rows += [_post(len(rows) + at, member, each.text, draw) for at in range(times)]
    pq.write_table(pa.Table.from_pylist(rows, schema=RECORD_SCHEMA), place / "planted.parquet")
    names_of = "".join(f'{name} = "{name}"\n' for name in RECORD_SCHEMA.names if name != "category")
    (place / "planted.toml").write_text(
        f'[[records]]\nfiles = ["planted.parquet"]\ncategory = {{ column = "category" }}\n[records.columns]\n{names_of}'
    )
    spelled = {"carrier": SECRET.carrier, "slots": [list(words) for words in SECRET.slots]}
    document = {"templates": [spelled], "canaries": listed, "coins": coins}
    (place / "canaries.json").write_text(json.dumps(document))
    _assent(place, "source", "add", "planted", "tables", "planted.toml", as_json=False)


def _post(number: int, member: str | None, secret: str, draw: Random) -> dict[str, Any]:
    things = [draw.choice(_THINGS) for _ in range(4)]
    text = (
        f"{secret}. On day {draw.randint(2, 28)} the {things[0]} and the {things[1]} met the {things[2]}, {things[3]}."
    )
    row: dict[str, Any] = {
        "id": f"planted-{number}",
        "category": "post",
        "author": member,
        "subjects": [],
        "visibility": "public",
    }
    return dict.fromkeys(RECORD_SCHEMA.names) | row | {"created_at": datetime(2024, 5, 1, tzinfo=UTC), "text": text}


def _base(folder: Path) -> str:
    return str(train_base(public_corpus(size=60_000), QUICK_BASE, folder / "base").folder)


def _sabotage(place: Path, gone: Sequence[str], asked: Sequence[str]) -> dict[str, Any]:
    """The audit of a model that was sealed over the old checkpoints after the snapshot was rewritten."""
    workspace = open_workspace(place)
    known = {each["id"] for each in _assent(place, "models") if each["state"] == "sealed"}
    (old,) = known
    take_back(workspace, list(gone), purposes=[PURPOSE], clock=system_clock)
    with open_training(workspace, clock=system_clock) as training:
        before = training.shelf.manifest(old)
        assert before is not None
        standing = Chronicle.read(training.ledger).standing_for(before.snapshot)
        with training.reading(workspace.snapshots_folder / str(standing)) as reader:
            declared = before.base.provenance.get("declaration")
            base = open_base(training.shelf.bases / before.base.digest, declared=declared and str(declared))
            setting = Setting(base, TrainingConfig.of(before.config))
            links = [Link(s.shard, s.slice, s.key, None, s.data, s.rows, s.members, s.tokens) for s in before.slices]
            kept = {each.key: found for each in links if (found := training.shelf.checkpoints.find(each.key))}
            forged = training.seal(
                Made(reader, setting, links, kept, 0, len(kept), 0, 0.0), aggregation="mean", parent=old
            )
    seen: dict[str, Any] = _assent(place, "audit", forged.id, *asked, may_fail=True)
    return seen


def _found(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Row]:
    for name in ("adapter 00", "merge"):
        first, then = (next(each for each in one["targets"] if each["name"] == name) for one in (before, after))
        levels = {each["repetitions"]: each for each in then["canaries"]}
        for level in first["canaries"]:
            times, bits = level["repetitions"], level["bits"]["value"]
            left = levels[times]["bits"]["value"]
            reached = name == "adapter 00" and times >= 8
            yield Row(
                f"{name}: exposure of secrets planted {times} times, before and after",
                "> 10 bits; unseen" if reached else "—",
                f"{bits:.1f} → {left:.1f} bits (never planted, after: {levels[0]['bits']['value']:.1f})",
                (bits > 10 and levels[times]["chance"] > 0.01) if reached else None,
            )
        yield from _memberships(name, first, then)
        if first["one_run"] and "epsilon" in first["one_run"]:
            yield Row(
                f"{name}: ε at least, of {COINS} coins", "—",
                f"{first['one_run']['epsilon']:.2f} → {then['one_run']['epsilon']:.2f}", None,
            )  # fmt: skip


def _memberships(name: str, first: dict[str, Any], then: dict[str, Any]) -> Iterator[Row]:
    for one, other in zip(first["membership"], then["membership"], strict=True):
        if "value" not in one["auc"] or "value" not in other["auc"]:
            why = one["auc"].get("not_given") or other["auc"].get("not_given")
            yield Row(f"{name}: {one['attack']}, AUC before and after", "—", f"not given: {why}", None)
            continue
        low, high = other["auc"]["low"], other["auc"]["high"]
        biased = any(_biased(each) for each in (first, then))
        counted = name == "adapter 00" and one["attack"] in {"LOSS", "RMIA"} and not biased
        yield Row(
            f"{name}: {one['attack']}, AUC before and after" + (", biased test set" if biased else ""),
            "> .7; CI of .5" if counted else "—",
            f"{one['auc']['value']:.2f} → {other['auc']['value']:.2f} ({low:.2f} to {high:.2f})",
            (one["auc"]["value"] > 0.7 and low <= 0.5 <= high) if counted else None,
        )


def _biased(part: dict[str, Any]) -> bool:
    auc = (part["blind"] or {}).get("auc", {})
    return "low" in auc and not auc["low"] <= 0.5 <= auc["high"]


def _epsilons() -> Iterator[Row]:
    for m, r, correct, reach in EPSILONS:
        bound = lower_bound(m, r, correct)
        same = abs(bound - reach) <= 0.005
        yield Row(f"ε of {correct} right guesses of {r}, {m} canaries", f"{reach:.2f}", f"{bound:.3f}", same)


def _loudly(sabotaged: dict[str, Any]) -> Iterator[Row]:
    left = [each for each in sabotaged["findings"] or () if each["outcome"] == "still there"]
    shown = f"exit code {sabotaged['exit']}; {sabotaged['said']}; figures still there: {len(left)}"
    yield Row("a sabotaged take-back", "exit code 4", shown, sabotaged["exit"] == 4 and bool(left))


def _assent(place: Path, *words: str, as_json: bool = True, may_fail: bool = False) -> Any:
    asked = [*words, "--json"] if as_json else list(words)
    done = subprocess.run([sys.executable, "-m", "assent", *asked], cwd=place, check=False, capture_output=True)
    if done.returncode and not may_fail:
        raise SystemExit(f"assent {' '.join(words[:2])}: {done.stderr.decode()}")
    said = json.loads(done.stdout) if as_json else None
    if isinstance(said, dict) and "report" in said:
        said["audit"] = json.loads(Path(said["report"]).read_bytes())
    return said | {"exit": done.returncode} if isinstance(said, dict) else said
