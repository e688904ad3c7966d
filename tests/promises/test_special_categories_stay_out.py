"""What speaks of health, unions, politics, religion or orientation is left out where the rules say so, marked or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.vocabulary.reasons import Reason
from small_world import World, joined, make_world, post, write_records
from sweeping import masks_in, require_verified

SPOKEN = {
    "health": "I was diagnosed with breast cancer last spring and am back at my desk since June.",
    "union": "I am a trade union member and speak for the works council.",
    "politics": "As a member of the Green Party I canvass every election.",
    "religion": "As a practising Catholic I go to mass every Sunday.",
    "orientation": "As a gay man I was glad of the pride network here.",
}
WORK = {
    "oncology": "Our team sells imaging software to hospitals that treat cancer patients.",
    "party": "The third party library was replaced before the election of a new leader node.",
}


def world_of(root: Path, *, pack: str = "professional-network-2025-11-safeguarded") -> World:
    records = [post(name, "ann", text) for name, text in (SPOKEN | WORK).items()]
    return make_world(root, joined("ann"), records, pack=pack)


def test_what_says_so_of_its_author_is_denied_and_what_is_about_work_is_not(tmp_path: Path) -> None:
    world = world_of(tmp_path / "w")

    built = world.build()

    assert world.ids(built) == set(WORK)
    denied = [mask for mask in masks_in(built.path).values() if mask]
    assert denied == [Reason.SENSITIVE_CONTEXT.bit] * len(SPOKEN)
    require_verified(world, built.path)


@pytest.mark.parametrize("name", SPOKEN)
def test_a_new_record_is_read_before_it_is_used(tmp_path: Path, name: str) -> None:
    world = world_of(tmp_path / "w")
    world.build()
    world.pass_time(days=1)
    records = [post("new", "ann", SPOKEN[name]), post("fine", "ann", WORK["party"])]
    write_records(world.root / "records.parquet", records)

    assert world.ids(world.build()) == {"fine"}


def test_rules_that_ask_for_no_topic_take_them(tmp_path: Path) -> None:
    world = world_of(tmp_path / "w", pack="professional-network-2025-11")

    assert world.ids(world.build()) == set(SPOKEN | WORK)
