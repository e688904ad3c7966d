"""`assent subject`: a member's file is made, printed and checked, and the page says the same."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assent.cli import build_app
from assent.errors import EvidenceError, InputError
from assent.evidence.subject_proof import open_subject_proof, sign_subject_proof
from assent.operations.build import ATTEST_KEY
from assent.operations.pages.subject import write_subject_page
from assent.operations.subject import prove_subject
from assent.storage.keys import load_key
from small_world import World, make_world, post


class Place:
    """A working folder with a snapshot, and a stranger's folder with nothing but the public keys."""

    def __init__(self, root: Path) -> None:
        self.world: World = make_world(root / "w")
        self.snapshot = self.world.build().id
        self.away = root / "away"
        self.away.mkdir()
        shutil.copy(self.world.root / "keys/attest.pub.pem", self.away / "key.pem")
        shutil.copy(self.world.root / "ledger/log/vkey", self.away / "vkey")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("subject"))


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(place.world.root)
    return place


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(build_app(), list(arguments))


def told(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_each_record_is_printed_with_its_verdict_and_why(here: Place) -> None:
    printed = told("subject", "m9", here.snapshot, "--record", "nope")

    assert re.search(
        r"^x-5 +left out +It was left out: by you, or by somebody whom it is about\.", printed, re.MULTILINE
    )
    assert re.search(r"^p-m9-0 +may be used", printed, re.MULTILINE)
    assert re.search(r"^nope +never came in", printed, re.MULTILINE)


def test_a_member_called_like_a_command_is_asked_about_by_the_full_name(here: Place) -> None:
    assert "No record of this member" in told("subject", "make", "verify", here.snapshot)


def test_a_stranger_checks_the_file_with_the_public_keys(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made = told("subject", "m9", here.snapshot, "--out", str(here.away / "p.json"), "--json")
    monkeypatch.chdir(here.away)
    checked = told("subject", "verify", "p.json", "--key", "key.pem", "--vkey", "vkey", "--member", "m9", "--json")

    proved = json.loads(made)
    assert proved.pop("stated") == {"models": [], "certificates": [], "unread": []}
    assert json.loads(checked) == proved


def test_without_the_logs_key_the_log_is_said_not_to_have_been_asked(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("subject", "m9", here.snapshot, "--out", str(here.away / "p.json"))
    monkeypatch.chdir(here.away)

    assert "the log was not asked" in told("subject", "verify", "p.json", "--key", "key.pem")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["--key", "key.pem", "--member", "m8"], EvidenceError, "about `m9`, not about `m8`"),
        ([], InputError, "no public key"),
        (["--key", "vkey"], InputError, "no key in PEM form"),
    ],
)
def test_a_file_that_cannot_be_believed_is_refused(
    here: Place, monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: type[Exception], message: str
) -> None:
    told("subject", "m9", here.snapshot, "--out", str(here.away / "p.json"))
    monkeypatch.chdir(here.away)
    result = run("subject", "verify", "p.json", *arguments)

    assert isinstance(result.exception, error)
    assert message in str(result.exception)


@pytest.mark.parametrize("name", ["no such file", "key.pem", "."])
def test_something_else_than_a_file_of_this_kind_is_refused(
    here: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(here.away)

    assert isinstance(run("subject", "verify", name, "--key", "key.pem").exception, InputError | EvidenceError)


def test_the_page_has_every_record_and_fetches_nothing(here: Place, tmp_path: Path) -> None:
    told("subject", "m9", here.snapshot, "--record", "<b>&", "--html", str(tmp_path / "p.html"))
    page = (tmp_path / "p.html").read_text(encoding="utf-8")

    assert set(re.findall(r"<tr><td>([^<]*)</td>", page)) == {
        *(f"p-m9-{n}" for n in range(3)), "r-4", "r-5", *(f"x-{n}" for n in range(1, 10)), "&lt;b&gt;&amp;",
    }  # fmt: skip
    assert not re.findall(r"<script|https?:|src=|@import|url\(", page)


def test_the_page_fits_a_phone_whatever_a_member_and_a_record_are_called(place: Place, tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here")
    page = tmp_path / "p.html"
    made = prove_subject(place.world.workspace, "m" * 300, [place.snapshot], records=["r" * 300])
    page.write_text(write_subject_page(made.report), encoding="utf-8")

    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        window = chromium.new_page(viewport={"width": 390, "height": 800})
        window.goto(page.as_uri())
        wide = window.evaluate("document.documentElement.scrollWidth")
        chromium.close()

    assert wide == 390


def test_a_name_that_would_move_the_cursor_is_shown_for_what_it_is(here: Place) -> None:
    printed = told("subject", "m9", here.snapshot, "--record", "\x1b[2Jx\u202ey")

    assert "\u241b[2Jx\ufffdy" in printed
    assert "\x1b" not in printed


def test_a_file_without_proof_of_the_sealing_is_not_said_to_have_one(here: Place, tmp_path: Path) -> None:
    key = load_key(here.world.workspace.keys_folder / ATTEST_KEY)
    made = prove_subject(here.world.workspace, "m9", [here.snapshot])
    proof = open_subject_proof(made.data, key.public_key())
    bare = replace(proof, parts=tuple(replace(part, sealed=None) for part in proof.parts))
    (tmp_path / "p.json").write_bytes(sign_subject_proof(bare, key))

    printed = told("subject", "verify", str(tmp_path / "p.json"))

    assert f"not proved: that the log knows of {here.snapshot}" in printed


def test_what_others_wrote_about_a_member_is_stated_and_why_not_is_not(here: Place) -> None:
    named = json.loads(told("subject", "off", here.snapshot, "--mentions", "--json"))["snapshots"][0]["mentioned"]

    assert named == [
        {"id": "c-1", "role": "mentioned", "used": True},
        {"id": "c-3", "role": "mentioned", "used": True},
        {"id": "c-4", "role": "mentioned", "used": False},
        {"id": "e-2", "role": "endorsed", "used": False},
    ]


def test_many_records_are_summed_up_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(tmp_path, [], [post(f"r{n:03}", "a") for n in range(60)])
    monkeypatch.chdir(world.root)
    printed = told("subject", "a", world.build().id)

    assert "60 records: 0 may be used, 60 state_missing" in printed
    assert "… and 40 more" in printed


def test_an_unknown_snapshot_is_one_line(here: Place) -> None:
    assert str(run("subject", "m9", "other").exception) == "no snapshot `other`"
