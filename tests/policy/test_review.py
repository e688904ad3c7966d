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
    assert kept == []


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
