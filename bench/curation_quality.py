"""Quality rules and the sensitive lexicon: speed per core, what they leave out, and how often they are wrong.

    python -m bench.curation_quality [--quick]

Speeds are CPU time on real posts (Stack Exchange dump, French Language Meta) where the external data is there, else on
the labelled sentences. Shares of dropped posts are of those with odd ids: rules were looked at on even ids. Error
rates of the lexicon are of sentences written after it and never tuned on, and of public job texts (O*NET, ESCO).
"""

from __future__ import annotations

import csv
import html
import io
import os
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from defusedxml import ElementTree

from assent.curation.quality import judge
from assent.curation.sensitive import flag
from assent.vocabulary.curation import Quality, Topic
from bench.report import Row

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("ASSENT_TEST_DATA", ROOT.parent / "shared" / "data"))
POSTS = frozenset({"post"})
RULES = Quality(POSTS, frozenset(), None, 20_000, 0.6, 0.8, 0.5)
WITH_LANGUAGE = Quality(POSTS, frozenset({"en", "fr"}), None, 20_000, 0.6, 0.8, 0.5)


def measure(quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: 5 s with `quick`, else 20 s."""
    posts = _posts()
    size = 2_000_000 if quick else 10_000_000
    rows = [*_speeds(texts(), size)]
    if posts:
        rows += _left_out([text for number, text in posts if number % 2])
    return [*rows, *_errors(), *_job_texts()]


def texts() -> list[str]:
    """Real posts, or what there is in their place."""
    return [text for _, text in _posts()] or [text for _, text in _sentences()] * 20


def _speeds(texts: list[str], size: int) -> list[Row]:
    once = sum(len(text.encode()) for text in texts)
    many = pa.array(texts * max(1, size // once))
    nbytes = once * max(1, size // once)
    category = pa.array(["post"] * len(many))
    cases: tuple[tuple[str, int, Callable[[], pa.Table]], ...] = (
        ("quality without language", 60, lambda: judge(category, many, RULES)),
        ("quality with language", 30, lambda: judge(category, many, WITH_LANGUAGE)),
        ("sensitive lexicon", 40, lambda: flag(many, frozenset(Topic))),
    )
    rows = []
    for name, reach, work in cases:
        work()
        speed = nbytes / min(_seconds(work) for _ in range(3)) / 1e6
        rows.append(Row(f"{name}, per core", f"≥ {reach} MB/s", f"{speed:.0f} MB/s", speed >= reach))
    return rows


def _seconds(work: Callable[[], pa.Table]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _left_out(texts: list[str]) -> list[Row]:
    judged = judge(pa.array(["post"] * len(texts)), pa.array(texts), WITH_LANGUAGE)
    counted = Counter(judged["rule"].to_pylist())
    measured = ", ".join(f"{name} {count / len(texts):.2%}" for name, count in sorted(counted.items())) or "none"
    return [Row(f"real posts left out ({len(texts):,}, odd ids)", "—", measured, None)]


def _errors() -> list[Row]:
    labelled = _sentences()
    flagged = flag(pa.array([text for _, text in labelled]), frozenset(Topic)).to_pylist()
    found = {(each["row"], each["topic"]) for each in flagged}
    rows = []
    for topic in Topic:
        mine = {(number, topic) for number, (label, _) in enumerate(labelled) if label == topic}
        said = {each for each in found if each[1] == topic}
        hits = len(mine & said)
        measured = f"recall {hits}/{len(mine)}, precision {hits}/{len(said)}"
        rows.append(Row(f"lexicon, {topic}, {len(labelled)} held-out sentences", "—", measured, None))
    return rows


def _job_texts() -> list[Row]:
    if not DATA.is_dir():
        return []
    with (DATA / "onet" / "tasks.tsv").open(encoding="utf-8") as file:
        texts = [row["Task"] for row in csv.DictReader(file, delimiter="\t")]
    with zipfile.ZipFile(DATA / "esco" / "esco-v1.1.1-classification-en.zip") as folder:
        for name in ("skills_en.csv", "occupations_en.csv"):
            rows = csv.DictReader(io.TextIOWrapper(folder.open(name), "utf-8"))
            texts += [row["description"] for row in rows if row["description"]]
    flagged = flag(pa.array(texts), frozenset(Topic))
    counted = Counter(flagged["topic"].to_pylist())
    measured = ", ".join(f"{topic} {counted[topic]}" for topic in Topic)
    return [Row(f"lexicon, falsely flagged of {len(texts):,} public job texts", "—", measured, None)]


def _posts() -> list[tuple[int, str]]:
    if not DATA.is_dir():
        return []
    found = []
    for name, field in (("Posts", "Body"), ("Comments", "Text"), ("Users", "AboutMe")):
        for row in ElementTree.parse(DATA / "stackexchange" / f"{name}.xml").getroot():
            text = html.unescape(re.sub(r"<[^>]+>", "", row.get(field, "")))
            if text.strip():
                found.append((int(row.get("Id")), text))
    return found


def _sentences() -> list[tuple[str, str]]:
    path = ROOT / "tests" / "curation" / "sensitive_sentences" / "held_out.tsv"
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [(topic, text) for topic, _, text in lines]


if __name__ == "__main__":
    for each in measure("--quick" in sys.argv):
        print(f"{each.figure:72} | {each.reach:14} | {each.measured} | {each.met}")
