"""The pages of objections and claims: members, people without an account, staff."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assent.operations import objections
from assent.operations.contact import Contact
from assent.policy.pack import Basis
from portal_world import AUDITOR, OFFICER, OPERATOR, Client, Portal, make_portal
from small_world import joined, post

USE = "train_other"
GROUNDS = "We are bound by law to keep using this."


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return make_portal(tmp_path, joined("m1") + joined("m2"), [post("r1", "m1", "what Jane Roe said")])


def object_to(client: Client, **fields: str) -> str:
    """Where the objection is shown."""
    sent = client.form("/objections/new", **({"purpose": USE, "words": "not with mine"} | fields))
    assert sent.status_code == 303
    return str(sent.headers["location"])


def test_the_menu_is_the_packs(portal: Portal) -> None:
    text = portal.client(member="m1").get("/objections/new").text
    assert "<h1>Data Processing Objection Form</h1>" in text
    assert "Object to Processing for Training AI Models That Generate Content" in text
    assert set(re.findall(r'name="purpose" id="use-\w+" value="(\w+)"', text)) == {
        name for name, use in portal.platform.pack.purposes.items() if use.basis is Basis.LEGITIMATE_INTEREST
    }


def test_a_member_objects_and_sees_it(portal: Portal) -> None:
    client = portal.client(member="m1")
    page = client.get(object_to(client)).text
    assert "nothing of yours is used for this. We answer by 1 April 2026." in page
    assert "not with mine" in page


def test_another_members_case_is_none(portal: Portal) -> None:
    where = object_to(portal.client(member="m1"))
    other = portal.client(member="m2")
    answers = [other.get(where), other.form(f"{where}/withdraw"), other.form(f"{where}/appeal"),
               other.form(f"{where}/take-back"), other.get("/objections/nowhere")]  # fmt: skip
    assert [each.status_code for each in answers] == [404] * 5


def test_a_member_never_opens_the_case_of_somebody_without_an_account(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=Contact.parse("a@example.org"), about="me")
    assert portal.client(member="m1").get(f"/objections/{case.id}").status_code == 404


def test_mistakes_are_named_beside_their_fields_and_nothing_typed_is_lost(portal: Portal) -> None:
    answer = portal.client(member="m1").form("/objections/new", purpose="none", words="all that I typed")
    assert answer.status_code == 400
    assert 'id="purpose-error"' in answer.text
    assert "all that I typed" in answer.text


@pytest.mark.parametrize("words", ["x" * 1_000_000, "a\x00b"])
def test_words_that_cannot_be_kept_are_refused_in_one_line(portal: Portal, words: str) -> None:
    answer = portal.client(member="m1").form("/objections/new", purpose=USE, words=words)
    assert answer.status_code in {400, 413}
    assert objections.of_person(portal.platform, "m1") == []


@pytest.mark.parametrize("what", ["withdraw", "appeal"])
def test_a_form_from_elsewhere_changes_nothing(portal: Portal, what: str) -> None:
    client = portal.client(member="m1")
    where = object_to(client)
    client.form_key = "forged"
    assert client.form(f"{where}/{what}").status_code == 403


def test_from_rejection_over_appeal_to_the_other_officer(portal: Portal) -> None:
    member = portal.client(member="m1")
    where = object_to(member)
    console = f"/console{where}"
    first, second = portal.client(staff=OFFICER, name="staff:1"), portal.client(staff=OFFICER, name="staff:2")
    assert first.form(f"{console}/decide", outcome="rejected", grounds=GROUNDS).status_code == 303
    assert GROUNDS in member.get(where).text
    assert member.form(f"{where}/appeal", words="think again").status_code == 303
    assert first.form(f"{console}/decide", outcome="upheld").status_code == 409
    assert second.form(f"{console}/decide", outcome="upheld").status_code == 303
    assert "Your objection stands" in member.get(where).text


def test_a_claim_is_confirmed_and_taken_back(portal: Portal) -> None:
    member = portal.client(member="m1")
    fields = {"purpose": "train_generative", "output": "m1 lives in Berlin", "feature": "writing help"}
    where = member.form("/claim", **fields).headers["location"]
    officer = portal.client(staff=OFFICER, name="staff:1")
    found = officer.form(f"/console{where}/decide", outcome="confirmed", grounds="We saw it as well, twice.")
    assert found.status_code == 303
    assert "Take back the past use of my data" in member.get(where).text
    assert member.form(f"{where}/take-back").status_code == 303
    assert "Past use for this is taken back." in member.get(where).text


# --- staff


def test_the_queue_shows_the_overdue_first_with_its_days(portal: Portal) -> None:
    objections.receive(portal.platform, purpose=USE, person="m1")
    portal.world.pass_time(days=33)
    objections.receive(portal.platform, purpose=USE, person="m2")
    page = portal.client(staff=AUDITOR).get("/console/objections").text
    assert page.index(">m1<") < page.index("overdue by") < page.index(">m2<") < page.index("days left")


@pytest.mark.parametrize("act", ["weigh", "decide", "extend", "find", "records"])
def test_an_auditor_reads_and_never_acts(portal: Portal, act: str) -> None:
    where = f"/console{object_to(portal.client(member='m1'))}"
    auditor, size = portal.client(staff=AUDITOR), portal.platform.ledger.size
    assert auditor.get(where).status_code == 200
    assert "Uphold" not in auditor.get(where).text
    assert auditor.form(f"{where}/{act}", outcome="upheld", why=GROUNDS, wanted="r1").status_code == 403
    assert portal.platform.ledger.size == size


@pytest.mark.parametrize("who", [{"member": "m1"}, {"staff": OPERATOR}, {}])
def test_the_console_is_for_those_who_weigh(portal: Portal, who: dict[str, str]) -> None:
    answer = portal.client(**who).get("/console/objections")
    assert answer.status_code == (403 if who else 303)


def test_a_reviewer_finds_attaches_and_takes_off(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=Contact.parse("a@example.org"), about="Jane Roe")
    officer, where = portal.client(staff=OFFICER), f"/console/objections/{case.id}"
    assert 'value="r1"' in officer.form(f"{where}/find", wanted="jane roe").text
    assert officer.form(f"{where}/records", records="r1").status_code == 303
    assert objections.standing(portal.platform, case.id).records == ("r1",)
    officer.form(f"{where}/records", remove="r1")
    assert objections.standing(portal.platform, case.id).records == ()


def test_a_member_learns_no_name_of_the_staff(portal: Portal) -> None:
    member = portal.client(member="m1")
    where = object_to(member)
    portal.client(staff=OFFICER, name="staff:alice").form(f"/console{where}/weigh")
    assert "alice" not in member.get(where).text


# --- in German too


@pytest.mark.parametrize("path", ["/objections", "/objections/new", "/object", "/object/sent", "/claim"])
def test_the_pages_are_said_in_german(portal: Portal, path: str) -> None:
    client = portal.client(member="m1") if path.startswith("/objections") else portal.client()
    english = _sentences(client.get(path).text)
    german = _sentences(client.get(path, headers={"accept-language": "de"}).text)
    assert english & german == set()


def _sentences(text: str) -> set[str]:
    main = text[text.index("<main") : text.index("</main>")]
    found = {" ".join(each.split()) for each in re.findall(r">([^<>]+)<", main)}
    return {each for each in found if len(each) > 3}
