"""The generated function says what the specification says: over the cells of every pack, and over random cases."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_samples import AT, POST, case, pack

from assent.policy.cells import GROUPS, cells, labelled_cells, levels_of
from assent.policy.evaluate import judge
from assent.policy.load import shipped_packs
from assent.policy.online import compile_online
from assent.vocabulary.reasons import REASONS, Reason, to_mask
from assent.vocabulary.records import Case, Signals, Span, Subject, Verdict
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold, MemberState, Objection

PACKS = (*shipped_packs(), "every-rule")
PURPOSES = [(name, purpose) for name in PACKS for purpose in pack(name).purposes]


@pytest.mark.parametrize(("name", "purpose"), PURPOSES)
def test_over_the_cells(name, purpose):
    loaded, online = pack(name), compile_online(pack(name), purpose)
    for asked in cells(loaded, purpose):
        assert online.judge(asked) == judge(loaded, asked), asked


@pytest.mark.parametrize(("name", "purpose"), PURPOSES)
def test_in_every_region(name, purpose):
    loaded, online = pack(name), compile_online(pack(name), purpose)
    for region in sorted(REGION_CODES):
        for at in (AT, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)):
            for author in (MemberState(region, date(1980, 1, 1)), MemberState(region)):
                asked = case(purpose=purpose, author=author, at=at)
                assert online.judge(asked) == judge(loaded, asked), asked


def test_a_purpose_the_pack_does_not_offer():
    online = compile_online(pack("community-qa"), "train_other")
    asked = case(purpose="train_other")
    assert online.judge(asked) == judge(pack("community-qa"), asked)
    assert online.verdict(asked.author, asked.record, AT, ledger_size=0).reasons == (Reason.PURPOSE_UNKNOWN,)


def test_people_without_a_state_are_refused_alike():
    online = compile_online(pack("every-rule"), "train")
    asked = case(purpose="train", category="memo", subjects=(Subject("reader", "m2"),))
    for evaluate in (lambda: judge(pack("every-rule"), asked), lambda: online.judge(asked)):
        with pytest.raises(ValueError, match="shorter"):
            evaluate()


def test_the_verdict_says_what_it_rests_on():
    loaded = pack("consent-first")
    online = compile_online(loaded, "train_generative")
    asked = case(settings={})
    assert online.verdict(asked.author, asked.record, AT, ledger_size=7) == Verdict.of(
        judge(loaded, asked), pack_digest=loaded.digest, as_of=AT, ledger_size=7
    )


def test_no_text_of_the_pack_becomes_code():
    sources = {compile_online(pack(name), purpose).source for name, purpose in PURPOSES}
    for name, purpose in PURPOSES:
        words = {purpose, *pack(name).settings, *pack(name).notices, *pack(name).purposes[purpose].scope}
        for source in sources:
            tokens = set(source.replace("'", " ").replace('"', " ").split())
            assert not tokens & (words - {"bottom", "post", "note"})


@pytest.mark.parametrize(("name", "purpose"), PURPOSES)
def test_the_first_cell_is_allowed(name, purpose):
    assert judge(pack(name), next(cells(pack(name), purpose))).mask == 0


def test_cells_reach_every_reason_there_is():
    seen = 0
    for name, purpose in [("every-rule", "train"), ("every-rule", "sell"), ("community-qa", "no_such_purpose")]:
        for asked in cells(pack(name), purpose, pairwise=False):
            seen |= judge(pack(name), asked).mask
    assert seen == to_mask(REASONS)


def test_each_group_of_attributes_is_taken_in_full():
    loaded = pack("every-rule")
    levels = levels_of(loaded, loaded.purposes["train"])
    seen = [frozenset(cell.levels) for cell in labelled_cells(loaded, "train", pairwise=False)]
    for group in GROUPS:
        expected = 1
        for name in group:
            expected *= len(levels[name])
        assert seen.count(frozenset(group)) == expected


instants = st.datetimes(datetime(2003, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)) | st.sampled_from(  # noqa: DTZ001
    [AT, datetime(2025, 11, 3, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)]
)
regions = st.sampled_from(["DE", "NO", "SE", "GB", "US", "FR", "JP", "IE", "XX", "", None])
switches = st.sampled_from(["on", "off", "?"])
setting_names = st.sampled_from(
    ["generative_ai_improvement", "ads_off_platform", "share_affiliates", "top", "middle", "bottom"]
)
states = st.none() | st.builds(
    MemberState,
    region=regions,
    birth_date=st.none() | st.dates(date(1960, 1, 1), date(2015, 1, 1)) | st.just(date(2008, 2, 29)),
    settings=st.dictionaries(setting_names, switches, max_size=4),
    objections=st.dictionaries(
        st.sampled_from(["train_generative", "train", "sell", "share_affiliates"]),
        st.sampled_from(Objection),
        max_size=2,
    ),
    notices=st.dictionaries(st.sampled_from(["ai-training-2025", "told"]), instants, max_size=2),
    closed=st.booleans(),
    erased=st.booleans(),
    unreadable=st.booleans(),
    taken_back=st.booleans(),
)
spans = st.sampled_from([(), (Span(0, 1),), None])
people = st.lists(st.tuples(st.sampled_from(["quoted", "seen"]), spans, states), max_size=3)
signals = st.builds(
    Signals,
    aipref=st.sampled_from([None, "train-ai=n", "train-ai=y", "?"]),
    tdm_reservation=st.sampled_from([None, 0, 1, "1"]),
    cawg=st.sampled_from([None, {"cawg.ai_training": "constrained"}, {"cawg.ai_generative_training": "notAllowed"}]),
)
holds = st.lists(
    st.builds(
        Hold,
        purpose=st.sampled_from(["train_generative", "train", "sell"]),
        region=st.sampled_from(["*", "DE", "EU", "WIDE", "atlantis"]),
        since=st.none() | instants,
        until=st.none() | instants,
    ),
    max_size=2,
).map(tuple)
records = st.builds(
    lambda people, **fields: (
        replace(POST, subjects=tuple(Subject(r, "m2", s) for r, s, _ in people), **fields),
        people,
    ),
    people,
    category=st.sampled_from(
        [
            "post",
            "comment",
            "recommendation",
            "message.private",
            "memo",
            "letter",
            "chat",
            "salary",
            "activity.ads",
            None,
            "",
        ]
    ),
    created_at=st.none() | instants,
    visibility=st.sampled_from(["public", "group", "connections", "private", None]),
    excluded=st.booleans(),
    signals=signals,
    context=st.sampled_from([frozenset(), frozenset({"sensitive"})]),
    unreadable=st.booleans(),
)
random_cases = st.builds(
    lambda made, **fields: Case(record=made[0], others=tuple(state for *_, state in made[1]), **fields),
    records,
    purpose=st.just("?"),
    at=instants,
    author=states,
    holds=holds,
    parent_allowed=st.sampled_from([True, False, None]),
)
CHOICES = [(pack(name), purpose, compile_online(pack(name), purpose)) for name, purpose in PURPOSES]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(CHOICES), random_cases)
def test_over_random_cases(choice, asked):
    loaded, purpose, online = choice
    asked = replace(asked, purpose=purpose)
    assert online.judge(asked) == judge(loaded, asked)
