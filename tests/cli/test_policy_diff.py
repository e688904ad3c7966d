"""`assent policy diff`: what a privacy officer reads before a pack is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assent.cli import build_app
from assent.errors import InputError
from small_world import make_world

ANNOUNCED, SAFEGUARDED, CONSENT = (
    "professional-network-2025-11",
    "professional-network-2025-11-safeguarded",
    "consent-first",
)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(build_app(), ["policy", "diff", *arguments])


def told(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.exception
    return result.stdout


def overlay(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(f'name = "mine"\ntitle = "Mine"\nextends = "{SAFEGUARDED}"\n{text}', encoding="utf-8")
    return str(path)


def test_a_pack_and_itself_decide_alike() -> None:
    assert "both decide every case alike" in told(ANNOUNCED, ANNOUNCED)


def test_a_lower_age_is_told_first_and_in_words(tmp_path: Path) -> None:
    printed = told(SAFEGUARDED, overlay(tmp_path, "[purposes.train_generative]\nminimum_age = 16\n"))

    assert printed.splitlines()[0] == "B would use what A does not for train_generative"
    assert "    · records written at 16 to 17 (under_age)" in printed.splitlines()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            '[coverages.training.newly-covered]\nregions = ["EU", "EEA", "GB", "CH", "CA"]\n',
            "in Hong Kong, from 18 September 2024 until 3 November 2025 (not_yet_in_force)",
        ),
        (
            (
                '[every_purpose]\nsensitive = "allow"\n'
                "[purposes.train_generative.curation]\ntopics = []\n"
                "[purposes.train_other.curation]\ntopics = []\n"
            ),
            "in sensitive places (sensitive_context)",
        ),
        (
            '[scopes.training.public-content]\nvisibility = ["public", "connections"]\n',
            (
                "records of activity feed, article, comment, poll, poll response, post and repost,"
                " shared as “connections” (not_visible_enough)"
            ),
        ),
        (
            "[every_purpose]\nwaiting_days = 10\n",
            (
                "people who were sent “Your data and AI: what changes, and how to say no” at least 10 and less than 30 days"
                " ago (waiting_period)"
            ),
        ),
    ],
)
def test_what_would_newly_be_used_is_told_in_words(tmp_path: Path, text: str, line: str) -> None:
    printed = told(SAFEGUARDED, overlay(tmp_path, text))

    assert f"    · {line}" in printed.split("would newly be used")[1].splitlines()


def test_a_default_that_is_turned_on_somewhere_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "us.toml"
    path.write_text(
        f'name = "us"\ntitle = "U"\nextends = "{CONSENT}"\n[settings.generative_ai_improvement]\ndefaults = {{ US = "on" }}\n'
    )

    assert "    · in the United States, people who never touched the toggle of this use (setting_off)" in (
        told(CONSENT, str(path)).splitlines()
    )


def test_what_no_cell_shows_is_told_too() -> None:
    changed = {(each["where"], each["before"], each["after"]) for each in payload(ANNOUNCED, SAFEGUARDED)["fields"]}

    assert ("purposes.train_generative.withdrawal", "stop", "take_back") in changed
    assert ("notices.ai-training-2025", "", "Your data and AI: what changes, and how to say no") in changed


def test_one_purpose_is_compared_alone() -> None:
    found = payload(ANNOUNCED, SAFEGUARDED, "--purpose", "train_other")

    assert [each["purpose"] for each in found["purposes"]] == ["train_other"]
    assert not [each for each in found["fields"] if each["where"].startswith("purposes.ads")]


def test_at_a_moment_only_what_changes_then_is_told() -> None:
    pair = ("professional-network-2025-11-europe-paused", ANNOUNCED)

    before = payload(*pair, "--at", "2025-10-01T00:00:00Z")["purposes"]
    after = payload(*pair, "--at", "2025-12-01T00:00:00Z")["purposes"]

    assert {change["turn"] for each in before for change in each["changes"]} == {"denied for other reasons"}
    assert {change["turn"] for each in after for change in each["changes"]} == {"newly allowed"}


def test_a_purpose_that_is_new_is_said_to_be(tmp_path: Path) -> None:
    assert "newly offered: everything it allows would newly be used" in told(CONSENT, SAFEGUARDED)
    assert "no longer offered" in told(SAFEGUARDED, CONSENT)


def test_rules_that_change_nothing_in_the_new_pack_are_told(tmp_path: Path) -> None:
    mine = overlay(tmp_path, '[holds.a]\npurposes = ["train_other"]\nregions = ["DE"]\nuntil = 2024-01-01\n')

    assert "holds.a: stops nothing that would take place without it" in told(SAFEGUARDED, mine)


def test_on_data_what_enlarges_is_said_first_and_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_world(tmp_path).root)

    printed = told(SAFEGUARDED, ANNOUNCED, "--purpose", "train_generative", "--data")

    assert printed.startswith("4 records of 3 members would newly be used for train_generative\n")


def test_on_data_that_nothing_is_added_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_world(tmp_path).root)

    assert told(SAFEGUARDED, CONSENT, "--purpose", "train_generative", "--data").startswith(
        "nothing of anybody's in this working folder would newly be used\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((ANNOUNCED, "no-such"), "no pack `no-such`"),
        ((ANNOUNCED, SAFEGUARDED, "--purpose", "no_such"), "neither pack offers a purpose `no_such`"),
        ((ANNOUNCED, SAFEGUARDED, "--at", "2025-01-01"), "--at names no zone: `2025-01-01T00:00:00`"),
    ],
)
def test_what_makes_no_sense_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    error = run(*arguments).exception

    assert isinstance(error, InputError)
    assert error.message == message


def payload(*arguments: str) -> dict[str, list[dict[str, object]]]:
    return json.loads(told(*arguments, "--json"))
