"""`assent takeback`, `assent sweep` and what they change in `assent snapshots`, as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assent.cli import build_app
from assent.errors import AssentError, EvidenceError, InputError
from small_world import PURPOSE, World, joined, make_world, mention, post

Run = Callable[..., Result]
RECORDS = [
    post("mira-1", "mira"),
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path / "w", [event for member in ("mira", "tom") for event in joined(member)], RECORDS)
    made.build()
    return made


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(world.root)

    def command(*words: str) -> Result:
        result = CliRunner().invoke(build_app(), list(words))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


def answer(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_member_takes_back_and_is_gone(run: Run) -> None:
    done = answer(run("takeback", "mira", "--json"))

    (one,) = done["sweep"]["swept"]
    assert (one["removed"], one["masked"], one["purpose"]) == (1, 1, PURPOSE)
    assert 0 < done["seconds_to_effect"] <= done["seconds_to_removal"]
    assert {each["state"] for each in answer(run("snapshots", "--json"))} == {"sealed", "removed"}


def test_a_person_is_told_what_happened(run: Run) -> None:
    shown = run("takeback", "mira", "--purpose", PURPOSE).stdout

    assert shown.startswith(f"1 member taken back for {PURPOSE}; no reader gives them any more")
    assert "from the request to the removal" in shown


def test_later_leaves_the_files_to_a_sweep(run: Run) -> None:
    assert answer(run("takeback", "mira", "--later", "--json"))["sweep"] is None
    would = answer(run("sweep", "--dry-run", "--json"))
    assert ([each["replaced_by"] for each in would["swept"]], would["dry_run"]) == ([None], True)
    assert [bool(each["replaced_by"]) for each in answer(run("sweep", "--json"))["swept"]] == [True]
    assert "none of 1 snapshots holds anything" in run("sweep").stdout


def test_the_members_of_a_file(run: Run, world: World) -> None:
    (world.root / "who.txt").write_text("# by letter\nmira\ntom\n")

    done = answer(run("takeback", "--file", "who.txt", "--purpose", PURPOSE, "--json"))

    assert [each["member"] for each in done["asked"]] == ["mira", "tom"]


def test_the_status_before_and_after(run: Run) -> None:
    run("takeback", "mira", "--later")
    (before,) = answer(run("takeback", "mira", "--status", "--json"))
    assert "to be rewritten" in run("takeback", "mira", "--status").stdout
    run("sweep")
    (after,) = answer(run("takeback", "mira", "--status", "--json"))

    assert (len(before["waiting"]), after["waiting"]) == (1, [])
    assert sorted((each["state"], each["holds"], each["went"]) for each in after["snapshots"]) == [
        ("removed", None, 0),
        ("sealed", 0, 1),
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("takeback",), "nobody was named"),
        (("takeback", "--status"), "nobody was named"),
        (("takeback", "nobody"), "knows no member `nobody`"),
        (("takeback", "nobody", "--status"), "knows no member `nobody`"),
        (("takeback", "mira", "--purpose", "other"), "no purpose `other`"),
        (("takeback", "--file", "missing.txt"), "cannot read `missing.txt`"),
        (("takeback", "--file", "/dev/null"), "names nobody"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_changes_nothing(run: Run, words: tuple[str, ...], message: str) -> None:
    before = answer(run("snapshots", "--json"))
    with pytest.raises(InputError, match=message):
        run(*words)
    assert answer(run("snapshots", "--json")) == before


def test_a_snapshot_that_cannot_be_swept_ends_in_an_error(run: Run, world: World) -> None:
    (path,) = (each for each in world.workspace.snapshots_folder.iterdir() if not each.name.startswith("."))
    for file in (path / "data").iterdir():
        file.write_bytes(b"damaged")

    with pytest.raises(EvidenceError, match="was not swept") as raised:
        run("takeback", "mira")
    assert isinstance(raised.value, AssentError)
