"""The settings centre and *my data* in a real browser, over a real server: each flow as a member would go through it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assent.operations.build import ATTEST_PUBLIC
from assent.operations.deciding import Asked, Decider
from assent.operations.receipt import verify_receipt
from assent.operations.sweep import sweep
from assent.serving.door import cookie_name
from assent.vocabulary.events import Event
from assent.vocabulary.identifiers import MemberId, RecordId
from assent.vocabulary.reasons import Reason
from assent.vocabulary.records import Record
from portal_world import Portal, make_portal, serve
from small_world import PURPOSE, SETTING, WRITTEN_AT, joined, post

PLAIN, SAFE = "professional-network-2025-11", "professional-network-2025-11-safeguarded"
ADS, SHARE = "ads_off_platform", "share_affiliates"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TOGGLE = f"/settings/{SETTING}"
PAGES = ("/settings", TOGGLE, f"/settings/{ADS}", "/my-data", "/my-data/data-sets", "/my-data/receipts")
KIB_PER_PAGE = 60
SECONDS_TO_EFFECT = 1.0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A running portal, and browsers in which people have signed in."""

    portal: Portal
    address: str
    browser: Browser
    open: ExitStack

    def context(self, member: str = "ann", **given: object) -> BrowserContext:
        context = self.browser.new_context(**{"viewport": DESKTOP, "java_script_enabled": False} | given)
        self.open.callback(context.close)
        cookie = {"name": cookie_name(self.portal.platform), "value": self.portal.session(member=member)}
        context.add_cookies([{**cookie, "url": self.address}])
        return context

    def page(self, path: str, **given: object) -> Page:
        page = self.context(**given).new_page()
        page.goto(self.address + path)
        return page

    def said(self, member: str = "ann") -> list[tuple[str, str | None, str | None]]:
        events = (each for _, each in self.portal.platform.ledger.events_of(member))
        return [(each.type.value, each.key, each.value) for each in events if isinstance(each, Event) and each.by]


Go = Callable[..., Visit]


@pytest.fixture
def go(tmp_path: Path, browser: Browser) -> Iterator[Go]:
    with ExitStack() as stack:

        def start(*, pack: str = PLAIN, region: str = "DE", records: list[dict] | None = None) -> Visit:
            mine = [post(f"a{n}", "ann") for n in range(3)] if records is None else records
            portal = make_portal(tmp_path / "world", [*joined("ann", region=region), *joined("bob")], mine, pack=pack)
            return Visit(portal, stack.enter_context(serve(portal)), browser, stack)

        yield start


def outcome(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_stop(go: Go) -> None:
    visit = go()
    page = visit.page("/settings")
    page.get_by_role("link", name="Data for Generative AI Improvement").click()
    expect(page.get_by_text("On by default. You were not asked.")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    assert "Recorded: you stopped this." in outcome(page)
    assert visit.said() == [("setting.changed", SETTING, "off")]
    page.reload()
    assert len(visit.said()) == 1


def test_stop_and_take_back_is_queued_until_a_sweep_has_run(go: Go) -> None:
    visit = go()
    visit.portal.world.build()
    page = visit.page(TOGGLE)
    page.get_by_role("button", name="Stop and take back").click()
    assert "asked for it to be taken back" in outcome(page)
    assert visit.said() == [("setting.changed", SETTING, "off"), ("takeback.requested", PURPOSE, None)]
    expect(page.get_by_text("Queued")).to_be_visible()
    expect(page.get_by_text("1 data set made before still holds something of yours.")).to_be_visible()
    sweep(visit.portal.world.workspace, clock=visit.portal.world.clock)
    page.reload()
    expect(page.get_by_text("No data set made before holds anything that you wrote any more.")).to_be_visible()


def test_on_again_takes_more_than_off(go: Go) -> None:
    visit = go()
    page = visit.page(TOGGLE)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("Tick the box first, or leave it off.")).to_be_visible()
    page.get_by_label("Yes, my data may be used for this from now on.").check()
    page.get_by_role("button", name="Turn on").click()
    assert "Recorded: you turned this on." in outcome(page)
    assert [value for _, _, value in visit.said()] == ["off", "on"]


def test_what_else_goes_off_is_said_before_and_after(go: Go) -> None:
    page = go(region="US").page(f"/settings/{ADS}")
    warning = "Turning this off also turns off “Share data with affiliates and partners”."
    expect(page.locator(".note.warn", has_text=warning)).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("link", name="Settings & Privacy").click()
    entry = page.get_by_role("listitem").filter(has_text="Share data with affiliates and partners").last
    expect(entry).to_contain_text("Off, because “Ads off the platform” is off.")


def test_one_item_is_left_out_and_let_in_again(go: Go) -> None:
    visit = go()
    page = visit.page("/my-data")
    item = page.get_by_role("article").filter(has_text="what ann wrote in a1")
    item.get_by_role("button", name="Leave out").click()
    assert "left out of every use" in outcome(page)
    expect(item.get_by_text("You excluded this item.").first).to_be_visible()
    item.get_by_role("button", name="Let in again").click()
    assert visit.said() == [("record.excluded", "a1", None), ("record.included", "a1", None)]


def test_a_downloaded_receipt_verifies_without_the_platform(
    go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = go()
    page = visit.page(TOGGLE)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("link", name="Receipt: your proof of it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("was turned off")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download receipt").click()
    data = Path(download.value.path()).read_bytes()
    vkey = visit.portal.platform.ledger.vkey
    attest_key = visit.portal.world.workspace.keys_folder / ATTEST_PUBLIC
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    receipt, _ = verify_receipt(data, vkey=vkey, attest_key=attest_key)
    assert (receipt.event.member, receipt.event.key, receipt.event.value) == ("ann", SETTING, "off")


def test_german_on_a_phone(go: Go) -> None:
    page = go(pack=SAFE).page(TOGGLE, viewport=PHONE, locale="de-DE")
    assert page.locator("html").get_attribute("lang") == "de"
    expect(page.get_by_role("heading", level=1)).to_have_text("Daten zur Verbesserung generativer KI")
    page.get_by_role("button", name="Stoppen und zurücknehmen").click()
    assert "Festgehalten: Sie haben dies gestoppt und verlangt, dass es zurückgenommen wird." in outcome(page)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(go: Go, viewport: dict[str, int]) -> None:
    visit = go(pack=SAFE, region="US")
    visit.portal.world.build()
    visit.portal.client(member="ann").form(TOGGLE, action="take_back")
    visit.portal.client(member="ann").form("/my-data/items", record="a1", action="exclude")
    done = visit.portal.platform.ledger.size - 1
    found = {}
    for scheme in ("light", "dark"):
        page = visit.context(viewport=viewport, color_scheme=scheme, java_script_enabled=True).new_page()
        for path in (*PAGES, f"{TOGGLE}?done={done - 2}", f"/my-data?done={done}", f"/my-data/receipts/{done}"):
            page.goto(visit.address + path)
            results = Axe().run(page)
            if results.violations_count:
                found[scheme, path] = results.generate_report()
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found[scheme, path] = "wider than the window"
    assert found == {}


def test_a_page_is_one_request_for_html_and_one_for_css_and_small(go: Go) -> None:
    visit = go(pack=SAFE, records=[post(f"a{n}", "ann", "word " * 200) for n in range(30)])
    for path in PAGES:
        page = visit.context().new_page()
        answers = []
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.goto(visit.address + path, wait_until="networkidle")
        kinds = sorted(answer.request.resource_type for answer in answers if answer.url.startswith("http"))
        assert (path, kinds) == (path, ["document", "stylesheet"])
        assert sum(len(answer.body()) for answer in answers if answer.url.startswith("http")) <= KIB_PER_PAGE * 1024


def test_of_two_browsers_the_later_one_counts_and_both_are_told(go: Go) -> None:
    visit = go()
    first, second = visit.page(TOGGLE), visit.page(TOGGLE)
    first.get_by_role("button", name="Stop", exact=True).click()
    second.get_by_role("button", name="Stop and take back").click()
    assert [kind for kind, _, _ in visit.said()] == ["setting.changed", "takeback.requested"]
    second.get_by_label("Yes, my data may be used for this from now on.").check()
    second.get_by_role("button", name="Turn on").click()
    first.reload()
    assert "Since then something else was recorded, perhaps in another window." in outcome(first)
    expect(first.get_by_text("On. You turned it on on")).to_be_visible()
    assert [value for _, _, value in visit.said()] == ["off", None, "on"]


def test_from_the_click_to_no_use_takes_less_than_a_second(go: Go) -> None:
    visit = go(pack=SAFE)
    world, decider = visit.portal.world, Decider(visit.portal.platform)
    built = world.build()
    record = Record(RecordId("a1"), "post", MemberId("ann"), created_at=WRITTEN_AT, visibility="public")

    def reasons() -> int:
        return decider.decide(PURPOSE, [Asked(record)]).judgments[0].mask

    page = visit.page(TOGGLE)
    assert (reasons(), world.ids(built)) == (0, {"a0", "a1", "a2"})
    clicked_at = time.perf_counter()
    page.get_by_role("button", name="Stop", exact=True).click(no_wait_after=True)
    while not reasons():
        assert time.perf_counter() - clicked_at < 10 * SECONDS_TO_EFFECT
    refused_after = time.perf_counter() - clicked_at
    assert world.ids(built) == set()
    unread_after = time.perf_counter() - clicked_at
    assert reasons() == Reason.SETTING_OFF.bit
    assert max(refused_after, unread_after) <= SECONDS_TO_EFFECT, (refused_after, unread_after)
