"""Notices in the console: who was told, and publishing and sending in two steps, by an officer alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assent.desk.contacts import Contact, put_contacts
from assent.desk.outbox import bounce_mail, count_by_state, mails_about
from assent.operations import notices
from assent.serving.door import cookie_name
from assent.vocabulary.identifiers import MemberId
from portal_world import AUDITOR, OFFICER, OPERATOR, Portal, make_portal, serve
from small_world import NOTICE, joined

HERE = f"/console/notices/{NOTICE}"
TEXT = {"code": ["en"], "text": ["# AI training\n\nWe begin **soon**."]}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Three members in Germany and one in France; of one there is no address, and nobody was told."""
    events = [e for n in range(4) for e in joined(f"m{n}", region="FR" if n == 3 else "DE")]
    given = make_portal(tmp_path, [e for e in events if e["type"] != "notice.delivered"], [])
    put_contacts(given.platform.desk, [Contact(MemberId(f"m{n}"), f"m{n}@example.net", "en") for n in (0, 1, 3)])
    yield given
    given.platform.close()


def publish(portal: Portal) -> str:
    return notices.publish(portal.platform, NOTICE, {"en": TEXT["text"][0]}, by="staff:o").digest


def trail(portal: Portal) -> list[tuple[str | None, str | None]]:
    return [(e.key, e.by) for _, e in portal.platform.ledger.system_events() if e.type == "staff.acted"]


def test_words_are_published_only_with_the_digest_that_was_looked_at(portal: Portal) -> None:
    officer = portal.client(staff=OFFICER)
    looked = officer.form(f"{HERE}/publish", **TEXT).text
    assert "<strong>soon</strong>" in looked
    assert (notices.published(portal.platform), trail(portal)) == ([], [])
    digest = re.search(r'name="digest" value="([^"]+)"', looked)[1]
    assert (
        "Look again." in officer.form(f"{HERE}/publish", **{**TEXT, "text": ["# Other\n\nwords"]}, digest=digest).text
    )
    assert notices.published(portal.platform) == []
    assert officer.form(f"{HERE}/publish", **TEXT, digest=digest).status_code == 303
    assert [each.digest for each in notices.published(portal.platform)] == [digest]
    assert trail(portal) == [("notice.publish", f"staff:{OFFICER}")]


def test_mail_is_counted_first_and_put_where_it_was_asked_for(portal: Portal) -> None:
    digest, officer = publish(portal), portal.client(staff=OFFICER)
    counted = officer.form(f"{HERE}/send", region="DE").text
    assert "Mails that would be put: 2" in counted
    assert count_by_state(portal.platform.desk) == {}
    answer = officer.form(f"{HERE}/send", region="DE", digest=digest)
    assert answer.headers["location"] == f"{HERE}?put=2"
    assert sorted(str(each.member) for each in mails_about(portal.platform.desk, NOTICE)) == ["m0", "m1"]
    assert trail(portal)[-1] == ("notice.send", f"staff:{OFFICER}")


def test_words_that_changed_since_they_were_counted_are_not_sent(portal: Portal) -> None:
    publish(portal)
    assert portal.client(staff=OFFICER).form(f"{HERE}/send", digest="sha256:other").status_code == 409
    assert count_by_state(portal.platform.desk) == {}


def test_a_region_that_there_is_not_is_said_beside_the_field(portal: Portal) -> None:
    publish(portal)
    answer = portal.client(staff=OFFICER).form(f"{HERE}/send", region="Atlantis")
    assert (answer.status_code, "there is no region `Atlantis`" in answer.text) == (400, True)


def test_text_without_a_heading_comes_back_as_it_was_typed(portal: Portal) -> None:
    answer = portal.client(staff=OFFICER).form(f"{HERE}/publish", code=["en"], text=["no heading"])
    assert (answer.status_code, ">no heading</textarea>" in answer.text) == (400, True)


@pytest.mark.parametrize(("role", "sees"), [(OFFICER, True), (AUDITOR, True), (OPERATOR, False)])
def test_whose_mail_came_back_is_for_those_who_look_at_cases(portal: Portal, role: str, sees: bool) -> None:
    publish(portal)
    notices.send(portal.platform, NOTICE, by="staff:o")
    mail = next(each for each in mails_about(portal.platform.desk, NOTICE) if each.member == "m3")
    bounce_mail(portal.platform.desk, mail.id, "550 <m3@example.net> unknown")
    client = portal.client(staff=role)
    text, file = client.get(HERE).text, client.get(f"{HERE}/came-back.csv")
    assert ("<code>m3</code>" in text, "example.net" in text) == (sees, False)
    assert (file.status_code, file.text == "member,state\r\nm3,bounced\r\n") == (200 if sees else 403, sees)


@pytest.mark.parametrize("role", [AUDITOR, OPERATOR])
def test_nobody_but_an_officer_is_offered_to_send(portal: Portal, role: str) -> None:
    publish(portal)
    client = portal.client(staff=role)
    assert "<textarea" not in client.get(HERE).text
    assert client.form(f"{HERE}/send").status_code == 403


def test_an_officer_publishes_and_sends_in_a_browser(portal: Portal) -> None:
    with serve(portal) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = visit(browser, portal, address)
        page.goto(f"{address}/console/notices")
        clean(page)
        page.get_by_role("link", name=NOTICE).click()
        page.get_by_label("Words in en").fill(TEXT["text"][0])
        page.get_by_role("button", name="Look at it first").click()
        clean(page)
        page.get_by_role("button", name="Publish").click()
        page.get_by_label("Where").fill("DE")
        page.get_by_role("button", name="Count first").click()
        expect(page.get_by_text("Mails that would be put: 2")).to_be_visible()
        clean(page)
        page.get_by_role("button", name="Put the mail").click()
        expect(page.get_by_role("status")).to_contain_text("Mails put: 2.")
        clean(page)
        browser.close()
    assert count_by_state(portal.platform.desk) == {"waiting": 2}


def visit(browser: Browser, portal: Portal, address: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    cookie = {"name": cookie_name(portal.platform), "value": portal.session(staff=OFFICER), "url": address}
    context.add_cookies([cookie])
    return context.new_page()


def clean(page: Page) -> None:
    found = [each["id"] for each in Axe().run(page).response["violations"]]
    assert found == []
