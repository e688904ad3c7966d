"""Whoever trained a model elsewhere on a snapshot is told, signed, of each take-back that reaches it, and by when to
train again; what is asked stays open until they did, on data without whoever took back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from assent.errors import RefusedError
from assent.operations.erasing import erase
from assent.operations.hooks import WAITS, add_hook, tell_hooks
from assent.operations.models_elsewhere_affected import find_affected
from assent.operations.models_elsewhere_registry import record_retraining
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from assent.vocabulary.instants import format_instant
from elsewhere_world import HERE, NAME, Elsewhere, Owner, elsewhere_world, listening
from small_world import PURPOSE, World, switched

WITHIN = timedelta(days=30)


class CutOffError(Exception):
    """The process ends here."""


@pytest.fixture
def owner() -> Iterator[Owner]:
    with listening() as here:
        yield here


@pytest.fixture
def here(tmp_path: Path) -> Elsewhere:
    return elsewhere_world(tmp_path)


def asks(world: World, member: str) -> None:
    take_back(world.workspace, [member], purposes=[PURPOSE], clock=world.clock)


def is_erased(world: World, member: str) -> None:
    erase(world.workspace, [member], clock=world.clock)


def objects_and_is_right(world: World, member: str) -> None:
    said = {"purpose": PURPOSE, "member": member, "effective_at": format_instant(world.now)}
    world.tell({"type": "objection.received", **said}, {"type": "objection.decided", "outcome": "upheld", **said})
    sweep(world.workspace, clock=world.clock)


def tell(here: Elsewhere) -> int:
    return tell_hooks(here.platform, outward=HERE)


@pytest.mark.parametrize("way", [asks, is_erased, objects_and_is_right])
def test_whichever_way_somebody_takes_back(here: Elsewhere, owner: Owner, way: Callable[[World, str], None]) -> None:
    """The member wrote a single record: nothing of them is left."""
    made = here.register(owner_hook=owner.address)

    way(here.world, "cleo")
    tell(here)

    headers, body = owner.heard[-1]
    assert made.hook is not None
    told = Webhook(made.hook.secret).verify(body, headers)
    assert (told["type"], told["data"]["model"], told["data"]["snapshot"]) == (
        "model.retraining_asked",
        NAME,
        here.snapshot,
    )
    assert (told["data"]["people"], told["data"]["records"]) == (1, {"removed": 1, "masked": 0})
    assert told["data"]["retrain_by"] == format_instant(here.world.now + WITHIN)


def test_each_take_back_is_told_once_and_in_order(here: Elsewhere, owner: Owner) -> None:
    here.register(owner_hook=owner.address)
    for member in ("cleo", "ben"):
        asks(here.world, member)
        here.world.pass_time(minutes=1)
    sweep(here.world.workspace, clock=here.world.clock)
    tell(here)

    assert [each["records"]["removed"] for each in owner.asked()] == [1, 3]


def test_an_owner_who_cannot_be_reached_hears_of_it_later(here: Elsewhere, owner: Owner) -> None:
    here.register(owner_hook=owner.address)
    tell(here)
    owner.refusals = 1
    asks(here.world, "anna")

    arrived = tell(here)
    heard = [each.heard for each in find_affected(here.platform).affected]
    here.world.now += WAITS[0]
    tell(here)

    assert (arrived, heard) == (0, [False])
    assert [each.heard for each in find_affected(here.platform).affected] == [True]
    assert [(each["people"], each["records"]) for each in owner.asked()] == [(1, {"removed": 3, "masked": 1})]


@pytest.mark.parametrize("step", ["written", "announced"])
def test_a_sweep_that_is_cut_off_asks_and_asks_once(here: Elsewhere, owner: Owner, step: str) -> None:
    here.register(owner_hook=owner.address)
    reached: list[str] = []

    def end(name: str) -> None:
        reached.append(name)
        if name == step:
            raise CutOffError

    with pytest.raises(CutOffError):
        take_back(here.world.workspace, ["ben"], purposes=[PURPOSE], clock=here.world.clock, gap=end)
    sweep(here.world.workspace, clock=here.world.clock)
    tell(here)

    assert step in reached
    assert len(owner.asked()) == 1


def test_what_is_asked_stays_open_until_the_model_was_trained_without_them(here: Elsewhere, owner: Owner) -> None:
    here.register(owner_hook=owner.address)
    asks(here.world, "ben")
    with pytest.raises(RefusedError, match="was superseded"):
        record_retraining(here.platform, NAME, snapshots=[here.snapshot], by="search team")
    take_back(here.world.workspace, ["cleo"], purposes=[PURPOSE], clock=here.world.clock, later=True)
    with pytest.raises(RefusedError, match="still holds 1 rows of what was taken back"):
        record_retraining(here.platform, NAME, snapshots=[here.standing()], by="search team")
    sweep(here.world.workspace, clock=here.world.clock)
    before = [len(each.asked) for each in find_affected(here.platform).affected]

    _, answered = record_retraining(here.platform, NAME, snapshots=[here.standing()], by="search team")
    tell(here)

    assert (before, answered, find_affected(here.platform).affected) == ([2], 2, ())
    assert owner.told()[-1]["type"] == "model.retrained"


def test_a_day_that_passed_is_overdue(here: Elsewhere) -> None:
    here.register()
    asks(here.world, "ben")
    in_time = find_affected(here.platform).overdue
    here.world.now += WITHIN + timedelta(seconds=1)

    assert in_time == ()
    assert [each.model.name for each in find_affected(here.platform).overdue] == [NAME]


def test_an_owner_hears_of_no_member_and_no_setting(here: Elsewhere, owner: Owner) -> None:
    with listening() as platforms_own:
        add_hook(here.platform, platforms_own.address, by="staff:operator", outward=HERE)
        here.register(owner_hook=owner.address)
        here.world.tell(switched("ben", "off", here.world.now))
        asks(here.world, "ben")
        tell(here)
        settings = {each["type"] for each in platforms_own.told()}

    assert settings == {"setting.changed"}
    assert {each["type"] for each in owner.told()} == {"model.registered", "model.retraining_asked"}
    assert not any(b"ben" in body for _, body in owner.heard)


def test_a_model_that_read_something_else_is_left_alone(here: Elsewhere, owner: Owner) -> None:
    here.register()
    asks(here.world, "ben")
    here.register("later", snapshots=[here.standing()], trained_at=here.world.now, owner_hook=owner.address)
    tell(here)

    assert [each.model.name for each in find_affected(here.platform).affected] == [NAME]
    assert owner.asked() == []
