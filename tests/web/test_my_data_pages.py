"""*My data* without a browser: items, data sets, proofs and receipts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assent.audit.subject import verify_subject_proof
from assent.evidence.receipt import open_receipt
from assent.operations.models_elsewhere_registry import register_model
from assent.operations.sweep import sweep
from assent.operations.verify import public_key
from assent.vocabulary.events import Event, EventType
from portal_world import Portal, make_portal
from small_world import NOW, SETTING, joined, mention, post


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    records = [*(post(f"a{n}", "ann", f"thought {n} & <more>") for n in range(12)), post("b1", "bob")]
    return make_portal(tmp_path, [*joined("ann"), *joined("bob")], records)


def test_items_come_with_verdicts_and_reasons(portal: Portal) -> None:
    html = portal.client(member="ann").get("/my-data").text
    assert html.count("<article") == 10
    assert "thought 1 &amp; &lt;more&gt;" in html
    assert "May be used" in html
    assert "This use does not take place in your region." in html
    assert "b1" not in html


def test_an_item_is_left_out_by_a_form_and_its_id_is_in_no_address(portal: Portal) -> None:
    client = portal.client(member="ann")
    answer = client.form("/my-data/items", record="a1", action="exclude", page=1)
    seq = portal.platform.ledger.size - 1
    assert (answer.status_code, answer.headers["location"]) == (303, f"/my-data?page=1&done={seq}")
    html = client.get(answer.headers["location"]).text
    assert "Recorded: this item is left out of every use from now on." in html
    assert "Left out by you" in html


def test_what_is_somebody_elses_cannot_be_left_out(portal: Portal) -> None:
    size = portal.platform.ledger.size
    assert portal.client(member="ann").form("/my-data/items", record="b1", action="exclude").status_code == 404
    assert portal.platform.ledger.size == size


def test_data_sets_say_what_they_hold_and_that_a_sweep_emptied_them(portal: Portal) -> None:
    portal.world.build()
    client = portal.client(member="ann")
    held = client.get("/my-data/data-sets").text
    assert "12 items that you wrote" in held
    assert "No model that is recorded here learned from anything of yours." in held
    portal.world.pass_time(minutes=1)
    client.form(f"/settings/{SETTING}", action="take_back")
    assert "Queued" in client.get("/my-data/data-sets").text
    sweep(portal.world.workspace, clock=portal.world.clock)
    after = client.get("/my-data/data-sets").text
    assert "12 items that you wrote" not in after
    assert "Nothing of yours" in after
    assert "Removed" in after
    assert "Queued" not in after


def test_an_item_says_which_data_sets_were_made_with_it(portal: Portal) -> None:
    client = portal.client(member="ann")
    assert "was made with it" not in client.get("/my-data").text
    portal.world.build()
    assert client.get("/my-data").text.count("1 data set that stands was made with it.") == 10


def test_a_recorded_model_that_does_not_lie_here_is_named_as_unknown(portal: Portal) -> None:
    sealed = Event(EventType.MODEL_SEALED, NOW, key="writing-help", value="0" * 64)
    portal.platform.ledger.append([sealed])
    client = portal.client(member="ann")
    client.form(f"/settings/{SETTING}", action="take_back")
    html = client.get("/my-data/data-sets").text
    assert "writing-help" in html
    assert "1 model or certificate that is recorded here cannot be looked into just now." in html


def test_a_model_elsewhere_is_shown_and_the_day_by_which_it_learns_again(portal: Portal) -> None:
    built = portal.world.build()
    said = {"trained_at": portal.world.now, "by": "The search team", "serves_at": "https://chat.example.org/v1"}
    register_model(portal.platform, "chat-7b", snapshots=[built.id], **said)
    client = portal.client(member="ann")
    before = client.get("/my-data/data-sets").text
    portal.world.pass_time(minutes=1)
    client.form(f"/settings/{SETTING}", action="take_back")
    sweep(portal.world.workspace, clock=portal.world.clock)
    after = client.get("/my-data/data-sets").text
    asked = "Whoever trained it was asked to train it again without you by 31 March 2026."

    assert "The search team trained it on a data set with 12 items that you wrote." in before
    assert (asked in before, asked in after) == (False, True)
    assert "1 model that was trained elsewhere learned from something of yours." in after


def test_who_is_only_named_in_a_data_set_is_told_that_it_stays(tmp_path: Path) -> None:
    named = post("b1", "bob", "@ann hi", subjects=[mention("ann", 0, 4)])
    pack = "professional-network-2025-11"
    given = make_portal(tmp_path, [*joined("ann"), *joined("bob")], [named], pack=pack)
    given.world.build()
    given.world.pass_time(minutes=1)
    client = given.client(member="ann")
    client.form(f"/settings/{SETTING}", action="take_back")
    html = client.get("/my-data/data-sets").text
    assert "Names you" in html
    assert "What others wrote about you stays under these rules." in html
    assert "No data set made before holds anything of yours any more." not in html


def test_a_data_set_that_lies_elsewhere_is_unknown_and_not_removed(portal: Portal) -> None:
    built = portal.world.build()
    shutil.rmtree(built.path)
    html = portal.client(member="ann").get("/my-data/data-sets").text
    assert "It cannot be looked into just now." in html
    assert "Its files are gone." not in html
    assert "Download proof" not in html


def test_a_proof_names_every_item_and_verifies(portal: Portal) -> None:
    built = portal.world.build()
    answer = portal.client(member="ann").get(f"/my-data/data-sets/{built.path.name}/proof")
    key = public_key(None, portal.world.workspace)
    assert key is not None
    report = verify_subject_proof(answer.content, key=key, vkeys=[each.key for each in portal.platform.ledger.keys])
    assert report.member == "ann"
    assert answer.headers["content-disposition"] == f'attachment; filename="proof-{built.path.name}.json"'


def test_a_proof_of_no_data_set_is_refused(portal: Portal) -> None:
    assert portal.client(member="ann").get("/my-data/data-sets/nothing/proof").status_code == 404


def test_everything_recorded_is_listed_with_a_receipt_that_verifies(portal: Portal) -> None:
    client = portal.client(member="ann")
    client.form(f"/settings/{SETTING}", action="stop")
    seq = portal.platform.ledger.size - 1
    assert "“Data for Generative AI Improvement” was turned off." in client.get("/my-data/receipts").text
    data = client.get(f"/my-data/receipts/{seq}/receipt.json").content
    receipt = open_receipt(data, attest_key=public_key(None, portal.world.workspace))
    assert (receipt.seq, receipt.event.member, receipt.event.value) == (seq, "ann", "off")
    assert receipt.event.effective_at == NOW
    page = client.get(f"/my-data/receipts/{seq}/receipt.html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert '<pre id="receipt">' in page.text


@pytest.mark.parametrize("path", ["", "/receipt.json", "/receipt.html"])
def test_nobody_gets_a_receipt_of_somebody_else(portal: Portal, path: str) -> None:
    portal.client(member="bob").form(f"/settings/{SETTING}", action="stop")
    seq = portal.platform.ledger.size - 1
    assert portal.client(member="ann").get(f"/my-data/receipts/{seq}{path}").status_code == 404


def test_many_events_come_in_pages(portal: Portal) -> None:
    client = portal.client(member="ann")
    for n in range(30):
        fields = {"action": "stop"} if n % 2 == 0 else {"action": "on", "sure": "yes"}
        client.form(f"/settings/{SETTING}", **fields)
    first, second = (client.get(f"/my-data/receipts?page={n}").text for n in (1, 2))
    assert first.count('href="/my-data/receipts/') == 25
    assert "You joined." in second
    assert "You joined." not in first
