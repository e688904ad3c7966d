"""What must hold between two verdicts, whatever the pack: metamorphic laws over the cells and random cases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_samples import AT, case, pack
from test_agreement import PURPOSES, random_cases

from assent.policy.cells import cells
from assent.policy.evaluate import judge
from assent.vocabulary.reasons import Reason, from_mask, primary
from assent.vocabulary.records import Signals, Subject
from assent.vocabulary.state import EVERYWHERE, Hold, MemberState, Objection

CHOICES = st.sampled_from([(pack(name), purpose) for name, purpose in PURPOSES])


def author(changes):
    return lambda asked: (
        asked if asked.author is None else replace(asked, author=replace(asked.author, **changes(asked)))
    )


def record(changes):
    return lambda asked: replace(asked, record=replace(asked.record, **changes(asked)))


def setting_of(loaded, asked):
    return loaded.purposes[asked.purpose].setting


DENIALS = {
    "a hold": lambda asked: replace(asked, holds=(*asked.holds, Hold(asked.purpose, EVERYWHERE))),
    "an objection": author(lambda asked: {"objections": {**asked.author.objections, asked.purpose: Objection.OPEN}}),
    "an objection upheld": author(
        lambda asked: {"objections": {**asked.author.objections, asked.purpose: Objection.UPHELD}}
    ),
    "every setting off": author(
        lambda asked: {
            "settings": dict.fromkeys(
                [*asked.author.settings, "generative_ai_improvement", "share_affiliates", "top", "middle", "bottom"],
                "off",
            )
        }
    ),
    "a closed account": author(lambda _: {"closed": True}),
    "an erasure": author(lambda _: {"erased": True}),
    "a take-back": author(lambda _: {"taken_back": True}),
    "an event nobody can read": author(lambda _: {"unreadable": True}),
    "an exclusion": record(lambda _: {"excluded": True}),
    "a sensitive place": record(lambda asked: {"context": asked.record.context | {"sensitive"}}),
    "a reservation": record(lambda asked: {"signals": replace(asked.record.signals, tdm_reservation=1)}),
    "a row nobody can read": record(lambda _: {"unreadable": True}),
    "a denied parent": lambda asked: replace(asked, parent_allowed=False),
    "no region": author(lambda _: {"region": None}),
    "no birth date": author(lambda _: {"birth_date": None}),
    "no notice": author(lambda _: {"notices": {}}),
    "no visibility": record(lambda _: {"visibility": None}),
    "no category": record(lambda _: {"category": None}),
    "no author": lambda asked: replace(asked, author=None),
    "one more person who is unknown": lambda asked: replace(
        asked,
        record=replace(asked.record, subjects=(*asked.record.subjects, Subject("stranger", None, None))),
        others=(*asked.others, None),
    ),
}


def allowed(loaded, asked):
    return not judge(loaded, asked).mask


@pytest.mark.parametrize("what", DENIALS)
@settings(max_examples=60, deadline=None)
@given(CHOICES, random_cases)
def test_a_denial_more_never_allows(what, choice, asked):
    loaded, purpose = choice
    asked = replace(asked, purpose=purpose)
    assert allowed(loaded, asked) or not allowed(loaded, DENIALS[what](asked))


@pytest.mark.parametrize(("name", "purpose"), PURPOSES)
def test_no_denial_more_allows_a_denied_cell(name, purpose):
    loaded = pack(name)
    denials = list(DENIALS.values())
    for index, asked in enumerate(cells(loaded, purpose, pairwise=False)):
        if not allowed(loaded, asked):
            assert not allowed(loaded, denials[index % len(denials)](asked)), asked


@settings(max_examples=200, deadline=None)
@given(CHOICES, random_cases, st.sampled_from(["off", "on"]))
def test_an_unrelated_purpose_changes_nothing(choice, asked, value):
    loaded, purpose = choice
    asked = replace(asked, purpose=purpose, author=asked.author or MemberState())
    other = replace(
        asked,
        holds=(*asked.holds, Hold("another_purpose", EVERYWHERE)),
        author=replace(
            asked.author,
            objections={**asked.author.objections, "another_purpose": Objection.UPHELD},
            settings={**asked.author.settings, "another_setting": value},
            notices={**asked.author.notices, "another-notice": AT},
        ),
    )
    assert judge(loaded, other) == judge(loaded, asked)


@settings(max_examples=200, deadline=None)
@given(CHOICES, random_cases)
def test_a_hold_that_is_over_changes_nothing(choice, asked):
    loaded, purpose = choice
    asked = replace(asked, purpose=purpose)
    over = Hold(purpose, EVERYWHERE, asked.at - timedelta(days=9), asked.at)
    ahead = Hold(purpose, EVERYWHERE, asked.at + timedelta(microseconds=1), None)
    assert judge(loaded, replace(asked, holds=(*asked.holds, over, ahead))) == judge(loaded, asked)


@settings(max_examples=200, deadline=None)
@given(CHOICES, random_cases)
def test_allowed_is_the_empty_set_of_reasons_and_only_then_masks(choice, asked):
    loaded, purpose = choice
    judgment = judge(loaded, replace(asked, purpose=purpose))
    assert (primary(judgment.mask) is None) == (not from_mask(judgment.mask))
    assert not (judgment.mask and judgment.masks)


@settings(max_examples=200, deadline=None)
@given(CHOICES, random_cases)
def test_the_order_of_people_and_holds_changes_no_reason(choice, asked):
    loaded, purpose = choice
    asked = replace(asked, purpose=purpose)
    turned = replace(
        asked,
        holds=asked.holds[::-1],
        others=asked.others[::-1],
        record=replace(asked.record, subjects=asked.record.subjects[::-1]),
    )
    before, after = judge(loaded, asked), judge(loaded, turned)
    assert (after.mask, set(after.masks)) == (before.mask, set(before.masks))


def test_a_reason_denies_alone():
    """Each reason is the only one in some cell or case: none of them hides behind another."""
    seen = set()
    for name, purpose in [("every-rule", "train"), ("every-rule", "sell"), ("community-qa", "no_such_purpose")]:
        for asked in cells(pack(name), purpose, pairwise=False):
            found = from_mask(judge(pack(name), asked).mask)
            if len(found) == 1:
                seen.add(found[0])
    assert seen == set(Reason)


def test_signals_of_another_kind_change_nothing():
    quiet, loud = case(purpose="train_other"), case(purpose="train_other", signals=Signals(aipref="train-ai=n"))
    loaded = pack("professional-network-2025-11")
    assert judge(loaded, loud) == judge(loaded, quiet)
