"""Promise: what is not known denies. Take an allowed case, make any fact it rests on unknown, and it is denied."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from assent.gate.cases import answer_lines
from assent.policy.load import load_pack

ALLOWED: dict[str, Any] = {
    "id": "c",
    "purpose": "train_generative",
    "at": "2025-12-01T00:00:00Z",
    "member": {
        "id": "m",
        "region": "IE",
        "birth_date": "1990-05-01",
        "events": [{"type": "notice.delivered", "notice": "ai-training-2025", "effective_at": "2025-09-18T08:00:00Z"}],
    },
    "record": {"id": "r", "category": "post", "created_at": "2024-02-01T12:00:00Z", "visibility": "public"},
}
FACTS = [
    ("purpose",), ("at",), ("member",), ("record",), ("member", "region"), ("member", "birth_date"),
    ("member", "events"), ("record", "category"), ("record", "created_at"), ("record", "visibility"),
]  # fmt: skip
UNKNOWN = [None, "", "?", "unknown", "XX", "9999-99-99", 0, -1, [], {}, True]


def allowed(case: dict[str, Any]) -> bool:
    pack = load_pack("professional-network-2025-11-safeguarded")
    (answer,) = answer_lines(pack, [json.dumps(case).encode()])
    return answer.judgment is not None and not answer.judgment.mask


def test_with_every_fact_known_it_is_allowed():
    assert allowed(ALLOWED)


@pytest.mark.parametrize("fact", FACTS, ids=".".join)
@pytest.mark.parametrize("value", UNKNOWN, ids=repr)
def test_no_unknown_value_of_a_fact_allows(fact, value):
    case = copy.deepcopy(ALLOWED)
    target = case
    for part in fact[:-1]:
        target = target[part]
    target[fact[-1]] = value
    assert not allowed(case)


@pytest.mark.parametrize("fact", FACTS, ids=".".join)
def test_no_missing_fact_allows(fact):
    case = copy.deepcopy(ALLOWED)
    target = case
    for part in fact[:-1]:
        target = target[part]
    del target[fact[-1]]
    assert not allowed(case)


def test_a_parent_nobody_knows_does_not_allow():
    case = copy.deepcopy(ALLOWED)
    case["record"]["parent"] = {}
    assert not allowed(case)
    case["record"]["parent"] = {"allowed": True}
    assert allowed(case)


def test_a_person_nobody_knows_in_a_recommendation_does_not_allow():
    case = copy.deepcopy(ALLOWED)
    case["record"] |= {"category": "recommendation", "subjects": [{"role": "recommended", "member": None}]}
    assert not allowed(case)
