"""The console in a real browser: an officer stops a use; one proposes rules and another puts them in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from test_console_pages import STRICTER, decided, portal

from assent.serving.door import cookie_name
from assent.vocabulary.reasons import Reason
from portal_world import AUDITOR, OFFICER, Portal, serve

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


def visit(browser: Browser, given: Portal, address: str, role: str, name: str = "olga", **look: object) -> Page:
    context = browser.new_context(**{"viewport": DESKTOP} | look)
    secret = given.session(staff=role, name=name)
    context.add_cookies([{"name": cookie_name(given.platform), "value": secret, "url": address}])
    return context.new_page()


def test_an_officer_stops_a_use_and_sees_how_long_it_took(tmp_path: Path, browser: Browser) -> None:
    given = portal(tmp_path)
    with serve(given) as address:
        page = visit(browser, given, address, OFFICER)
        page.goto(f"{address}/console/holds")
        page.get_by_label("Where").fill("DE")
        page.get_by_label("Why", exact=True).fill("The authority asked.")
        page.get_by_role("button", name="Stop this use").click()
        expect(page.get_by_role("status")).to_contain_text("ms after you asked")
    assert decided(given, "ann") & Reason.ON_HOLD.bit


def test_one_proposes_and_another_puts_it_in_force(tmp_path: Path, browser: Browser) -> None:
    given = portal(tmp_path)
    with serve(given) as address:
        one = visit(browser, given, address, OFFICER)
        one.goto(f"{address}/console/packs")
        one.get_by_label("Or its text").fill(STRICTER)
        one.get_by_label("Why", exact=True).fill("safer")
        one.get_by_role("button", name="Propose").click()
        expect(one.get_by_text("2 records of 2 members")).to_be_visible(timeout=30_000)
        other = visit(browser, given, address, OFFICER, "otto")
        other.goto(one.url)
        other.get_by_role("button", name="Approve and put in force").click()
        expect(other.get_by_text("Every decision made after")).to_be_visible()
    assert decided(given, "ann") & Reason.WAITING_PERIOD.bit


@pytest.mark.parametrize("look", [{}, {"viewport": PHONE, "color_scheme": "dark", "locale": "de"}])
def test_an_auditor_reads_and_axe_finds_nothing(tmp_path: Path, browser: Browser, look: dict[str, object]) -> None:
    given = portal(tmp_path)
    with serve(given) as address:
        page = visit(browser, given, address, AUDITOR, **look)
        for path in ("", "/holds", "/packs"):
            page.goto(f"{address}/console{path}")
            assert page.locator("main form[method=post]").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert Axe().run(page).response["violations"] == []
