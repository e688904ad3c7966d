"""Notices in the app, and the link that ends reminders."""

from __future__ import annotations

from pathlib import Path

from assent.desk.contacts import Contact, contact_of, put_contacts
from assent.operations import notices
from assent.operations.outbox import put_mail
from assent.vocabulary.identifiers import MemberId
from portal_world import Portal, make_portal
from small_world import NOTICE, joined

MEMBER = MemberId("m1")


def make(root: Path) -> Portal:
    portal = make_portal(root, [each for each in joined(MEMBER) if each["type"] != "notice.delivered"], [])
    notices.publish(portal.platform, NOTICE, {"en": "# AI training\n\nWe begin soon."}, by="staff:o")
    return portal


def told(portal: Portal) -> list[str | None]:
    return [e.by for _, e in portal.platform.ledger.events_of(MEMBER) if e.type == "notice.delivered"]


def test_a_notice_is_told_when_its_member_opens_it_and_once(tmp_path: Path) -> None:
    portal = make(tmp_path)
    with portal.platform:
        client = portal.client(member=MEMBER)
        assert "We begin soon." not in client.get(f"/notices/{NOTICE}").text
        assert told(portal) == []
        client.form(f"/notices/{NOTICE}")
        client.form(f"/notices/{NOTICE}")
        assert told(portal) == ["in-app"]


def test_reminders_end_by_a_post_without_sign_in_and_not_by_opening_the_link(tmp_path: Path) -> None:
    portal = make(tmp_path)
    with portal.platform:
        put_contacts(portal.platform.desk, [Contact(MEMBER, "a@example.net", "en")])
        mail = put_mail(
            portal.platform, address="a@example.net", language="en", template="notice-reminder", words={"title": "t"},
            member=MEMBER, is_reminder=True,
        )  # fmt: skip
        link, anybody = f"/notices/unsubscribe/{mail}", portal.client()
        anybody.get(link)
        assert contact_of(portal.platform.desk, MEMBER) == Contact(MEMBER, "a@example.net", "en", reminders=True)
        assert anybody.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert contact_of(portal.platform.desk, MEMBER) == Contact(MEMBER, "a@example.net", "en", reminders=False)


def test_a_link_of_no_mail_is_answered_like_any_other(tmp_path: Path) -> None:
    portal = make(tmp_path)
    with portal.platform:
        assert portal.client().post("/notices/unsubscribe/" + "0" * 24).status_code == 200
