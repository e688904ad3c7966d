"""A memory's entries: each a function of its own record, deleted exactly."""

from __future__ import annotations

import pytest
import torch

from assent.errors import EvidenceError, InputError
from assent.training.base import Base, open_base
from assent.training.config import MemoryConfig
from assent.training.memory.answering import Memory, Remembering
from assent.training.memory.entries import Part, Pseudonyms, decode_part, encode_part, quantised, tags
from assent.training.memory.search import Searched, nearest
from assent.training.memory.writing import PartWriter
from assent.training.packing import Text
from model_world import small_base, tale

PSEUDONYMS = Pseudonyms(b"a secret of the operator")
SHORT = MemoryConfig(sequence_tokens=32)
ROWS = [Text(f"r{number}", f"m{number % 4}", tale(number)) for number in range(12)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return open_base(small_base(tmp_path_factory.mktemp("base")))


def writer(base: Base, config: MemoryConfig = SHORT) -> PartWriter:
    return PartWriter(base.model(), base.tokenizer, config, PSEUDONYMS)


def written(base: Base, rows: list[Text], earlier: Part | None = None) -> Part:
    part = writer(base).write(rows, earlier)
    assert part is not None
    return part


def made_up(entries: int, width: int, *, seed: int = 1) -> Part:
    drawn = torch.Generator().manual_seed(seed)
    keys, scales = quantised(torch.randn(entries, width, generator=drawn))
    name = tags([bytes([1]) * 16])
    values = torch.randint(0, 50, (entries,), generator=drawn, dtype=torch.int32)
    return Part(keys, scales, values, torch.tensor([entries], dtype=torch.int32), name, name, name)


def test_a_member_taken_out_leaves_the_bytes_of_a_part_without_them(base: Base) -> None:
    left = written(base, ROWS).without(owners=[PSEUDONYMS.owner("m2")])

    assert encode_part(left) == encode_part(written(base, [row for row in ROWS if row.author != "m2"]))


def test_a_record_taken_out_leaves_the_bytes_of_a_part_without_it(base: Base) -> None:
    left = written(base, ROWS).without(records=[PSEUDONYMS.record("r5")])

    assert encode_part(left) == encode_part(written(base, [row for row in ROWS if row.id != "r5"]))


def test_the_order_of_rows_changes_no_byte(base: Base) -> None:
    assert encode_part(written(base, ROWS)) == encode_part(written(base, ROWS[::-1]))


def test_what_an_earlier_part_has_is_not_read_again(base: Base) -> None:
    changed = [*ROWS[:5], Text("r5", "m1", "another text"), *ROWS[7:], Text("r20", "m3", tale(20))]
    once = writer(base)

    part = once.write(changed, written(base, ROWS))

    assert part is not None
    assert encode_part(part) == encode_part(written(base, changed))
    assert once.read == 2


def test_a_long_record_has_an_entry_for_each_token_it_tells(base: Base) -> None:
    text = " ".join(tale(number) for number in range(8))
    (ids,) = base.tokenizer.encode([text])

    part = written(base, [Text("long", "m0", text)])

    assert part.values.tolist() == [*ids, base.tokenizer.end]
    assert len(part.keys) == len(ids) + 1


def test_every_key_of_a_long_record_has_half_the_context(base: Base) -> None:
    ids = torch.tensor([base.tokenizer.begin, *base.tokenizer.encode([tale(1) * 4])[0]])
    model = base.model()

    states = writer(base).states(ids)

    at = 16 * 3 + 5  # in the second half of the stretch from 32 on
    with torch.no_grad():
        assert torch.equal(states[at], model.hidden(ids[None, 32:64])[0, at - 32])


def test_rows_without_a_letter_are_no_part(base: Base) -> None:
    assert writer(base).write([]) is None


def test_a_part_is_what_its_file_says(base: Base) -> None:
    part = written(base, ROWS)

    found = decode_part(encode_part(part), "here")

    assert encode_part(found) == encode_part(part)


@pytest.mark.parametrize("damage", [b"", b"nothing", b"\0" * 64])
def test_a_file_that_is_no_part_is_refused(damage: bytes) -> None:
    with pytest.raises(EvidenceError, match="`here` holds no memory"):
        decode_part(damage, "here")


def test_a_part_with_a_token_too_few_is_refused(base: Base) -> None:
    part = written(base, ROWS)
    cut = Part(part.keys, part.scales, part.values[1:], part.counts, part.owners, part.records, part.texts)

    with pytest.raises(EvidenceError, match="`here` holds no memory"):
        decode_part(encode_part(cut), "here")


def test_the_nearest_are_those_that_a_full_sort_finds() -> None:
    part = made_up(5_000, 24)
    asked = torch.randn(7, 24, generator=torch.Generator().manual_seed(2))

    scores, _ = nearest([Searched.of(part)], asked, 20, 700)

    states = part.keys.double() * part.scales[:, None].double()
    keys, scales = quantised(asked)
    distances = torch.cdist(keys.double() * scales[:, None].double(), states).square()
    own = (keys.double() * scales[:, None].double()).square().sum(dim=1)
    expected = (own[:, None] - distances).topk(20, dim=1).values
    assert torch.allclose(scores.double(), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("block", [64, 999, 100_000])
def test_the_size_of_a_block_changes_no_answer(block: int) -> None:
    asked = torch.randn(3, 24, generator=torch.Generator().manual_seed(2))
    part = made_up(3_000, 24)

    scores, tokens = nearest([Searched.of(part)], asked, 8, block)

    expected = nearest([Searched.of(part)], asked, 8, 1_000)
    assert torch.equal(scores, expected[0])
    assert torch.equal(tokens, expected[1])


def test_several_parts_answer_like_one() -> None:
    one, two = made_up(400, 24, seed=1), made_up(300, 24, seed=2)
    both = Part(*(torch.cat((getattr(one, name), getattr(two, name))) for name in Part.__slots__))
    asked = torch.randn(5, 24, generator=torch.Generator().manual_seed(3))

    scores, tokens = nearest([Searched.of(one), Searched.of(two)], asked, 10, 128)

    expected = nearest([Searched.of(both)], asked, 10, 4_096)
    assert torch.equal(scores, expected[0])
    assert torch.equal(tokens, expected[1])


def test_a_memory_says_what_came_next(base: Base) -> None:
    part = written(base, ROWS)
    ids = torch.tensor([base.tokenizer.begin, *base.tokenizer.encode([ROWS[3].text])[0]])
    model = Remembering(base.model(), Memory.of(MemoryConfig(weight=1.0, neighbours=1, sequence_tokens=32), (part,)))

    with torch.no_grad():
        said = model.logits(ids[None, :12])[0].argmax(dim=-1)

    # All records begin alike, so what comes first is anybody's.
    assert said[1:].tolist() == ids[2:13].tolist()


def test_what_it_says_adds_up_to_one(base: Base) -> None:
    model = Remembering(base.model(), Memory.of(SHORT, (written(base, ROWS),)))

    with torch.no_grad():
        said = model.logits(torch.arange(20)[None])

    assert torch.allclose(said.exp().sum(dim=-1), torch.ones(1, 20))


def test_an_empty_memory_says_what_the_base_says(base: Base) -> None:
    ids = torch.arange(20)[None]

    with torch.no_grad():
        said = Remembering(base.model(), Memory.of(SHORT, ())).logits(ids)
        assert torch.equal(said, base.model().logits(ids).log_softmax(dim=-1))


def test_a_memory_of_another_width_is_refused(base: Base) -> None:
    model = Remembering(base.model(), Memory.of(SHORT, (made_up(10, 24),)))

    with pytest.raises(EvidenceError, match="does not fit the base"), torch.no_grad():
        model.logits(torch.arange(5)[None])


@pytest.mark.parametrize(
    "given", [{"weight": 1.5}, {"neighbours": 0}, {"temperature": 0.0}, {"sequence_tokens": 1}, {"block": 0}]
)
def test_settings_that_make_no_sense_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(InputError, match="a memory's"):
        MemoryConfig(**given)  # type: ignore[arg-type]


def test_a_setting_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="unknown memory setting `hurry`"):
        MemoryConfig.of({"hurry": 1})


def test_a_context_longer_than_the_bases_is_refused(base: Base) -> None:
    with pytest.raises(InputError, match="longer than the base's 64"):
        writer(base, MemoryConfig(sequence_tokens=128))
