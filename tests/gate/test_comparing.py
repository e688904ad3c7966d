"""Two packs on the same data: what is counted is what two builds differ by, whatever portions the rows come in."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import UnavailableError
from assent.gate import comparing
from assent.gate.comparing import Comparison
from assent.operations.policy_diff import PolicyDifference, diff_on_data, diff_packs
from assent.vocabulary.reasons import Reason
from small_world import NOW, PACK, World, joined, make_world, mention, post, switched

ANNOUNCED, CONSENT, PAUSED = (
    "professional-network-2025-11",
    "consent-first",
    "professional-network-2025-11-europe-paused",
)


def compared(world: World, one: str, two: str, purpose: str = "train_generative") -> Comparison:
    found: PolicyDifference = diff_on_data(world.workspace, diff_packs(one, two, purpose=purpose), clock=world.clock)
    assert found.data is not None
    return found.data[0].comparison


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize(("one", "two"), [(PACK, ANNOUNCED), (ANNOUNCED, PACK), (PACK, CONSENT), (ANNOUNCED, PAUSED)])
def test_what_is_counted_is_what_two_builds_differ_by(world: World, one: str, two: str) -> None:
    found = compared(world, one, two)
    before, after = (world.ids(world.build(pack=pack)) for pack in (one, two))

    assert (found.newly_allowed.records, found.newly_denied.records) == (len(after - before), len(before - after))
    assert found.allowed == (len(before), len(after))


def test_members_regions_reasons_and_categories_are_counted(tmp_path: Path) -> None:
    events = joined("a") + joined("b", region="FR") + joined("c", region="FR") + joined("d", region="FR")
    events += [switched("d", "on", "2025-10-01T00:00:00Z")]
    records = [post("1", "a"), post("2", "a"), post("3", "b", category="comment"), post("4", "c"), post("5", "d")]
    found = compared(make_world(tmp_path, events, records), PACK, CONSENT).newly_denied

    assert (found.records, found.members) == (4, 3)
    assert found.by_region == {("DE", Reason.SETTING_OFF): 2, ("FR", Reason.SETTING_OFF): 2}
    assert found.members_by_region == {("DE", Reason.SETTING_OFF): 1, ("FR", Reason.SETTING_OFF): 2}
    assert found.by_category == {"post": 3, "comment": 1}


def test_what_others_and_parents_do_is_in_the_counts(tmp_path: Path) -> None:
    events = joined("a") + joined("b") + joined("no") + [switched("no", "off", "2025-10-01T00:00:00Z")]
    unknown_place = [{"role": "mentioned", "member": "no", "spans": None}]
    records = [
        post("1", "a", "of somebody", subjects=unknown_place),
        post("2", "b", "again", category="repost", parent="1"),
        post("3", "b", "@no", subjects=[mention("no", 0, 3)]),
    ]
    found = compared(make_world(tmp_path, events, records), PACK, ANNOUNCED).newly_allowed

    assert found.by_region == {("DE", Reason.OTHER_SUBJECT): 1, ("DE", Reason.DERIVED_FROM_EXCLUDED): 1}


def test_a_purpose_that_one_pack_does_not_offer_turns_everything_the_other_allows(world: World) -> None:
    gone = compared(world, PACK, CONSENT, "train_other")
    come = compared(world, CONSENT, PACK, "train_other")

    assert gone.newly_denied.records == gone.allowed[0] == come.newly_allowed.records > 0
    assert {reason for _, reason in gone.newly_denied.by_region} == {Reason.PURPOSE_UNKNOWN}


def test_the_moment_asked_about_counts(world: World) -> None:
    difference = diff_packs(PAUSED, ANNOUNCED, purpose="train_generative")
    before = diff_on_data(world.workspace, difference, at=NOW - timedelta(days=365), clock=world.clock)
    now = diff_on_data(world.workspace, difference, clock=world.clock)

    assert before.data is not None
    assert now.data is not None
    assert before.data[0].comparison.newly_allowed.records == 0
    assert now.data[0].comparison.newly_allowed.records > 0


def test_nothing_is_written(world: World) -> None:
    def files() -> set[Path]:
        return set(world.root.rglob("*"))

    compared(world, PACK, ANNOUNCED)
    before = files()
    compared(world, PACK, CONSENT)

    assert files() == before


# --- portions


def judged(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=comparing._JUDGED_SCHEMA)


def split(rows: list[dict[str, Any]], cuts: list[int]) -> list[pa.RecordBatch]:
    edges = sorted({0, len(rows), *(cut % (len(rows) + 1) for cut in cuts)})
    return [judged(rows[a:b]) for a, b in itertools.pairwise(edges)] or [judged([])]


@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from([0, 1, 2, 6]), st.sampled_from([0, 1, 4])), max_size=40),
    st.lists(st.integers(0, 100), max_size=8),
    st.lists(st.integers(0, 100), max_size=8),
)
@settings(max_examples=80, deadline=None)
def test_members_are_counted_once_whatever_the_portions(
    given_rows: list[tuple[int, int, int]], cuts: list[int], others: list[int]
) -> None:
    ordered = sorted(given_rows)
    rows = [
        {"rank": rank, "tag": n.to_bytes(16), "category": "post", "region": ["DE", None][rank % 2]}
        for n, (rank, _, _) in enumerate(ordered)
    ]
    one = split([{**row, "mask": each[1]} for row, each in zip(rows, ordered, strict=True)], cuts)
    two = split([{**row, "mask": each[2]} for row, each in zip(rows, ordered, strict=True)], others)
    found = Comparison()
    for batch in comparing._whole_members(comparing._side_by_side(iter(one), iter(two))):
        comparing._count(batch, found)

    turned = [(rank, a) for rank, a, b in ordered if a and not b]
    assert found.newly_allowed.records == len(turned)
    assert found.newly_allowed.members == len({rank for rank, _ in turned})
    assert found.newly_allowed.members_by_region == Counter(
        (["DE", ""][rank % 2], Reason.ON_HOLD if first == 1 else Reason.PURPOSE_UNKNOWN)
        for rank, first in {(rank, a & -a) for rank, a in turned}
    )


def test_a_source_that_changed_between_the_two_is_noticed() -> None:
    row = {"rank": 0, "tag": b"a" * 16, "mask": 0, "category": "post", "region": "DE"}
    other = replace_tag(row)

    with pytest.raises(UnavailableError, match="changed"):
        list(comparing._side_by_side(iter([judged([row])]), iter([judged([other])])))
    with pytest.raises(UnavailableError, match="changed"):
        list(comparing._side_by_side(iter([judged([row])]), iter([judged([row, other])])))


def replace_tag(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "tag": b"b" * 16}
