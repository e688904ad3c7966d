"""Jobs, candidates and search over the API: the same results, each with why."""

from __future__ import annotations

from pathlib import Path

import pytest

from api_callers import service_of
from features_world import make_features_portal
from portal_world import Portal
from small_world import switched


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_features_portal(tmp_path / "w")


@pytest.fixture
def client(portal: Portal):
    return service_of(portal, "features.use")


def test_jobs_for_a_member_say_why(client) -> None:
    (found,) = client.post("/v1/features/jobs", json={"member": "mira"}).json()["results"]

    assert (found["sort"], found["id"], found["owner"]) == ("jobs", "job-1", "tom")
    assert sum(found["why"]["parts"].values()) == pytest.approx(found["score"], abs=1e-3)


def test_candidates_for_a_job(client) -> None:
    answer = client.post("/v1/features/candidates", json={"text": "arc welding and drawings", "limit": 5}).json()

    assert [each["id"] for each in answer["results"]] == ["mira"]


def test_search_in_the_order_that_was_asked(client) -> None:
    answer = client.post("/v1/features/search", json={"query": "arc welding", "sorts": ["jobs", "people"]}).json()

    assert [each["sort"] for each in answer["results"]] == ["jobs", "people"]


def test_switched_off_is_409_with_the_reason(portal: Portal, client) -> None:
    portal.world.tell(switched("mira", "off", portal.world.now, setting="recommend_jobs"))
    answer = client.post("/v1/features/jobs", json={"member": "mira"})

    assert (answer.status_code, "setting_off" in answer.json()["title"]) == (409, True)


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x", "limit": 0}, {"text": "x", "limit": 101}, {"text": "x", "gender": "man"}]
)
def test_what_is_not_as_described_is_422(client, body: dict[str, object]) -> None:
    assert client.post("/v1/features/candidates", json=body).status_code == 422


def test_another_scope_opens_nothing(portal: Portal) -> None:
    client = service_of(portal, "decide")

    assert client.post("/v1/features/search", json={"query": "arc"}).status_code == 403


def test_every_claim_of_a_draft_has_its_record(client) -> None:
    draft = client.post("/v1/features/drafts", json={"member": "mira", "kind": "about"}).json()

    assert draft["text"]
    assert "AI" in draft["mark"]
    assert all(claim["records"] for claim in draft["claims"])


def test_what_a_profile_lacks_has_a_reason(client) -> None:
    told = client.post("/v1/features/suggestions", json={"member": "eve"}).json()["suggestions"]

    assert all(each["reason"] and each["to_do"] for each in told)
    assert "summary" in " ".join(each["reason"] for each in told)


def test_without_a_taxonomy_there_is_no_path(client) -> None:
    answer = client.post("/v1/features/path", json={"member": "mira", "goal": "welder"})

    assert (answer.status_code, answer.json()["title"]) == (400, "no occupations are known here")
