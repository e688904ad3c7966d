"""A source read again adds only what is new in it."""

from __future__ import annotations

import json

from assent.ledger.importing import import_new_events
from small_world import make_world, switched


def lines(path, *events):
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return [path]


def test_the_second_import_adds_only_what_the_first_did_not_have(tmp_path):
    world = make_world(tmp_path / "w")
    old, new = switched("m1", "off", "2026-01-01T00:00:00Z"), switched("m1", "on", "2026-01-02T00:00:00Z")
    with world.ledger() as ledger:
        before = ledger.size
        assert import_new_events(ledger, lines(tmp_path / "a.jsonl", old)) == (range(before, before + 1), 0)
        assert import_new_events(ledger, lines(tmp_path / "b.jsonl", old, new)) == (range(before + 1, before + 2), 1)
        assert import_new_events(ledger, lines(tmp_path / "b.jsonl", old, new)) == (range(before + 2, before + 2), 2)


def test_an_event_about_no_member_is_recognised_too(tmp_path):
    world = make_world(tmp_path / "w")
    hold = {
        "type": "hold.placed",
        "purpose": "train_generative",
        "region": "EU",
        "effective_at": "2026-01-01T00:00:00Z",
    }
    with world.ledger() as ledger:
        recorded, _ = import_new_events(ledger, lines(tmp_path / "h.jsonl", hold))
        again, held = import_new_events(ledger, lines(tmp_path / "h.jsonl", hold))
    assert (len(recorded), len(again), held) == (1, 0, 1)
