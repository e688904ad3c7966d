"""Mail against a real mail server: every one is accounted for."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from smtp_server import TAKEN, mail_server, quick_server

from assent.desk.contacts import Contact, put_contacts
from assent.desk.outbox import add_mails, claim_due, count_by_state
from assent.errors import InputError
from assent.mail.bounce import read_bounce
from assent.mail.message import check_address
from assent.operations import notices
from assent.operations.outbox import confirm_deliveries, new_mail, note_bounce, put_mail, send_due
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from assent.vocabulary.identifiers import MemberId
from small_world import NOTICE, World, joined, make_world

WORDS = {"en": "# AI training\n\nWe begin on 3 November.", "de": "# KI-Training\n\nWir beginnen am 3. November."}


def untold(member: str) -> list[dict[str, object]]:
    return [each for each in joined(member) if each["type"] != "notice.delivered"]


def open_world(root: Path, url: str, members: int = 3, database: str = "sqlite") -> tuple[World, Platform]:
    world = make_world(root, [e for n in range(members) for e in untold(f"m{n}")], [], database=database)
    with (root / "assent.toml").open("a") as file:
        file.write(f'[mail]\nserver = "{url}"\nsender = "privacy@example.org"\nper_minute = 1000000\n')
    world.workspace = open_workspace(root)
    platform = open_platform(world.workspace, clock=world.clock, entropy=world.entropy)
    put_contacts(platform.desk, [Contact(MemberId(f"m{n}"), f"m{n}@example.net", "en") for n in range(members)])
    return world, platform


def test_ten_thousand_mails_are_each_taken_refused_or_tried_again(tmp_path: Path) -> None:
    def answer(address: str, time: int) -> str:
        number = int(address.partition("@")[0][1:])
        if number % 100 == 1:
            return "550 no such mailbox"
        return "451 come back later" if number % 50 == 2 and time == 1 else TAKEN

    with quick_server(answer) as (inbox, url):
        world, platform = open_world(tmp_path, url)
        with platform:
            add_mails(platform.desk, [
                new_mail(platform, address=f"m{n}@example.net", language="en", template="notice-reminder",
                         words={"title": "t"}, is_reminder=True)
                for n in range(10_000)
            ])  # fmt: skip
            first = send_due(platform)
            assert (first.accepted, first.later, first.bounced, first.given_up) == (9_700, 200, 100, 0)
            world.pass_time(minutes=2)
            assert send_due(platform).accepted == 200
            assert count_by_state(platform.desk) == {"sent": 9_900, "bounced": 100}
        assert Counter(inbox.taken.values()) == {1: 9_900}


def test_of_two_who_claim_at_once_nobody_gets_the_others_mail(tmp_path: Path, store: str) -> None:
    world, platform = open_world(tmp_path, "smtp://127.0.0.1:1", database=store)
    with platform:
        for _ in range(4):
            put_mail(platform, address="a@example.net", language="en", template="notice-reminder", words={"title": "t"})
        first, second = (claim_due(platform.desk, now=world.now, most=2, per_minute=100) for _ in range(2))
        assert len({each.id for each in [*first, *second]}) == 4
        assert claim_due(platform.desk, now=world.now, most=2, per_minute=100) == []


def test_a_claim_whose_process_died_comes_up_again(tmp_path: Path) -> None:
    with mail_server() as (inbox, url):
        world, platform = open_world(tmp_path, url)
        with platform:
            ident = put_mail(
                platform, address="a@example.net", language="en", template="notice-reminder", words={"title": "t"}
            )
            claim_due(platform.desk, now=world.now, most=1, per_minute=100)
            assert send_due(platform).total == 0
            world.pass_time(minutes=11)
            assert send_due(platform).accepted == 1
        assert list(inbox.taken) == [f"<{ident}@example.org>"]


def test_a_notice_counts_as_delivered_only_when_no_bounce_came(tmp_path: Path) -> None:
    with mail_server() as (inbox, url):
        world, platform = open_world(tmp_path, url)
        with platform:
            notices.publish(platform, NOTICE, WORDS, by="staff:o")
            assert notices.send(platform, NOTICE, by="staff:o").put == 3
            assert notices.send(platform, NOTICE, by="staff:o").mailed == 3
            sent_at = world.now
            send_due(platform)
            assert confirm_deliveries(platform) == 0
            note_bounce(platform, report(inbox.senders[0]))
            world.pass_time(hours=25)
            assert confirm_deliveries(platform) == 2
            assert confirm_deliveries(platform) == 0
            told = [e for n in range(3) for _, e in platform.ledger.events_of(f"m{n}") if e.type == "notice.delivered"]
            assert {(e.by, e.effective_at) for e in told} == {("email", sent_at)}
            (region,) = notices.coverage(platform, NOTICE).regions
            assert (region.members, region.by_mail, region.bounced) == (3, 2, 1)
            note_bounce(platform, report(inbox.senders[1]))
            (region,) = notices.coverage(platform, NOTICE).regions
            assert (region.by_mail, region.doubtful, region.bounced) == (1, 1, 1)


def test_a_legal_notice_has_no_unsubscribing_and_a_reminder_has(tmp_path: Path) -> None:
    with mail_server() as (inbox, url):
        _, platform = open_world(tmp_path, url, members=1)
        with platform:
            notices.publish(platform, NOTICE, WORDS, by="staff:o")
            notices.send(platform, NOTICE, by="staff:o")
            notices.send(platform, NOTICE, by="staff:o", is_reminder=True)
            send_due(platform)
            by_form = {each["List-Unsubscribe-Post"]: each for each in inbox.messages}
            assert set(by_form) == {None, "List-Unsubscribe=One-Click"}
            assert by_form[None]["Subject"] == "AI training"
            assert by_form[None]["Auto-Submitted"] == "auto-generated"


def test_other_words_under_an_id_that_was_sent_are_refused(tmp_path: Path) -> None:
    _, platform = open_world(tmp_path, "smtp://127.0.0.1:1")
    with platform:
        notices.publish(platform, NOTICE, WORDS, by="staff:o")
        notices.send(platform, NOTICE, by="staff:o")
        with pytest.raises(Exception, match="other words were sent"):
            notices.publish(platform, NOTICE, {"en": "# AI\n\nOther words."}, by="staff:o")


def test_mail_without_an_answer_is_given_up_after_five_days(tmp_path: Path) -> None:
    with mail_server(lambda _address, _time: "451 later") as (_, url):
        world, platform = open_world(tmp_path, url)
        began = world.now
        with platform:
            put_mail(platform, address="a@example.net", language="en", template="notice-reminder", words={"title": "t"})
            while not send_due(platform).given_up:
                world.pass_time(hours=1)
        assert timedelta(days=4) < world.now - began < timedelta(days=6)


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d", "a@b.c,d@e.f", "a b@c.d", "a@", "<a@b.c>", "a@b.c\n"])
def test_no_address_writes_a_header(address: str) -> None:
    with pytest.raises(InputError, match="this is no e-mail address"):
        check_address(address)


def test_no_word_of_a_subject_writes_a_header(tmp_path: Path) -> None:
    _, platform = open_world(tmp_path, "smtp://127.0.0.1:1")
    with platform, pytest.raises(InputError, match="the subject holds a line end"):
        put_mail(platform, address="a@example.net", language="en", template="notice-reminder",
                 words={"title": "x\r\nBcc: c@example.net"})  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\x00" * 99, b"Content-Type: multipart/report\n\n--x"])
def test_what_is_no_bounce_is_one_clear_line(data: bytes) -> None:
    with pytest.raises(InputError, match="this is no report about the delivery of a mail"):
        read_bounce(data)


def test_a_delay_is_no_bounce() -> None:
    assert not read_bounce(report("bounces+" + "a" * 24 + "@example.org", action="delayed", status="4.4.1")).permanent


def report(to: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    return (
        f"To: {to}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; a@example.net\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()
