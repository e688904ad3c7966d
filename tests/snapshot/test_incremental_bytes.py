"""Whatever happens between two builds, one that begins from the other writes what a full one writes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest
from growing import Platform, build_child, build_full, index_of
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from networks import packs

PACKS = packs()
GENERATIONS = 3
EXAMPLES = int(os.environ.get("ASSENT_INCREMENTAL_EXAMPLES", "4"))
"""For each pack, each of so many generations; `make incremental` takes many."""


@pytest.mark.parametrize("name", PACKS)
def test_a_chain_of_builds_writes_what_full_builds_write(name: str) -> None:
    pack, purpose = PACKS[name]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if EXAMPLES > 100 else [Phase.generate],
    )
    @given(seed=st.integers(0, 10**6), random=st.randoms(use_true_random=False), many=st.integers(0, 4))
    def hold(seed: int, random: object, many: int) -> None:
        folder = Path(mkdtemp(prefix="assent-growing-"))
        try:
            platform = Platform.begin(folder, pack, purpose, seed)
            standing = build_full(platform, platform.request())
            for _ in range(GENERATIONS):
                note([platform.change(random) for _ in range(many)])
                asked = platform.request()
                full = build_full(platform, asked)
                standing = build_child(platform, asked, standing)
                assert standing.said() == full.said()
                assert index_of(standing) == index_of(full)
        finally:
            shutil.rmtree(folder)

    hold()
