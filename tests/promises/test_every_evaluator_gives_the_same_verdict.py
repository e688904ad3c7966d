"""Promise: specification, online function and gate say the same of a case, over the cells of every shipped pack.

Each purpose's largest ledger is compared here in full: all cells at the moment at which it permits, without a
hold of the ledger, which is two in three. Beside it each purpose takes one other moment or one hold, in turn, so
that between them the purposes come by all. `make cells` takes everything for everyone.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from assent.policy.evaluate import judge
from assent.policy.load import load_pack, shipped_packs
from assent.policy.online import compile_online
from assent.policy.pack import Others, Pack
from cell_world import Group, by_gate, groups, merged

PACKS = {name: load_pack(name) for name in shipped_packs()}
PURPOSES = [(name, purpose) for name, pack in PACKS.items() for purpose in pack.purposes]


def agree(pack: Pack, purpose: str, group: Group, folder) -> list:
    """The judgments of the group's cases, after all three evaluators have given the same."""
    online = compile_online(pack, purpose)
    folder.mkdir()
    decided = by_gate(pack, purpose, group, folder)
    for case, by_batch in zip(group.cases, decided, strict=True):
        wanted = judge(pack, case)
        assert by_batch == wanted, case
        assert online.judge(case) == wanted, case
    return decided


@pytest.mark.parametrize(("turn", "name", "purpose"), [(n, *names) for n, names in enumerate(PURPOSES)])
def test_over_the_cells_of_every_shipped_pack(tmp_path, turn, name, purpose):
    pack = PACKS[name]
    largest, *others = groups(pack, purpose)
    assert len(largest.cases) > 8_600
    assert largest.left_out < 0.05 * len(largest.cases)
    decided = agree(pack, purpose, largest, tmp_path / "largest")
    assert sum(not judgment.mask for judgment in decided) > 1_000
    masks = any(rule.others is Others.MASK_OTHERS for rule in pack.purposes[purpose].scope.values())
    assert any(judgment.masks for judgment in decided) == masks
    moments = [group for group in others if not group.holds]
    held = [group for group in others if group.holds and len(group.cases) > 100]
    assert len(moments) >= 5
    assert len(held) >= 12
    further = [*moments, *held]
    agree(pack, purpose, further[turn % len(further)], tmp_path / "further")


def test_the_ledgers_of_several_groups_are_one_only_where_nobody_would_notice():
    pack, purpose = PACKS["community-qa"], "train_generative"
    apart = groups(pack, purpose)
    together = merged(pack, apart)
    assert len(together) < len(apart) / 2
    assert sum(len(group.cases) for group in together) == sum(len(group.cases) for group in apart)
    for group in together:
        for case in group.cases:
            foreign = tuple(hold for hold in group.holds if hold not in case.holds)
            assert set(case.holds) <= set(group.holds)
            assert judge(pack, replace(case, holds=foreign)) == judge(pack, replace(case, holds=()))
