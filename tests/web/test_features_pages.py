"""Jobs for me, search, and people for a job, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from features_world import make_features_portal
from portal_world import Portal, make_portal
from small_world import joined, switched


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_features_portal(tmp_path / "w")


def test_a_member_sees_the_jobs_that_fit_and_why(portal: Portal) -> None:
    html = portal.client(member="mira").get("/for-me").text

    assert html.count("<article") == 1
    assert "Why do I see this?" in html
    assert "drawings &lt;b&gt;" in html
    assert 'href="/settings/recommend_jobs"' in html


def test_who_switched_it_off_is_told_where_it_goes_on_again(portal: Portal) -> None:
    portal.world.tell(switched("mira", "off", portal.world.now, setting="recommend_jobs"))
    html = portal.client(member="mira").get("/for-me").text

    assert "setting_off" in html
    assert "<article" not in html


def test_search_finds_people_posts_and_jobs(portal: Portal) -> None:
    html = portal.client(member="eve").get("/find", params={"q": "arc welding"}).text

    assert html.count("<article") == 3
    assert "Mira" in html
    assert "Tom" not in html  # his skill is for his connections


@pytest.mark.parametrize("what", ["people", "posts", "jobs"])
def test_search_looks_where_it_is_asked_to(portal: Portal, what: str) -> None:
    html = portal.client(member="eve").get("/find", params={"q": "arc welding", "what": what}).text

    assert html.count("<article") == 1


def test_what_is_searched_is_shown_as_text(portal: Portal) -> None:
    html = portal.client(member="eve").get("/find", params={"q": '"><script>alert(1)</script>'}).text

    assert "<script>alert" not in html
    assert "Nothing fits these words." in html


def test_people_for_a_job(portal: Portal) -> None:
    client = portal.client(member="tom")
    html = client.form("/find/people", text="Welder\nArc welding and drawings").text

    assert "Mira" in html
    assert "A machine decides about nobody" in html


def test_a_job_that_is_offered_fills_the_form(portal: Portal) -> None:
    assert "We need arc welding" in portal.client(member="tom").get("/find/people", params={"job": "job-1"}).text


def test_a_job_that_is_not_there_is_told(portal: Portal) -> None:
    assert "there is no job `j-9`" in portal.client(member="tom").get("/find/people", params={"job": "j-9"}).text


def test_who_switched_being_found_off_is_gone_from_the_next_page(portal: Portal) -> None:
    client = portal.client(member="eve")
    before = client.get("/find", params={"q": "arc welding", "what": "people"}).text
    portal.client(member="mira").form("/settings/search_candidates", action="take_back")
    after = client.get("/find", params={"q": "arc welding", "what": "people"}).text

    assert ("Mira" in before, "Mira" in after) == (True, False)


def test_nobody_searches_without_signing_in(portal: Portal) -> None:
    assert portal.client().get("/find", params={"q": "arc"}).status_code in {303, 401}


def test_without_anything_built_the_page_says_so(tmp_path: Path) -> None:
    portal = make_portal(tmp_path / "w", joined("ann"))

    assert "nothing was built for" in portal.client(member="ann").get("/find", params={"q": "welder"}).text


@pytest.mark.parametrize("path", ["/for-me", "/find", "/find?q=arc+welding", "/find/people"])
def test_the_pages_are_said_in_german(portal: Portal, path: str) -> None:
    html = portal.client(member="mira").get(path, headers={"accept-language": "de"}).text

    assert '<html lang="de">' in html
    assert "Why do I" not in html
    assert "Find people" not in html
