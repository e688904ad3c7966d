"""Rules that can never matter are pointed out, and so are rules that contradict each other."""

import tomllib

import pytest
from policy_samples import EVERY_RULE_TEXT

from assent.policy.load import pack_from_document
from assent.policy.review import review


def remarks(text):
    document = tomllib.loads(text)
    return [f"{'.'.join(remark.path)}: {remark.message}" for remark in review(pack_from_document(document), document)]


def test_a_pack_in_which_everything_matters():
    kept = [line for line in remarks(EVERY_RULE_TEXT) if "off by default" not in line]
    assert kept == ["settings.bottom.defaults.US: changes nothing: every case is decided the same without it"]


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ('[notices.old]\ntitle = "Old"', "notices.old: no purpose uses it"),
        ('[settings.idle]\ntitle = "I"\ndefault = "on"', "settings.idle: no purpose uses it"),
        ('[scopes.idle.x]\ncategories = ["x"]', "scopes.idle: no purpose uses it"),
        ('[coverages.idle.x]\nregions = ["DE"]', "coverages.idle: no purpose uses it"),
        (
            '[holds.idle]\npurposes = ["train"]\nregions = ["US"]',
            "holds.idle: stops nothing that would take place without it",
        ),
        (
            '[holds.idle]\npurposes = ["train"]\nregions = ["EE"]\nuntil = 2025-07-01',
            "holds.idle: stops nothing that would take place without it",
        ),
        ('[holds.all]\npurposes = ["train"]\nregions = ["*"]', "purposes.train: never allows anything"),
        (
            '[purposes.ask]\ntitle = "A"\nkind = "training"\nbasis = "consent"\ncoverage = "most"\nscope = "all"',
            "purposes.ask: rests on consent, and there is no setting to give it with",
        ),
        (
            (
                '[purposes.ask]\ntitle = "A"\nkind = "training"\nbasis = "consent"\ncoverage = "most"\nscope = "all"\n'
                'setting = "middle"'
            ),
            "purposes.ask: rests on consent, and `middle` is on by default",
        ),
        (
            (
                '[purposes.ask]\ntitle = "A"\nkind = "training"\nbasis = "consent"\ncoverage = "most"\nscope = "all"\n'
                'setting = "bottom"'
            ),
            "settings.bottom: is consent for one purpose and an opt-out for another",
        ),
        (
            '[holds.twice]\npurposes = ["sell", "sell"]\nregions = ["DE"]',
            "holds.twice.purposes: `sell` stands there twice",
        ),
        (
            (
                '[coverages.far.away]\nregions = ["JP"]\n[holds.away]\npurposes = ["ask"]\nregions = ["JP"]\n'
                '[coverages.far.here]\nregions = ["DE"]\n'
                '[purposes.ask]\ntitle = "A"\nkind = "training"\ncoverage = "far"\nscope = "all"'
            ),
            "coverages.far.away: takes place nowhere: a hold without end stops it everywhere",
        ),
        (
            '[holds.again]\npurposes = ["train"]\nregions = ["SE"]\nfrom = 2026-07-10\nuntil = 2026-07-20',
            "holds.again: changes nothing: every case is decided the same without it",
        ),
    ],
)
def test_what_is_dead_or_contradicts_itself(added, expected):
    assert expected in remarks(f"{EVERY_RULE_TEXT}\n{added}\n")


def test_an_exception_another_part_names_anyway():
    text = EVERY_RULE_TEXT.replace('except = ["US"]', 'except = ["US", "IE"]')
    assert "coverages.most.rest.except: `IE` is named by another part anyway" in remarks(text)


def test_a_default_that_what_is_above_it_beats():
    assert "settings.middle.default: on by default in 4 regions, yet off with `top`, which is off by default there" in (
        remarks(EVERY_RULE_TEXT)
    )


def test_a_term_that_every_purpose_states_itself():
    text = EVERY_RULE_TEXT.replace("[purposes.sell]", '[purposes.sell]\nbasis = "consent"').replace(
        "[purposes.train]", '[purposes.train]\nbasis = "legitimate_interest"'
    )
    assert "every_purpose.basis: no purpose takes it, each states its own" in remarks(text)


def test_a_category_with_two_people_that_no_scope_lists():
    text = EVERY_RULE_TEXT.replace('two_person = ["letter", "chat"]', 'two_person = ["letter", "chat", "phone"]')
    assert "categories.two_person.phone: changes nothing: every case is decided the same without it" in remarks(text)


def test_a_toggle_that_another_turns_off_already():
    text = EVERY_RULE_TEXT.replace('off_with = ["middle"]', 'off_with = ["middle", "top"]')
    assert "settings.bottom.off_with.top: changes nothing: every case is decided the same without it" in remarks(text)
