"""Data sets, recipients, the ledger and the trail in a real browser, as an auditor goes through them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assent.serving.door import cookie_name
from portal_world import AUDITOR, OFFICER, Portal, make_portal, serve
from small_world import joined, post

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAGES = ("/console/snapshots", "/console/takebacks", "/console/recipients", "/console/ledger", "/console/trail")
A_VERIFICATION_TAKES_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    given = make_portal(tmp_path / "world", [*joined("ann"), *joined("bob")], [post("p1", "ann"), post("p2", "bob")])
    yield given
    given.platform.close()


def visit(browser: Browser, portal: Portal, address: str, *, role: str = AUDITOR, **given: object) -> Page:
    # Without JavaScript: a page that waits comes again by a header.
    context = browser.new_context(**{"viewport": DESKTOP, "java_script_enabled": False} | given)
    cookie = {"name": cookie_name(portal.platform), "value": portal.session(staff=role), "url": address}
    context.add_cookies([cookie])
    return context.new_page()


def test_an_auditor_verifies_a_data_set(browser: Browser, portal: Portal) -> None:
    portal.world.build()
    with serve(portal) as address:
        page = visit(browser, portal, address)
        page.goto(f"{address}/console/snapshots")
        page.locator("tbody").get_by_role("link").click()
        page.get_by_role("button", name="Verify now").click()
        verdict = page.get_by_text("2 of 2 decisions derived again, 0 differ")
        expect(verdict).to_be_visible(timeout=A_VERIFICATION_TAKES_MS)
        expect(page.get_by_text("verifies", exact=True)).to_be_visible()


def test_a_data_set_that_was_tampered_with_is_shown_not_to_verify(browser: Browser, portal: Portal) -> None:
    victim = next(portal.world.build().path.rglob("data/**/*.parquet"))
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    with serve(portal) as address:
        page = visit(browser, portal, address)
        page.goto(f"{address}/console/snapshots")
        page.locator("tbody").get_by_role("link").click()
        page.get_by_role("button", name="Verify now").click()
        expect(page.get_by_text("does NOT verify")).to_be_visible(timeout=A_VERIFICATION_TAKES_MS)
        page.get_by_text("Every check").click()
        expect(page.get_by_role("row").filter(has_text=re.compile("^files")).get_by_text("FAILED")).to_be_visible()


def test_the_trail_is_filtered_and_paged(browser: Browser, portal: Portal) -> None:
    for number in range(60):
        portal.platform.record_action("objection.weigh", f"case-{number}", f"staff:{OFFICER}")
    portal.platform.record_action("snapshot.verify", "a-data-set", f"staff:{AUDITOR}")
    with serve(portal) as address:
        page = visit(browser, portal, address)
        page.goto(f"{address}/console/trail")
        expect(page.get_by_text("Entries: 61 · 1 / 2")).to_be_visible()
        page.get_by_role("link", name="Older").click()
        expect(page.get_by_role("cell", name="case-0", exact=True)).to_be_visible()
        page.get_by_label("Action").select_option("snapshot.verify")
        page.get_by_role("button", name="Show").click()
        assert page.locator("tbody tr").count() == 1
        expect(page.get_by_role("cell", name="a-data-set")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    browser: Browser, portal: Portal, size: dict[str, int]
) -> None:
    built = portal.world.build()
    wrong = {}
    with serve(portal) as address:
        page = visit(browser, portal, address, viewport=size, java_script_enabled=True, bypass_csp=True)
        for path in ("/console", *PAGES, f"/console/snapshots/{built.path.name}"):
            page.goto(address + path)
            found = [each["id"] for each in Axe().run(page).response["violations"]]
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            if found or wide:
                wrong[path] = found, wide

    assert wrong == {}


def test_the_pages_speak_german(browser: Browser, portal: Portal) -> None:
    with serve(portal) as address:
        page = visit(browser, portal, address, locale="de-DE")
        page.goto(f"{address}/console/ledger")
        tabs = page.get_by_role("navigation", name="Konsole").get_by_role("link").all_inner_texts()

    assert tabs == ["Überblick", "Widersprüche", "Sperren", "Mitteilungen", "Regeln", "Datensätze", "Rücknahmen", "Empfänger",
                    "Hauptbuch", "Verlauf"]  # fmt: skip
