"""Some records decided alone are decided as among all."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pyarrow as pa
import pytest
from networks import network, packs, request, write

from assent.evidence.tags import member_key, record_tag
from assent.gate import Subset, open_gate

PACKS = packs()


def answers(asked):
    """The decisions as they come, what is permitted {id: (shard, slice, row)}, and how many were decided."""
    with open_gate(asked) as gate:
        decided = [tuple(row.values()) for batch in gate.decisions() for row in batch.to_pylist()]
        shown = {row["id"]: (shard, part, row) for shard, part, batch in gate.permitted() for row in batch.to_pylist()}
        return decided, shown, gate.counts.records


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("seed", range(4))
def test_a_subset_is_decided_as_among_all(tmp_path, name, seed):
    pack, purpose = PACKS[name]
    net = network(seed * 37 + len(name), pack, records=60)
    table, events = write(net, tmp_path)
    asked = request(pack, purpose, table, events)
    decided, shown, _ = answers(asked)
    tags = {row["id"]: record_tag(member_key(asked.decision_key, row["author"]), row["id"]) for row in net.rows}
    by_tag = {tag: mask for _, tag, mask in decided}
    chosen = Random(seed).sample(list(tags), 25)
    asked_for = []

    def settled(parents):
        asked_for.extend(parents.to_pylist())
        return pa.array([by_tag.get(tags.get(parent)) for parent in parents.to_pylist()], pa.uint32())

    found = answers(replace(asked, subset=Subset(pa.array([*chosen, "nobody's"]), settled)))

    of_them = {tags[ident] for ident in chosen}
    assert found[0] == [row for row in decided if row[1] in of_them]
    assert found[1] == {ident: shown[ident] for ident in chosen if ident in shown}
    assert found[2] == len(chosen)
    assert not set(asked_for) & set(chosen)


def test_of_no_records_nothing_is_decided(tmp_path):
    pack, purpose = PACKS["safeguarded"]
    table, events = write(network(1, pack), tmp_path)
    nothing = Subset(pa.array([], pa.string()), lambda parents: pytest.fail(f"asked about {parents}"))

    assert answers(replace(request(pack, purpose, table, events), subset=nothing)) == ([], {}, 0)
