import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from ngram_model import WORDS, NgramModel, people, pieces, writer

from assent.audit.model.auditing import Coins, Target, audit_model
from assent.audit.model.canaries import Template, make_canaries
from assent.audit.model.comparing import Outcome, compare, require_forgotten
from assent.audit.model.estimates import Estimate
from assent.audit.model.extraction import cut_passages, make_probes
from assent.audit.model.one_run import draw_planted
from assent.audit.model.report import Kind, Test
from assent.audit.model.specimens import Specimen
from assent.errors import EvidenceError, InputError, RefusedError

AT = datetime(2026, 3, 1, tzinfo=UTC)
PUBLIC = [writer(99)(40) for _ in range(150)]
TEMPLATE = Template("ban cer dis {} {} ban", (WORDS[:32], WORDS[32:64]))
MEMBERS = people("m", 40, 1, length=102, texts=1, touches="adapter 0")
REST = [each.text for each in people("r", 60, 5)]
OTHERS, NOBODY = people("o", 40, 2, length=102, texts=1), people("n", 60, 3, length=102, texts=1)
CANARIES = make_canaries("c", 24, TEMPLATE)
COIN_TEXTS = tuple(
    each.text for each in make_canaries("coin", 60, Template("ban lun mus {} {} cer", (WORDS[:32], WORDS[32:64])))
)
COINS = Coins(COIN_TEXTS, draw_planted("coin", 60))
PASSAGES = cut_passages([(each.person, each.text) for each in MEMBERS], pieces)
PROBES = tuple(
    each
    for at, name in enumerate(WORDS[:30])
    for each in make_probes(f"m{at}", name, {"employer": f"{WORDS[-1 - at]} {WORDS[-2 - at]}"})
)


NEIGHBOUR, BASE = NgramModel(PUBLIC + [each.text for each in people("t", 40, 9)]), NgramModel(PUBLIC)


def trained(*, on_members: bool):
    seen = [each.text for each in MEMBERS] * 4
    seen += [each.text for each in CANARIES for _ in range(each.repetitions)]
    seen += [text for text, coin in zip(COIN_TEXTS, COINS.planted, strict=True) if coin]
    return NgramModel(PUBLIC + REST + (seen if on_members else []))


def audit(model, **changes):
    target = Target(
        "adapter 0", Kind.ADAPTER, model.score, model.continue_, MEMBERS, CANARIES, COINS, PASSAGES, PROBES
    )  # fmt: skip
    targets = [
        replace(target, **changes),
        Target("adapter 1", Kind.ADAPTER, NEIGHBOUR.score),
        Target("base", Kind.BASE, BASE.score, BASE.continue_, passages=PASSAGES, probes=PROBES),
    ]
    return audit_model(
        "model-1", targets, weights="ab" * 32, at=AT, about="40 people", others=OTHERS, population=NOBODY
    )


@pytest.fixture(scope="module")
def before():
    return audit(trained(on_members=True))


@pytest.fixture(scope="module")
def after():
    return audit(trained(on_members=False))


def outcomes(findings):
    return {(each.test, each.what): each.outcome for each in findings if each.target == "adapter 0"}


def test_an_honest_take_back_is_seen_in_every_test_that_found_something(before, after):
    found = outcomes(compare(before, after))
    assert {found[Test.MEMBERSHIP, attack] for attack in ("LOSS", "zlib", "Min-K%++", "RMIA")} == {Outcome.GONE}
    assert found[Test.CANARIES, "planted 8 times"] is Outcome.GONE
    assert found[Test.ONE_RUN, ""] is Outcome.GONE
    assert found[Test.EXTRACTION, ""] is Outcome.GONE
    require_forgotten(compare(before, after))


def test_a_sabotaged_take_back_fails_loudly(before):
    with pytest.raises(EvidenceError, match=r"still there: adapter 0 \(membership LOSS\)"):
        require_forgotten(compare(before, audit(trained(on_members=True))))


def test_a_take_back_that_forgot_the_texts_and_not_the_canaries_fails_loudly(before):
    half = NgramModel(PUBLIC + REST + [each.text for each in CANARIES for _ in range(each.repetitions)])
    with pytest.raises(EvidenceError, match=r"adapter 0 \(canaries planted 8 times\)"):
        require_forgotten(compare(before, audit(half)))


def test_a_model_that_never_remembered_shows_nothing(after):
    findings = compare(after, after)
    assert Outcome.GONE not in {each.outcome for each in findings}
    with pytest.raises(RefusedError, match="do not show that anything is gone"):
        require_forgotten(findings)


def test_a_biased_test_set_proves_nothing_about_membership():
    marked = tuple(Specimen(each.text + " zebra" * 3, each.person, each.touches) for each in MEMBERS)
    honest, spoilt = audit(trained(on_members=True), members=marked), audit(trained(on_members=False), members=marked)
    assert honest.biased
    found = outcomes(compare(honest, spoilt))
    assert found[Test.MEMBERSHIP, "LOSS"] is Outcome.NOT_COMPARED


def test_an_audit_that_was_not_repeated_is_not_compared(before, after):
    left = replace(after, targets=after.targets[1:])
    assert set(outcomes(compare(before, left)).values()) == {Outcome.NOT_COMPARED}


def test_passages_come_out_of_the_adapter_and_not_of_the_base(before):
    assert before.target("adapter 0").extraction.share.low > 0.2
    assert before.target("base").extraction.out == 0


def test_dilution_is_not_deletion():
    """A mean over many models hides a canary; the adapter by itself does not."""
    whole = trained(on_members=True)
    clean = NgramModel(PUBLIC + REST)

    def diluted(texts):
        own, other = whole.score(texts), clean.score(texts)
        return [replace(a, logp=(a.logp + 63 * b.logp) / 64) for a, b in zip(own, other, strict=True)]

    part = Target("adapter 0", Kind.ADAPTER, whole.score, canaries=CANARIES)
    merge = Target("merge", Kind.MERGE, diluted, canaries=CANARIES)
    found = audit_model("m", [part, merge], weights="", at=AT, about="", others=())
    eight = [{each.repetitions: each for each in target.canaries}[8].bits.value for target in found.targets]
    assert eight[0] > eight[1] + 3


def test_every_test_stands_among_those_run_or_those_not_run(before):
    for part in before.targets:
        skipped = {each.test for each in part.not_run}
        run = {
            test
            for test, value in {
                Test.MEMBERSHIP: part.membership, Test.CANARIES: part.canaries, Test.ONE_RUN: part.one_run,
                Test.EXTRACTION: part.extraction, Test.PERSONAL: part.personal, Test.REDACTION: part.redaction,
            }.items() if value
        }  # fmt: skip
        assert run | skipped == set(Test)
        assert not run & skipped


def test_the_audit_is_json_without_a_text_of_anybody(before):
    written = json.dumps(before.to_json(), allow_nan=False)
    assert json.loads(written)["format"] == "assent-model-audit-v1"
    assert not any(each.text[:40] in written for each in MEMBERS)
    assert not any(each.text in written for each in CANARIES)


def test_the_same_audit_gives_the_same_bytes(before):
    again = audit(trained(on_members=True))
    assert json.dumps(again.to_json()) == json.dumps(before.to_json())


def test_one_run_bound_is_above_zero_before_and_zero_after(before, after):
    assert before.target("adapter 0").one_run.epsilon > 0.5
    assert after.target("adapter 0").one_run.epsilon == 0.0


def test_figures_rest_on_people(before):
    loss = before.target("adapter 0").membership[0].auc
    assert isinstance(loss, Estimate)
    assert loss.n == 80


def test_a_person_on_two_sides_is_refused():
    model = trained(on_members=False)
    with pytest.raises(InputError, match="40 people stand on two sides"):
        audit(model, members=tuple(replace(each, touches=frozenset({"adapter 0"})) for each in OTHERS))


def test_a_members_text_that_does_not_name_its_adapter_is_refused():
    with pytest.raises(InputError, match="does not say which adapters"):
        audit(trained(on_members=False), members=tuple(replace(each, touches=frozenset()) for each in MEMBERS))


def test_a_broken_model_is_refused():
    with pytest.raises(InputError, match="no numbers"):
        audit_model(
            "m", [Target("a", Kind.ADAPTER, lambda texts: [replace(each, logp=each.logp * np.nan) for each in NgramModel(PUBLIC).score(texts)], canaries=CANARIES)],
            weights="", at=AT, about="", others=(),
        )  # fmt: skip


def test_one_member_taken_back_is_shown_among_many_others():
    own = tuple(each for each in MEMBERS if each.person == "m0")
    crowd = people("crowd", 300, 11, texts=1)
    remembering = NgramModel(PUBLIC + REST + [each.text for each in own] * 4)
    audits = [
        audit_model("m", [Target("adapter 0", Kind.ADAPTER, model.score, members=own)], weights="", at=AT, about="", others=crowd)
        for model in (remembering, NgramModel(PUBLIC + REST))
    ]  # fmt: skip
    findings = compare(*audits)
    loss = next(each for each in findings if each.what == "LOSS")
    assert (loss.unit, loss.before, loss.outcome) == ("above", 1.0, Outcome.GONE)
    require_forgotten(findings)
    with pytest.raises(EvidenceError, match="still there"):
        require_forgotten(compare(audits[0], audits[0]))
