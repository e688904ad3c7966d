"""`assent receipt …` for every kind of event, and checking one where there is no working folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli.receipt import app
from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.operations.pages.receipt import write_receipt_page
from assent.operations.receipt import gdpr_applies, make_receipt
from assent.operations.witness import add_cosignatures, cosign_published, make_witness, watch_log
from assent.operations.workspace import open_workspace
from assent.policy.load import load_pack
from assent.snapshot.since import Moment
from assent.snapshot.withdrawn import withdrawn_between
from small_world import NOTICE, NOW, PURPOSE, SETTING, World, joined, make_world, switched

Run = Callable[..., Any]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "world", joined("m1") + joined("m2", region="US"), [])


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(world.root)

    def call(*arguments: str) -> Any:
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, AssentError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return call


def about(kind: str, **fields: str) -> dict[str, Any]:
    return {"type": kind, "member": "m1", "effective_at": "2026-02-01T00:00:00Z", **fields}


EVERY_KIND = [
    about("member.region", region="FR"),
    about("member.birth_date", birth_date="1991-01-01"),
    about("setting.changed", setting=SETTING, value="off"),
    about("objection.received", purpose=PURPOSE),
    about("objection.decided", purpose=PURPOSE, outcome="upheld"),
    about("objection.decided", purpose=PURPOSE, outcome="rejected"),
    about("objection.withdrawn", purpose=PURPOSE),
    about("notice.delivered", notice=NOTICE),
    about("record.excluded", record="p-1"),
    about("record.included", record="p-1"),
    about("takeback.requested", purpose=PURPOSE),
    about("account.closed"),
    about("erasure.requested"),
]


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: "-".join(str(v) for v in event.values())[:40])
def test_every_event_about_a_member_has_a_receipt(world: World, run: Run, event: dict[str, Any]) -> None:
    world.tell(event)
    run("make", "m1", "--out", "r.json", "--html", "r.html")
    found = run("verify", "r.json", "--json")
    told = {name: value for name, value in found["event"].items() if name != "recorded_at"}
    assert told == event
    assert found["trusted"] == {"platform_key": True, "log_key": True}
    assert found["statement"]["headline"].endswith(".")
    assert run("verify", "r.html", "--json") == found


@pytest.mark.parametrize(
    ("event", "status", "right"),
    [
        (EVERY_KIND[2], "dpv:RequestFulfilled", "gdpr:A21"),
        (EVERY_KIND[3], "dpv:RequestAcknowledged", "gdpr:A21"),
        (EVERY_KIND[5], "dpv:RequestRejected", "gdpr:A21"),
        (EVERY_KIND[10], "dpv:RequestAcknowledged", "gdpr:A17"),
    ],
)
def test_under_legitimate_interest_a_right_was_exercised(
    world: World, run: Run, event: dict[str, Any], status: str, right: str
) -> None:
    world.tell(event)
    run("make", "m1", "--out", "r.json")
    [record] = run("verify", "r.json", "--json")["records"]
    assert (record["@type"], record["event"]["event_state"], record["event"]["exercised_right"]) == (
        "dpv:RightExerciseRecord",
        status,
        right,
    )
    [use] = record["processing"]
    assert "gdpr:A21" in use["privacy_rights"]
    assert "gdpr:A7-3" not in use["privacy_rights"]


def consented(tmp_path: Path, *events: dict[str, Any]) -> dict[str, Any]:
    world = make_world(tmp_path / "consent", joined("m1"), [], pack="consent-first")
    for event in events:
        world.tell(event)
    [record] = make_receipt(world.workspace, "m1", clock=world.clock).receipt.records
    return dict(record)


def test_under_consent_a_yes_is_a_consent_record(tmp_path: Path) -> None:
    record = consented(tmp_path, switched("m1", "on", "2026-02-01T00:00:00Z"))
    assert (record["@type"], record["event"]["event_state"]) == ("dpv:ConsentRecord", "dpv:ConsentGiven")
    [use] = record["processing"]
    assert use["lawful_basis"] == "gdpr:A6-1-a"
    assert {"gdpr:A7-3", "gdpr:A20"} <= set(use["privacy_rights"])
    assert "gdpr:A21" not in use["privacy_rights"]


def test_under_consent_a_no_after_a_yes_withdraws_it(tmp_path: Path) -> None:
    on, off = switched("m1", "on", "2026-02-01T00:00:00Z"), switched("m1", "off", "2026-02-02T00:00:00Z")
    event = consented(tmp_path, on, off)["event"]
    assert (event["event_state"], event["exercised_right"]) == ("dpv:ConsentWithdrawn", "gdpr:A7-3")


def test_under_consent_a_no_without_a_yes_refuses_it(tmp_path: Path) -> None:
    event = consented(tmp_path, switched("m1", "off", "2026-02-01T00:00:00Z"))["event"]
    assert (event["event_state"], "exercised_right" in event) == ("dpv:ConsentRefused", False)


def test_the_fields_of_the_consent_record_are_those_of_the_standard(tmp_path: Path) -> None:
    record = consented(tmp_path, switched("m1", "on", "2026-02-01T00:00:00Z"))
    assert {"schema_version", "record_id", "pii_principal_id", "notice", "processing", "event", "receipt"} <= set(
        record
    )
    assert {"privacy_notice", "language"} <= set(record["notice"])
    assert {
        "purpose",
        "lawful_basis",
        "pii_information",
        "pii_controllers",
        "storage_locations",
        "retention_period",
        "jurisdiction",
        "recipient_third_parties",
        "withdrawal_method",
        "privacy_rights",
    } <= set(record["processing"][0])
    assert {"event_type", "event_state", "event_time", "validity_duration", "entity_id"} <= set(record["event"])
    assert {"schema_version", "receipt_id", "associated_record", "created"} == set(record["receipt"])


def test_somebody_outside_the_gdpr_is_not_promised_its_rights(world: World, run: Run) -> None:
    world.tell(switched("m2", "off", "2026-02-01T00:00:00Z"))
    run("make", "m2", "--out", "r.json")
    found = run("verify", "r.json", "--json")
    assert found["statement"]["rights"] == []
    assert "privacy_rights" not in found["records"][0]["processing"][0]


def test_what_changed_is_said_before_and_after(world: World, run: Run) -> None:
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    run("make", "m1", "--out", "r.json")
    stated = run("verify", "r.json", "--json")["statement"]
    [use] = stated["purposes"]
    assert (use["name"], use["permitted_before"], use["permitted_after"]) == (PURPOSE, True, False)
    assert [why["reason"] for why in use["because"]] == ["setting_off"]
    assert use["past"] == "What was used before is taken back too: out of data sets, and out of models."
    assert use["how_to_change"][0]["menu"][-1] == "Data for Generative AI Improvement"
    assert stated["since"] == "2026-03-01T12:00:00Z"  # when it was learned, which was later
    assert stated["notices"][0]["first_delivered_at"] == "2025-09-18T08:00:00Z"


def test_a_setting_that_implies_another_names_both_purposes(tmp_path: Path) -> None:
    world = make_world(tmp_path / "ads", joined("m1", region="US"), [], pack="professional-network-2025-11")
    world.tell(about("setting.changed", setting="ads_off_platform", value="off"))
    stated = make_receipt(world.workspace, "m1", clock=world.clock).receipt.statement
    assert [(use["name"], use["permitted_after"]) for use in stated["purposes"]] == [
        ("ads_off_platform", False),
        ("share_affiliates", False),
    ]
    assert stated["purposes"][0]["past"] == "What was used before stays in data sets and models; only future use stops."


@pytest.mark.parametrize("pack", ["professional-network-2025-11", "professional-network-2025-11-safeguarded"])
@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: "-".join(str(v) for v in event.values())[:40])
def test_the_past_is_told_as_snapshots_are_rewritten(tmp_path: Path, pack: str, event: dict[str, Any]) -> None:
    world = make_world(tmp_path / "world", joined("m1"), [], pack=pack)
    with world.ledger() as ledger:
        then = Moment(world.now, ledger.size)
    world.pass_time(days=1)
    world.tell(event | {"effective_at": "2026-03-02T00:00:00Z"})
    stated = make_receipt(world.workspace, "m1", clock=world.clock).receipt.statement
    rules = load_pack(pack)
    with world.ledger() as ledger:
        gone = withdrawn_between(ledger, rules, rules.purposes[PURPOSE], then, Moment(world.now, ledger.size))
    removed = ("What was used before is taken back", "It is taken out")
    said = [use["past"].startswith(removed) for use in stated["purposes"] if use["name"] == PURPOSE]
    assert said == [bool(gone)] * len(said)


def test_an_earlier_event_is_judged_as_of_then(world: World, run: Run) -> None:
    first = world.tell(switched("m1", "off", "2026-02-01T00:00:00Z")).start
    world.tell(switched("m1", "on", "2026-02-02T00:00:00Z"))
    run("make", "m1", "--event", str(first), "--out", "r.json")
    [use] = run("verify", "r.json", "--json")["statement"]["purposes"]
    assert use["permitted_after"] is False


@pytest.mark.parametrize("setting", ["<script>alert(1)</script>", "</pre><b>", "{{ 7 * 7 }}", "a\nb", "\u202e", '"'])
def test_a_page_shows_whatever_was_recorded_as_text(world: World, run: Run, setting: str) -> None:
    world.tell(about("setting.changed", setting=setting, value="off"))
    run("make", "m1", "--out", "r.json", "--html", "r.html")
    page = (world.root / "r.html").read_text()
    assert "<script" not in page
    assert "49" not in page.partition('<pre id="receipt">')[0].partition("</style>")[2].partition("What is proved")[0]
    assert run("verify", "r.html", "--json")["event"]["setting"] == setting


def test_a_stranger_checks_it_with_two_keys_and_nothing_else(
    world: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    run("make", "m1", "--out", "r.json")
    away = tmp_path / "away"
    away.mkdir()
    for path in (world.root / "r.json", world.root / "ledger" / "log" / "vkey", world.root / "keys" / "attest.pub.pem"):
        shutil.copy(path, away)
    shutil.rmtree(world.root)
    monkeypatch.chdir(away)
    assert run("verify", "r.json", "--json")["trusted"] == {"platform_key": False, "log_key": False}
    found = run("verify", "r.json", "--vkey", "vkey", "--attest-key", "attest.pub.pem", "--json")
    assert found["trusted"] == {"platform_key": True, "log_key": True}


def test_one_changed_character_of_a_page_is_found(world: World, run: Run) -> None:
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    run("make", "m1", "--html", "r.html")
    page = (world.root / "r.html").read_text()
    body = page.index("</style>")
    for at in range(body, page.index('<pre id="receipt">'), 37):
        (world.root / "r.html").write_text(page[:at] + chr(ord(page[at]) ^ 1) + page[at + 1 :])
        with pytest.raises(EvidenceError):
            run("verify", "r.html")
    (world.root / "r.html").write_text(page.replace("not permitted", "permitted", 1))
    with pytest.raises(EvidenceError, match="page around it"):
        run("verify", "r.html")


def test_a_page_can_be_made_again_from_the_receipt_alone(world: World, run: Run) -> None:
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    run("make", "m1", "--out", "r.json", "--html", "r.html")
    run("verify", "r.json", "--html", "again.html")
    assert (world.root / "again.html").read_bytes() == (world.root / "r.html").read_bytes()


def test_witnesses_can_be_demanded(world: World, run: Run) -> None:
    world.tell(switched("m1", "off", "2026-02-01T00:00:00Z"))
    witness = make_witness(world.root / "w", "w.example/one", clock=lambda: NOW)
    watch_log(world.root / "w", str(world.root / "ledger" / "log" / "vkey"))
    key = witness.signer.key.text
    run("make", "m1", "--out", "before.json")
    with pytest.raises(EvidenceError, match="0 of the 1 witnesses"):
        run("verify", "before.json", "--witness", "1-of-1", "--witness-key", key)
    with (world.root / "assent.toml").open("a") as config:
        config.write(f'[witnesses.one]\nvkey = "{key}"\n')
    note = cosign_published(world.root / "w", str(world.root / "ledger"), clock=lambda: NOW)
    (world.root / "note").write_bytes(note)
    add_cosignatures(open_workspace(world.root), [world.root / "note"])
    world.tell(switched("m2", "off", "2026-02-01T00:00:00Z"))  # the log grows on, and the cosigned size stays provable
    run("make", "m1", "--out", "after.json")
    found = run("verify", "after.json", "--witness", "1-of-1", "--json")
    assert found["cosigned"] == [{"witness": "w.example/one", "at": "2026-03-01T12:00:00Z"}]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("make", "nobody"), InputError),
        (("make", "m1", "--event", "6"), InputError),
        (("make", "m1", "--event", "99"), RefusedError),
        (("verify", "missing.json"), InputError),
        (("verify", "assent.toml"), EvidenceError),
        (("verify", "assent.toml", "--witness-key", "x"), InputError),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, arguments: tuple[str, ...], error: type[AssentError]
) -> None:
    with pytest.raises(error) as caught:
        run(*arguments)
    assert "\n" not in caught.value.message


def test_nothing_is_written_when_nothing_can_be_made(world: World, run: Run) -> None:
    with pytest.raises(InputError):
        run("make", "nobody", "--out", "r.json", "--html", "r.html")
    assert not (world.root / "r.json").exists()
    assert not (world.root / "r.html").exists()


def test_the_same_receipt_gives_the_same_page(world: World) -> None:
    made = make_receipt(world.workspace, "m1", clock=world.clock)
    assert write_receipt_page(made.receipt, made.data) == write_receipt_page(made.receipt, made.data)


@pytest.mark.parametrize(
    ("region", "applies"), [("FR", True), ("NO", True), ("RE", True), ("GB", True), (None, True), ("CH", False)]
)
def test_whose_law_the_gdpr_is_does_not_depend_on_the_groups_of_a_pack(region: str | None, applies: bool) -> None:
    assert gdpr_applies(region) is applies
