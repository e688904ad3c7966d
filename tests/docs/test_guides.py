"""The guides for platforms are true: pasted into a shell from top to bottom they do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"


def pasted(guide: str, folder: Path, *, at: str = ".") -> str:
    """What the shell printed that ran the guide in that folder, or in one inside it."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    script = "set -euo pipefail\n" + "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    for name, what in (("python", ""), ("assent", " -m assent")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{what} "$@"\n')
        (folder / name).chmod(0o755)
    environ = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "COLUMNS": "200"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder / at, env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """What the shell printed, and the folder it worked in."""
    folder = tmp_path_factory.mktemp("guide")
    return pasted("from-your-tables-to-a-verified-snapshot.md", folder), folder / "platform"


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    """What the shell printed of the guide about clean text."""
    return pasted("clean-text.md", tmp_path_factory.mktemp("clean"))


def test_it_permits_what_the_page_says(ran):
    assert "3 of 7 records may be used, by 2 members; in 1 somebody is masked" in ran[0]
    assert "'[mentioned] is right, test the restore.'" in ran[0]


def test_every_snapshot_of_it_verifies(ran):
    assert ran[0].count("verifies (every decision derived again)") == 2


def test_who_leaves_is_left_out_and_then_gone(ran):
    printed, folder = ran
    assert "1 of 3 rows may be read now" in printed
    ann = b"restore one every week"
    assert [path for path in (folder / "snapshots").rglob("*") if path.is_file() and ann in path.read_bytes()] == []


def test_who_is_erased_stays_out(ran):
    printed, folder = ran
    assert "5 erased" in printed
    held = [path for path in (folder / "ledger").rglob("*") if path.is_file() and b"tom" in path.read_bytes()]
    assert held == []


def test_texts_are_clean_and_count_once(cleaned):
    assert "Write to [EMAIL] or call [PHONE]." in cleaned
    assert "jane.doe@corp.example" not in cleaned
    assert [known for known in ("Okafor", "tomo") if known in cleaned] == []
    assert "3 of them count; groups of near-duplicates, one of each among them: 1" in cleaned
    assert "3 of 5 rows may be read now" in cleaned


def test_the_clean_snapshot_verifies_and_replays(cleaned):
    assert cleaned.count("verifies (every decision derived again)") == 1
    assert "replays: data, judgments and decisions come out the same" in cleaned


@pytest.fixture(scope="module")
def features_shown(tmp_path_factory):
    """What the shell printed of the three tutorials on features, one after the other on one platform."""
    folder = tmp_path_factory.mktemp("features")
    first = pasted("for-job-seekers.md", folder)
    return first, *(pasted(guide, folder, at="platform") for guide in ("for-hirers.md", "for-auditors-of-rankings.md"))


def test_a_job_seeker_sees_jobs_a_draft_and_how_it_ends(features_shown):
    printed = features_shown[0]
    assert "Maintenance technician  [jobs" in printed
    assert "(Written with the help of AI from my own profile.)" in printed
    assert "told why, and nothing else" in printed


def test_a_hirer_finds_people_and_is_told_what_is_unlawful(features_shown):
    printed = features_shown[1]
    assert printed.count("[people, ") == 3
    assert "say what the work needs, not who" in printed


def test_an_auditor_has_two_reports(features_shown):
    assert features_shown[2].count("the page: ") == 2
