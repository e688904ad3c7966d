"""What is known of people, looked for in made-up texts whose mentions are known to the letter; and how fast.

    python -m bench.curation_known [--quick]

The finder was developed on networks of other seeds than those measured here.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from assent.curation.redact.known import KnownPeople
from assent.sources.synthetic import generate
from assent.vocabulary.people import IDENTIFIER_SCHEMA
from bench.report import Row

SEEDS = (2_027, 2_028)
LEAST_RECALL, LEAST_PRECISION, LEAST_MB = 0.995, 0.98, 30
_KINDS = {"person": "name", "handle": "handle", "email": "email", "phone": "phone"}
_SYLLABLES = "ka lo mi ter san vor bel nu dra pe shi gon ruk wen za fil".split()


@dataclass(frozen=True)
class Judged:
    """How the hits compare with the truth; a place counts as found when one hit of its kind covers it all."""

    found: int
    wanted: int
    right: int
    hits: int
    exact: int
    missed: Sequence[tuple[str, str]]
    wrong: Sequence[tuple[str, str]]

    @property
    def recall(self) -> float:
        return self.found / self.wanted

    @property
    def precision(self) -> float:
        return self.right / self.hits


def judge(folder: Path) -> Judged:
    """The finder's hits in a network made with mentions, against its truth."""
    records, truth, identifiers = (_table(folder / name) for name in ("records", "truth/known_people", "identifiers"))
    hits = KnownPeople(identifiers).find(records["text"], records["author"], records["subjects"]).to_pylist()
    ids, texts, authors = (records[name].to_pylist() for name in ("id", "text", "author"))
    places = defaultdict(list)
    by_id = {ident: row for row, ident in enumerate(ids)}
    subjects = [{each["member"] for each in row or ()} for row in records["subjects"].to_pylist()]
    for place in truth.to_pylist():
        row = by_id[place["record"]]
        # Whose author the record does not say cannot be looked for.
        if place["member"] is None or place["member"] == authors[row] or place["member"] in subjects[row]:
            places[row].append(place)
    found_in = defaultdict(list)
    for hit in hits:
        found_in[hit["row"]].append(hit)
    missed, exact = [], 0
    for row, wanted in places.items():
        for place in wanted:
            fitting = [h for h in found_in[row] if _KINDS[h["type"]] == place["kind"] and _covers(h, place)]
            exact += any((h["start"], h["end"]) == (place["start"], place["end"]) for h in fitting)
            if not fitting:
                missed.append((texts[row][place["start"] : place["end"]], texts[row]))
    wrong = [
        (texts[hit["row"]][hit["start"] : hit["end"]], texts[hit["row"]])
        for hit in hits
        if not any(_meets(hit, place) for place in places[hit["row"]])
    ]
    wanted_count = sum(map(len, places.values()))
    return Judged(
        wanted_count - len(missed), wanted_count, len(hits) - len(wrong), len(hits), exact, missed, wrong
    )  # fmt: skip


def speed(folder: Path, *, objectors: int, megabytes: int) -> tuple[float, float]:
    """MB of text in a CPU second with one author and `objectors` identifiers of others; and how often somebody is found
    in 1,000 texts."""
    records, identifiers = _table(folder / "records"), _table(folder / "identifiers")
    own = identifiers.filter(pc.is_valid(identifiers["member"]))
    known = KnownPeople(pa.concat_tables([own, _strangers(objectors)]))
    ordinary = ["post", "article", "comment", "group.message", "profile.summary"]
    texts = records.filter(pc.is_in(records["category"], pa.array(ordinary)))
    size = pc.sum(pc.binary_length(texts["text"])).as_py()
    texts = pa.concat_tables([texts] * max(1, megabytes * 10**6 // size))
    nobody = pa.array([[]] * len(texts), records.schema.field("subjects").type)
    known.find(texts["text"].slice(0, 2_000), texts["author"].slice(0, 2_000), nobody.slice(0, 2_000))
    best, hits = float("inf"), 0
    for _ in range(3):
        started = time.process_time()
        hits = known.find(texts["text"], texts["author"], nobody).num_rows
        best = min(best, time.process_time() - started)
    return pc.sum(pc.binary_length(texts["text"])).as_py() / best / 1e6, 1_000 * hits / len(texts)


def _strangers(count: int) -> pa.Table:
    draw = Random(3)
    words = [
        "".join(draw.choice(_SYLLABLES) for _ in range(draw.choice((2, 3)))).capitalize() for _ in range(2 * count)
    ]
    pairs = list(zip(words[:count], words[count:], strict=True))
    rows = [
        {"member": None, "kind": "name", "value": f"{given} {family}"}
        if number % 2
        else {"member": None, "kind": "email", "value": f"{given}.{family}@example.org".lower()}
        for number, (given, family) in enumerate(pairs)
    ]
    return pa.Table.from_pylist(rows, schema=IDENTIFIER_SCHEMA)


def _table(folder: Path) -> pa.Table:
    return ds.dataset(sorted(folder.glob("*.parquet"))).to_table()


def _covers(hit: dict[str, int], place: dict[str, int]) -> bool:
    return hit["start"] <= place["start"] and place["end"] <= hit["end"]


def _meets(hit: dict[str, int], place: dict[str, int]) -> bool:
    return hit["start"] < place["end"] and place["start"] < hit["end"]


def measure(quick: bool) -> list[Row]:
    """The rows of the table, measured now. Cost: about a minute, a quarter with `quick`."""
    judged = []
    with TemporaryDirectory(prefix="assent-bench-known-") as name:
        for seed in SEEDS[: 1 if quick else None]:
            generate(
                Path(name) / str(seed), members=4_000, records=3_000 if quick else 20_000, seed=seed, mentions=True
            )
            judged.append(judge(Path(name) / str(seed)))
        generate(Path(name) / "ordinary", members=4_000, records=20_000, seed=SEEDS[0])
        rate, hits = speed(Path(name) / "ordinary", objectors=10_000, megabytes=3 if quick else 20)
    wanted, found = sum(j.wanted for j in judged), sum(j.found for j in judged)
    total, right = sum(j.hits for j in judged), sum(j.right for j in judged)
    recall, precision = found / wanted, right / total
    return [
        Row("members' own identifiers: recall", f">= {LEAST_RECALL}", f"{recall:.4f} of {wanted:,}",
            recall >= LEAST_RECALL),
        Row("members' own identifiers: precision", f">= {LEAST_PRECISION}", f"{precision:.4f} of {total:,}",
            precision >= LEAST_PRECISION),
        Row("known people: text with one author and 10,000 others", f">= {LEAST_MB} MB/s",
            f"{rate:.0f} MB/s a core, {hits:.1f} hits in 1,000 texts", rate >= LEAST_MB),
    ]  # fmt: skip


def main() -> None:
    if "--missed" in sys.argv:
        with TemporaryDirectory() as name:
            seed = int(sys.argv[-1])
            generate(Path(name) / "n", members=4_000, records=10_000, seed=seed, mentions=True)
            judged = judge(Path(name) / "n")
        print(f"recall {judged.recall:.4f} precision {judged.precision:.4f} of {judged.wanted} exact {judged.exact}")
        for kind in ("missed", "wrong"):
            print(kind)
            for (value, text), count in Counter(getattr(judged, kind)).most_common(30):
                at = text.find(value)
                print("  ", count, repr(value), "|", repr(text[max(0, at - 40) : at + len(value) + 25]))
        return
    for row in measure("--quick" in sys.argv):
        print(row.figure, "|", row.reach, "|", row.measured, "|", row.met)


if __name__ == "__main__":
    main()
