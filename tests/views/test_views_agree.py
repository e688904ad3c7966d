"""Views say of every record what the specification says: on DuckDB and PostgreSQL, row for row."""

from __future__ import annotations

import pytest
from agreement import cell_disagreements, network_disagreements, sayable
from networks import packs

from assent.policy.load import load_pack
from cell_world import groups

PACKS = packs()
CELLS = (
    ("professional-network-2025-11-safeguarded", "train_generative"),
    ("professional-network-2025-11-europe-paused", "train_other"),
    ("community-qa", "train_generative"),
    ("consent-first", "train_generative"),
)


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("seed", range(1))
def test_of_random_histories(tmp_path, lake, name, seed):
    pack, purpose = PACKS[name]
    assert network_disagreements(lake, pack, purpose, seed * 101 + len(name), tmp_path, records=120) == []


@pytest.mark.parametrize(("turn", "name", "purpose"), [(turn, *names) for turn, names in enumerate(CELLS)])
def test_of_a_packs_cells(tmp_path, lake, turn, name, purpose):
    """The largest ledger of a purpose for every other one on each lake; and one with another moment or a hold."""
    pack = load_pack(name)
    largest, *others = groups(pack, purpose)
    further = [group for group in others if len(group.cases) > 100]
    chosen = [further[(turn * 7) % len(further)]]
    if (turn % 2 == 0) == (lake.dialect == "duckdb"):
        chosen.append(largest)
    for place, group in enumerate(chosen):
        folder = tmp_path / str(place)
        folder.mkdir()
        assert cell_disagreements(lake, pack, purpose, sayable(group, lake.dialect), folder)[:3] == []
