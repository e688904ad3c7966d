"""How long owners of models elsewhere have is the pack's to say, and decides nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assent.policy.changed_fields import changed_fields
from assent.policy.load import PackError, load_pack, pack_document, pack_from_document
from assent.policy.pack import Pack
from small_world import PACK, PURPOSE


def pack_with(purpose: str = PURPOSE, **terms: Any) -> Pack:
    document = pack_document(PACK)
    document["purposes"][purpose] |= terms
    return pack_from_document(document)


def test_it_is_thirty_days_where_nothing_is_said() -> None:
    assert load_pack(PACK).purposes[PURPOSE].retrain_within == timedelta(days=30)


def test_it_is_what_the_pack_says_and_a_comparison_of_packs_shows_it() -> None:
    tight = pack_with(retrain_days=7)

    assert tight.purposes[PURPOSE].retrain_within == timedelta(days=7)
    assert [(each.where, each.before, each.after) for each in changed_fields(load_pack(PACK), tight)] == [
        (f"purposes.{PURPOSE}.retrain_within", "30 days", "7 days")
    ]


@pytest.mark.parametrize("days", [0, -1, 3651, "30d", 1.5])
def test_what_is_no_number_of_days_does_not_load(days: object) -> None:
    with pytest.raises(PackError, match="retrain_days"):
        pack_with(retrain_days=days)


def test_a_purpose_that_trains_nothing_asks_nobody() -> None:
    with pytest.raises(PackError, match="no model comes of this purpose"):
        pack_with("ads_measurement", retrain_days=7)
