"""Held out: templates with an odd number guided nothing of what the tagger was trained on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assent.curation.redact import structured, tagger

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.curation_pii import Score, scored
from bench.curation_tagger import recall_by_origin


@pytest.fixture(scope="module")
def held_out() -> Score:
    return scored([structured.find, tagger.find], 1)


@pytest.mark.external_data
def test_people_are_found(external_data: Path, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue("held_out").span["PERSON"].f2 >= 0.8


@pytest.mark.external_data
def test_all_types_are_found(external_data: Path, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue("held_out").all("span").f2 >= 0.75


def test_names_of_no_origin_are_left_behind() -> None:
    shares = dict(recall_by_origin())
    assert {origin: share for origin, share in shares.items() if share < 0.7} == {}
