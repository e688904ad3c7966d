"""An audit of many rankings: planted bias shows, small groups do not, and the page says both."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from assent.audit.fairness.page import headline, write_page
from assent.audit.fairness.report import Ranked, audit_rankings, large_enough, to_json, wished_shares, with_pairs
from assent.features.matching.rerank import Algorithm, rerank

PEOPLE = [f"p{at:03}" for at in range(200)]
GENDER = {person: ("woman" if at % 2 else "man") for at, person in enumerate(PEOPLE) if at < 180}
ODD = dict.fromkeys(PEOPLE[:3], "of three") | dict.fromkeys(PEOPLE[3:100], "others")


def rankings(bias: float, *, seed: int = 1, count: int = 12) -> list[Ranked]:
    random = Random(seed)
    found = []
    for number in range(count):
        scores = {person: random.random() + (bias if GENDER.get(person) == "man" else 0) for person in PEOPLE}
        order = sorted(PEOPLE, key=lambda person: (-scores[person], person))
        found.append(Ranked(f"job {number}", tuple(order), tuple(scores[person] for person in order)))
    return found


def reranked(given: list[Ranked], groups: dict[str, str]) -> list[Ranked]:
    found = []
    for each in given:
        order = rerank(
            each.scores, [groups.get(person) for person in each.people], wished_shares(each.people, groups), 200
        )
        found.append(Ranked(each.query, tuple(each.people[at] for at in order), tuple(each.scores[at] for at in order)))
    return found


def audit(given: list[Ranked], declared=None, after=None):
    return audit_rankings(given, after, declared or {"gender": GENDER}, at="2026-11-24T00:00:00Z", source="a test")


def test_planted_bias_is_found() -> None:
    report = audit(rankings(0.4))

    (gender,) = report.attributes
    assert gender.before.p < 0.05
    assert gender.selected["woman"].impact_ratio < 1
    assert (gender.before.skews[10]["woman"] or -9) < 0 < (gender.before.skews[10]["man"] or 0)
    assert headline(report).startswith("Rankings treat groups differently")


def test_where_none_was_planted_none_is_found() -> None:
    assert headline(audit(rankings(0))).startswith("No difference")


def test_after_re_ranking_no_prefix_lacks_a_group_at_less_than_one_percent() -> None:
    given = rankings(0.1)
    (gender,) = audit(given, after={"gender": reranked(given, GENDER)}).attributes

    assert gender.before.infeasible > 0
    assert gender.after is not None
    assert (gender.after.infeasible, gender.after.infeasible_groups) == (0, 0)
    assert gender.after.ndcg >= 0.99


def test_three_people_are_a_name_and_no_number() -> None:
    report = audit(rankings(0), {"gender": GENDER, "odd": ODD})
    data = to_json(report).decode()

    assert [each.name for each in report.attributes] == ["gender"]  # of `odd` one group is left, which compares nothing
    assert "of three" not in data


def test_a_small_group_beside_large_ones_is_named_without_its_size() -> None:
    said = GENDER | dict.fromkeys(PEOPLE[:3], "of three")
    (gender,) = audit(rankings(0), {"gender": said}).attributes

    assert gender.too_small == ("of three",)
    assert gender.undeclared == 23
    assert "of three" not in gender.people


def test_a_small_group_cannot_be_worked_out_by_subtraction() -> None:
    said = {person: "abc"[at % 3] for at, person in enumerate(PEOPLE)} | dict.fromkeys(PEOPLE[:3], "of three")
    (part,) = audit(rankings(0), {"said": said}).attributes  # everybody declared something

    assert part.too_small == ("c", "of three")
    assert part.undeclared == 3 + 65
    assert list(part.people) == ["a", "b"]


def test_nor_from_the_totals_of_one_attribute() -> None:
    age = {person: ("old" if at < 100 else "middle" if at < 150 else "young") for at, person in enumerate(PEOPLE)}
    sex = {person: ("woman" if at < 5 or at % 2 else "man") for at, person in enumerate(PEOPLE)}
    sex |= dict.fromkeys(PEOPLE[150:195], "woman")  # five men are young
    together = with_pairs({"age": age, "sex": sex})["age and sex"]
    shown, small = large_enough(together, PEOPLE)

    assert Counter(together.values())["young, man"] < 20
    for said, group in [(age, "young"), (sex, "man")]:
        assert sum(said[person] == group and person not in shown for person in PEOPLE) >= 20
    assert "young, man" in small


def test_attributes_are_also_looked_at_together() -> None:
    age = {person: ("young" if at % 3 else "old") for at, person in enumerate(PEOPLE)}

    assert list(with_pairs({"age": age, "gender": GENDER})) == ["age", "gender", "age and gender"]
    assert with_pairs({"age": age, "gender": GENDER})["age and gender"][PEOPLE[1]] == "young, woman"


def test_nobody_declared_anything() -> None:
    report = audit(rankings(0), {"gender": {}})

    assert report.attributes == ()
    assert "nothing can be said" in write_page(report)


def test_the_page_needs_no_script_and_escapes_what_people_declare() -> None:
    said = {person: ("<b>x</b>" if at % 2 else "y") for at, person in enumerate(PEOPLE)}
    page = write_page(audit(rankings(0.4), {"gender": said}))

    assert "<script" not in page
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_a_group_that_stands_nowhere_in_front_is_told_as_absent() -> None:
    assert "woman nobody" in write_page(audit(rankings(2)))


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert to_json(audit(rankings(0.2))) == to_json(audit(rankings(0.2)))
    assert json.loads(to_json(audit(rankings(0.2))))["format"] == "assent-fairness/1"


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_lessens_planted_bias(algorithm: Algorithm) -> None:
    (given,) = rankings(0.5, count=1)
    shares = wished_shares(given.people, GENDER)
    order = rerank(given.scores, [GENDER.get(person) for person in given.people], shares, 50, algorithm)

    women = [sum(GENDER.get(given.people[at]) == "woman" for at in places) for places in (range(50), order)]
    assert women[0] < women[1]
