"""Jobs for me, search, and people for a job, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.features.taxonomy.storing import write_taxonomy
from assent.operations.taxonomy import FILE
from features.small_taxonomy import TAXONOMY
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


# --- help for the member


def test_a_draft_is_made_of_what_the_member_wrote(portal: Portal) -> None:
    client = portal.client(member="mira")
    html = client.form("/write", kind="about", length="medium").text

    assert "Written with the help of AI" in html
    assert "Where does each fact come from?" in html
    assert "mira-skill" in html


def test_who_switched_writing_off_gets_no_draft(portal: Portal) -> None:
    portal.world.tell(switched("mira", "off", portal.world.now, setting="help_writing"))
    html = portal.client(member="mira").form("/write", kind="about").text

    assert "setting_off" in html
    assert "Where does each fact come from?" not in html


def test_the_same_message_to_many_is_refused(portal: Portal) -> None:
    client = portal.client(member="mira")
    pages = [
        client.form("/write", kind="message_to_hirer", context="Welder\nArc welding", addressee=name).text
        for name in ("Ann", "Ben", "Cid", "Dot", "Eli")
    ]

    assert "the same message went to" in pages[-1]
    assert "the same message went to" not in pages[0]


def test_a_hirer_who_asks_for_young_men_is_told_the_law(portal: Portal) -> None:
    html = portal.client(member="tom").form(
        "/write", kind="message_to_candidate", context="Welder\nWe want young men", addressee="Mira"
    ).text  # fmt: skip

    assert "say what the work needs, not who" in html


def test_ideas_for_a_profile_have_a_reason(portal: Portal) -> None:
    html = portal.client(member="eve").get("/profile-ideas").text

    assert "there is no summary" in html.lower()


def test_learning_without_a_taxonomy_says_what_is_missing(portal: Portal) -> None:
    html = portal.client(member="mira").get("/learn", params={"goal": "welder"}).text

    assert "no occupations are known here" in html


@pytest.fixture
def learned(portal: Portal) -> Portal:
    folder = portal.world.workspace.root / "taxonomy"
    folder.mkdir()
    write_taxonomy(TAXONOMY, folder / FILE)
    return portal


def test_the_way_to_an_occupation(learned: Portal) -> None:
    html = learned.client(member="mira").get("/learn", params={"goal": "software developer"}).text

    assert "0 of 2 essential skills are there." in html
    assert html.index("logic") < html.index("write code")


def test_an_occupation_nobody_knows_is_told_with_those_that_are_near(learned: Portal) -> None:
    html = learned.client(member="mira").get("/learn", params={"goal": "xyzzy"}).text

    assert "no occupation is called `xyzzy`" in html


@pytest.mark.parametrize("fields", [{}, {"seed": "x"}, {"seed": "1", "occupation": "<b>"}, {"seed": "9" * 30}])
def test_answers_to_no_assessment_are_told(learned: Portal, fields: dict[str, str]) -> None:
    html = learned.client(member="mira").form("/learn/assessment", **fields).text

    assert "there is no such assessment" in html


@pytest.mark.parametrize("path", ["/write", "/profile-ideas", "/learn", "/learn?goal=developer"])
def test_the_members_pages_are_said_in_german(learned: Portal, path: str) -> None:
    html = learned.client(member="mira").get(path, headers={"accept-language": "de"}).text

    assert '<html lang="de">' in html
    assert "Switch this off" not in html
