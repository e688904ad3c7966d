"""The batch form says of every record what the specification says."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pytest
from networks import AT, history, network, packs, request, write

from assent.audit.derive import mask_text, parent_verdicts
from assent.audit.rows import read_rows
from assent.errors import InputError
from assent.evidence.tags import member_key, member_tag, partition_of, record_tag
from assent.gate import open_gate
from assent.ledger.fold import fold_exclusions, fold_holds, fold_member
from assent.policy.evaluate import judge, person_reasons
from assent.policy.pack import Others
from assent.vocabulary.reasons import REASONS, Reason, primary
from assent.vocabulary.records import Case

PACKS = packs()


def expected(net, table, pack, purpose_name):
    """By the Python specifications: {record id: (mask, roles, row as shown)}."""
    purpose = pack.purposes[purpose_name]
    events = history(net)
    states = {m: fold_member(events[m], at=AT, size=net.size) for m in net.members}
    holds = fold_holds(events[None], at=AT, size=net.size)
    everything = sorted(chain.from_iterable(events.values()), key=lambda entry: entry[0])
    excluded = fold_exclusions(everything, at=AT, size=net.size)
    found, parents, own = {}, {}, {}
    for row in read_rows(table):
        record = row.record
        if record.id in excluded:
            record = type(record)(**{f: getattr(record, f) for f in record.__slots__} | {"excluded": True})
        others = tuple(states.get(s.member) for s in record.subjects)
        case = Case(purpose_name, AT, states.get(record.author), record, others, holds)
        judgment = judge(pack, case)
        rule = purpose.scope.get(record.category)
        gone = []
        if rule and rule.others is not Others.ANYONE:
            gone = [
                s
                for s, state in zip(record.subjects, others, strict=True)
                if person_reasons(pack, purpose, state, AT, record.created_at, holds)
            ]
        kept = [{"role": s.role, "member": s.member} for s in record.subjects if s not in gone]
        found[record.id] = (judgment.mask, bool(judgment.masks), record, kept, gone, row.text)
        own[record.id] = judgment.mask
        if record.parent is not None:
            parents[record.id] = record.parent
    allowed = parent_verdicts(own, parents)
    result = {}
    for ident, (alone, masked, record, kept, gone, text) in found.items():
        derived = ident in parents and not allowed(parents[ident])
        mask = alone | (Reason.DERIVED_FROM_EXCLUDED.bit if derived else 0)
        result[ident] = (mask, masked and not mask, record, kept, gone, text)
    return result


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("seed", range(6))
def test_every_record_gets_the_masks_of_the_specification(tmp_path, name, seed):
    pack, purpose = PACKS[name]
    net = network(seed * 101 + len(name), pack)
    table, events = write(net, tmp_path)
    asked = request(pack, purpose, table, events)
    wanted = expected(net, table, pack, purpose)
    with open_gate(asked) as gate:
        decided = [row for batch in gate.decisions() for row in batch.to_pylist()]
        shown = [(shard, part, row) for shard, part, batch in gate.permitted() for row in batch.to_pylist()]
        counts = gate.counts
    rows = sorted(
        (member_tag(key := member_key(asked.decision_key, record.author)), record_tag(key, ident), mask)
        for ident, (mask, _, record, *_) in wanted.items()
    )
    assert [tuple(row.values()) for row in decided] == rows
    assert sorted(row["id"] for _, _, row in shown) == sorted(i for i, found in wanted.items() if not found[0])
    for shard, part, row in shown:
        _, _, record, kept, gone, text = wanted[row["id"]]
        place = partition_of(asked.partition_key, record.author, shards=2, slices=3)
        assert (shard, part, row["subjects"] or []) == (*place, kept)
        assert row["text"] == (text if text is None or not gone else shown_as(text, gone))
    assert [(s, p, r["author"], r["id"]) for s, p, r in shown] == sorted(
        (s, p, r["author"], r["id"]) for s, p, r in shown
    )
    assert counts.records == len(wanted)
    assert counts.allowed == len(shown)
    assert counts.masked == sum(found[1] for found in wanted.values())
    assert counts.unreadable == sum(found[2].unreadable for found in wanted.values())
    assert counts.members == len({row["author"] for _, _, row in shown})
    assert counts.denied_by_primary == {
        reason: n for reason in REASONS if (n := sum(primary(found[0]) is reason for found in wanted.values()))
    }
    assert counts.denied_by_any == {
        reason: n for reason in REASONS if (n := sum(bool(found[0] & reason.bit) for found in wanted.values()))
    }


def shown_as(text, gone):
    spans = [span for subject in gone for span in subject.spans or ()]
    if any(span.end > len(text) for span in spans):
        first = min((span.start, span.end, subject.role) for subject in gone for span in subject.spans or ())
        return f"[{first[2]}]"
    return mask_text(text, gone)


def test_a_platform_in_which_nobody_refuses_needs_no_masking(tmp_path):
    pack, purpose = PACKS["safeguarded"]
    net = network(1, pack)
    row = {**net.rows[0], "author": "nobody", "subjects": None, "parent": None}
    table, events = write(replace(net, rows=[row], events=[], size=0), tmp_path)
    with open_gate(request(pack, purpose, table, events)) as gate:
        assert (list(gate.permitted()), gate.counts.records, gate.counts.allowed) == ([], 1, 0)


def test_an_id_that_appears_twice_is_refused(tmp_path):
    pack, purpose = PACKS["announced"]
    net = network(1, pack)
    table, events = write(replace(net, rows=[*net.rows, net.rows[3]]), tmp_path)
    with (
        pytest.raises(InputError, match="record id `r003` appears 2 times"),
        open_gate(request(pack, purpose, table, events)),
    ):
        pass
