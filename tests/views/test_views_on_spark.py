"""Views say on Spark what the specification says; planning a query takes it seconds, so few are asked, of many rows."""

from __future__ import annotations

import pytest
from agreement import cell_disagreements, network_disagreements, sayable
from networks import packs

from assent.policy.load import load_pack
from cell_world import groups

PACKS = packs()


@pytest.mark.parametrize("name", ["safeguarded"])
def test_of_random_histories(tmp_path, spark_lake, name):
    pack, purpose = PACKS[name]
    found = network_disagreements(spark_lake, pack, purpose, 7, tmp_path, records=400)
    # Chains of originals that are longer than a view follows here deny, and nothing else may differ.
    longer = [each for each in found if each[0][1] != ("derived_from_excluded",)]
    assert longer == []


def test_of_a_packs_cells(tmp_path, spark_lake):
    name, purpose = "professional-network-2025-11-safeguarded", "train_generative"
    pack = load_pack(name)
    largest = sayable(groups(pack, purpose)[0], "spark")
    assert len(largest.cases) > 5_000
    assert cell_disagreements(spark_lake, pack, purpose, largest, tmp_path)[:3] == []
