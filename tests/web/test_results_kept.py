"""Results of assessments are kept where the member says so, shown where they let it be, and gone when they say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from api_callers import service_of
from assent.errors import InputError, RefusedError
from assent.features.learning.assessments import AssessmentResult
from assent.features.learning.scoring import ability_of, raw_of
from assent.features.taxonomy.reading import read_esco
from assent.features.taxonomy.storing import write_taxonomy
from assent.operations.assessment_results import MOST_KEPT, delete_result, keep_result, results_of
from assent.operations.erasing import erase
from assent.operations.items import Items
from assent.operations.platform import open_platform
from assent.operations.results_table import prepare_results
from assent.operations.taxonomy import FILE
from assent.operations.workspace import open_workspace
from assent.vocabulary.identifiers import MemberId
from features_world import make_features_portal
from portal_world import Portal
from small_world import switched

AT = datetime(2026, 2, 1, tzinfo=UTC)
MIRA, TOM = MemberId("mira"), MemberId("tom")
SHOW = "2026-02-01T00:00:00Z"


def result(seed: int = 1, label: str = "welder") -> AssessmentResult:
    return AssessmentResult(
        label, label, seed, "0" * 64, AT, 12, raw_of(11, 12), ability_of([0.0] * 12, [True] * 11 + [False])
    )


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    portal = make_features_portal(tmp_path / "w")
    prepare_results(portal.world.workspace)
    return portal


@pytest.fixture
def kept(portal: Portal) -> Portal:
    keep_result(portal.world.workspace, MIRA, result())
    return portal


def bytes_of(portal: Portal) -> bytes:
    return b"".join(path.read_bytes() for path in (portal.world.root / "assessments").rglob("*") if path.is_file())


def people(portal: Portal) -> str:
    return portal.client(member="tom").form("/find/people", text="Welder\nArc welding and drawings").text


def test_a_result_that_is_kept_is_an_item_of_the_member(kept: Portal) -> None:
    assert "11 of 12 right" in kept.client(member="mira").get("/learn/results").text
    with open_platform(open_workspace(kept.world.root), clock=kept.world.clock) as platform:  # as after a start
        shown = [each.excerpt or "" for each in Items(platform).page(MIRA).items]
    assert any(each.startswith("welder: 11 of 12 right") for each in shown)
    assert "11 of 12 right" not in kept.client(member="tom").get("/learn/results").text


def test_no_hirer_sees_it_until_its_owner_says_so(kept: Portal) -> None:
    before = people(kept)
    kept.world.tell(switched("mira", "on", SHOW, setting="show_assessments"))
    after = people(kept)
    kept.world.pass_time(minutes=1)
    kept.world.tell(switched("mira", "off", kept.world.now, setting="show_assessments"))

    assert ("Mira" in before, "11 of 12 right" in before) == (True, False)
    assert "11 of 12 right" in after
    assert "Recognising work is not doing it." in after
    assert "11 of 12 right" not in people(kept)


def test_the_api_tells_it_beside_the_candidate_alone(kept: Portal) -> None:
    kept.world.tell(switched("mira", "on", SHOW, setting="show_assessments"))
    answer = service_of(kept, "features.use").post("/v1/features/candidates", json={"text": "arc welding, drawings"})

    (found,) = answer.json()["results"]
    assert found["assessments"][0].startswith("welder: 11 of 12 right")


def test_one_that_was_deleted_is_nowhere(kept: Portal) -> None:
    client = kept.client(member="mira")
    (one,) = results_of(kept.world.workspace, MIRA)
    assert kept.client(member="tom").form("/learn/results", record=one.record).text.count("you keep no such result")
    assert client.form("/learn/results", record=one.record).status_code == 303

    assert "You keep no result." in client.get("/learn/results").text
    assert b"11 of 12" not in bytes_of(kept)


def test_who_is_erased_leaves_no_result(kept: Portal) -> None:
    keep_result(kept.world.workspace, TOM, result(label="baker"))
    erase(kept.world.workspace, ["mira"], clock=kept.world.clock)

    assert b"mira" not in bytes_of(kept)
    assert [each.result.label for each in results_of(kept.world.workspace, TOM)] == ["baker"]


def test_the_same_questions_count_once(kept: Portal) -> None:
    workspace = kept.world.workspace
    with pytest.raises(RefusedError, match="kept already"):
        keep_result(workspace, MIRA, replace(result(), raw=raw_of(12, 12)))
    keep_result(workspace, MIRA, result(seed=2))

    assert [each.result.raw.right for each in results_of(workspace, MIRA)] == [11, 11]


def test_nobody_keeps_without_end(portal: Portal) -> None:
    workspace = portal.world.workspace
    for seed in range(MOST_KEPT):
        keep_result(workspace, MIRA, result(seed))
    with pytest.raises(RefusedError, match="are kept already"):
        keep_result(workspace, MIRA, result(MOST_KEPT))
    assert len(results_of(workspace, MIRA)) == MOST_KEPT


def test_of_many_at_once_none_is_lost(portal: Portal) -> None:
    workspace = portal.world.workspace
    threads = [Thread(target=keep_result, args=(workspace, MIRA, result(seed))) for seed in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(each.result.seed for each in results_of(workspace, MIRA)) == list(range(8))


def test_one_that_is_not_there_cannot_be_deleted(portal: Portal) -> None:
    with pytest.raises(InputError, match="you keep no such result"):
        delete_result(portal.world.workspace, MIRA, "assessment-0")


@pytest.mark.external_data
def test_answers_are_scored_here_and_never_by_the_page(portal: Portal, external_data: Path) -> None:
    esco = external_data / "esco"
    folder = portal.world.root / "taxonomy"
    folder.mkdir()
    read = read_esco(esco / "esco-v1.1.1-classification-en.zip", esco / "esco-v1.1.1-relations.zip")
    write_taxonomy(read, folder / FILE)
    client = portal.client(member="mira")
    asked = client.get("/learn/assessment", params={"subject": "welder", "seed": "3"}).text
    occupation = asked.partition('name="occupation" value="')[2].partition('"')[0]

    sent = client.form("/learn/assessment", occupation=occupation, seed="3", keep="yes", right="99", q1="0")

    assert sent.status_code == 303
    (kept,) = results_of(portal.world.workspace, MIRA)
    assert kept.result.raw.right <= 1
    assert kept.result.label == "welder"
