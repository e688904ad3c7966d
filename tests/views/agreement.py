"""What the specifications say of random networks and of a pack's cells, and what a lake's views say of the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lakes import Answer, OneOf, ask
from networks import AT, network, write
from test_gate import expected, shown_as

from assent.policy.evaluate import judge
from assent.policy.pack import Pack
from assent.vocabulary.reasons import from_mask
from cell_world import TEXT, Group, World


def network_disagreements(  # noqa: PLR0917 - what a comparison is of
    lake: OneOf, pack: Pack, purpose: str, seed: int, folder: Path, records: int = 40
) -> list:
    """Every record of a random network of which the views do not say what the specifications say."""
    net = network(seed, pack, records=records)
    table, events = write(net, folder)
    answer = lake.answer(ask(pack, purpose, [("records", table)], events, AT, folder))
    wanted = expected(net, table, pack, purpose)
    assert set(answer.decided) == set(wanted)
    assert set(answer.permitted) == {ident for ident, found in wanted.items() if not found[0]}
    differing = []
    for ident, (mask, _, record, kept, gone, text) in wanted.items():
        masks = () if mask else tuple(dict.fromkeys(subject.role for subject in gone))
        decided = (not mask, tuple(reason.label for reason in from_mask(mask)), masks)
        if answer.decided[ident] != decided:
            differing.append((answer.decided[ident], decided, record))
        if not mask:
            shown = text if text is None or not gone else shown_as(text, gone)
            row = {"text": shown, "author": record.author, "subjects": kept}
            if answer.permitted[ident] != row:
                differing.append((answer.permitted[ident], row, record))
    return differing


def sayable(group: Group, dialect: str) -> Group:
    """The cases a lake can hold: nobody's ledger says who took back, and Spark's lists are lists."""
    kept = tuple(
        case
        for case in group.cases
        if not any(state is not None and state.taken_back for state in (case.author, *case.others))
        and not (dialect == "spark" and case.record.unreadable and case.record.subjects)
    )
    return replace(group, cases=kept)


def cell_disagreements(lake: OneOf, pack: Pack, purpose: str, group: Group, folder: Path) -> list:
    """Every case of the group of which the views do not say what `judge` says."""
    world = World.of(group)
    tables, events = world.write(folder)
    named = list(zip(("records", "odd"), tables, strict=False))
    answer = lake.answer(ask(pack, purpose, named, events, group.at, folder))
    differing = []
    for index, case in enumerate(group.cases):
        wanted = judge(pack, case)
        ident = f"r{index}"
        decided = (not wanted.mask, tuple(reason.label for reason in from_mask(wanted.mask)), tuple(wanted.masks))
        if answer.decided[ident] != decided or (ident in answer.permitted) != decided[0]:
            differing.append((answer.decided[ident], decided, case))
        elif not wanted.mask:
            problem = _misshown(answer, world.rows[index], wanted.masks, ident)
            differing += [(problem, case)] if problem else []
    return differing


def _misshown(answer: Answer, row: dict, masks: tuple[str, ...], ident: str) -> str | None:
    """What is wrong with the row as it is shown: everybody masked is gone from list and text, and nobody else is."""
    shown = answer.permitted[ident]
    kept, letters, gone = list(shown["subjects"]), list(TEXT), []
    for subject in row["subjects"]:
        if kept and kept[0] == {"role": subject["role"], "member": subject["member"]}:
            kept.pop(0)
            continue
        gone.append(subject["role"])
        for span in subject["spans"]:
            letters[span["start"] : span["end"]] = [f"[{subject['role']}]"]
    if kept or shown["text"] != "".join(letters) or tuple(dict.fromkeys(gone)) != tuple(masks):
        return f"{shown} for {row['subjects']}, masks {masks}"
    return None
