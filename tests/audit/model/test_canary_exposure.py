import math

import numpy as np
import pytest
from ngram_model import WORDS, NgramModel, scores_of, writer

from assent.audit.model.canaries import Template, _log_tail, by_repetitions, expose, make_canaries
from assent.errors import InputError

SLOTS = tuple(WORDS[at * 16 : at * 16 + 16] for at in range(3))
TEMPLATE = Template("ban cer dis {} {} {} ban", SLOTS)
LARGE = Template("ban cer dis {} {} {} ban", (WORDS[:24], WORDS[24:48], WORDS[48:72]))


def trained(canaries, seed=0):
    write = writer(seed)
    planted = [each.text for each in canaries for _ in range(each.repetitions)]
    return NgramModel([write(60) for _ in range(60)] + planted)


def test_canaries_are_different_and_the_same_for_the_same_seed():
    made = make_canaries("a", 60, TEMPLATE)
    assert len({each.text for each in made}) == 60
    assert made == make_canaries("a", 60, TEMPLATE)
    assert made != make_canaries("b", 60, TEMPLATE)


def test_every_number_of_repetitions_has_its_share():
    made = make_canaries("a", 60, TEMPLATE)
    assert [sum(each.repetitions == level for each in made) for level in (0, 1, 2, 4, 8, 16)] == [10] * 6


def test_fillings_are_all_different_and_fill_every_slot():
    small = Template("{} x {}", (("a", "b", "c"), ("d", "e")))
    assert sorted(small.fill(at) for at in range(small.size)) == ["a x d", "a x e", "b x d", "b x e", "c x d", "c x e"]


def test_rank_gives_the_bits_exactly():
    template = Template("{} {}", (tuple("abcdefgh"), tuple("ijklmnop")))
    places = {template.fill(at): at for at in range(64)}
    canaries = make_canaries("x", 32, template)
    found = expose(lambda texts: [scores_of(-1 - places[each] / 100) for each in texts], canaries)
    assert [each.bits for each in found] == [6 - math.log2(each.number + 1) for each in canaries]


def test_ties_count_as_above():
    template = Template("{} {}", (tuple("abcdefgh"), tuple("ijklmnop")))
    found = expose(lambda texts: [scores_of(-1.0)] * len(texts), make_canaries("x", 4, template))
    assert [each.bits for each in found] == [0.0] * 4


def test_planted_eight_times_is_found_and_the_never_planted_are_not():
    canaries = make_canaries("a", 36, TEMPLATE)
    levels = {each.repetitions: each for each in by_repetitions(expose(trained(canaries).score, canaries))}
    assert levels[8].bits.low > 5
    assert levels[8].chance < 1e-6
    assert levels[0].chance > 0.01


def test_deleted_canaries_fall_to_the_level_of_the_unseen():
    canaries = make_canaries("a", 36, TEMPLATE)
    levels = by_repetitions(expose(trained([]).score, canaries))
    assert min(each.chance for each in levels) > 0.05 / len(levels)


def test_exposure_of_what_was_never_trained_on_is_as_likely_high_as_the_definition_says():
    random, bits = np.random.default_rng(4), []
    for at in range(30):
        values = {}
        bits += [
            each.bits
            for each in expose(
                lambda texts, kept=values: [scores_of(kept.setdefault(each, -random.random())) for each in texts],
                make_canaries(f"seed {at}", 10, Template("{} {}", (WORDS[:32], WORDS[32:64]))),
            )
        ]
    assert np.mean(bits) == pytest.approx(1 / math.log(2), abs=0.25)
    assert np.mean(np.array(bits) > 5) == pytest.approx(1 / 32, abs=0.025)


def test_sampled_rank_stays_below_the_exact_one_and_extrapolation_goes_beyond():
    canaries = make_canaries("a", 12, LARGE, (16,))
    model = trained(canaries)
    exact = np.mean([each.bits for each in expose(model.score, canaries, ranked=LARGE.size)])
    sampled = expose(model.score, canaries, ranked=500)
    assert not sampled[0].exact
    assert max(each.bits for each in sampled) <= math.log2(501)
    assert np.mean([each.bits for each in sampled]) <= exact
    assert np.mean([each.extrapolated for each in sampled]) > 8


@pytest.mark.parametrize(("score", "tail"), [(0.0, 0.5), (1.0, 0.1586553), (3.0, 0.0013499), (6.0, 9.866e-10)])
def test_tail_of_a_sample_without_skew_is_the_normal_one(score, tail):
    half = np.random.default_rng(0).normal(size=200_000)
    sample = np.sort(np.concatenate([half, -half]) / half.std())
    assert _log_tail(score, sample) == pytest.approx(math.log(tail), rel=0.01, abs=0.01)


def test_template_without_a_slot_for_each_list_is_refused():
    with pytest.raises(InputError, match="for each slot"):
        Template("no slot", (("a", "b"),))


def test_template_with_a_word_twice_is_refused():
    with pytest.raises(InputError, match="one twice"):
        Template("{}", (("a", "a"),))


def test_more_canaries_than_half_of_all_fillings_are_refused():
    with pytest.raises(InputError, match="too many"):
        make_canaries("a", 4, Template("{}", (("a", "b", "c"),)))


def test_a_scorer_that_loses_texts_is_refused():
    with pytest.raises(InputError, match="1 scores for 2 texts"):
        expose(lambda texts: [scores_of(-1.0)], make_canaries("a", 2, TEMPLATE))
