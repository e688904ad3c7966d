"""A path ends at all that its goal needs, and no step of it comes before what it needs."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import InputError
from assent.features.learning.goals import goal_named, nearest_goals
from assent.features.learning.paths import LearningPath, path_to
from assent.features.taxonomy import Taxonomy
from assent.features.taxonomy.linking import Linker
from assent.features.taxonomy.model import EMPTY, Reuse
from assent.features.taxonomy.reading import read_esco
from features.small_taxonomy import TAXONOMY, occupation, skill


def taxonomy_of(*things) -> Taxonomy:
    skills = {each.id: each for each in things if hasattr(each, "needs")}
    return Taxonomy({each.id: each for each in things if each.id not in skills}, skills)


def ids(path: LearningPath) -> list[str]:
    return [each.skill for each in path.steps]


def holds(taxonomy: Taxonomy, have: set[str], path: LearningPath) -> bool:
    """Written from the promise, not from the code: each step once, what it needs before it unless that needs it back."""
    learned, essential = set(have), set(taxonomy.occupations[path.goal].essential)
    asked = {need for step in path.steps for need in taxonomy.skills[step.skill].needs if need != step.skill}
    for step in path.steps:
        before = {each for each in taxonomy.skills[step.skill].needs if step.skill not in leads_to(taxonomy, each)}
        if step.skill in learned or not before <= learned or step.skill not in essential | asked:
            return False
        learned.add(step.skill)
    return essential <= learned and {each.skill for each in path.steps if each.essential} == essential - have


def leads_to(taxonomy: Taxonomy, skill: str) -> set[str]:
    """All that a skill needs, and itself."""
    found, pending = set(), [skill]
    while pending:
        each = pending.pop()
        if each not in found:
            found.add(each)
            pending += taxonomy.skills[each].needs
    return found


def test_what_a_missing_skill_needs_comes_before_it() -> None:
    path = path_to(TAXONOMY, {"python"}, "developer")

    assert [(each.skill, each.essential, each.unlocks, each.needs) for each in path.steps] == [
        ("logic", False, ("code",), ()),
        ("code", True, (), ("logic",)),
    ]
    assert (path.held, path.needed, path.share) == (("python",), 2, 0.5)


def test_what_a_skill_that_is_there_needs_is_not_asked_for() -> None:
    assert ids(path_to(TAXONOMY, {"code"}, "developer")) == ["python"]


def test_who_has_all_is_there() -> None:
    path = path_to(TAXONOMY, {"weld", "draw"}, "welder")
    assert (path.steps, path.share) == ((), 1.0)


def test_a_step_says_what_makes_it_easier_and_what_else_it_opens() -> None:
    helped = taxonomy_of(
        skill("a", "a", helped_by=("h", "g")), skill("h", "h"), skill("g", "g"),
        occupation("o", "o", isco="1111", essential="a"), occupation("p", "p", isco="1111", essential="a g"),
    )  # fmt: skip
    (step,) = path_to(helped, {"h"}, "o").steps
    assert (step.easier, step.opens) == (("h",), ("p",))


def test_of_steps_that_can_come_next_the_one_most_wait_for_is_first() -> None:
    asked = taxonomy_of(
        skill("x", "x", reuse=Reuse.TRANSVERSAL), skill("a", "a", needs=("z",)), skill("b", "b", needs=("z",)),
        skill("z", "z", reuse=Reuse.OCCUPATION), occupation("o", "o", isco="1111", essential="a b x"),
    )  # fmt: skip
    assert ids(path_to(asked, set(), "o")) == ["z", "x", "a", "b"]


def test_what_makes_others_easier_comes_before_the_more_reusable() -> None:
    asked = taxonomy_of(
        skill("x", "x", reuse=Reuse.TRANSVERSAL), skill("a", "a", helped_by=("h",)), skill("h", "h"),
        occupation("o", "o", isco="1111", essential="a h x"),
    )  # fmt: skip
    assert ids(path_to(asked, set(), "o")) == ["h", "x", "a"]


def test_skills_that_need_each_other_are_one_stretch() -> None:
    circular = taxonomy_of(
        skill("a", "a", needs=("b",)), skill("b", "b", needs=("c",)), skill("c", "c", needs=("a", "d")), skill("d", "d"),
        skill("e", "e", needs=("a",)), occupation("o", "o", isco="1111", essential="e"),
    )  # fmt: skip
    path = path_to(circular, set(), "o")
    assert ids(path) == ["d", "a", "b", "c", "e"]
    assert [each.together for each in path.steps[1:4]] == [("b", "c"), ("a", "c"), ("a", "b")]


def test_a_skill_that_needs_itself_is_a_step_like_others() -> None:
    odd = taxonomy_of(skill("a", "a", needs=("a",)), occupation("o", "o", isco="1111", essential="a"))
    assert ids(path_to(odd, set(), "o")) == ["a"]


def test_a_skill_that_no_longer_exists_is_told() -> None:
    path = path_to(TAXONOMY, {"weld", "telex"}, "welder")
    assert (ids(path), path.unknown) == (["draw"], ("telex",))


def test_ten_thousand_skills_that_do_not_exist_cost_nothing() -> None:
    assert len(path_to(TAXONOMY, {f"gone{each}" for each in range(10_000)}, "welder").unknown) == 10_000


@pytest.mark.parametrize(("said", "hint"), [("wilder", "did you mean `welder`?"), ("東京", "another name")])
def test_an_occupation_nobody_knows_is_told_with_the_nearest(said: str, hint: str) -> None:
    with pytest.raises(InputError, match="no occupation is called") as told:
        path_to(TAXONOMY, set(), said)
    assert hint.rstrip("?") in str(told.value.hint)


def test_a_title_is_a_goal_only_by_its_name() -> None:
    linker = Linker(TAXONOMY)
    assert goal_named(linker, "Senior arc welder") == "welder"
    with pytest.raises(InputError) as told:
        goal_named(linker, "software welder")
    assert "`welder`" in str(told.value.hint)


def test_without_a_taxonomy_there_is_no_way() -> None:
    with pytest.raises(InputError, match="no taxonomy"):
        path_to(EMPTY, set(), "welder")
    assert nearest_goals(EMPTY, {"weld"}) == ()


def test_the_nearest_goal_is_the_one_that_lacks_least() -> None:
    found = nearest_goals(TAXONOMY, {"weld", "draw", "bake"})
    assert [(each.occupation, each.held, each.needed) for each in found] == [
        ("welder", 2, 2), ("smith", 1, 1), ("baker", 1, 2),
    ]  # fmt: skip


NAMES = st.sampled_from("abcdefgh")


@settings(max_examples=150)
@given(st.sets(st.tuples(NAMES, NAMES)), st.sets(NAMES, min_size=1), st.sets(NAMES))
def test_any_relations_between_skills_give_a_path(
    needs: set[tuple[str, str]], essential: set[str], have: set[str]
) -> None:
    made = taxonomy_of(
        *(skill(name, name, needs=tuple(sorted(b for a, b in needs if a == name))) for name in "abcdefgh"),
        occupation("o", "o", isco="1111", essential=" ".join(sorted(essential))),
    )
    assert holds(made, have, path_to(made, have, "o"))


@pytest.mark.external_data
def test_of_500_pairs_of_occupations_every_path_leads_to_the_goal(external_data: Path) -> None:
    esco = external_data / "esco"
    taxonomy = read_esco(esco / "esco-v1.1.1-classification-en.zip", esco / "esco-v1.1.1-relations.zip")
    random, occupations = Random(500), sorted(taxonomy.occupations)
    for _ in range(500):
        start, goal = random.choice(occupations), random.choice(occupations)
        have = set(taxonomy.occupations[start].essential)
        assert holds(taxonomy, have, path_to(taxonomy, have, goal))
    assert nearest_goals(taxonomy, have, 1)[0].share == 1.0
