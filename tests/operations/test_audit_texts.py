"""Which texts an audit asks about, which adapters saw each, and whose are never read; what a file of canaries may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assent.audit.model.specimens import Specimen
from assent.errors import InputError
from assent.operations.audit_canaries import read_canaries
from assent.operations.audit_texts import Learned, TextKey, outsiders, rows_of_members, some_of, specimens_of
from small_world import make_world

WORDS = "we count twice before the harbour opens"


def row(ident: str, shard: int, text: str, parent: str | None = None) -> Learned:
    return Learned(ident, f"by-{ident}", parent, text, shard, 0)


def test_a_text_is_seen_by_its_own_adapter_and_by_those_with_its_copies_and_reposts() -> None:
    rows = [
        row("a", 0, WORDS),
        row("b", 1, f"  {WORDS.upper()}"),
        row("c", 2, "a repost says it again", parent="a"),
        row("d", 3, "something of one's own"),
    ]

    seen = [sorted(each.touches) for each in specimens_of(rows)]

    assert seen == [["adapter 00", "adapter 01", "adapter 02"]] * 3 + [["adapter 03"]]


def test_a_sample_has_so_many_people_and_texts_and_is_the_same_for_the_same_seed() -> None:
    every = [Specimen(f"text {number}", f"m{number % 7}") for number in range(70)]

    some = some_of(every, people=3, texts=2, seed="s")

    assert (len(some), len({each.person for each in some})) == (6, 3)
    assert some == some_of(reversed(every), people=3, texts=2, seed="s")
    assert some != some_of(every, people=3, texts=2, seed="other")


def test_a_text_is_known_again_only_by_whoever_has_the_key() -> None:
    key = TextKey.under(b"k" * 32)

    assert key.of_text("p", "m", WORDS) == key.of_text("p", "m", WORDS)
    assert key.of_text("p", "m", WORDS) != key.of_text("p", "m", WORDS + ".")
    assert key.of_text("p", "m", WORDS) != TextKey.under(b"o" * 32).of_text("p", "m", WORDS)
    assert key.of_people(["a", "b"]) == key.of_people(["b", "a"])


def test_whoever_said_no_is_too_young_or_unknown_is_not_read_to_compare_with(tmp_path: Path) -> None:
    world = make_world(tmp_path / "w")
    built = world.build()
    with world.read(built) as reader, world.ledger() as ledger:
        inside = {f"m{number}" for number in range(6)}
        found = outsiders(world.workspace, ledger, reader, inside, people=50, seed="s")
        own = rows_of_members(world.workspace, reader.purpose, {"m5"}, None)

    people = {each.person for each in found}
    assert people == {"m6", "m7", "m8", "m9", "m10", "m11", "nowhere"}
    assert not any("x-1" in each.text or "message" in each.text for each in found)
    assert [each.id for each in own] == ["p-m5-0", "p-m5-1", "p-m5-2"]


def planted(path: Path, **changes: Any) -> Path:
    document = {
        "templates": [{"carrier": "{} and {}", "slots": [["a", "b"], ["c", "d"]]}],
        "canaries": [{"template": 0, "number": 3, "repetitions": 8, "member": "m1"},
                     {"template": 0, "number": 0, "repetitions": 0}],
        "coins": [{"text": "e", "member": "m2", "planted": True}, {"text": "f", "member": "m1", "planted": False}],
    } | changes  # fmt: skip
    path.write_text(json.dumps(document))
    return path


def test_canaries_of_some_members_come_with_those_that_nobody_planted(tmp_path: Path) -> None:
    found = read_canaries(planted(tmp_path / "c.json"))
    canaries, coins = found.of(lambda member: member == "m1")

    assert [(each.text, each.repetitions) for each in canaries] == [("a and c", 0), ("b and d", 8)]
    assert coins is not None
    assert (coins.texts, coins.planted.tolist()) == (("f",), [False])
    assert found.of(lambda _member: False) == ((), None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"canaries": [{"template": 0, "number": 4, "repetitions": 1, "member": "m"}]}, "no filling"),
        ({"canaries": [{"template": 1, "number": 0, "repetitions": 1, "member": "m"}]}, "no file of canaries"),
        ({"canaries": [{"template": 0, "number": 0, "repetitions": 1}]}, "names its member"),
        ({"templates": [{"carrier": "{}", "slots": []}]}, "one `{}` for each slot"),
        ({"coins": [{"text": "e", "member": "m", "planted": "yes"}]}, "true or false"),
        ({"secrets": []}, "unknown name `secrets`"),
    ],
)
def test_a_file_of_canaries_that_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError) as error:
        read_canaries(planted(tmp_path / "c.json", **changes))

    assert said in error.value.message
    assert "\n" not in error.value.message
