"""What fits comes first and says why; what may not be used any more is in no result."""

from __future__ import annotations

from itertools import islice

import bm25s
import numpy as np
import pytest

from assent.features.matching.background import Background, background_in, learn_background
from assent.features.matching.columns import SkillColumns, TitleColumns
from assent.features.matching.describing import Describer
from assent.features.matching.finding import everybody, explain, find
from assent.features.matching.index import Entry, Index, build_index
from assent.features.matching.scoring import Needs, ask, score
from assent.features.taxonomy.linking import Linker
from assent.features.taxonomy.model import EMPTY
from assent.features.taxonomy.spelling import GRAMMAR, stems_of
from assent.training.public_text import public_texts
from assent.vocabulary.identifiers import RecordId
from features.small_taxonomy import TAXONOMY

PUBLIC = [
    "Welders weld metal for ships.",
    "Bakers bake bread at night.",
    "Ships carry bread.",
    "Night ships.",
    "Metal bread.",
]
DESCRIBER = Describer(learn_background([*PUBLIC * 2, *islice(public_texts(1), 200)]), Linker(TAXONOMY))
PEOPLE = {
    "anna": [("welder", True), ("weld metal", False), ("reading drawings", False)],
    "bert": [("baker", True), ("bake bread", False)],
    "cleo": [("arc welder", True)],
    "dora": [("I like ships", False)],
}


def people(**given: list[tuple[str, bool]]) -> Index:
    entries = [
        Entry(RecordId(f"{name}-{at}"), name, name, DESCRIBER.describe(text, title=text if titled else None))
        for name, texts in (given or PEOPLE).items()
        for at, (text, titled) in enumerate(texts)
    ]
    return build_index(entries, DESCRIBER.background, SkillColumns(TAXONOMY), TitleColumns(TAXONOMY))


def asked(text: str, title: str | None = None):
    return DESCRIBER.describe(text, title=title)


def names(hits) -> list[str]:
    return [hit.name for hit in hits]


def test_without_a_title_two_skills_say_what_somebody_may_be() -> None:
    index = people(anna=[("weld metal", False), ("reading drawings", False)], bert=[("weld metal", False)])
    wanted = asked("Welder", "Welder")

    assert explain(index, wanted, "anna").alike == ("welder",)
    assert explain(index, wanted, "anna").titles == ()
    assert explain(index, wanted, "bert").alike == ()  # one skill says nothing of what somebody is


def test_a_title_that_is_understood_is_not_doubted_by_skills() -> None:
    index = people(anna=[("baker", True), ("weld metal", False), ("reading drawings", False)])

    assert explain(index, asked("Welder", "Welder"), "anna").alike == ()


def test_a_job_without_a_title_is_known_by_what_it_asks() -> None:
    found = find(people(), asked("You weld metal and you read technical drawings"), everybody)

    assert "welder" in found[0].why.alike
    assert not found[0].why.titles


def test_who_states_the_skills_comes_before_who_only_has_the_title() -> None:
    found = find(people(), asked("Welder wanted: weld metal, read technical drawings", "Welder"), everybody)

    assert names(found)[:2] == ["anna", "cleo"]


def test_a_result_names_the_skills_and_the_records_that_state_them() -> None:
    (hit, *_) = find(people(), asked("we weld metal"), everybody)

    assert [(each.label, each.records) for each in hit.why.skills] == [("weld metal", ("anna-1",))]


def test_what_a_title_implies_is_told_apart_from_what_was_stated() -> None:
    cleo = next(hit for hit in find(people(), asked("weld metal"), everybody) if hit.name == "cleo")

    assert (cleo.why.skills, cleo.why.implied) == ((), ("weld metal",))


def test_the_parts_of_a_score_add_up_to_it() -> None:
    for hit in find(people(), asked("Welder: weld metal for ships", "Welder"), everybody):
        parts = hit.why.words_part + hit.why.meaning_part + hit.why.skills_part + hit.why.title_part
        assert parts == pytest.approx(hit.score, abs=5e-4)


def test_who_may_not_be_used_now_is_in_no_result() -> None:
    found = find(
        people(), asked("weld metal"), lambda records: frozenset(r for r in records if not r.startswith("anna"))
    )

    assert "anna" not in names(found)


def test_who_lost_a_record_is_ranked_by_what_is_left() -> None:
    left = find(people(), asked("weld metal"), lambda records: frozenset(records) - {"anna-1"})

    without = find(
        people(**{**PEOPLE, "anna": [PEOPLE["anna"][0], ("", False), PEOPLE["anna"][2]]}),
        asked("weld metal"),
        everybody,
    )
    assert [(hit.name, pytest.approx(hit.score)) for hit in left] == [(hit.name, hit.score) for hit in without]


def test_what_fits_in_nothing_is_no_result() -> None:
    assert find(people(), asked("zymurgy"), everybody) == ()


def test_only_those_asked_for_are_looked_among() -> None:
    assert names(find(people(), asked("weld metal"), everybody, among=frozenset({"cleo"}))) == ["cleo"]


def test_why_somebody_is_found_can_be_asked_of_each() -> None:
    why = explain(people(), asked("bake bread"), "bert")

    assert why is not None
    assert [each.label for each in why.skills] == ["bake bread"]


def test_nobody_is_explained_who_is_not_there() -> None:
    assert explain(people(), asked("bake bread"), "nobody") is None


def test_a_fit_is_the_share_of_what_the_job_needs() -> None:
    jobs = people(
        long=[("weld metal, read technical drawings, bake bread, prepare dough", False)], short=[("weld metal", False)]
    )
    said = asked("I weld metal")

    assert names(find(jobs, said, everybody, needs=Needs.FOUND))[0] == "short"


def test_words_are_weighed_as_the_library_weighs_them() -> None:
    # The statistics of the very same corpus make our BM25 the library's, to the last ranking.
    corpus = [
        f"{text} {'filler ' * (at % 4)}"
        for at, text in enumerate(PUBLIC * 2 + ["metal ships sail", "bread metal metal"])
    ]
    stems = [[stem for stem in stems_of(text) if stem not in GRAMMAR] for text in corpus]
    vocabulary = {stem: at for at, stem in enumerate(sorted({each for row in stems for each in row}))}
    library = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    library.index(([[vocabulary[each] for each in row] for row in stems], vocabulary), show_progress=False)
    counts = np.array([sum(stem in row for row in stems) for stem in vocabulary])
    background = Background(
        tuple(vocabulary), np.log1p((len(stems) - counts + 0.5) / (counts + 0.5)).astype(np.float32),
        float(np.mean([len(row) for row in stems])), np.eye(len(vocabulary), 2, dtype=np.float32), len(stems),
    )  # fmt: skip
    describer = Describer(background, Linker(EMPTY))
    index = build_index(
        [Entry(RecordId(f"d{at:02}"), f"d{at:02}", "o", describer.describe(text)) for at, text in enumerate(corpus)],
        background, SkillColumns(EMPTY), TitleColumns(EMPTY),
    )  # fmt: skip

    ours = score(index, ask(index, describer.describe("metal bread"))).words
    theirs = library.get_scores_from_ids([vocabulary[each] for each in stems_of("metal bread")])

    assert np.allclose(ours / ours.max(), theirs / theirs.max(), atol=1e-5)


def test_a_background_that_was_kept_is_the_one_that_was_learned(tmp_path) -> None:
    first = background_in(tmp_path, TAXONOMY)
    again = background_in(tmp_path, TAXONOMY)

    assert (again.terms, again.digest) == (first.terms, first.digest)


def test_a_skill_is_said_as_it_was_asked_for() -> None:
    hit = find(people(), asked("Somebody for welding metal"), everybody)[0]

    assert [each.label for each in hit.why.skills] == ["welding metal"]


def test_a_skill_that_nobody_asked_for_is_not_said_to_be_asked_for() -> None:
    hit = next(each for each in find(people(), asked("Welder", "Welder"), everybody) if each.name == "anna")

    assert hit.why.skills == ()
    assert "weld metal" in hit.why.implied


def test_how_many_somebody_leads_is_no_part_of_what_they_are() -> None:
    led = DESCRIBER.describe("", title="Hill & Sons, Leeds: arc welder with responsibility for nine people")

    assert set(led.titles) == {"welder"}


def test_words_of_grammar_rank_nobody() -> None:
    index = people(anna=[("Schweisserin und Leiterin der Halle", False)])

    assert find(index, asked("Wir suchen einen Koch und eine Hilfe (m/w/d) der Halle"), everybody)[0].why.words == (
        "Halle",
    )
    assert not find(index, asked("Wir suchen einen Koch und eine Hilfe (m/w/d)"), everybody)
