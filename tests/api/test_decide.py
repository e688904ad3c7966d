"""`decide` over HTTP: what is answered, to whom, and from what was recorded by the time of the question."""

import pytest

from assent.operations.tokens import make_token
from assent.serving.permissions import SCOPES
from portal_world import make_portal
from small_world import PURPOSE, joined, switched

RECORD = {
    "id": "post-1",
    "category": "post",
    "author": "m1",
    "created_at": "2024-05-01T09:00:00Z",
    "visibility": "public",
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    events = joined("m1") + joined("off") + [switched("off", "off", "2025-10-01T00:00:00Z")]
    made = make_portal(tmp_path_factory.mktemp("decide"), events, [])
    yield made
    made.platform.close()


@pytest.fixture(scope="module")
def service(portal):
    made = make_token(portal.platform, "trainer", ["decide"], known=SCOPES, days=1, by="staff:test")
    client = portal.client()
    client.headers["authorization"] = f"Bearer {made.secret}"
    return client


def ask(service, **fields):
    return service.post("/v1/decide", json={"purpose": PURPOSE, "record": {**RECORD, **fields}})


def test_an_allowed_record(service, portal):
    assert ask(service).json() == {
        "id": "post-1",
        "allowed": True,
        "reasons": [],
        "masks": [],
        "purpose": PURPOSE,
        "pack": portal.platform.pack.digest,
        "as_of": "2026-03-01T12:00:00Z",
        "ledger_size": portal.platform.ledger.size,
    }


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"author": "off"}, ["setting_off"]),
        ({"author": "stranger"}, ["state_missing"]),
        ({"author": None}, ["state_missing"]),
        ({"visibility": None}, ["not_visible_enough"]),
        ({"category": "message.private"}, ["category_never"]),
        ({"parent": {"allowed": None}}, ["derived_from_excluded"]),
        ({"parent": {"allowed": False}, "excluded": True}, ["item_excluded", "derived_from_excluded"]),
        ({"signals": {"aipref": "train-ai=n"}}, ["signal_no_train"]),
        ({"context": ["sensitive"]}, ["sensitive_context"]),
        ({"category": "comment", "subjects": [{"role": "mentioned", "member": "off"}]}, ["other_subject"]),
    ],
)
def test_a_denied_record(service, fields, reasons):
    answer = ask(service, **fields).json()
    assert (answer["allowed"], answer["reasons"]) == (False, reasons)


def test_whoever_must_be_masked(service):
    subject = {"role": "mentioned", "member": "off", "spans": [{"start": 0, "end": 4}]}
    answer = ask(service, category="comment", subjects=[subject]).json()
    assert (answer["allowed"], answer["masks"]) == (True, ["mentioned"])


def test_a_purpose_nobody_offers(service):
    answer = service.post("/v1/decide", json={"purpose": "mind_reading", "record": RECORD}).json()
    assert answer["reasons"] == ["purpose_unknown"]


def test_what_another_process_recorded_counts_at_the_next_question(service, portal):
    portal.world.tell(*joined("m2"))
    before = ask(service, author="m2").json()["reasons"]
    portal.world.tell(switched("m2", "off", portal.world.now))
    assert (before, ask(service, author="m2").json()["reasons"]) == ([], ["setting_off"])


def test_what_was_said_for_later_counts_when_its_time_comes(service, portal):
    portal.world.tell(*joined("m3"), switched("m3", "off", "2026-03-01T12:00:10Z"))
    before = ask(service, author="m3").json()["reasons"]
    portal.world.pass_time(seconds=10)
    after = ask(service, author="m3").json()["reasons"]
    portal.world.pass_time(seconds=-10)
    assert (before, after) == ([], ["setting_off"])


def test_an_item_its_author_excluded(service, portal):
    excluded = {"type": "record.excluded", "record": "post-9", "member": "m1", "effective_at": portal.world.now}
    portal.world.tell({**excluded, "effective_at": "2026-02-01T00:00:00Z"})
    assert ask(service, id="post-9").json()["reasons"] == ["item_excluded"]


def test_a_hold_counts_at_the_next_question(service, portal):
    place = {"purpose": PURPOSE, "region": "DE", "effective_at": "2026-02-01T00:00:00Z"}
    portal.world.tell({"type": "hold.placed", **place})
    held = ask(service).json()["reasons"]
    portal.world.tell({"type": "hold.lifted", **place})
    assert (held, ask(service).json()["reasons"]) == (["on_hold"], [])


def test_a_moment_in_the_past(service):
    body = {"purpose": PURPOSE, "record": {**RECORD, "author": "off"}, "at": "2025-09-30T00:00:00Z"}
    answer = service.post("/v1/decide", json=body).json()
    assert ("setting_off" in answer["reasons"], answer["as_of"]) == (False, "2025-09-30T00:00:00Z")


def test_a_moment_in_the_future_is_refused(service):
    answer = service.post("/v1/decide", json={"purpose": PURPOSE, "record": RECORD, "at": "2031-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["title"]) == (400, "`at` lies in the future: `2031-01-01T00:00:00Z`")


def test_reasons_in_words(service):
    body = {"purpose": PURPOSE, "record": {**RECORD, "author": "off"}}
    answer = service.post("/v1/decide?explain=1", json=body, headers={"accept-language": "en"}).json()
    assert answer["sentences"] == [{"reason": "setting_off", "sentence": "Your setting for this use is off."}]


def test_a_batch_keeps_its_order_and_answers_what_it_cannot_read_by_itself(service):
    records = [RECORD, {**RECORD, "id": "post-2", "sujects": []}, "nonsense", {**RECORD, "id": "p3", "author": "off"}]
    answer = service.post("/v1/decide/batch", json={"purpose": PURPOSE, "records": records}).json()
    seen = [(each["id"], each["allowed"], each["reasons"], each.get("error")) for each in answer["verdicts"]]
    assert seen == [
        ("post-1", True, [], None),
        ("post-2", False, [], "the record has an unknown field `sujects`"),
        (None, False, [], "the record is no JSON object"),
        ("p3", False, ["setting_off"], None),
    ]


def test_a_batch_that_is_too_large(service):
    answer = service.post("/v1/decide/batch", json={"purpose": PURPOSE, "records": [RECORD] * 10_001})
    assert (answer.status_code, answer.json()["title"]) == (413, "more than 10000 records at once")


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"{", "the body is no JSON"),
        (b"[]", "the request is no JSON object"),
        (b"{}", "`record` is missing"),
        (b'{"record":{}}', "`purpose` is missing"),
        (b'{"purpose":"x","record":{}}', "`id` is missing"),
        (b'{"purpose":"x","record":{"id":"a","author":7}}', "`author` is not a text"),
        (b'{"purpose":"x","record":{"id":"a","excluded":"yes"}}', "`excluded` is not true or false"),
        (b'{"purpose":"x","record":{"id":"a","created_at":"2024-05-01"}}', "`created_at` names no zone: `2024-05-01T00:00:00`"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(service, body, title):
    answer = service.post("/v1/decide", content=body)
    assert (answer.status_code, answer.json()["title"]) == (400, title)


def test_a_token_without_the_scope_is_turned_away(portal):
    made = make_token(portal.platform, "reader", ["settings.read"], known=SCOPES, days=1, by="staff:test")
    headers = {"authorization": f"Bearer {made.secret}"}
    answer = portal.client().post("/v1/decide", json={"purpose": PURPOSE, "record": RECORD}, headers=headers)
    assert answer.status_code == 403


def test_a_ledger_that_is_behind_the_clock_gives_no_verdict(service, portal):
    portal.world.tell(switched("m1", "on", "2026-01-01T00:00:00Z"))
    portal.world.pass_time(hours=-1)
    answer = ask(service)
    portal.world.pass_time(hours=1)
    assert (answer.status_code, "allowed" in answer.json()) == (503, False)
