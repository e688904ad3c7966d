"""People without an account: confirmation by e-mail, the same answer for everybody, and a link to follow the case."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
import sqlalchemy as sa

from assent.desk.tables import LINKS, OUTBOX
from assent.operations import objections
from assent.operations.confirming import PER_ADDRESS
from portal_world import OFFICER, Portal, make_portal
from small_world import joined, post

USE = "train_other"
FORM = {"purpose": USE, "about": "what is said of Jane Roe", "address": "jane@example.org", "name": "Jane Roe"}


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_portal(tmp_path, joined("m1"), [post("r1", "m1", "what Jane Roe said")])


def mails(portal: Portal) -> list[tuple[str, str, str]]:
    """Address, template and everything that each waiting mail says, the oldest first."""
    with portal.platform.desk.reading() as connection:
        rows = connection.execute(sa.select(OUTBOX.c.address, OUTBOX.c.template, OUTBOX.c.words)).all()
    return [(row.address, row.template, row.words) for row in rows]


def link(portal: Portal, template: str) -> str:
    """The path of the link in the newest mail of that template."""
    said = [json.loads(words)["link"] for _, name, words in mails(portal) if name == template]
    return re.sub(r"^https?://[^/]+", "", said[-1])


def ask(portal: Portal, **fields: str) -> str:
    """Sends the form; gives the path that the mail leads to."""
    assert portal.client().form("/object", **(FORM | fields)).headers["location"] == "/object/sent"
    return link(portal, "objection_confirm")


def received(portal: Portal) -> list[objections.Objection]:
    return list(objections.queue(portal.platform, states=None).cases)


def test_nothing_is_received_before_the_address_was_confirmed(portal: Portal) -> None:
    size = portal.platform.ledger.size
    where = ask(portal)
    portal.client().get(where)  # a program that looks at links
    assert (received(portal), portal.platform.ledger.size) == ([], size)


def test_the_confirmed_objection_is_received_with_what_was_written(portal: Portal) -> None:
    assert portal.client().form(ask(portal)).status_code == 200
    [case] = received(portal)
    assert (case.is_member, case.address, case.about) == (False, "jane@example.org", "what is said of Jane Roe")


def test_a_link_works_once(portal: Portal) -> None:
    where = ask(portal)
    answers = [portal.client().form(where).status_code for _ in range(2)]
    assert (answers, len(received(portal))) == ([200, 404], 1)


def test_a_link_works_for_48_hours(portal: Portal) -> None:
    where = ask(portal)
    portal.world.pass_time(hours=48)
    assert (portal.client().form(where).status_code, received(portal)) == (404, [])


def test_who_objects_twice_to_one_use_has_one_case(portal: Portal) -> None:
    for _ in range(2):
        portal.client().form(ask(portal))
    assert len(received(portal)) == 1


def test_the_mail_that_confirms_carries_nothing_that_the_asker_wrote(portal: Portal) -> None:
    ask(portal, words="BUY NOW http://bad.example")
    assert all("Jane" not in words and "BUY" not in words for _, _, words in mails(portal))


def test_no_address_and_no_name_is_in_a_link(portal: Portal) -> None:
    assert re.fullmatch(r"/object/confirm/[\w-]{43}", ask(portal))


def test_every_address_is_answered_the_same(portal: Portal) -> None:
    portal.client().form(ask(portal))  # this one has a case
    answers = [portal.client().form("/object", **(FORM | {"address": each}))
               for each in ("jane@example.org", "nobody@example.org")]  # fmt: skip
    known, unknown = ((each.status_code, dict(each.headers), each.content) for each in answers)
    assert known == unknown


def test_every_address_takes_the_same_time(portal: Portal) -> None:
    portal.client().form(ask(portal))
    client, seconds = portal.client(), {True: [], False: []}  # type: dict[bool, list[float]]
    for turn in range(16):
        for known in (True, False):
            address = "jane@example.org" if known else f"nobody-{turn}@example.org"
            portal.world.pass_time(hours=25)
            began = perf_counter()
            client.form("/object", **(FORM | {"address": address}))
            seconds[known].append(perf_counter() - began)
    assert 0.5 < median(seconds[True]) / median(seconds[False]) < 2


def test_one_address_gets_a_few_mails_a_day_and_the_answer_never_says_so(portal: Portal) -> None:
    answers = {portal.client().form("/object", **FORM).headers["location"] for _ in range(PER_ADDRESS + 3)}
    assert (answers, len(mails(portal))) == ({"/object/sent"}, PER_ADDRESS)


def test_a_flood_from_one_place_is_turned_away(portal: Portal) -> None:
    codes = [
        portal.client().form("/object", **(FORM | {"address": f"a{n}@example.org"})).status_code for n in range(30)
    ]
    assert (codes[0], codes[-1]) == (303, 429)


@pytest.mark.parametrize(
    "fields",
    [{"address": "jane@example.org\r\nBcc: all@example.org"}, {"name": "Jane\r\nBcc: all@example.org"},
     {"address": "a@example.org,b@example.org"}, {"name": "\x00"}, {"words": "x" * 1_000_000}, {"about": ""},
     {"purpose": "everything"}],
)  # fmt: skip
def test_bad_input_sends_nothing(portal: Portal, fields: dict[str, str]) -> None:
    answer = portal.client().form("/object", **(FORM | fields))
    assert answer.status_code in {400, 413}
    assert mails(portal) == []
    with portal.platform.desk.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(LINKS)).scalar_one() == 0


def test_the_case_is_followed_and_appealed_by_its_link(portal: Portal) -> None:
    portal.client().form(ask(portal))
    [case] = received(portal)
    officer = portal.client(staff=OFFICER, name="staff:1")
    officer.form(f"/console/objections/{case.id}/decide", outcome="rejected", grounds="The law binds us to keep it.")
    where = link(portal, "objection_rejected")
    assert "The law binds us to keep it." in portal.client().get(where).text
    assert portal.client().form(f"{where}/appeal", words="no").status_code == 303
    assert objections.standing(portal.platform, case.id).state == "appealed"


def test_the_link_ends_ninety_days_after_the_case(portal: Portal) -> None:
    portal.client().form(ask(portal))
    where = link(portal, "objection_received")
    portal.world.pass_time(days=200)
    assert portal.client().get(where).status_code == 200
    portal.client().form(f"{where}/withdraw")
    portal.world.now += timedelta(days=89)
    still = portal.client().get(where).status_code
    portal.world.now += timedelta(days=1)
    assert (still, portal.client().get(where).status_code) == (200, 404)


def test_a_link_to_one_case_opens_no_other_errand(portal: Portal) -> None:
    secret = ask(portal).rpartition("/")[2]
    answers = [portal.client().get(f"/object/case/{secret}"), portal.client().form(f"/object/case/{secret}/withdraw")]
    assert [each.status_code for each in answers] == [404, 404]


def test_a_claim_is_confirmed_by_mail_too(portal: Portal) -> None:
    fields = {"purpose": "train_generative", "output": "Jane Roe lives in Berlin", "address": "jane@example.org"}
    assert portal.client().form("/claim", **fields).headers["location"] == "/object/sent"
    portal.client().form(link(portal, "claim_confirm"))
    [case] = objections.queue(portal.platform, kind="claim").cases
    assert (case.kind, case.take_back, "Berlin" in str(case.about)) == ("claim", True, True)


def test_each_step_is_mailed_without_words_or_grounds(portal: Portal) -> None:
    portal.client().form(ask(portal))
    [case] = received(portal)
    officer, where = portal.client(staff=OFFICER, name="staff:1"), f"/console/objections/{case.id}"
    officer.form(f"{where}/weigh")
    officer.form(f"{where}/decide", outcome="rejected", grounds="The law binds us to keep it.")
    said = [(template, "law" in words or "Jane" in words) for _, template, words in mails(portal)]
    assert said == [("objection_confirm", False), ("objection_received", False), ("objection_weighed", False),
                    ("objection_rejected", False)]  # fmt: skip
