"""What anybody may see, in a real browser without JavaScript: checking receipts, reading in German, passing texts on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assent.operations.receipt import Made, make_receipt
from portal_world import make_portal, serve
from small_world import entropy_from, joined, switched

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAGES = ("/", "/transparency", "/transparency/rules", "/transparency/balancing-test", "/transparency/log",
         "/transparency/receipt", "/employers")  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Thirty members in Germany, half of whom said no."""
    root = tmp_path_factory.mktemp("public")
    events = [event for n in range(50) for event in joined(f"m{n}")]
    events += [switched(f"m{n}", "off", "2026-02-01T00:00:00Z") for n in range(25)]
    root.joinpath("balancing.md").write_text("# Why\n\n| a | b |\n|---|---|\n| c | d |\n")
    made = make_portal(root, events, [])
    yield made
    made.platform.close()


@pytest.fixture(scope="module")
def address(portal) -> Iterator[str]:
    with serve(portal) as where:
        yield where


@pytest.fixture(scope="module")
def receipt(portal) -> Made:
    return make_receipt(portal.platform.workspace, "m1", clock=portal.world.clock, entropy=entropy_from(b"receipt"))


@pytest.fixture
def visit(browser, address):
    contexts = []

    def open_page(path: str, **given: object) -> Page:
        contexts.append(browser.new_context(**{"viewport": DESKTOP, "java_script_enabled": False} | given))
        page = contexts[-1].new_page()
        page.goto(address + path)
        return page

    yield open_page
    for each in contexts:
        each.close()


def give(page: Page, data: bytes) -> None:
    file = {"name": "receipt.json", "mimeType": "application/json", "buffer": data}
    page.get_by_label("A receipt as a file").set_input_files(file)
    page.get_by_role("button", name="Check this receipt").click()


def test_a_good_receipt_is_found_genuine(visit, receipt):
    page = visit("/transparency")
    give(page, receipt.data)
    expect(page.get_by_role("status")).to_contain_text("This receipt is genuine.")


def test_a_receipt_with_one_letter_changed_is_not(visit, receipt):
    page = visit("/transparency/receipt")
    envelope = json.loads(receipt.data)
    signature = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = ("B" if signature[0] == "A" else "A") + signature[1:]
    give(page, json.dumps(envelope).encode())
    expect(page.get_by_role("status")).to_contain_text("This receipt does not verify.")


def test_a_receipt_can_be_pasted_on_a_phone(visit, receipt):
    page = visit("/transparency/receipt", viewport=PHONE)
    page.get_by_label("or its text").fill(receipt.data.decode())
    page.get_by_role("button", name="Check this receipt").click()
    expect(page.get_by_role("status")).to_contain_text("This receipt is genuine.")


def test_somebody_reads_all_of_it_in_german(visit):
    page = visit("/")
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("main").get_by_role("link", name="Transparenz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Was mit Daten geschieht, in Zahlen")
    page.get_by_role("link", name="Die Regeln").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Regeln in einfachen Worten")


def test_an_employer_finds_a_country_and_takes_the_mail_along(visit):
    page = visit("/employers", locale="de-DE")
    page.get_by_label("Land").select_option("US")
    page.get_by_role("button", name="Dieses Land zeigen").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Was gilt (Land: Vereinigte Staaten)")
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Text herunterladen: Eine E-Mail an Ihre Beschäftigten").click()
    assert "seit dem 18. September 2024" in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_keeps_anybody_out(visit, address, viewport):
    page = visit("/", viewport=viewport, java_script_enabled=True, bypass_csp=True)
    found = {}
    for path in PAGES:
        page.goto(address + path)
        violations = Axe().run(page).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[path] = ([each["id"] for each in violations], wide)
    assert found == {path: ([], 0) for path in PAGES}
