"""Assessments are the same for the same seed, their items pass the rules, and results say how sure they are."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from assent.errors import InputError
from assent.features.learning.assessments import (
    Assessment,
    assess_occupation,
    assess_skill,
    next_item,
    read_result,
    score_answers,
)
from assent.features.learning.distractors import Neighbourhood
from assent.features.learning.items import Draft, Flaw, Kind, flaw_of
from assent.features.learning.wording import alike, blanked
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.model import EMPTY
from assent.features.taxonomy.reading import read_esco, with_onet
from features.small_taxonomy import TAXONOMY

AT = datetime(2025, 11, 3, tzinfo=UTC)
GOOD = Draft(
    Kind.TASK, "Baker: which of these belongs to the work?", "Shape dough into loaves.",
    ("Weld pipes of steel.", "Paint walls of houses.", "Groom horses daily."), 0.0, "baker",
)  # fmt: skip


@pytest.fixture(scope="session")
def taxonomy(external_data: Path) -> Taxonomy:
    esco = external_data / "esco"
    read = read_esco(esco / "esco-v1.1.1-classification-en.zip", esco / "esco-v1.1.1-relations.zip")
    return with_onet(read, external_data / "onet")


@pytest.fixture(scope="session")
def near(taxonomy: Taxonomy) -> Neighbourhood:
    return Neighbourhood(taxonomy)


def id_of(taxonomy: Taxonomy, label: str) -> str:
    return next(each.id for each in taxonomy.occupations.values() if each.label == label)


def answers(assessment: Assessment, wrong: int = 0) -> dict[str, int]:
    return {each.id: (each.right + (at < wrong)) % 4 for at, each in enumerate(assessment.items)}


@pytest.mark.parametrize(
    ("flaw", "change"),
    [
        (None, {}),
        (Flaw.FEW_WRONG, {"wrong": GOOD.wrong[:2]}),
        (Flaw.LENGTH, {"question": "Which?"}),
        (Flaw.LENGTH, {"right": "Shape dough into loaves. " * 20}),
        (Flaw.NEGATED, {"question": "Baker: which of these does not belong to the work?"}),
        (Flaw.NEGATED, {"right": "Shape dough without hands."}),
        (Flaw.GIVEN_AWAY, {"right": "Help other bakers."}),
        (Flaw.GIVEN_AWAY, {"right": "Clean the bakery daily."}),
        (None, {"right": "Work hard on bread."}),
        (Flaw.ALIKE, {"wrong": ("Weld pipes of steel.", "Welding steel pipes.", "Groom horses daily.")}),
        (Flaw.ALIKE, {"wrong": ("Shape loaves and dough.", "Paint walls of houses.", "Groom horses daily.")}),
        (Flaw.STANDS_OUT, {"right": "Shape dough into loaves that rise for an hour before they are eaten."}),
        (Flaw.STANDS_OUT, {"wrong": ("Weld pipes of steel.", "Paint walls of houses.", "Groom.")}),
        (Flaw.LITTLE_LEFT, {"kind": Kind.DESCRIBED, "question": "Which of these is described? ____ ____ tools."}),
    ],
)
def test_an_item_is_asked_only_if_nothing_is_wrong_with_it(flaw: Flaw | None, change: dict) -> None:
    assert flaw_of(replace(GOOD, **change)) == flaw


def test_a_description_does_not_name_what_it_describes() -> None:
    assert blanked("Welding is to weld metals: joining metal.", "weld metal") == "____ is to ____ ____: joining ____."


@pytest.mark.parametrize("other", ["plan the work of teams", "team work planning", "plan team work in shifts"])
def test_wider_and_narrower_wordings_are_alike(other: str) -> None:
    assert alike("plan team work", other)


@pytest.mark.external_data
def test_the_same_seed_gives_the_same_questions_and_another_seed_others(near: Neighbourhood) -> None:
    baker = id_of(near.taxonomy, "watch and clock repairer")
    one, again, other = (assess_occupation(near, baker, seed) for seed in (1, 1, 2))
    assert one == again
    assert len({each.id for each in one.items} & {each.id for each in other.items}) <= len(one.items) // 4


@pytest.mark.external_data
def test_no_wrong_answer_is_a_skill_or_a_task_of_the_occupation(taxonomy: Taxonomy, near: Neighbourhood) -> None:
    labels = {each.label: each for each in taxonomy.skills.values()}
    random, occupations = Random(9), [each for _, each in sorted(taxonomy.occupations.items()) if each.tasks]
    for occupation in random.sample(occupations, 25):
        own = {*occupation.essential, *occupation.optional}
        for item in assess_occupation(near, occupation.id, 3).items:
            wrong = [each for at, each in enumerate(item.options) if at != item.right]
            if item.kind is Kind.NEEDED:
                assert item.of in own and not own & {labels[each].id for each in wrong}
            if item.kind is Kind.TASK:
                assert item.options[item.right] in occupation.tasks and not set(wrong) & set(occupation.tasks)


@pytest.mark.external_data
def test_every_item_passes_the_rules_and_places_of_the_right_answer_are_even(near: Neighbourhood) -> None:
    random, places = Random(4), Counter[int]()
    occupations = [each for _, each in sorted(near.taxonomy.occupations.items()) if len(each.essential) > 15]
    for occupation in random.sample(occupations, 20):
        for item in assess_occupation(near, occupation.id, 1).items:
            wrong = tuple(each for at, each in enumerate(item.options) if at != item.right)
            draft = Draft(item.kind, item.question, item.options[item.right], wrong, item.difficulty, item.of)
            assert flaw_of(draft) is None and -2.5 <= item.difficulty <= 1.5
            places[item.right] += 1
    assert min(places.values()) > 0.18 * places.total()


@pytest.mark.external_data
def test_the_longest_option_is_hardly_more_often_right_than_by_chance(near: Neighbourhood) -> None:
    random = Random(8)
    occupations = [each for _, each in sorted(near.taxonomy.occupations.items()) if len(each.essential) > 15]
    items = [item for each in random.sample(occupations, 30) for item in assess_occupation(near, each.id, 1).items]
    longest = sum(max(range(4), key=lambda at: len(item.options[at])) == item.right for item in items)
    assert longest / len(items) < 0.4


@pytest.mark.external_data
def test_a_skill_can_be_assessed_too(near: Neighbourhood) -> None:
    skill = next(each for each in near.taxonomy.skills.values() if each.label == "apply teaching strategies")
    made = assess_skill(near, skill.id, 1, 8)
    assert len(made.items) == 8
    assert {each.kind for each in made.items} >= {Kind.USED, Kind.DESCRIBED}


@pytest.fixture
def assessment(near: Neighbourhood) -> Assessment:
    return assess_occupation(near, id_of(near.taxonomy, "casting director"), 1, 12)


@pytest.mark.external_data
def test_a_result_says_its_uncertainty_and_comes_back_as_it_was(assessment: Assessment) -> None:
    result = score_answers(assessment, answers(assessment, wrong=2), AT)

    assert result.said.startswith("10 of 12 right (55% to 95% with 95 % confidence); guessing gets 25% right; ability ")
    assert result.ability.low < result.ability.estimate < result.ability.high
    assert read_result(result.to_json()) == result


@pytest.mark.external_data
def test_a_score_of_a_guesser_is_said_to_be_one(assessment: Assessment) -> None:
    assert "cannot be told from guessing" in score_answers(assessment, answers(assessment, wrong=8), AT).said


@pytest.mark.external_data
def test_what_is_left_out_counts_as_wrong(assessment: Assessment) -> None:
    some = dict(list(answers(assessment).items())[:6])
    result = score_answers(assessment, some, AT)
    assert (result.answered, result.raw.right, result.raw.asked) == (6, 6, 12)


@pytest.mark.external_data
@pytest.mark.parametrize(
    ("given", "told"), [({"nobody": 1}, "no question has the id"), ({None: 7}, "has no option `7`")]
)
def test_answers_to_other_questions_are_told(assessment: Assessment, given: dict, told: str) -> None:
    with pytest.raises(InputError, match=told):
        score_answers(assessment, {key or assessment.items[0].id: value for key, value in given.items()}, AT)


@pytest.mark.external_data
def test_every_question_is_asked_once_the_most_telling_next(assessment: Assessment) -> None:
    given: dict[str, int] = {}
    while (item := next_item(assessment, given)) is not None:
        assert item.id not in given
        given[item.id] = item.right
    assert set(given) == {each.id for each in assessment.items}


@pytest.mark.external_data
@pytest.mark.parametrize(
    ("key", "value"), [("raw", {}), ("taken_at", "soon"), ("ability", None), ("seed", "x"), ("answered", [1])]
)
def test_a_result_that_was_changed_into_none_is_told(assessment: Assessment, key: str, value: object) -> None:
    document = json.loads(score_answers(assessment, answers(assessment), AT).to_json())
    with pytest.raises(InputError, match="no result"):
        read_result(json.dumps({**document, key: value}))


def test_of_too_little_no_assessment_is_made() -> None:
    with pytest.raises(InputError, match="sound questions can be made about `welder`"):
        assess_occupation(Neighbourhood(TAXONOMY), "welder", 1)


def test_a_skill_that_no_longer_exists_cannot_be_assessed() -> None:
    with pytest.raises(InputError, match="no skill `telex`"):
        assess_skill(Neighbourhood(TAXONOMY), "telex", 1)


def test_without_a_taxonomy_there_is_nothing_to_assess() -> None:
    with pytest.raises(InputError, match="no taxonomy"):
        assess_occupation(Neighbourhood(EMPTY), "welder", 1)


def test_no_assessment_is_a_thousand_questions_long() -> None:
    with pytest.raises(InputError, match="no short assessment"):
        assess_occupation(Neighbourhood(TAXONOMY), "welder", 1, 1000)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "[" * 100_000, '{"format":"assent-assessment/1"}', '{"format":"x"}']
)
def test_what_is_no_result_is_told(text: str) -> None:
    with pytest.raises(InputError, match="no result"):
        read_result(text)
