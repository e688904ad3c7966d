"""Coverage by region and reason says of each member what the evaluator says of them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

from assent.ledger import fold_member
from assent.operations.coverage import reasons_by_region
from assent.operations.holds import place_hold
from assent.policy.evaluate import person_reasons
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.reasons import primary, to_mask
from portal_world import Portal, make_portal
from small_world import NOTICE, NOW, PURPOSE, joined, someone_of_everything, switched


def objected(member: str, *steps: str) -> list[dict[str, str]]:
    since = {"purpose": PURPOSE, "member": member}
    fields = {"upheld": {"outcome": "upheld"}, "rejected": {"outcome": "rejected"}}
    kinds = {"received": "objection.received", "upheld": "objection.decided", "rejected": "objection.decided"}
    return [
        {"type": kinds[step], **since, **fields.get(step, {}), "effective_at": f"2026-01-0{day}T00:00:00Z"}
        for day, step in enumerate(steps, 1)
    ]


def world(folder: Path) -> tuple[Portal, list[str]]:
    events, records = someone_of_everything()
    today = (NOW - timedelta(days=1)).isoformat()
    late = [
        *joined("late")[:-1],
        {"type": "notice.delivered", "notice": NOTICE, "member": "late", "effective_at": today},
    ]
    more = [*late, *joined("untold")[:-1], *joined("ageless", born=None), *joined("gone"), *joined("odd", region="??")]
    more += joined("open") + joined("upheld") + joined("rejected") + joined("back") + joined("of18", born="2008-03-01")
    more += objected("open", "received") + objected("upheld", "received", "upheld")
    more += objected("rejected", "received", "rejected")
    more += [switched("back", "off", "2025-10-01T00:00:00Z"), switched("back", "on", "2025-11-01T00:00:00Z")]
    more += [{"type": "account.closed", "member": "gone", "effective_at": "2025-10-01T00:00:00Z"}]
    portal = make_portal(folder, [*events, *more], records)
    return portal, sorted({each["member"] for each in [*events, *more] if "member" in each} - {"gone"})


def one_by_one(portal: Portal, members: list[str]) -> Counter[tuple[str | None, str]]:
    platform, found = portal.platform, Counter[tuple[str | None, str]]()
    purpose, at = platform.pack.purposes[PurposeName(PURPOSE)], platform.present()
    for member in members:
        state = fold_member(platform.ledger.events_of(member), at=at, size=platform.ledger.size)
        assert state is not None
        shown = primary(to_mask(person_reasons(platform.pack, purpose, state, at, at)))
        region = None if state.region == "??" else state.region
        found[region, shown.label if shown else "permitted"] += 1
    return found


def counted(portal: Portal) -> Counter[tuple[str | None, str]]:
    found = Counter[tuple[str | None, str]]()
    for each in reasons_by_region(portal.platform, PURPOSE):
        found += Counter({(each.region, why.label): number for why, number in each.denied.items()})
        found += Counter({(each.region, "permitted"): each.permitted})
    return found


def test_it_is_the_evaluators_answer_for_every_member(tmp_path: Path) -> None:
    portal, members = world(tmp_path)
    assert counted(portal) == one_by_one(portal, members)


def test_many_reasons_are_met(tmp_path: Path) -> None:
    reasons = {why for _, why in counted(world(tmp_path)[0])}
    assert {"permitted", "region_unknown", "age_unknown", "under_age", "notice_not_delivered", "setting_off",
            "objection_open", "objection_upheld", "waiting_period"} <= reasons  # fmt: skip


def test_a_hold_comes_first(tmp_path: Path) -> None:
    portal, _ = world(tmp_path)
    place_hold(portal.platform, purpose=PURPOSE, region="DE", why="asked", by="staff:x")
    held = next(each for each in reasons_by_region(portal.platform, PURPOSE) if each.region == "DE")
    assert (held.permitted, {why.label for why in held.denied}) == (0, {"on_hold"})
