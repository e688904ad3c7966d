"""The commands that make, list, read and verify snapshots: what they print, and how they end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assent.cli import build_app
from assent.errors import EvidenceError, InputError
from curated_world import DROPPED, MASKED, something_to_curate
from small_world import PURPOSE, World, make_world, switched


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tmp_path / "w")
    monkeypatch.chdir(made.root)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), list(arguments))


def answer(*arguments: str) -> dict[str, object]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def test_build_tells_how_many_may_be_used_and_why_others_not(world: World) -> None:
    told = run("build", PURPOSE).stdout

    assert "41 of 61 records may be used, by 12 members; in 2 somebody is masked" in told
    assert "under_age" in told


def test_what_was_built_verifies(world: World) -> None:
    built = answer("build", PURPOSE)

    assert answer("verify", str(built["snapshot"]))["complete"] is True


@pytest.fixture
def curated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tmp_path / "c", *something_to_curate())
    monkeypatch.chdir(made.root)
    return made


def test_build_tells_what_became_of_the_texts(curated: World) -> None:
    told = run("build", PURPOSE).stdout

    assert [line.strip() for line in told.splitlines() if "count" in line or "copies" in line or "email" in line] == [
        "copies of refused records that do not name them, among those left out: 1",
        "2  email  e-mail addresses",
        "1  near_duplicate  A text much like it counts in its place.",
        "3 of them count; groups of near-duplicates, one of each among them: 1",
    ]


def test_what_became_of_the_texts_is_told_to_programs(curated: World) -> None:
    assert answer("build", PURPOSE)["curation"] == {
        "records": 1,
        "masked": MASKED,
        "dropped": DROPPED,
        "clusters": 1,
        "copies": 1,
        "kept": 3,
    }


def test_rules_that_ask_nothing_of_texts_have_nothing_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_world(tmp_path / "p", pack="professional-network-2025-11").root)

    assert answer("build", PURPOSE)["curation"] is None


def test_reading_tells_what_is_passed_over(curated: World) -> None:
    found = answer("read", str(answer("build", PURPOSE)["snapshot"]))

    assert (found["sealed"], found["rows"], found["left_out"], found["dropped"]) == (5, 3, {}, DROPPED)


def test_a_second_build_begins_from_the_first(world: World) -> None:
    first = answer("build", PURPOSE)

    second = answer("build", PURPOSE)

    assert (first["parent"], second["parent"], second["full_because"]) == (None, first["snapshot"], None)


def test_a_full_build_begins_from_nothing(world: World) -> None:
    answer("build", PURPOSE)

    assert answer("build", PURPOSE, "--full")["parent"] is None


def test_a_build_that_cannot_begin_from_a_parent_says_why(world: World) -> None:
    answer("build", PURPOSE)

    told = run("build", PURPOSE, "--pack", "professional-network-2025-11").stdout

    assert "every record was decided: " in told
    assert "was decided by other rules" in told


def test_the_ledger_verifies_too(world: World) -> None:
    assert answer("verify", "ledger")["ok"] is True


def test_snapshots_are_listed(world: World) -> None:
    built = answer("build", PURPOSE)

    assert [(each["id"], each["state"]) for each in answer("snapshots")] == [(built["snapshot"], "sealed")]


def test_reading_says_what_is_left_out(world: World) -> None:
    built = answer("build", PURPOSE)
    world.tell(switched("m5", "off", "2025-12-01T00:00:00Z"))

    read = answer("read", str(built["snapshot"]), "--limit", "1")

    assert (read["rows"], read["left_out"], len(read["sample"])) == (
        34,
        {"setting_off": 3, "other_subject": 2, "derived_from_excluded": 2},
        1,
    )


def test_a_tampered_snapshot_ends_with_an_evidence_error(world: World) -> None:
    built = answer("build", PURPOSE)
    card = Path(str(built["path"])) / "card.md"
    card.write_text(card.read_text() + " ")

    result = run("verify", str(built["snapshot"]))

    assert isinstance(result.exception, EvidenceError)
    assert "FAILED" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("build", "no_such_purpose"), ("build", PURPOSE, "--at", "yesterday"), ("verify", "nothing"), ("read", "nothing")],
    ids=lambda given: given[-1],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_left(world: World, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert isinstance(result.exception, InputError)
    assert not list(world.workspace.snapshots_folder.glob("*"))


def test_an_empty_ledger_permits_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "posts.csv").write_text("id,who\n1,a\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(
        '[[records]]\nfiles = ["posts.csv"]\ncategory = "post"\n[records.columns]\nid = "id"\nauthor = "who"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    for command in (("init", "."), ("ledger", "init"), ("source", "add", "posts", "tables", "mapping.toml")):
        assert run(*command).exit_code == 0

    told = run("build", PURPOSE).stdout

    assert "0 of 1 records may be used" in told


def test_a_narrow_window_cuts_off_no_number_and_no_id(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    built = answer("build", PURPOSE)
    monkeypatch.setenv("COLUMNS", "80")

    words = run("snapshots").stdout.splitlines()[1].split()

    assert [words[n] for n in (0, 1, 4, 5, 6)] == [built["snapshot"], "sealed", "61", "41", "0.0"]


def test_a_pipe_cuts_off_no_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    vkey = (world.workspace.ledger_folder / "log" / "vkey").read_text(encoding="utf-8").strip()

    assert vkey in run("ledger", "verify").stdout


def test_a_build_without_the_ledgers_key_makes_no_other_key(world: World) -> None:
    (world.workspace.keys_folder / "log.pem").unlink()

    assert isinstance(run("build", PURPOSE).exception, InputError)
    assert list(world.workspace.keys_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("event", "warning"),
    [
        (("hold.placed", "purpose=train_generativ", "region=DE"), "did you mean `train_generative`?"),
        (("hold.placed", "purpose=train_generative", "region=Germany"), "such a hold covers everybody"),
        (("setting.changed", "setting=generative_ai", "value=off"), "no setting `generative_ai`"),
        (("member.region", "region=de"), "did you mean `DE`?"),
    ],
)
def test_a_name_the_rules_never_heard_of_is_told_when_it_is_recorded(
    world: World, event: tuple[str, ...], warning: str
) -> None:
    kind, *fields = event
    whose = () if kind == "hold.placed" else ("--member", "m1")

    told = run("ledger", "append", "--type", kind, *whose, *(part for each in fields for part in ("--field", each)))

    assert warning in told.stderr


def test_names_the_rules_know_are_taken_without_a_word(world: World) -> None:
    whose = ("--type", "setting.changed", "--member", "m1")

    assert (
        run("ledger", "append", *whose, "--field", "setting=generative_ai_improvement", "--field", "value=off").stderr
        == ""
    )


def test_a_stranger_with_the_public_key_checks_who_sealed_a_snapshot(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = answer("build", PURPOSE)
    shutil.copytree(str(built["path"]), tmp_path / str(built["snapshot"]))
    shutil.copy(world.workspace.keys_folder / "attest.pub.pem", tmp_path)
    monkeypatch.chdir(tmp_path)

    checks = answer("verify", str(built["snapshot"]), "--attest-key", "attest.pub.pem")["checks"]

    assert {each["name"]: each["passed"] for each in checks}["signature"] is True


def test_without_a_key_nobody_is_told_that_a_snapshot_verifies(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = answer("build", PURPOSE)
    shutil.copytree(str(built["path"]), tmp_path / str(built["snapshot"]))
    monkeypatch.chdir(tmp_path)

    assert "nobody's signature was checked: give --attest-key" in run("verify", str(built["snapshot"])).stdout


def test_a_folder_that_is_neither_snapshot_nor_ledger_is_told_so(world: World) -> None:
    assert "neither a snapshot nor a ledger" in str(run("verify", "keys").exception)
