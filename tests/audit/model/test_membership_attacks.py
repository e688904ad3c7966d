import numpy as np
import pytest
from ngram_model import NgramModel, people, scores_of, writer

from assent.audit.model import TokenScores
from assent.audit.model.blind import guess_blindly
from assent.audit.model.estimates import Estimate, NotGiven
from assent.audit.model.membership import Attack, Read, attack_membership, likelihood_ratios, relative
from assent.audit.model.specimens import Readings, Specimen, read
from assent.errors import InputError

PUBLIC = [writer(99)(40) for _ in range(200)]


def texts_of(specimens):
    return [each.text for each in specimens]


def attacked(scorers, members, others, population, target="one"):
    sides = [
        Read(each, {name: read(scorer, texts_of(each)) for name, scorer in scorers.items()})
        for each in (members, others, population)
    ]
    results = attack_membership(
        target, sides[0], sides[1], references=[name for name in scorers if name != "base"], population=sides[2]
    )
    return {each.attack: each for each in results}


@pytest.fixture(scope="module")
def sides():
    return people("member", 60, 1, touches="one"), people("other", 60, 2), people("nobody", 60, 3)


@pytest.fixture(scope="module")
def overtrained(sides):
    own, twos = sides[0], people("elsewhere", 60, 4, touches="two")
    scorers = {
        "one": NgramModel(PUBLIC + texts_of(own) * 3).score,
        "two": NgramModel(PUBLIC + texts_of(twos) * 3).score,
        "three": NgramModel(PUBLIC).score,
    }
    return attacked(scorers, *sides)


@pytest.mark.parametrize("attack", list(Attack))
def test_a_model_that_memorised_is_found_by_each_attack(overtrained, attack):
    assert overtrained[attack].auc.low > 0.7
    assert overtrained[attack].chance < 1e-6


@pytest.fixture(scope="module")
def unseen(sides):
    seen = [("one", people("one", 60, 7)), ("two", people("two", 60, 8))]
    return attacked({name: NgramModel(PUBLIC + texts_of(own) * 3).score for name, own in seen}, *sides)


@pytest.mark.parametrize("attack", list(Attack))
def test_a_model_that_never_saw_the_texts_is_not_found(unseen, attack):
    found = unseen[attack]
    assert found.auc.low <= 0.5 <= found.auc.high
    assert found.chance > 0.01


def test_a_reference_that_saw_the_text_is_not_used_for_it(sides):
    own = tuple(Specimen(each.text, each.person, frozenset({"one", "two"})) for each in sides[0])
    memorised = NgramModel(PUBLIC + texts_of(own) * 3).score
    scorers = {"one": memorised, "two": memorised, "three": NgramModel(PUBLIC).score}
    assert attacked(scorers, own, *sides[1:])[Attack.RMIA].auc.low > 0.7
    unaware = tuple(Specimen(each.text, each.person) for each in own)
    del scorers["three"]
    assert attacked(scorers, unaware, *sides[1:])[Attack.RMIA].auc.value == 0.5


def test_texts_that_all_references_saw_are_left_out_of_rmia_alone(sides):
    own = tuple(Specimen(each.text, each.person, frozenset({"one", "two"})) for each in sides[0])
    scorers = {"one": NgramModel(PUBLIC).score, "two": NgramModel(PUBLIC).score}
    found = attacked(scorers, own, *sides[1:])
    assert found[Attack.RMIA].auc == NotGiven("an interval needs at least 30 people on each side; members have 0")
    assert isinstance(found[Attack.LOSS].auc, Estimate)


def test_rmia_without_another_adapter_says_why_it_is_not_given(sides):
    found = attacked({"one": NgramModel(PUBLIC).score}, *sides)[Attack.RMIA]
    assert found.auc == NotGiven("there is no other adapter that never saw these texts")


def test_rmia_with_a_small_population_says_why_it_is_not_given(sides):
    scorers = {"one": NgramModel(PUBLIC).score, "two": NgramModel(PUBLIC).score}
    found = attacked(scorers, sides[0], sides[1], sides[2][:49])[Attack.RMIA]
    assert found.auc == NotGiven("49 texts of nobody are too few; it takes 50")


def test_likelihood_ratio_is_over_the_mean_of_the_clean_references():
    def readings(*logp):
        return Readings(np.full(len(logp), 9), np.array(logp), np.array(logp), np.array(logp))

    texts = (Specimen("a", "a"), Specimen("b", "b", frozenset({"y"})), Specimen("c", "c", frozenset({"x", "y"})))
    by = {"t": readings(-1.0, -1.0, -1.0), "x": readings(-2.0, -2.0, -2.0), "y": readings(-3.0, -3.0, -3.0)}
    found = likelihood_ratios(Read(texts, by), "t", ["x", "y"])
    assert found[:2] == pytest.approx([-1 - np.log((np.exp(-2) + np.exp(-3)) / 2), 1.0])
    assert np.isnan(found[2])


def test_relative_score_is_the_share_outdone_by_gamma():
    population = np.log(np.array([1.0, 2.0, 4.0, 8.0]))
    assert relative(np.log(np.array([0.5, 4.1, 8.1])), population, 2.0).tolist() == [0.0, 0.5, 0.75]


def test_min_k_takes_the_lowest_fifth_of_standardised_tokens():
    logp = np.array([-1, -2, -3, -4, -5, -6, -7, -8, -9, -10], dtype=np.float32)
    scorer = lambda texts: [TokenScores(logp, np.full(10, -4, np.float32), np.full(10, 2, np.float32))]  # noqa: E731
    assert read(scorer, ["x"]).min_k.tolist() == [((-10 + 4) / 2 + (-9 + 4) / 2) / 2]


def test_short_texts_are_left_out():
    short = tuple(Specimen("ban", f"s{at}") for at in range(40))
    found = attacked({"one": NgramModel(PUBLIC).score}, short, people("o", 40, 2), ())
    assert found[Attack.LOSS].texts == (0, 80)


def test_scores_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="no numbers"):
        scores_of(float("nan"))


def test_scores_of_different_lengths_are_refused():
    with pytest.raises(InputError, match="one number for each token"):
        TokenScores(np.zeros(2, np.float32), np.zeros(3, np.float32), np.zeros(2, np.float32))


def test_blind_baseline_sits_at_a_half_where_the_sides_are_alike():
    held = 0
    for seed in range(20):
        found = guess_blindly(people("m", 30, seed, texts=1), people("o", 30, 1000 + seed, texts=1), seed=str(seed))
        held += not found.biased
    assert held >= 17


def test_blind_baseline_finds_a_word_that_only_members_write():
    own = tuple(Specimen(each.text + " juniper", each.person) for each in people("m", 40, 1))
    found = guess_blindly(own, people("o", 40, 2))
    assert found.biased
    assert found.auc.low > 0.8


def test_blind_baseline_finds_texts_of_another_length():
    assert guess_blindly(people("m", 40, 1, length=90), people("o", 40, 2)).biased


def test_blind_baseline_learns_nothing_from_a_persons_own_words():
    def signed(specimens):
        return tuple(Specimen(f"{each.text} {' '.join([each.person] * 5)}", each.person) for each in specimens)

    assert not guess_blindly(signed(people("p", 40, 1, texts=6)), signed(people("q", 40, 2, texts=6))).biased


def test_blind_baseline_of_few_people_gives_no_figure():
    found = guess_blindly(people("m", 5, 1), people("o", 50, 2))
    assert found.auc == NotGiven("an interval needs at least 30 people on each side; members have 5")
    assert not found.biased
