"""Signing in and out in a real browser, with a real provider: as a member and as staff would."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sign_in_world import portal_with_provider

import real_provider
from portal_world import serve

pytestmark = pytest.mark.skipif(not real_provider.is_there(), reason=real_provider.NOT_FOUND)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with portal_with_provider(tmp_path_factory.mktemp("portal")) as (portal, _, address):
        with serve(portal, port=urlsplit(address).port or 0):
            yield address
        portal.platform.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(java_script_enabled=False)
    yield context
    context.close()


def sign_in(page: Page, name: str) -> None:
    """At the provider's own pages: who they are, and that they agree."""
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.click("button[type=submit]")


def test_a_member_signs_in_on_the_way_to_a_page_and_out_everywhere(browser: BrowserContext, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/my-data")
    assert not page.url.startswith(address), "the provider asks who they are"
    sign_in(page, "m0")

    assert page.url == f"{address}/my-data"
    expect(page.locator(".who .name")).to_have_text("Member m0")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/session/end" in url)
    page.click("button[name=logout]")
    assert page.url.partition("?")[0] == f"{address}/signed-out"
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")

    page.goto(f"{address}/my-data")
    expect(page.locator("input[name=login]")).to_be_visible()


def test_staff_sign_in_and_are_no_member(browser: BrowserContext, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/sign-in?next=/signed-out")
    sign_in(page, "olga")

    expect(page.locator(".who .name")).to_have_text("olga of the staff")
    page.goto(f"{address}/settings")
    expect(page.get_by_text("this is not for you")).to_be_visible()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: BrowserContext, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/sign-in?next=/signed-out")
    sign_in(page, "m1")

    (cookie,) = [each for each in browser.cookies() if each["name"] == "assent" and "127.0.0.1" in each["domain"]]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")


def test_a_form_on_another_site_changes_nothing(browser: BrowserContext, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/sign-in?next=/signed-out")
    sign_in(page, "m1")

    page.set_content(f'<form method="post" action="{address}/sign-out"><button>win</button></form>')
    with page.expect_response(f"{address}/sign-out") as sent:
        page.click("button")

    assert sent.value.status == 403
    page.goto(f"{address}/signed-out")
    expect(page.locator(".who .name")).to_have_text("Member m1")


def test_the_language_is_chosen_and_kept(browser: BrowserContext, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/signed-out")
    page.get_by_role("button", name="Deutsch").click()

    assert page.url == f"{address}/signed-out"
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")
