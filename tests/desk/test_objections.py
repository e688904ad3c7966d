"""Objections from their receipt to their end, in the ledger and on the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import thread_time

import pytest

from assent.desk.forgetting import forget_people
from assent.desk.objections import cases_of, open_case, pending_cases
from assent.errors import InputError, RefusedError
from assent.ledger import fold_member
from assent.operations import casework, objections
from assent.operations.aligning import adopted_everywhere
from assent.operations.claims import Seen, decide_claim, receive_claim, take_back_after
from assent.operations.contact import Contact
from assent.operations.erasing import erase
from assent.operations.explain import explain_record
from assent.operations.matching import attach_records, detach_records, find_records
from assent.operations.objection_clock import add_months, days_left
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId
from assent.vocabulary.state import Objection
from portal_world import Portal, make_portal
from small_world import joined, post

USE = "train_other"
ADS = "share_affiliates"
GROUNDS = "We are bound by law to keep using this."
OUTSIDER = Contact("jane@example.org", "Jane Roe")


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    records = [post("r1", "m1", "what Jane Roe said"), post("r2", "m2", "nothing"),
               post("r3", "m2", "a letter to Jane Roe", category="message.private")]  # fmt: skip
    return make_portal(tmp_path, joined("m1") + joined("m2"), records)


def object_to(portal: Portal, purpose: str = USE, person: str = "m1") -> objections.Objection:
    return objections.receive(portal.platform, purpose=purpose, person=person, words="not with mine")


def told(portal: Portal, person: str = "m1") -> list[tuple[str, str | None, str | None]]:
    """What the ledger says of them since they joined: type, value, by."""
    events = [event for _, event in portal.platform.ledger.events_of(person) if isinstance(event, Event)]
    since = [
        event for event in events if event.type.value.split(".")[0] in {"objection", "takeback", "claim", "record"}
    ]
    return [(event.type.value, event.value or event.key, event.by) for event in since]


def stands(portal: Portal, person: str = "m1", purpose: str = USE) -> Objection | None:
    ledger = portal.platform.ledger
    state = fold_member(ledger.events_of(person), at=portal.platform.present(), size=ledger.size)
    return None if state is None else state.objections.get(purpose)  # type: ignore[call-overload]


def reasons(portal: Portal, record: str = "r1", purpose: str = USE) -> set[str]:
    found = explain_record(portal.world.workspace, record, purpose=purpose, clock=portal.world.clock)
    return {reason.label for reason in found.verdict.reasons}


def rejected(portal: Portal) -> objections.Objection:
    case = object_to(portal)
    return objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="staff:1")


def test_use_is_restricted_from_receipt(portal: Portal) -> None:
    before = reasons(portal)
    object_to(portal)
    assert (before, reasons(portal)) == (set(), {"objection_open"})


def test_the_words_are_on_the_desk_and_nowhere_in_the_ledger(portal: Portal) -> None:
    case = object_to(portal)
    assert case.words == "not with mine"
    assert all(b"not with mine" not in data for _, data in portal.platform.ledger.rows(0, portal.platform.ledger.size))


def test_objecting_twice_is_one_case(portal: Portal) -> None:
    first, size = object_to(portal), portal.platform.ledger.size
    again = object_to(portal)
    assert (again.id, portal.platform.ledger.size) == (first.id, size)


def test_an_objection_to_advertising_is_upheld_at_once_and_takes_back(portal: Portal) -> None:
    case = object_to(portal, ADS)
    assert case.state == "upheld"
    assert told(portal) == [("objection.received", ADS, "member"), ("objection.decided", "upheld", "absolute"),
                            ("takeback.requested", ADS, "objection")]  # fmt: skip


def test_upholding_takes_past_use_back_in_the_same_append(portal: Portal) -> None:
    case = object_to(portal)
    objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:1")
    assert told(portal)[1:] == [("objection.decided", "upheld", "staff"), ("takeback.requested", USE, "objection")]
    assert reasons(portal) == {"objection_upheld"}


def test_a_rejection_lets_use_go_on_and_an_appeal_restricts_it_again(portal: Portal) -> None:
    case = rejected(portal)
    free = reasons(portal)
    portal.world.pass_time(days=1)
    objections.appeal(portal.platform, case.id, words="think again")
    assert (free, reasons(portal)) == (set(), {"objection_open"})
    assert told(portal)[-1] == ("objection.received", USE, "appeal")


def test_who_rejected_does_not_decide_the_appeal(portal: Portal) -> None:
    case = objections.appeal(portal.platform, rejected(portal).id, words="")
    with pytest.raises(RefusedError, match="somebody else decides"):
        objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:1")
    assert objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:2").state == "upheld"


def test_a_second_appeal_is_refused(portal: Portal) -> None:
    case = objections.appeal(portal.platform, rejected(portal).id, words="")
    objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="staff:2")
    with pytest.raises(RefusedError, match="on appeal already"):
        objections.appeal(portal.platform, case.id, words="")


def test_objecting_again_after_a_rejection_is_the_appeal(portal: Portal) -> None:
    case = rejected(portal)
    assert (object_to(portal).id, object_to(portal).state) == (case.id, "appealed")


def test_objecting_anew_after_the_appeal_was_rejected_is_a_new_case(portal: Portal) -> None:
    case = objections.appeal(portal.platform, rejected(portal).id, words="")
    objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="staff:2")
    assert object_to(portal).id != case.id


@pytest.mark.parametrize("how", ["received", "rejected", "upheld"])
def test_it_can_be_taken_back_in_any_state(portal: Portal, how: str) -> None:
    case = object_to(portal)
    if how != "received":
        objections.decide(portal.platform, case.id, outcome=how, grounds=GROUNDS, by="staff:1")
    assert objections.withdraw(portal.platform, case.id).state == "withdrawn"
    assert stands(portal) is None


@pytest.mark.parametrize("grounds", ["", "no", "   \n  " * 20])
def test_a_rejection_without_grounds_is_not_taken(portal: Portal, grounds: str) -> None:
    case = object_to(portal)
    with pytest.raises(InputError, match="needs grounds"):
        objections.decide(portal.platform, case.id, outcome="rejected", grounds=grounds, by="staff:1")
    assert stands(portal) is Objection.OPEN


def test_two_officers_at_once_decide_once(portal: Portal) -> None:
    case = object_to(portal)
    stale = objections.standing(portal.platform, case.id)
    objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:1")
    move = objections.staff_move(portal.platform, stale, "rejected", "staff:2", changes={"state": "rejected"})
    with pytest.raises(RefusedError, match="at the same moment"):
        casework.take_step(portal.platform, stale, move)
    assert stands(portal) is Objection.UPHELD


def test_every_act_of_the_staff_is_in_the_trail(portal: Portal) -> None:
    case = object_to(portal)
    objections.weigh(portal.platform, case.id, by="staff:1")
    objections.extend(portal.platform, case.id, why="There are very many of them now.", by="staff:1")
    objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:2")
    trail = [event for _, event in portal.platform.ledger.system_events() if isinstance(event, Event)]
    assert [(each.key, each.value, each.by) for each in trail if each.type is EventType.STAFF_ACTED] == [
        ("objection.weighed", case.id, "staff:1"),
        ("objection.extended", case.id, "staff:1"),
        ("objection.upheld", case.id, "staff:2"),
    ]


# --- the clock


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-01-31", 3, "2026-04-30"),
     ("2026-11-30", 3, "2027-02-28"), ("2026-12-31", 1, "2027-01-31"), ("2026-03-15", 1, "2026-04-15")],
)  # fmt: skip
def test_a_month_is_a_month_of_the_calendar(received: str, months: int, due: str) -> None:
    start = datetime.fromisoformat(f"{received}T09:30:00+00:00")
    assert add_months(start, months) == datetime.fromisoformat(f"{due}T09:30:00+00:00")


def test_it_is_overdue_from_the_first_second() -> None:
    due = datetime(2026, 4, 1, tzinfo=UTC)
    assert [days_left(due, due + timedelta(seconds=late)) for late in (-86_400, 0, 1)] == [1, 0, -1]


def test_an_extension_is_two_further_months_once_and_within_the_first(portal: Portal) -> None:
    case = object_to(portal)
    why = "There are very many of them now."
    assert objections.extend(portal.platform, case.id, why=why, by="s").due_at == datetime(2026, 6, 1, 12, tzinfo=UTC)
    with pytest.raises(RefusedError, match="possible once"):
        objections.extend(portal.platform, case.id, why=why, by="s")


def test_an_extension_after_the_month_is_refused(portal: Portal) -> None:
    case = object_to(portal)
    portal.world.pass_time(days=32)
    with pytest.raises(RefusedError, match="month is over"):
        objections.extend(portal.platform, case.id, why="There are very many of them now.", by="s")


def test_the_overdue_stand_first(portal: Portal) -> None:
    old = object_to(portal, person="m1")
    portal.world.pass_time(days=32)
    new = object_to(portal, person="m2")
    found = objections.queue(portal.platform)
    assert ([each.id for each in found.cases], found.overdue) == ([old.id, new.id], 1)


# --- what breaks between the two stores


class BrokeError(RuntimeError):
    """The process ended here."""


@pytest.mark.parametrize("gap", ["_record_once", "tell", "settle_step"])
def test_a_receipt_that_broke_off_is_carried_to_its_end(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, gap: str
) -> None:
    def broke(*_: object) -> None:
        raise BrokeError

    with monkeypatch.context() as patched:
        patched.setattr(casework, gap, broke)
        with pytest.raises(BrokeError):
            object_to(portal)
    portal.world.pass_time(minutes=2)
    [case] = objections.of_person(portal.platform, "m1")
    assert (case.state, case.words, [each.step for each in case.steps]) == ("received", "not with mine", ["received"])
    assert told(portal) == [("objection.received", USE, "member")]
    assert pending_cases(portal.platform.desk) == []


@pytest.mark.parametrize("gap", ["_record_once", "tell", "settle_step"])
def test_a_decision_that_broke_off_is_carried_to_its_end(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, gap: str
) -> None:
    def broke(*_: object) -> None:
        raise BrokeError

    case = object_to(portal)
    with monkeypatch.context() as patched:
        patched.setattr(casework, gap, broke)
        with pytest.raises(BrokeError):
            objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="staff:1")
    portal.world.pass_time(minutes=2)
    objections.queue(portal.platform)
    assert objections.standing(portal.platform, case.id).grounds == GROUNDS
    assert told(portal)[1:] == [("objection.decided", "rejected", "staff")]


def test_nobody_takes_a_step_while_another_is_under_way(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broke(*_: object) -> None:
        raise BrokeError

    case = object_to(portal)
    with monkeypatch.context() as patched:
        patched.setattr(casework, "settle_step", broke)
        with pytest.raises(BrokeError):
            objections.weigh(portal.platform, case.id, by="staff:1")
    with pytest.raises(RefusedError, match="at the same moment"):
        objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:1")


def test_an_objection_of_an_erased_person_leaves_nothing(portal: Portal) -> None:
    erase(portal.world.workspace, ["m1"], clock=portal.world.clock)
    with pytest.raises(RefusedError, match="was erased"):
        object_to(portal)
    assert cases_of(portal.platform.desk, "m1") == []


def test_erasing_a_member_takes_their_words_off_the_desk(portal: Portal) -> None:
    object_to(portal)
    portal.platform.desk.close()
    erase(portal.world.workspace, ["m1"], clock=portal.world.clock)
    desk = portal.world.root / "desk"
    assert all(b"not with mine" not in path.read_bytes() for path in desk.iterdir())


# --- the ledger is right


def test_an_objection_that_only_the_ledger_knows_gets_its_case(portal: Portal) -> None:
    portal.world.tell(Event(EventType.OBJECTION_RECEIVED, portal.world.now, MemberId("m1"), USE, by="member"))
    [case] = adopted_everywhere(portal.platform)
    assert (case.person, case.state, objections.of_person(portal.platform, "m1")) == ("m1", "received", [case])


def test_the_desk_follows_the_ledger(portal: Portal) -> None:
    case = object_to(portal)
    portal.world.tell(Event(EventType.OBJECTION_WITHDRAWN, portal.world.now, MemberId("m1"), USE, by="member"))
    assert objections.standing(portal.platform, case.id).state == "withdrawn"


# --- people who are no members


def test_somebody_who_is_no_member_lives_in_the_ledger_under_a_pseudonym(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=OUTSIDER, about="Jane Roe", by="e-mail")
    assert case.person.startswith("person:")
    assert told(portal, case.person) == [("objection.received", USE, "e-mail")]
    stored = b"".join(data for _, data in portal.platform.ledger.rows(0, portal.platform.ledger.size))
    assert b"jane" not in stored.lower()


def test_what_a_reviewer_attaches_is_left_out_at_once(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=OUTSIDER, about="Jane Roe")
    attach_records(portal.platform, case.id, records=["r1"], by="staff:1")
    assert "item_excluded" in reasons(portal)


def test_attached_records_come_back_with_a_rejection_and_go_with_the_appeal(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=OUTSIDER, about="Jane Roe")
    attach_records(portal.platform, case.id, records=["r1"], by="staff:1")
    objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="staff:1")
    free = reasons(portal)
    objections.appeal(portal.platform, case.id, words="")
    assert (free, reasons(portal)) == (set(), {"item_excluded"})


def test_a_record_that_was_not_theirs_comes_back(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=OUTSIDER, about="Jane Roe")
    attach_records(portal.platform, case.id, records=["r1", "r2"], by="staff:1")
    detach_records(portal.platform, case.id, records=["r2"], by="staff:1")
    assert (reasons(portal, "r1"), reasons(portal, "r2")) == ({"item_excluded"}, set())


def test_a_record_that_no_source_holds_is_not_attached(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=USE, contact=OUTSIDER, about="Jane Roe")
    size = portal.platform.ledger.size
    with pytest.raises(InputError, match="no source holds"):
        attach_records(portal.platform, case.id, records=["r1", "r99"], by="staff:1")
    assert portal.platform.ledger.size == size


@pytest.mark.parametrize(("wanted", "found"), [("jane roe", ["r1"]), ("r2x", []), ("zzz'; --", [])])
def test_a_reviewer_finds_by_words_and_never_in_private_messages(portal: Portal, wanted: str, found: list[str]) -> None:
    assert [each.id for each in find_records(portal.platform, USE, wanted)] == found


# --- claims


def claim(portal: Portal, *, take_back: bool = False) -> objections.Objection:
    seen = Seen("writing help", "who is m1", "m1 lives in Berlin", "yesterday")
    return receive_claim(portal.platform, purpose="train_generative", seen=seen, person="m1", take_back=take_back)


def test_a_confirmed_claim_takes_back_where_that_was_asked_for(portal: Portal) -> None:
    case = claim(portal, take_back=True)
    decide_claim(portal.platform, case.id, finding="confirmed", words="We saw it as well, twice.", by="staff:1")
    assert [each[:2] for each in told(portal)] == [
        ("claim.received", "train_generative"),
        ("claim.decided", "confirmed"),
        ("takeback.requested", "train_generative"),
    ]


def test_a_member_takes_back_after_the_claim_was_confirmed_once(portal: Portal) -> None:
    case = claim(portal)
    decide_claim(portal.platform, case.id, finding="confirmed", words="We saw it as well, twice.", by="staff:1")
    take_back_after(portal.platform, case.id)
    take_back_after(portal.platform, case.id)
    assert [each[0] for each in told(portal)].count("takeback.requested") == 1


def test_a_claim_that_was_not_confirmed_takes_nothing_back(portal: Portal) -> None:
    case = claim(portal, take_back=True)
    decide_claim(portal.platform, case.id, finding="not-confirmed", words="Forty tries showed nothing.", by="s")
    with pytest.raises(RefusedError):
        take_back_after(portal.platform, case.id)
    assert "takeback.requested" not in {each[0] for each in told(portal)}


# --- many


def test_a_thousand_objections_leave_the_queue_usable(portal: Portal) -> None:
    first = objections.receive(portal.platform, purpose=USE, person="m1", words="no")
    for number in range(999):
        assert open_case(portal.platform.desk, replace(first, id=f"c{number}", person=MemberId(f"crowd-{number}")))
    began = thread_time()
    found = objections.queue(portal.platform, page=20)
    seconds = thread_time() - began
    assert (found.total, found.pages, len(found.cases)) == (1000, 20, 50)
    assert seconds < 0.5


# --- bad input


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@b.c\nBcc: x@example.org", "a@example.org, b@example.org", "Jane <a@example.org>", "a\x00@example.org",
     "a@example.org\r\n\r\nbody", "ä@example.org", "a" * 65 + "@example.org", "a@" + "b." * 150 + "org"],
)  # fmt: skip
def test_what_is_no_address_is_none(address: str) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        Contact.parse(address)


@pytest.mark.parametrize("name", ["a\nBcc: x@example.org", "a\rb", "a\x00", "x" * 201, "a\u2028b", "a\x85b"])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(InputError, match="name"):
        Contact.parse("a@example.org", name)


@pytest.mark.parametrize("words", ["x" * 1_000_000, "a\x00b", "\ud800"])
def test_words_that_cannot_be_kept_change_nothing(portal: Portal, words: str) -> None:
    size = portal.platform.ledger.size
    with pytest.raises(InputError):
        objections.receive(portal.platform, purpose=USE, person="m1", words=words)
    assert (portal.platform.ledger.size, cases_of(portal.platform.desk, "m1")) == (size, [])


@pytest.mark.parametrize("person", ["", "person:abc", "x" * 500, "a\x00"])
def test_nobody_objects_as_what_is_no_member(portal: Portal, person: str) -> None:
    with pytest.raises(InputError):
        objections.receive(portal.platform, purpose=USE, person=person)


def test_forgetting_one_person_leaves_the_others(portal: Portal) -> None:
    object_to(portal, person="m1")
    kept = object_to(portal, person="m2")
    forget_people(portal.platform.desk, ["m1"])
    assert [each.id for each in objections.queue(portal.platform).cases] == [kept.id]


def test_the_whole_course_on_either_store(tmp_path: Path, store: str) -> None:
    portal = make_portal(tmp_path, joined("m1"), [post("r1", "m1")], database=store)
    try:
        first = object_to(portal)
        assert object_to(portal).id == first.id
        case = objections.appeal(portal.platform, rejected(portal).id, words="no")
        objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="staff:2")
        assert [each.step for each in objections.standing(portal.platform, first.id).steps] == [
            "received", "rejected", "appealed", "upheld",
        ]  # fmt: skip
    finally:
        portal.platform.close()


def test_an_absolute_objection_of_somebody_without_an_account_waits_to_be_looked_for(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=ADS, contact=OUTSIDER)
    assert [each.id for each in objections.queue(portal.platform).cases] == [case.id]


def test_an_absolute_objection_is_never_rejected(portal: Portal) -> None:
    case = objections.receive(portal.platform, purpose=ADS, contact=OUTSIDER)
    with pytest.raises(RefusedError, match="cannot be rejected"):
        objections.decide(portal.platform, case.id, outcome="rejected", grounds=GROUNDS, by="s")
    assert objections.decide(portal.platform, case.id, outcome="upheld", grounds="", by="s").state == "upheld"


def test_only_what_came_since_then_is_looked_at(portal: Portal) -> None:
    said = {"type": "objection.received", "purpose": USE, "effective_at": "2026-02-20T08:00:00Z"}
    portal.world.tell({**said, "member": "m1"})
    looked_to = portal.platform.ledger.size
    portal.world.tell({**said, "member": "m2"})

    assert [case.person for case in adopted_everywhere(portal.platform, since=looked_to)] == ["m2"]
    assert [case.person for case in adopted_everywhere(portal.platform)] == ["m1"]
