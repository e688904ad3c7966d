"""Objections and claims in a real browser without JavaScript: as members, officers and people without an account go."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from assent.operations import objections
from assent.operations.contact import Contact
from assent.operations.deciding import Asked, Decider
from assent.operations.matching import attach_records
from assent.operations.outbox import send_due
from assent.serving.door import cookie_name
from assent.vocabulary.identifiers import MemberId, RecordId
from assent.vocabulary.reasons import Reason
from assent.vocabulary.records import Record
from portal_world import OFFICER, Portal, make_portal, serve
from small_world import WRITTEN_AT, joined, post

USE = "train_other"
ENTRY = "Training AI models that do not generate content"
GROUNDS = "We are bound by law to keep using this."
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A running portal, and browsers of people."""

    portal: Portal
    address: str
    browser: Browser
    open: ExitStack

    def page(self, path: str, *, who: dict[str, str] | None = None, **given: Any) -> Page:
        context: BrowserContext = self.browser.new_context(
            **{"viewport": DESKTOP, "java_script_enabled": False} | given
        )
        self.open.callback(context.close)
        if who is not None:
            cookie = {"name": cookie_name(self.portal.platform), "value": self.portal.session(**who)}
            context.add_cookies([{**cookie, "url": self.address}])
        page = context.new_page()
        page.goto(self.address + path)
        return page

    def officer(self, name: str, path: str) -> Page:
        return self.page(path, who={"staff": OFFICER, "name": name})


class Mailbox:
    """A real mail server; keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name it asks for
        self.got.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def visit(
    tmp_path: Path, browser: Browser, mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visit]:
    monkeypatch.setenv("ASSENT_MAIL_SERVER", f"smtp://127.0.0.1:{mailbox[1]}")
    monkeypatch.setenv("ASSENT_MAIL_SENDER", "privacy@example.org")
    records = [post("a1", "ann"), post("r1", "bob", "what Jane Roe said")]
    portal = make_portal(tmp_path, joined("ann") + joined("bob"), records)
    with serve(portal) as address, ExitStack() as opened:
        yield Visit(portal, address, browser, opened)


def decided(portal: Portal) -> int:
    """What `decide` says of a record of Ann's, now."""
    record = Record(RecordId("a1"), "post", MemberId("ann"), created_at=WRITTEN_AT, visibility="public")
    return Decider(portal.platform).decide(USE, [Asked(record)]).judgments[0].mask


def test_a_member_objects_is_rejected_appeals_and_is_upheld(visit: Visit) -> None:
    before = decided(visit.portal)
    member = visit.page("/objections/new", who={"member": "ann"})
    member.get_by_label(ENTRY).check()
    member.get_by_label("Your reasons").fill("I write about my illness.")
    member.get_by_role("button", name="Send the objection").click()
    expect(member.get_by_role("status")).to_contain_text(
        "nothing of yours is used for this. We answer by 1 April 2026."
    )
    weighed = decided(visit.portal)
    first = visit.officer("staff:1", "/console/objections")
    first.get_by_role("link", name=ENTRY).click()
    expect(first.get_by_text("I write about my illness.").first).to_be_visible()
    first.get_by_label("Reject, with grounds").check()
    first.get_by_label("Grounds (for a rejection").fill(GROUNDS)
    first.get_by_role("button", name="Decide").click()
    member.reload()
    expect(member.get_by_text(GROUNDS).first).to_be_visible()
    free = decided(visit.portal)
    member.get_by_label("Why is it wrong?").fill("My illness is nobody's business.")
    member.get_by_role("button", name="Appeal").click()
    expect(member.get_by_text("On appeal")).to_be_visible()
    appealed = decided(visit.portal)
    first.reload()
    expect(first.get_by_text("Somebody else decides the appeal.")).to_be_visible()
    second = visit.officer("staff:2", re.sub(r"^https?://[^/]+", "", first.url))
    second.get_by_label("Uphold").check()
    second.get_by_role("button", name="Decide").click()
    member.reload()
    expect(member.get_by_role("status")).to_contain_text("Your objection stands.")
    weighing = Reason.OBJECTION_OPEN.bit
    assert [before, weighed, free, appealed, decided(visit.portal)] == [
        0, weighing, 0, weighing, Reason.OBJECTION_UPHELD.bit,
    ]  # fmt: skip


def test_somebody_without_an_account_objects_by_mail(visit: Visit, mailbox: tuple[Mailbox, int]) -> None:
    box, _ = mailbox
    page = visit.page("/object", locale="de-DE")
    page.get_by_label("Trainieren von KI-Modellen, die keine Inhalte erzeugen").check()
    page.get_by_label("Worum geht es?").fill("Jane Roe")
    page.get_by_label("Ihre E-Mail-Adresse").fill("jane@example.org")
    page.get_by_role("button", name="Link an mich senden").click()
    expect(page.get_by_role("status")).to_contain_text("ist eine mit einem Link unterwegs")
    assert send_due(visit.portal.platform).accepted > 0
    page.goto(visit.address + _path(box.got[-1]))
    page.get_by_role("button", name="Ja, diesen Widerspruch senden").click()
    expect(page.get_by_role("status")).to_contain_text("Es ist eingegangen.")
    assert send_due(visit.portal.platform).accepted > 0
    assert box.got[-1]["Subject"] == "Ihr Widerspruch ist eingegangen"
    [case] = objections.queue(visit.portal.platform).cases
    officer = visit.officer("staff:1", f"/console/objections/{case.id}")
    officer.get_by_label("Look for records").fill("jane roe")
    officer.get_by_role("button", name="Look").click()
    officer.get_by_label("what Jane Roe said").check()
    officer.get_by_role("button", name="Attach the chosen ones").click()
    page.goto(visit.address + _path(box.got[-1]))
    expect(page.get_by_text("1 Eintrag gefunden")).to_be_visible()


def test_a_claim_is_filed_confirmed_and_taken_back(visit: Visit) -> None:
    member = visit.page("/claim", who={"member": "ann"})
    member.get_by_label("Training AI models that generate content").check()
    member.get_by_label("What did the AI write?").fill("Ann lives in Berlin.")
    member.get_by_role("button", name="Send the claim").click()
    officer = visit.officer("staff:1", "/console/objections?kind=claim")
    officer.get_by_role("link", name="Training AI models").click()
    officer.get_by_label("Confirmed", exact=True).check()
    officer.get_by_label("What was found").fill("We saw it as well, in two of ten tries.")
    officer.get_by_role("button", name="Decide").click()
    member.reload()
    member.get_by_role("button", name="Take back the past use").click()
    expect(member.get_by_role("heading", name="What was taken back")).to_be_visible()


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(visit: Visit, viewport: dict[str, int], scheme: str) -> None:
    platform = visit.portal.platform
    own = objections.receive(platform, purpose=USE, person="ann", words="no")
    objections.decide(platform, own.id, outcome="rejected", grounds=GROUNDS, by="staff:1")
    other = objections.receive(platform, purpose=USE, contact=Contact.parse("a@example.org"), about="Jane Roe")
    attach_records(platform, other.id, records=["r1"], by="staff:1")
    member, staff = {"member": "ann"}, {"staff": OFFICER}
    visits = [("/objections", member), ("/objections/new", member), (f"/objections/{own.id}", member),
              ("/claim", member), ("/object", None), ("/object/sent", None), ("/claim", None),
              ("/console/objections?show=all", staff), (f"/console/objections/{own.id}/use", staff),
              (f"/console/objections/{other.id}", staff)]  # fmt: skip
    found = {}
    for path, who in visits:
        page = visit.page(path, who=who, viewport=viewport, color_scheme=scheme, java_script_enabled=True)
        for each in Axe().run(page).response["violations"]:
            found[path, each["id"]] = each["nodes"][0]["html"]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found[path, "over the edge"] = ""
        page.context.close()
    assert found == {}


def _path(mail: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/object/\S+)", mail.get_content())
    assert found is not None
    return found.group(1)
