"""Models trained elsewhere: what is refused, what is asked of the past, what a changed statement does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assent.client import Receiver
from assent.desk.hooks import all_hooks
from assent.errors import AssentError, EvidenceError, InputError, RefusedError
from assent.operations.hooks import tell_hooks
from assent.operations.models_elsewhere import models_elsewhere, statement_in
from assent.operations.models_elsewhere_affected import find_affected
from assent.operations.models_elsewhere_registry import record_retraining
from assent.operations.sweep import sweep
from assent.operations.takeback import take_back
from elsewhere_world import HERE, NAME, Elsewhere, elsewhere_world, listening
from small_world import PURPOSE


@pytest.fixture
def here(tmp_path: Path) -> Elsewhere:
    return elsewhere_world(tmp_path)


def asks(here: Elsewhere, member: str, **given: Any) -> None:
    take_back(here.world.workspace, [member], purposes=[PURPOSE], clock=here.world.clock, **given)


def test_registering_says_what_is_wrong(here: Elsewhere) -> None:
    here.register()
    later, long_ago = here.world.now + timedelta(days=1), here.world.now - timedelta(days=1)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("there is a model `chat-7b` already", {}),
        ("`Chat 7b` is no name for a model", {"name": "Chat 7b"}),
        ("`../chat` is no name for a model", {"name": "../chat"}),
        ("the ledger knows no snapshot `train_nothing`", {"name": "a", "snapshots": ["train_nothing"]}),
        ("the ledger knows no snapshot ``", {"name": "a", "snapshots": [""]}),
        ("no snapshot was named", {"name": "a", "snapshots": []}),
        ("cannot have been trained in the future", {"name": "a", "trained_at": later}),
        ("after the model was trained", {"name": "a", "trained_at": long_ago}),
        ("is no address that a model serves at", {"name": "a", "serves_at": "chat.example.org"}),
        ("is no SHA-256", {"name": "a", "weights": "abc"}),
        ("say who trained it in one line", {"name": "a", "by": " "}),
        ("a hook needs an `https` address", {"name": "a", "owner_hook": "http://example.org/x"}),
    ]
    said = []
    for _, given in wrong:
        with pytest.raises(InputError) as caught:
            here.register(**given)
        said.append(caught.value.message)

    assert [expected in told for (expected, _), told in zip(wrong, said, strict=True)] == [True] * len(wrong)
    assert list(models_elsewhere(here.world.workspace, here.platform.ledger).models) == [NAME]
    assert all_hooks(here.platform.desk) == []


def test_a_training_before_the_one_it_replaces_is_refused(here: Elsewhere) -> None:
    here.world.pass_time(hours=2)
    here.register()

    with pytest.raises(InputError, match="which is later than this"):
        record_retraining(
            here.platform,
            NAME,
            snapshots=[here.snapshot],
            by="search team",
            trained_at=here.world.now - timedelta(hours=1),
        )


def test_the_same_weights_are_no_new_training(here: Elsewhere) -> None:
    here.register(weights="ab" * 32)

    with pytest.raises(RefusedError, match="these are the weights"):
        record_retraining(here.platform, NAME, snapshots=[here.snapshot], by="x", weights="sha256:" + "AB" * 32)


def test_nobody_retrains_what_nobody_registered(here: Elsewhere) -> None:
    with pytest.raises(InputError, match="no model `chat-7b` was registered"):
        record_retraining(here.platform, NAME, snapshots=[here.snapshot], by="search team")


def test_of_a_snapshot_that_was_rewritten_before_its_past_is_asked_at_once(here: Elsewhere) -> None:
    at = here.world.pass_time(hours=1)
    asks(here, "ben")
    here.world.pass_time(days=3)

    made = here.register()

    [asked] = made.asked
    assert (asked.request.read, asked.request.held) == (here.snapshot, here.standing())
    assert (len(asked.request.people), asked.request.removed) == (1, 3)
    assert asked.request.retrain_by == at + timedelta(days=30)


def test_a_take_back_that_waits_for_a_sweep_is_shown_and_then_asked(here: Elsewhere) -> None:
    here.register()
    asks(here, "anna", later=True)

    [waiting] = find_affected(here.platform).affected
    sweep(here.world.workspace, clock=here.world.clock)
    [asked] = find_affected(here.platform).affected

    assert (waiting.asked, waiting.people, waiting.removed) == ((), 1, 3)
    assert (asked.waiting, asked.people, asked.removed) == ((), 1, 3)


def test_the_day_counts_from_the_take_back_not_from_the_sweep(here: Elsewhere) -> None:
    here.register()
    at = here.world.now
    asks(here, "ben", later=True)
    here.world.pass_time(days=10)
    sweep(here.world.workspace, clock=here.world.clock)

    [found] = find_affected(here.platform).affected
    assert found.model.retrain_by == at + timedelta(days=30)


def test_since_leaves_out_what_was_asked_before(here: Elsewhere) -> None:
    here.register()
    asks(here, "ben")
    after = here.world.pass_time(days=1)

    assert len(find_affected(here.platform).affected) == 1
    assert find_affected(here.platform, since=after).affected == ()


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_statement_that_is_not_what_was_signed_is_said_and_keeps_no_sweep(here: Elsewhere, harm: str) -> None:
    made = here.register()
    path = here.world.workspace.elsewhere_folder / NAME / f"{made.model.digest}.json"
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b" ")

    asks(here, "ben", later=True)
    result = sweep(here.world.workspace, clock=here.world.clock)

    assert (len(result.swept), list(result.unheard), result.asked) == (1, [NAME], ())
    assert list(find_affected(here.platform).problems) == [NAME]


def test_a_snapshot_that_is_lost_leaves_nobody_to_say_who_was_in_it(here: Elsewhere) -> None:
    here.register()
    here.world.tell(
        {
            "type": "snapshot.superseded",
            "snapshot": here.snapshot,
            "digest": "ab" * 32,
            "effective_at": here.world.now.isoformat(),
        }
    )

    assert "nobody can say who took back" in find_affected(here.platform).problems[NAME].message
    with pytest.raises(RefusedError, match="nothing took its place"):
        here.register("another")


def test_what_is_asked_is_signed_and_names_nobody(here: Elsewhere) -> None:
    made = here.register()
    asks(here, "ben")
    [asked] = models_elsewhere(here.world.workspace, here.platform.ledger).models[NAME].open

    statement = statement_in(here.world.workspace, NAME, asked.digest)
    assert statement.predicate["registration"] == made.model.digest
    folder = here.world.workspace.elsewhere_folder
    assert not any(b"ben" in path.read_bytes() for path in folder.rglob("*.json"))


def test_one_owner_may_hear_of_two_models_at_one_address(here: Elsewhere) -> None:
    for name in ("one", "two"):
        here.register(name, owner_hook="http://127.0.0.1:9/hook")

    assert sorted(str(each.about) for each in all_hooks(here.platform.desk)) == ["one", "two"]


def test_an_owner_opens_messages_with_the_client(here: Elsewhere) -> None:
    with listening() as owner:
        made = here.register(owner_hook=owner.address)
        asks(here, "anna")
        tell_hooks(here.platform, outward=HERE)
    assert made.hook is not None
    receiver = Receiver(made.hook.secret)

    headers, body = owner.heard[-1]
    about = receiver.open_about_model(headers, body)
    assert about is not None
    assert (about.kind, about.model) == ("model.retraining_asked", NAME)
    assert (about.people, about.removed, about.masked) == (1, 3, 1)
    assert receiver.open_about_model(headers, body, heard_to=about.seq) is None
    with pytest.raises(EvidenceError, match="not from the platform"):
        receiver.open_about_model(headers, body + b" ")
    with pytest.raises(EvidenceError, match="something else than a changed setting"):
        receiver.open(headers, body)


def test_an_address_inside_is_refused_before_anything_is_recorded(here: Elsewhere) -> None:
    with pytest.raises(AssentError, match="inside a network of our own"):
        here.register(owner_hook="https://127.0.0.1/x", outward=type(HERE)())

    assert models_elsewhere(here.world.workspace, here.platform.ledger).models == {}
