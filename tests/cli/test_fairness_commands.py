"""`assent fairness`: kept in the workspace, run again after a take-back, and in the evidence bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import EvidenceError, InputError
from assent.features.taxonomy.storing import write_taxonomy
from assent.operations.taxonomy import FILE
from features.small_taxonomy import TAXONOMY
from small_world import World, joined, make_world, post, switched

Run = Callable[..., Result]
PEOPLE = [f"p{number:02}" for number in range(60)]
SINCE = "2025-02-01T00:00:00Z"


def is_woman(person: str) -> bool:
    return int(person[1:]) % 2 == 1


def records(*, biased: bool) -> list[dict[str, Any]]:
    """Sixty welders, half of them women; where it is biased, only men say what jobs ask for."""
    rows = [post(f"job-{at}", "hank", "Welder\nWe weld metal and read technical drawings", category="job.posting")
            for at in range(3)]  # fmt: skip
    for person in PEOPLE:
        woman, says = is_woman(person), "weld metal, read technical drawings"
        skills = "patience" if (biased and woman) else says if biased or int(person[1:]) % 4 < 2 else "patience"
        rows += [
            post(f"{person}-name", person, f"Person {person}", category="profile.name"),
            post(f"{person}-job", person, "Welder", category="profile.position"),
            post(f"{person}-skill", person, skills, category="profile.skill"),
            post(f"{person}-gender", person, f"gender: {'woman' if woman else 'man'}", category="declared.attribute"),
            post(f"{person}-odd", person, f"origin: {'Atlantis' if person < 'p03' else 'elsewhere'}",
                 category="declared.attribute"),
        ]  # fmt: skip
    return rows


def make(root: Path, *, biased: bool, linked: bool = False) -> World:
    events = [each for person in (*PEOPLE, "hank") for each in joined(person, region="IE")]
    events += [switched(person, "on", SINCE, setting="fairness_audit") for person in PEOPLE]
    world = make_world(root, events, records(biased=biased))
    if linked:
        (world.root / "taxonomy").mkdir()
        write_taxonomy(TAXONOMY, world.root / "taxonomy" / FILE)
    for purpose in ("search_candidates", "recommend_jobs", "fairness_audit"):
        world.build(purpose)
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make(tmp_path / "w", biased=True)


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(world.root)
    return command


def command(*words: str) -> Result:
    result = CliRunner().invoke(build_app(), list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def audited(run: Run, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run("fairness", *words, "--json").stdout)
    return answer


def gender(told: dict[str, Any]) -> dict[str, Any]:
    (found,) = [each for each in told["report"]["attributes"] if each["name"] == "gender"]
    return found


def test_planted_bias_is_found_and_the_re_ranking_takes_it_away(run: Run) -> None:
    found = gender(audited(run))

    assert found["people"] == {"man": 30, "woman": 30}
    assert found["before"]["p"] < 0.05
    assert found["selected"]["woman"]["impact_ratio"] < 0.8
    assert found["before"]["infeasible"] > 0 == found["after"]["infeasible"]


def test_who_is_fit_and_not_shown_is_the_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make(tmp_path / "linked", biased=True, linked=True).root)
    before = gender(audited(command))["before"]

    assert set(before["opportunity"]) == {"man", "woman"}  # a welder is fit by title, whatever skills are listed
    assert before["opportunity_gap"] == pytest.approx(before["opportunity"]["man"] - before["opportunity"]["woman"])
    assert before["opportunity_gap"] > 0.5


def test_where_groups_do_not_differ_nothing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make(tmp_path / "even", biased=False).root)

    assert gender(audited(command))["before"]["p"] > 0.05


def test_a_group_of_three_is_told_by_name_alone(run: Run) -> None:
    told = audited(run)

    assert "origin" not in [each["name"] for each in told["report"]["attributes"]]  # one group is left
    assert "Atlantis".lower() not in Path(told["page"]).read_text()


def test_who_switched_it_off_is_counted_in_no_next_audit(run: Run, world: World) -> None:
    before = gender(audited(run))["people"]["woman"]
    world.pass_time(days=1)
    run("ledger", "append", "--type", "setting.changed", "--member", "p01", "--field", "setting=fairness_audit",
        "--field", "value=off")  # fmt: skip

    assert (before, gender(audited(run))["people"]["woman"]) == (30, 29)


def test_the_same_is_audited_again_after_a_take_back(run: Run) -> None:
    first = audited(run, "--jobs", "2", "--seed", "7", "--algorithm", "DetGreedy")
    again = json.loads(run("takeback", "p01", "--json").stdout)["rankings"]
    second = json.loads(Path(again["page"]).with_suffix(".json").read_bytes())

    assert again["audited"]
    assert second["asked"] == {"jobs": 2, "algorithm": "DetGreedy", "seed": 7}
    assert (first["report"]["people"], second["people"]) == (60, 59)


def test_a_person_is_told_of_it(run: Run) -> None:
    audited(run)

    assert "rankings were audited again: Rankings treat groups differently" in " ".join(
        run("takeback", "p01").stdout.split()
    )


def test_where_nobody_audits_a_take_back_audits_nothing(run: Run) -> None:
    assert "rankings" not in json.loads(run("takeback", "p01", "--json").stdout)


def test_a_take_back_stands_where_the_audit_cannot_be_run(run: Run) -> None:
    told = audited(run)
    Path(told["json"]).write_text("{}")
    done = json.loads(run("takeback", "p01", "--json").stdout)

    assert done["sweep"]["swept"]
    assert not done["rankings"]["audited"]
    assert "was changed after it was written; the audit is due: assent fairness" in done["rankings"]["said"]


def test_the_bundle_has_the_newest_audit(run: Run, tmp_path: Path) -> None:
    run("fairness", "--jobs", "1")
    run("audit", "--bundle", str(tmp_path / "evidence.zip"))
    with ZipFile(tmp_path / "evidence.zip") as bundle:
        page, figures = bundle.read("tests.html").decode(), json.loads(bundle.read("figures.json"))
        attached = json.loads(bundle.read("attachments/audits/rankings.json"))
        assert b"<svg" in bundle.read("attachments/audits/rankings.html")

    assert "Rankings treat groups differently" in page
    assert (figures["rankings"]["ok"], figures["rankings"]["groups"][0]["attribute"]) == (False, "gender")
    assert attached["asked"]["jobs"] == 1


def test_without_an_audit_the_bundle_says_that_it_is_missing(run: Run, tmp_path: Path) -> None:
    shown = run("audit", "--bundle", str(tmp_path / "evidence.zip")).stdout
    with ZipFile(tmp_path / "evidence.zip") as bundle:
        assert "No ranking was audited" in bundle.read("tests.html").decode()

    assert "an audit of rankings: none was run" in shown


def test_a_report_that_was_changed_is_in_no_bundle(run: Run, tmp_path: Path) -> None:
    Path(audited(run)["json"]).write_text('{"rankings": 1}')

    with pytest.raises(EvidenceError, match="was changed after it was written"):
        run("audit", "--bundle", str(tmp_path / "evidence.zip"))
    assert not (tmp_path / "evidence.zip").exists()


def test_where_nothing_was_built_it_says_what_to_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_world(tmp_path / "w", joined("ann"), [post("p", "ann")]).root)

    with pytest.raises(InputError, match="nothing was built for"):
        command("fairness")


def test_an_algorithm_nobody_knows_is_said(run: Run) -> None:
    with pytest.raises(InputError, match="Greedy"):
        run("fairness", "--algorithm", "Greedy")
