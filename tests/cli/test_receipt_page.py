"""The page of a receipt in a real browser: it fits a phone, asks nobody for anything, and runs no script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from assent.operations.pages.receipt import write_receipt_page
from assent.operations.receipt import make_receipt
from small_world import joined, make_world, switched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium to look at the page with")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    member = "m" * 120
    world = make_world(tmp_path_factory.mktemp("world"), joined(member), [])
    world.tell(switched(member, "off", "2026-02-01T00:00:00Z"))
    made = make_receipt(world.workspace, member, clock=world.clock)
    path = world.root / "receipt.html"
    path.write_text(write_receipt_page(made.receipt, made.data))
    return path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_stands_out_of_the_window(browser: Browser, page: Path, width: int) -> None:
    with browser.new_page(viewport={"width": width, "height": 800}) as tab:
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelector('details').open = true")
        assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_it_asks_nobody_for_anything_and_works_without_scripts(browser: Browser, page: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(page.as_uri())
    assert asked == [page.as_uri()]
    headings = ["What this changes", "How to change it again", "Your rights", "Under which rules", "What is proved"]
    assert tab.locator("h2").all_inner_texts() == headings
    assert tab.locator("h1").inner_text() == "The setting “Data for Generative AI Improvement” was switched off."
    context.close()


def test_it_prints_on_few_pages(browser: Browser, page: Path) -> None:
    with browser.new_page() as tab:
        tab.goto(page.as_uri())
        pdf = tab.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") <= 3


def test_what_the_platform_did_not_state_is_not_read_out_as_its_name(browser: Browser, page: Path) -> None:
    with browser.new_page() as tab:
        tab.goto(page.as_uri())
        said = tab.inner_text("body")
    assert "not stated" not in said
    assert "Stated and signed by the platform." in said
