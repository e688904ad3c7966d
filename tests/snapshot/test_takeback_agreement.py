"""What a sweep leaves is what the gate would have permitted, had it known who takes back; and the audit agrees."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.snapshot.layout import write_partitions
from assent.vocabulary.reasons import Reason
from small_world import joined, make_world, post, switched
from sweeping import (
    Row,
    counted_anew,
    counts_of,
    curate_of,
    manifest_of,
    masks_in,
    masks_of,
    newest,
    require_verified,
    rows_in,
    swept,
    taken_back,
)

MEMBERS = [f"m{n}" for n in range(6)]
TEXT = "Ana met Bob and then Cid came by"
CATEGORIES = ["post", "comment", "comment", "endorsement", "recommendation", "repost"]


@st.composite
def spans(draw: st.DrawFn) -> list[Row] | None:
    """Where a text names somebody: nowhere, unknown, overlapping others, empty, or beyond the text."""
    kind = draw(st.sampled_from(["some", "some", "some", "none", "unknown", "misfit"]))
    if kind == "unknown":
        return None
    if kind == "misfit":
        return [{"start": draw(st.integers(0, 9)), "end": 99}]
    starts = draw(st.lists(st.integers(0, 25), min_size=1, max_size=2)) if kind == "some" else []
    return [{"start": start, "end": start + draw(st.integers(0, 7))} for start in starts]


@st.composite
def networks(draw: st.DrawFn) -> list[Row]:
    ids = [f"r{n:02}" for n in range(draw(st.integers(8, 22)))]
    people = [*MEMBERS, "off", "stranger", None]
    found = []
    for place, ident in enumerate(ids):
        subjects = [
            {
                "role": draw(st.sampled_from(["mentioned", "quoted"])),
                "member": draw(st.sampled_from(people)),
                "spans": draw(spans()),
            }
            for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2, 3])))
        ]
        parent = draw(st.sampled_from([None, None, *ids[max(0, place - 6) : place + 2]]))
        category = draw(st.sampled_from(CATEGORIES))
        found.append(
            post(ident, draw(st.sampled_from(MEMBERS)), TEXT, category=category, subjects=subjects, parent=parent)
        )
    return found


leavers = st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=2, unique=True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=networks(), first=leavers, second=leavers, dropped=st.integers(0, 30))
def test_a_rewritten_version_is_what_the_gate_permits(
    rows: list[Row], first: list[str], second: list[str], dropped: int
) -> None:
    with TemporaryDirectory() as folder:
        world = make_world(Path(folder) / "w", _events(), rows)
        built = world.build()
        before, counts = masks_in(built.path), built.manifest.counts
        excluded = {"type": "record.excluded", "record": f"r{dropped:02}", "member": "m0"}
        world.tell({**excluded, "effective_at": world.pass_time(hours=1).isoformat()})
        done = taken_back(world, *first).swept
        assert done is not None
        if not done.swept:
            assert _held(before, counts) == _held(masks_in(built.path), manifest_of(built.path).counts)
            return
        version = newest(world, done)
        with counted_anew(world, version, frozenset(first), frozenset({f"r{dropped:02}"})) as gate:
            anew, expected = masks_of(gate), counts_of(gate)
            files = {
                each.sha256
                for each in write_partitions(gate.permitted(curate_of(world, version)), Path(folder) / "anew")
            }
        assert masks_in(version) == {tags: mask or anew[tags] for tags, mask in before.items()}
        manifest = manifest_of(version)
        assert {each.sha256 for each in manifest.files} == files
        for name in (
            "records",
            "allowed",
            "masked",
            "unreadable",
            "members",
            "allowed_by_category",
            "allowed_by_region",
        ):
            assert getattr(manifest.counts, name) == getattr(expected, name), name
        require_verified(world, version)
        again = taken_back(world, *second).swept
        if again is not None and again.swept:
            require_verified(world, newest(world, again))


def test_what_is_masked_after_a_name_that_goes_fits_the_text_without_it(tmp_path: Path) -> None:
    said = "Bob asked: write to ana@example.org"
    bob = [{"role": "mentioned", "member": "m1", "spans": [{"start": 0, "end": 3}]}]
    world = make_world(tmp_path / "w", _events(), [post("a", "m0", said, subjects=bob)])
    world.build()

    version = newest(world, taken_back(world, "m1"))

    assert rows_in(world, version)["a"]["text"] == "[mentioned] asked: write to [EMAIL]"
    require_verified(world, version)


@pytest.mark.parametrize(
    "places", [[(0, 0)], [(0, 0), (0, 0)], [(0, 0), (5, 5)], [(32, 32)], [(0, 0), (0, 3)]], ids=str
)
def test_a_span_of_no_letters_takes_no_text_with_it(tmp_path: Path, places: list[tuple[int, int]]) -> None:
    def named(member: str) -> list[Row]:
        return [{"role": "mentioned", "member": member, "spans": [{"start": a, "end": b} for a, b in places]}]

    rows = [post("a", "m0", TEXT, subjects=named("off")), post("b", "m0", TEXT, subjects=named("m1"))]
    world = make_world(tmp_path / "w", _events(), rows)
    built = world.build().path
    require_verified(world, built)
    masked = _texts(built)["a"]
    assert masked is not None

    version = newest(world, taken_back(world, "m1"))

    assert _texts(version) == {"a": masked, "b": masked}
    require_verified(world, version)


def _texts(folder: Path) -> dict[str, str | None]:
    """Of every row that stands in the data, copies of others too."""
    tables = [pq.read_table(folder / entry.path, columns=["id", "text"]) for entry in manifest_of(folder).files]
    return {row["id"]: row["text"] for table in tables for row in table.to_pylist()}


def _events() -> list[Row]:
    events = [event for member in MEMBERS for event in joined(member)] + joined("off")
    return [*events, switched("off", "off", "2025-10-01T00:00:00Z")]


def _held(masks: dict[bytes, int], counts: Any) -> tuple[Any, ...]:
    return masks, counts


def test_nobody_comes_back_who_changes_their_mind(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w", _events(), [post("a", "m0"), post("b", "m1")])
    world.build()
    version = newest(world, taken_back(world, "m0"))

    world.tell(switched("m0", "on", world.pass_time(days=1)))
    later = swept(world)

    assert later.swept == ()
    assert set(rows_in(world, version)) == {"b"}
    require_verified(world, version)


def test_what_the_second_sweep_takes_is_decided_with_the_first(tmp_path: Path) -> None:
    endorsed = [{"role": "endorsed", "member": "m1", "spans": []}]
    rows = [post("a", "m0", category="endorsement", subjects=endorsed), post("b", "m1"), post("c", "m2")]
    world = make_world(tmp_path / "w", _events(), rows)
    world.build()

    first = newest(world, taken_back(world, "m0"))
    after_first = masks_in(first), manifest_of(first).withdrawals
    second = newest(world, taken_back(world, "m1"))

    assert sorted(after_first[0].values()) == [0, 0, Reason.TAKEN_BACK.bit]
    # The endorsement was denied for its author's sake, and a denial keeps its reasons.
    assert sorted(masks_in(second).values()) == [0, Reason.TAKEN_BACK.bit, Reason.TAKEN_BACK.bit]
    assert manifest_of(second).withdrawals[:-1] == after_first[1]
    require_verified(world, second)
