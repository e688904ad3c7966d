"""An index without somebody is, array by array, the one that would have been built without them."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.features.matching.background import learn_background
from assent.features.matching.columns import SkillColumns, TitleColumns
from assent.features.matching.describing import Describer
from assent.features.matching.index import Entry, Index, build_index
from assent.features.taxonomy.linking import Linker
from assent.training.public_text import public_texts
from assent.vocabulary.identifiers import RecordId
from features.small_taxonomy import TAXONOMY

PUBLIC = [
    "Welders weld metal.",
    "Bakers bake bread at night.",
    "Bread and metal.",
    "Night work pays.",
    "Metal at night.",
]
DESCRIBER = Describer(learn_background([*PUBLIC * 2, *islice(public_texts(1), 200)]), Linker(TAXONOMY))
TEXTS = ["I weld metal", "welder", "bread at night", "bake bread, Python", "zymurgy", "", "metal metal metal"]

rows = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(TEXTS)), max_size=24)


def index_of(given: list[tuple[int, str]]) -> Index:
    entries = [
        Entry(RecordId(f"r{at}"), f"m{owner}", f"m{owner}", DESCRIBER.describe(text, title=text))
        for at, (owner, text) in enumerate(given)
    ]
    return build_index(entries, DESCRIBER.background, SkillColumns(TAXONOMY), TitleColumns(TAXONOMY))


def bytes_of(index: Index) -> dict[str, bytes]:
    index.prepare()
    found = {name: getattr(index, name).tobytes() for name in ("meanings", "needed")}
    found |= {name: "\n".join(getattr(index, name)).encode() for name in ("records", "found_as", "owners", "names")}
    for name in ("words", "skills", "titles", "weights", "stated", "positions"):
        matrix = getattr(index, name)
        found |= {
            f"{name}.{part}": getattr(matrix, part).astype(np.float64).tobytes()
            for part in ("data", "indices", "indptr")
        }
    return found


@settings(max_examples=80, deadline=None)
@given(rows, st.sets(st.integers(0, 5)), st.booleans())
def test_taking_people_out_is_building_without_them(given: list[tuple[int, str]], gone: set[int], used: bool) -> None:
    whole = index_of(given)
    if used:
        whole.prepare()

    left = whole.without({f"m{owner}" for owner in gone})

    kept = [(at, row) for at, row in enumerate(given) if row[0] not in gone]
    rebuilt = build_index(
        [Entry(RecordId(f"r{at}"), f"m{owner}", f"m{owner}", DESCRIBER.describe(text, title=text)) for at, (owner, text) in kept],
        DESCRIBER.background, SkillColumns(TAXONOMY), TitleColumns(TAXONOMY),
    )  # fmt: skip
    assert bytes_of(left) == bytes_of(rebuilt)


@settings(max_examples=60, deadline=None)
@given(rows, st.sets(st.integers(0, 24)))
def test_taking_records_out_is_building_without_them(given: list[tuple[int, str]], gone: set[int]) -> None:
    left = index_of(given).prepare().without_records({f"r{at}" for at in gone})

    rebuilt = build_index(
        [
            Entry(RecordId(f"r{at}"), f"m{owner}", f"m{owner}", DESCRIBER.describe(text, title=text))
            for at, (owner, text) in enumerate(given)
            if at not in gone
        ],
        DESCRIBER.background, SkillColumns(TAXONOMY), TitleColumns(TAXONOMY),
    )  # fmt: skip
    assert bytes_of(left) == bytes_of(rebuilt)


def test_the_order_of_what_is_given_changes_nothing() -> None:
    entries = [
        Entry(RecordId(f"r{at}"), f"m{at % 2}", f"m{at % 2}", DESCRIBER.describe(text)) for at, text in enumerate(TEXTS)
    ]
    made = [
        build_index(each, DESCRIBER.background, SkillColumns(TAXONOMY), TitleColumns(TAXONOMY))
        for each in (entries, entries[::-1])
    ]

    assert bytes_of(made[0]) == bytes_of(made[1])


def test_nobody_at_all_is_an_index_too() -> None:
    assert len(index_of([])) == 0
    assert bytes_of(index_of([(1, "weld metal")]).prepare().without({"m1"})) == bytes_of(index_of([]))


@pytest.mark.parametrize("text", ["weld metal", "zymurgy quokka"])
def test_no_word_is_weighed_by_who_is_in_the_index(text: str) -> None:
    alone = index_of([(0, text)]).prepare()
    among = index_of([(0, text), *[(1, text)] * 3]).prepare()

    assert np.array_equal(alone.weights.toarray()[0], among.weights.toarray()[0])
