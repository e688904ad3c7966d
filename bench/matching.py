"""Job recommendations against BM25 alone, and how fast and how exactly people are found and forgotten.

    python -m bench matching [--quick]

Needs ESCO (`ASSENT_TEST_DATA`). Jobs for members: members and jobs of known occupations (`bench.matching_people`); the
weights were chosen on members of one seed, the figures are of another. BM25 alone is `bm25s`, over the same texts with
their own statistics, asked with the same member's text.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np

from assent.features.matching.background import Background, background_in
from assent.features.matching.columns import SkillColumns, TitleColumns
from assent.features.matching.describing import Described, Describer
from assent.features.matching.finding import everybody, find
from assent.features.matching.index import Entry, Index, build_index
from assent.features.matching.scoring import HYBRID, Needs, ask, score
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.linking import Linker
from assent.features.taxonomy.reading import read_esco, with_onet
from assent.features.taxonomy.spelling import stems_of
from assent.vocabulary.identifiers import RecordId
from bench.matching_people import Job, Person, gain, jobs, people
from bench.report import Row

DATA = Path(os.environ.get("ASSENT_TEST_DATA", "../shared/data"))
CHOSEN_ON, TOLD_ON = 7, 11
MEMBERS, JOBS = 100_000, 5_000
ASKED = 1_000
REMOVED = 2_000


def run(*, quick: bool) -> list[Row]:
    if not (DATA / "esco").is_dir():
        return [Row("job recommendations", "", "not run: no ESCO in ASSENT_TEST_DATA", None)]
    taxonomy = read_taxonomy_of(DATA)
    with TemporaryDirectory() as folder:
        background = background_in(Path(folder), taxonomy)
    describer = Describer(background, Linker(taxonomy))
    scale = 10 if quick else 1
    return [
        *_jobs(taxonomy, describer, JOBS // scale, ASKED // scale),
        *_candidates(taxonomy, describer, MEMBERS // scale),
    ]


def read_taxonomy_of(data: Path) -> Taxonomy:
    esco = data / "esco"
    read = read_esco(esco / "esco-v1.1.1-classification-en.zip", esco / "esco-v1.1.1-relations.zip")
    return with_onet(read, data / "onet")


def ranked_jobs(
    taxonomy: Taxonomy, describer: Describer, offered: list[Job], asking: list[Person], weights=HYBRID, *, titled=True
):
    """NDCG@10 and recall@50 of each member, by this ranking and by BM25 alone.

    Args:
        titled: whether ours reads titles as such; their words are in the texts of both.
    """
    index = index_of([entry_of_job(describer, job, titled) for job in offered], describer.background, taxonomy)
    alone = bm25s.BM25()
    vocabulary = {stem: at for at, stem in enumerate(sorted({stem for job in offered for stem in stems_of(job.text)}))}
    alone.index(
        ([[vocabulary[stem] for stem in stems_of(job.text)] for job in offered], vocabulary), show_progress=False
    )
    occupation = {job.name: job.occupation for job in offered}
    ours, theirs = [], []
    for person in asking:
        gains = np.array([gain(taxonomy, person.occupation, occupation[str(name)]) for name in index.names])
        total = score(index, ask(index, described(describer, person, titled)), Needs.FOUND).together(weights)
        ours.append((ndcg(gains, total, 10), recall(gains, total, 50)))
        asked = [vocabulary[stem] for stem in stems_of(person.text) if stem in vocabulary]
        scores = alone.get_scores_from_ids(asked) if asked else np.zeros(len(offered))
        theirs.append((ndcg(gains, scores, 10), recall(gains, scores, 50)))
    return np.array(ours), np.array(theirs)


def entry_of_job(describer: Describer, job: Job, titled: bool = True) -> Entry:
    return Entry(
        RecordId(job.name), job.name, "hirer", describer.describe(job.text, title=job.title if titled else None)
    )


def described(describer: Describer, person: Person, titled: bool = True) -> Described:
    return describer.describe(person.text, title=person.title if titled else None)


def index_of(entries: list[Entry], background: Background, taxonomy: Taxonomy) -> Index:
    return build_index(entries, background, SkillColumns(taxonomy), TitleColumns(taxonomy)).prepare()


def ndcg(gains: np.ndarray, scores: np.ndarray, k: int) -> float:
    """Source: Järvelin & Kekäläinen 2002, linear gain."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    got = gains[np.argsort(-scores, kind="stable")[:k]] @ discounts
    best = np.sort(gains)[::-1][:k] @ discounts
    return float(got / best) if best else 0.0


def recall(gains: np.ndarray, scores: np.ndarray, k: int) -> float:
    """Of the jobs that share at least half of their essential skills, how many are among the first k."""
    relevant = gains >= 0.5
    found = relevant[np.argsort(-scores, kind="stable")[:k]].sum()
    return float(found / min(k, relevant.sum())) if relevant.any() else float("nan")


def _jobs(taxonomy: Taxonomy, describer: Describer, offered: int, asking: int) -> list[Row]:
    there = list(jobs(taxonomy, offered, seed=TOLD_ON)), list(people(taxonomy, asking, seed=TOLD_ON + 1))
    ours, theirs = ranked_jobs(taxonomy, describer, *there)
    untitled, _ = ranked_jobs(taxonomy, describer, *there, titled=False)
    ratio = ours[:, 0].mean() / theirs[:, 0].mean()
    half = 1.96 * (ours[:, 0] - theirs[:, 0]).std() / np.sqrt(len(ours))
    return [
        Row(
            f"NDCG@10 of {offered:,} jobs, {asking:,} members held out",
            "≥ 1.2 x BM25 alone",
            f"{ours[:, 0].mean():.3f} against {theirs[:, 0].mean():.3f}: {ratio:.2f} x (difference ± {half:.3f})",
            bool(ratio >= 1.2),
        ),
        Row("recall@50", "", f"{np.nanmean(ours[:, 1]):.3f} against {np.nanmean(theirs[:, 1]):.3f}", None),
        Row(
            "NDCG@10, no title read",
            "",
            f"{untitled[:, 0].mean():.3f}: {untitled[:, 0].mean() / theirs[:, 0].mean():.2f} x; "
            f"recall@50 {np.nanmean(untitled[:, 1]):.3f}",
            None,
        ),
    ]


def _candidates(taxonomy: Taxonomy, describer: Describer, members: int) -> list[Row]:
    began = time.process_time()
    entries = [
        entry for person in people(taxonomy, members, seed=TOLD_ON + 2) for entry in records_of(describer, person)
    ]
    index = index_of(entries, describer.background, taxonomy)
    built = time.process_time() - began
    asked = [describer.describe(job.text, title=job.title) for job in jobs(taxonomy, 200, seed=TOLD_ON + 3)]
    took = []
    for said in asked:
        began = time.perf_counter()
        find(index, said, everybody, limit=20)
        took.append((time.perf_counter() - began) * 1000)
    gone = {f"m{number:06}" for number in range(0, members, max(1, members // REMOVED))}
    began = time.perf_counter()
    left = index.without(gone).prepare()
    removed = time.perf_counter() - began
    rebuilt = index_of([each for each in entries if each.owner not in gone], describer.background, taxonomy)
    p50, p99 = statistics.median(took), float(np.percentile(took, 99))
    return [
        Row(
            f"index of {members:,} members, {len(entries):,} records",
            "",
            f"{built:.0f} CPU-s, {size_mib(index)} MiB",
            None,
        ),
        Row("candidates for a job, p50", "≤ 50 ms", f"{p50:.1f} ms", p50 <= 50),
        Row("candidates for a job, p99", "≤ 200 ms", f"{p99:.1f} ms", p99 <= 200),
        Row(f"{len(gone):,} members removed", "≤ 5 s", f"{removed:.2f} s", removed <= 5),
        Row("… and the index is a rebuild's", "every array equal", str(same(left, rebuilt)), same(left, rebuilt)),
    ]


def records_of(describer: Describer, person: Person) -> list[Entry]:
    parts = [(person.title, person.title), (person.about, None), *((skill, None) for skill in person.skills)]
    return [
        Entry(RecordId(f"{person.name}-{at}"), person.name, person.name, describer.describe(text, title=title))
        for at, (text, title) in enumerate(parts)
    ]


def same(one: Index, other: Index) -> bool:
    """Every array, bit for bit."""
    plain = all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("records", "found_as", "owners", "meanings")
    )
    return plain and all(
        np.array_equal(getattr(getattr(one, name), part), getattr(getattr(other, name), part))
        for name in ("words", "skills", "titles", "weights", "stated", "positions")
        for part in ("data", "indices", "indptr")
    )


def size_mib(index: Index) -> int:
    matrices = [index.words, index.skills, index.titles, index.weights, index.stated, index.positions]
    arrays = [part for each in matrices for part in (each.data, each.indices, each.indptr)] + [index.meanings]
    return sum(each.nbytes for each in arrays) >> 20


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        print(row)
