"""Whoever withdraws, in whichever way, is in no snapshot that is built afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.evidence.tags import member_key
from assent.operations.build import BuildResult
from assent.vocabulary.reasons import Reason
from small_world import NOTICE, PURPOSE, SETTING, World, joined, make_world, mention, post, switched

MIRA = [post("mira-1", "mira"), post("mira-2", "mira")]
OTHERS = [
    post("tom-1", "tom"),
    post("about-mira", "tom", "@mira said so", category="comment", subjects=[mention("mira", 0, 5)]),
    post("for-mira", "tom", category="endorsement", subjects=[{"role": "endorsed", "member": "mira", "spans": []}]),
    post("of-mira", "tom", category="repost", parent="mira-1"),
    post("of-that", "tom", category="repost", parent="of-mira"),
]
LATER = "2026-03-02T00:00:00Z"
WITHDRAWALS = {
    "setting": [switched("mira", "off", LATER)],
    "objection": [{"type": "objection.received", "purpose": PURPOSE, "member": "mira", "effective_at": LATER}],
    "account": [{"type": "account.closed", "member": "mira", "effective_at": LATER}],
    "erasure": [{"type": "erasure.requested", "member": "mira", "effective_at": LATER}],
    "unknown region": [{"type": "member.region", "region": None, "member": "mira", "effective_at": LATER}],
    "corrected birth date": [
        {"type": "member.birth_date", "birth_date": "2015-01-01", "member": "mira", "effective_at": LATER}
    ],
    "hold": [{"type": "hold.placed", "purpose": PURPOSE, "region": "IE", "effective_at": LATER}],
}


def texts(world: World, result: BuildResult) -> str:
    with world.read(result) as reader:
        return "\n".join(text for batch in reader for text in batch.column("text").to_pylist())


@pytest.fixture
def world(tmp_path: Path) -> World:
    events = joined("mira", region="IE") + joined("tom", region="US")
    return make_world(tmp_path / "w", events, MIRA + OTHERS)


def test_before_the_withdrawal_everything_is_in(world: World) -> None:
    assert world.ids(world.build()) == {row["id"] for row in MIRA + OTHERS}


@pytest.mark.parametrize("withdrawal", WITHDRAWALS)
def test_no_row_of_theirs_and_none_that_carries_their_text_is_in(world: World, withdrawal: str) -> None:
    world.tell(*WITHDRAWALS[withdrawal])
    world.pass_time(days=2)

    assert world.ids(world.build()) == {"tom-1", "about-mira"}


@pytest.mark.parametrize("withdrawal", WITHDRAWALS)
def test_others_rows_show_their_role_and_nothing_of_them(world: World, withdrawal: str) -> None:
    world.tell(*WITHDRAWALS[withdrawal])
    world.pass_time(days=2)

    shown = texts(world, world.build())

    assert "[mentioned] said so" in shown
    assert "mira" not in shown


def test_an_excluded_record_is_out_and_the_others_stay(world: World) -> None:
    world.tell({"type": "record.excluded", "record": "mira-2", "member": "mira", "effective_at": LATER})
    world.pass_time(days=2)

    assert world.ids(world.build()) == {row["id"] for row in MIRA + OTHERS} - {"mira-2"}


def test_a_withdrawal_counts_from_the_moment_it_names(world: World) -> None:
    world.tell(switched("mira", "off", LATER))

    assert "mira-1" in world.ids(world.build())


def test_turning_it_on_again_brings_the_records_back(world: World) -> None:
    world.tell(switched("mira", "off", "2026-02-01T00:00:00Z"), switched("mira", "on", "2026-02-02T00:00:00Z"))

    assert "mira-1" in world.ids(world.build())


def test_the_refusal_is_counted_by_its_reason(world: World) -> None:
    world.tell(switched("mira", "off", LATER))
    world.pass_time(days=2)

    counts = world.build().manifest.counts

    assert counts.denied == {
        Reason.SETTING_OFF.label: 2,
        Reason.OTHER_SUBJECT.label: 1,
        Reason.DERIVED_FROM_EXCLUDED.label: 2,
    }


def test_the_member_can_be_shown_each_refusal(world: World) -> None:
    from assent.audit.stored import read_decisions
    from assent.evidence.decisions import mask_of, prove_member, verify_member

    world.tell(switched("mira", "off", LATER))
    world.pass_time(days=2)
    result = world.build()
    decided = result.manifest.decisions
    key = member_key((world.workspace.keys_folder / "snapshots" / f"{result.id}.key").read_bytes(), "mira")

    proof = prove_member(read_decisions(result.path, result.manifest), key)
    masks = verify_member(proof, root=decided.root, count=decided.count, key=key)

    assert {ident: mask_of(masks, key, ident) for ident in ("mira-1", "mira-2", "tom-1")} == {
        "mira-1": Reason.SETTING_OFF.bit,
        "mira-2": Reason.SETTING_OFF.bit,
        "tom-1": None,
    }


def test_somebody_who_was_never_told_is_not_in(tmp_path: Path) -> None:
    untold = [event for event in joined("mira") if event.get("notice") != NOTICE]
    world = make_world(tmp_path / "w", untold, MIRA)

    assert world.build().manifest.counts.denied == {Reason.NOTICE_NOT_DELIVERED.label: 2}


def test_another_setting_changes_nothing(world: World) -> None:
    world.tell(switched("mira", "off", LATER) | {"setting": f"not_{SETTING}"})
    world.pass_time(days=2)

    assert "mira-1" in world.ids(world.build())
