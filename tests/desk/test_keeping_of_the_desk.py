"""How long things lie on the desk, and what goes with an erased person besides their cases."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from assent.desk import answers
from assent.desk.forgetting import forget_people
from assent.desk.objections import case_of
from assent.desk.outbox import SENT, settle_mails
from assent.desk.tables import ANSWERS, LINKS, OUTBOX
from assent.operations import objections
from assent.operations.confirming import ask
from assent.operations.contact import Contact
from assent.operations.desk_keeping import Cleared, clear_desk
from portal_world import Portal, make_portal
from small_world import joined, post

USE = "train_other"
OUTSIDER = Contact("jane@example.org", "Jane Roe")
GROUNDS = "We are bound by law to keep using this."


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_portal(tmp_path, joined("m1"), [post("r1", "m1", "what Jane Roe said")])


def send_all(portal: Portal) -> None:
    """As if a mail server had taken every mail."""
    now = portal.platform.clock()
    with portal.platform.desk.reading() as connection:
        idents = list(connection.execute(sa.select(OUTBOX.c.id)).scalars())
    change = {"state": SENT, "tries": 1, "next_at": now, "sent_at": now, "detail": None}
    settle_mails(portal.platform.desk, [{"mail": each} | change for each in idents])


def outsider_case(portal: Portal) -> objections.Objection:
    return objections.receive(portal.platform, purpose=USE, contact=OUTSIDER, words="not me", about="r1")


def test_a_link_that_opens_a_case_is_in_no_mail_that_was_sent(portal: Portal) -> None:
    outsider_case(portal)
    send_all(portal)
    with portal.platform.desk.reading() as connection:
        assert connection.execute(sa.select(OUTBOX.c.words)).scalars().all() == ["{}"]


def test_the_address_of_who_never_confirmed_is_forgotten(portal: Portal) -> None:
    ask(portal.platform, purpose=USE, contact=OUTSIDER, words="", about="r1")
    send_all(portal)
    portal.world.now += timedelta(days=8)

    assert clear_desk(portal.platform) == Cleared(links=1, mails=1, cases=0)

    with portal.platform.desk.reading() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(each)).scalar_one() for each in (LINKS, OUTBOX)
        ]
    assert counts == [0, 0]


@pytest.mark.parametrize(("months", "cleared"), [(35, 0), (37, 1)])
def test_what_was_written_in_a_closed_case_goes_after_three_years(portal: Portal, months: int, cleared: int) -> None:
    case = outsider_case(portal)
    objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="s")
    portal.world.now += timedelta(days=months * 30.5)

    assert clear_desk(portal.platform).cases == cleared

    found = case_of(portal.platform.desk, case.id)
    assert found is not None
    assert found.state == "rejected"
    written = [found.name, found.address, found.about, found.grounds, *(each.words for each in found.steps)]
    assert ((found.words, set(written)) == ("", {None})) == bool(cleared)


def test_an_open_case_keeps_its_words_however_old(portal: Portal) -> None:
    case = outsider_case(portal)
    portal.world.now += timedelta(days=4000)
    assert clear_desk(portal.platform).cases == 0
    assert objections.standing(portal.platform, case.id).words == "not me"


def test_kept_answers_of_an_erased_member_go_and_those_of_others_stay(tmp_path: Path, store: str) -> None:
    platform = make_portal(tmp_path, joined("m1"), [], database=store).platform
    with closing(platform):
        now = datetime(2026, 1, 1, tzinfo=UTC)
        for key, body in (("a", b'{"member":"m1"}'), ("b", b'{"member":"m11"}')):
            begun = answers.begin(platform.desk, caller="c", key=key, request="r", now=now)
            assert isinstance(begun, answers.Begun)
            answers.keep(platform.desk, caller="c", key=key, begun=begun, answer=answers.Kept(200, body))

        forget_people(platform.desk, ["m1"])

        with platform.desk.reading() as connection:
            assert connection.execute(sa.select(ANSWERS.c.key)).scalars().all() == ["b"]
