"""`assent audit`: which of the three it audits, what it keeps, what is due, and the bundle."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.operations.audit_register import Register, Sort, days_in
from assent.vocabulary.events import Event, EventType
from small_world import World, joined, make_world, post

TEXT = "I spent the spring repairing pumps in the harbour and would do it all again"
LEAK = "Write to me at somebody.else@corp.example whenever the pumps in the harbour stand still again"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two members who permit, in a snapshot."""
    rows = [post("p-a", "a", TEXT), post("p-b", "b", TEXT.replace("pumps", "lamps")), post("p-c", "a", LEAK)]
    world = make_world(tmp_path_factory.mktemp("audits") / "w", joined("a") + joined("b"), rows)
    world.build()
    return world


@pytest.fixture
def world(made: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The command line runs in their folder."""
    monkeypatch.chdir(made.root)
    return made


def run(*words: str) -> Any:
    """The answer as JSON."""
    answer = CliRunner().invoke(build_app("audit"), ["audit", *words, "--json"])
    assert answer.exception is None, answer.exception
    return json.loads(answer.stdout)


def refused(*words: str) -> AssentError:
    """The error that the command ended with."""
    answer = CliRunner().invoke(build_app("audit"), ["audit", *words])
    assert isinstance(answer.exception, AssentError), answer.stdout
    return answer.exception


def snapshot_of(world: World) -> str:
    (folder,) = [each.name for each in world.workspace.snapshots_folder.iterdir() if each.name.startswith("train")]
    return folder


def test_a_snapshot_is_verified_and_searched_for_what_masking_left(world: World) -> None:
    said = run(snapshot_of(world))
    report = json.loads(Path(said["report"]).read_text())

    assert (said["sort"], said["ok"]) == ("snapshot", True)
    assert report["redaction"]["rows"] == 3
    assert report["redaction"]["leaking"] == 0
    assert report["verification"]["compared"] == 3
    assert "0 of 3 texts; no rate: 3 texts are too few" in said["said"]


def test_the_ledger_is_verified_with_its_notices_and_clocks(world: World) -> None:
    said = run("ledger")
    clocks = json.loads(Path(said["report"]).read_text())["clocks"]

    assert re.fullmatch(r"The ledger holds: \d+ events are what was recorded; no answer is overdue\.", said["said"])
    assert [(each["told"], each["members"]) for each in clocks["notices"]] == [(2, 2)]


def test_an_objection_that_only_the_ledger_knows_is_overdue_after_a_month(world: World) -> None:
    objection = {"type": "objection.received", "member": "b", "purpose": "train_other"}
    world.tell(objection | {"effective_at": "2026-01-20T00:00:00Z"})

    assert run("ledger")["said"].endswith("; one answer is overdue.")

    closed = {"type": "objection.withdrawn", "member": "b", "purpose": "train_other"}
    world.tell(closed | {"effective_at": "2026-03-01T00:00:00Z"})
    assert run("ledger")["said"].endswith("; no answer is overdue.")


def test_each_run_stands_in_the_ledger_with_the_digest_of_its_report(world: World) -> None:
    said = run("ledger")
    with world.ledger() as ledger:
        acted = [each for _, each in ledger.system_events() if isinstance(each, Event)]

    event = [each for each in acted if each.type is EventType.STAFF_ACTED][-1]
    assert (event.key, event.value) == ("audit.ledger", f"ledger {said['digest']} ok")


def test_a_report_that_was_changed_is_not_read_again(world: World) -> None:
    path = Path(run("ledger")["report"])
    path.write_text(path.read_text().replace("true", "null", 1))
    register = Register.of(world.workspace)

    with pytest.raises(EvidenceError, match="was changed after it was written"):
        register.read(register.runs()[-1])


def test_what_is_scheduled_is_listed_and_overdue_ends_with_an_error(world: World) -> None:
    assert run("ledger", "--every", "30d")["next"] is not None
    (listed,) = run()
    assert (listed["target"], listed["every_days"], listed["overdue"]) == ("ledger", 30, False)

    Register.of(world.workspace).schedule(Sort.SNAPSHOT, "gone-1", 7, datetime.now(UTC) - timedelta(days=8))
    error = refused()
    assert isinstance(error, RefusedError)
    assert (error.message, error.hint) == ("an audit is overdue", "run it: assent audit gone-1")


@pytest.mark.parametrize("span", ["30", "d", "0d", "-1d", "30w", "99999d"])
def test_a_span_that_is_none_is_refused(span: str) -> None:
    with pytest.raises(InputError, match="no number of days"):
        days_in(span)


def test_what_is_neither_is_refused_in_one_line(world: World) -> None:
    assert refused("nothing-here").message == "no model, snapshot or ledger `nothing-here`"
    assert refused(snapshot_of(world), "--about", "a").message.startswith("`--about` is for models")
    assert refused("--every", "30d").message == "nothing was named that should be audited"


def test_the_bundle_says_what_was_not_audited_and_every_byte_of_it_is_checked(world: World) -> None:
    run("ledger")
    made = run("--bundle", "evidence.zip")
    held = run("evidence.zip")

    assert held["ok"]
    assert held["open"] == list(made["open"])
    with zipfile.ZipFile("evidence.zip") as archive:
        tests = archive.read("tests.html").decode()
        index = archive.read("index.html").decode()
    assert "whether witnesses saw the same log" in tests
    assert "Legitimate-interest assessment" in index

    data = bytearray(Path("evidence.zip").read_bytes())
    data[len(data) // 2] ^= 1
    Path("evidence.zip").write_bytes(data)
    assert isinstance(refused("evidence.zip"), EvidenceError)


def test_what_a_person_wrote_closes_an_open_item(world: World) -> None:
    first = run("--bundle", "first.zip")
    key = first["open"][0]
    Path("texts.json").write_text(json.dumps({key: "Looked at, and right."}))

    assert key not in run("--bundle", "second.zip", "--texts", "texts.json")["open"]

    Path("texts.json").write_text(json.dumps({"no/such": "words"}))
    assert "nothing is open under `no/such`" in refused("--bundle", "third.zip", "--texts", "texts.json").message
    assert not Path("third.zip").exists()
