"""One verdict for one record: the generated function, the specification, and Cedar, in the same run.

The question is a typical one: the safeguarded pack, `train_generative`, a public post with nobody else in it.
Cedar gets every advantage: policies and entities are parsed beforehand, the request is built beforehand, dates
are numbers and the age cutoff is computed by the caller (Cedar cannot), signals are parsed by the caller, regions
and categories are entities whose parents are the rules' groups (with sets of codes in the policies it took 1.4
times as long), and only the entities of this one question are in the store.
It answers allow or deny with the policies that decided; before anything is timed, its answers are compared
with the specification's over the cells of the pack that have nobody else in the record.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cedarpy

from assent.policy.cells import cells
from assent.policy.evaluate import cutoff, judge
from assent.policy.load import load_pack
from assent.policy.online import Online, compile_online
from assent.policy.pack import Kind, Pack
from assent.policy.signals import denies_training
from assent.vocabulary.identifiers import RegionCode
from assent.vocabulary.records import Case, Record
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import MemberState
from bench.report import Row

PACK, PURPOSE, NOTICE = "professional-network-2025-11-safeguarded", "train_generative", "ai-training-2025"
SETTING = "generative_ai_improvement"
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
MEMBER = MemberState(
    region="DE",
    birth_date=date(1990, 5, 1),
    settings={SETTING: "on"},
    notices={NOTICE: datetime(2025, 9, 1, tzinfo=UTC)},
)
POST = Record("r1", "post", "m1", created_at=datetime(2024, 2, 1, tzinfo=UTC), visibility="public")


def run(*, quick: bool) -> list[Row]:
    """The rows of the table."""
    pack = load_pack(PACK)
    online = compile_online(pack, PURPOSE)
    case = Case(PURPOSE, AT, MEMBER, POST)
    rounds = 50 if quick else 400
    mask_us = p50_us(lambda: online.mask(MEMBER, POST, AT), rounds)
    verdict_us = p50_us(lambda: online.verdict(MEMBER, POST, AT, ledger_size=1), rounds)
    judge_us = p50_us(lambda: judge(pack, case), rounds // 4)
    members = 100_000 if quick else 1_000_000
    lookup_us = with_lookup_us(online, members)
    cedar = Cedar(pack)
    compared = cedar.compared_with(pack, every=9 if quick else 3)
    request, entities = cedar.asked(case), cedarpy.Entities.from_json_str(cedar.entities(case))
    cedar_us = p50_us(lambda: cedar.answer(request, entities), rounds // 4, calls=20)
    fresh_us = p50_us(lambda: cedar.answer(request, cedar.entities(case)), rounds // 4, calls=20)
    return [
        Row("reason mask, p50", "≤ 1 µs", f"{mask_us:.2f} µs", mask_us <= 1),
        Row("full Verdict, p50", "≤ 3 µs", f"{verdict_us:.2f} µs", verdict_us <= 3),
        Row(f"Verdict with look-up among {members:,} members, p50", "", f"{lookup_us:.2f} µs", None),
        Row("the specification itself, p50", "", f"{judge_us:.1f} µs", None),
        Row(
            f"cedarpy, all pre-parsed ({compared:,} cells agree), p50",
            "≥ 20 x slower than a Verdict",
            f"{cedar_us:.0f} µs, {cedar_us / verdict_us:.0f} x (mask {cedar_us / mask_us:.0f} x)",
            cedar_us >= 20 * verdict_us,
        ),
        Row(
            "cedarpy, entities of the request parsed, p50",
            "",
            f"{fresh_us:.0f} µs, {fresh_us / verdict_us:.0f} x",
            None,
        ),
    ]


def p50_us(call: Callable[[], Any], rounds: int, *, calls: int = 500) -> float:
    """The median over rounds of the mean of a few hundred calls, the lambda's own cost included."""
    for _ in range(calls):
        call()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter_ns()
        for _ in range(calls):
            call()
        taken.append((time.perf_counter_ns() - started) / calls / 1000)
    return statistics.median(taken)


def with_lookup_us(online: Online, members: int) -> float:
    """A verdict for members drawn at random from a dictionary too large for any cache."""
    notices = [{NOTICE: datetime(2025, 9, day, tzinfo=UTC)} for day in range(1, 29)]
    choices: list[dict[str, str]] = [{SETTING: "on"}, {SETTING: "off"}, {}]
    states = {
        f"m{number:07}": MemberState(
            region=("DE", "US", "FR", "GB")[number % 4],
            birth_date=date(1950 + number % 60, 1 + number % 12, 1 + number % 28),
            settings=choices[number % 3],
            notices=notices[number % 28],
        )
        for number in range(members)
    }
    asked = random.Random(1).choices(list(states), k=20_000)
    verdict = online.verdict
    taken = []
    for start in range(0, len(asked), 500):
        started = time.perf_counter_ns()
        for name in asked[start : start + 500]:
            verdict(states[name], POST, AT, ledger_size=1)
        taken.append((time.perf_counter_ns() - started) / 500 / 1000)
    return statistics.median(taken)


class Cedar:
    """The same purpose as Cedar policies: a permit, and a forbid for each reason that can apply."""

    def __init__(self, pack: Pack) -> None:
        purpose = pack.purposes[PURPOSE]
        self.policies = cedarpy.PolicySet.from_str(_policies(pack))
        self.regions = {
            code: [("Rule", "known_region"), ("Start", str(purpose.coverage[code]))]
            for code in map(RegionCode, REGION_CODES)
        }
        self.categories = {str(category): [("Rule", "never")] for category in pack.never}
        for category, rule in purpose.scope.items():
            groups = [("Rule", "scope"), ("Visible", _name(rule.visibility))]
            alone = [("Rule", "two_person")] if rule.two_person else []
            self.categories[category] = [*groups, *alone]

    def answer(self, request: dict[str, Any], entities: Any) -> bool:
        return cedarpy.is_authorized(request, self.policies, entities).allowed

    def asked(self, case: Case) -> dict[str, Any]:
        purpose_age = 18
        created = case.record.created_at
        context: dict[str, Any] = {
            "at": _micros(case.at),
            "holds": [hold.region for hold in case.holds if hold.purpose == PURPOSE and hold.in_force(case.at)],
            "parent_allowed": case.parent_allowed is True,
        }
        if created is not None:
            latest = cutoff(min(created, case.at).date(), purpose_age)
            context["cutoff"] = latest.toordinal() if latest else 0
        return {
            "principal": {"type": "Member", "id": "m1"},
            "action": {"type": "Action", "id": PURPOSE},
            "resource": {"type": "Record", "id": "r1"},
            "context": context,
        }

    def entities(self, case: Case) -> str:
        region = case.author.region if case.author and not case.author.unreadable else None
        category = case.record.category
        known = region if region in REGION_CODES else None
        return json.dumps(
            [
                _entity("Member", "m1", _member(case.author), [("Region", known)] if known else []),
                _entity("Record", "r1", _record(case.record), [("Category", category)] if category else []),
                *([_entity("Region", known, {}, self.regions[known])] if known else []),
                *([_entity("Category", category, {}, self.categories.get(category, []))] if category else []),
            ]
        )

    def compared_with(self, pack: Pack, *, every: int) -> int:
        """How many cells were asked; every one got the specification's answer."""
        compared = 0
        for index, case in enumerate(cells(pack, PURPOSE, pairwise=False)):
            groups = any(hold.region not in REGION_CODES and hold.region != "*" for hold in case.holds)
            if index % every or case.record.subjects or groups:
                continue
            entities = cedarpy.Entities.from_json_str(self.entities(case))
            expected = not judge(pack, case).mask
            if self.answer(self.asked(case), entities) is not expected:
                raise AssertionError(f"Cedar differs from the specification: {case}")
            compared += 1
        return compared


def _entity(kind: str, name: str, attributes: dict[str, Any], parents: list[tuple[str, str]]) -> dict[str, Any]:
    above = [{"type": parent, "id": identifier} for parent, identifier in parents]
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": above}


def _name(visibility: frozenset[str] | None) -> str:
    return "any" if visibility is None else "-".join(sorted(visibility))


def _member(state: MemberState | None) -> dict[str, Any]:
    if state is None or state.unreadable:
        return {"readable": False}
    attributes: dict[str, Any] = {
        "readable": True,
        "closed": state.closed,
        "erased": state.erased,
        "taken_back": state.taken_back,
        "settings": dict(state.settings),
        "notices": {name: _micros(told_at) for name, told_at in state.notices.items()},
        "objections": {name: str(stands) for name, stands in state.objections.items()},
    }
    if state.region is not None:
        attributes["region"] = state.region
    if state.birth_date is not None:
        attributes["born"] = state.birth_date.toordinal()
    return attributes


def _record(record: Record) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "readable": not record.unreadable,
        "excluded": record.excluded,
        "context": sorted(record.context),
        "reserved": denies_training(record.signals, Kind.GENERATIVE_TRAINING),
    }
    if record.category is not None:
        attributes["category"] = record.category
    if record.visibility is not None:
        attributes["visibility"] = record.visibility
    return attributes


def _micros(instant: datetime) -> int:
    """Microseconds since 1970, so that the smallest step of a cell is seen."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _policies(pack: Pack) -> str:
    purpose = pack.purposes[PURPOSE]
    visible = {rule.visibility for rule in purpose.scope.values() if rule.visibility is not None}
    told, waiting = f'principal.notices["{NOTICE}"]', purpose.waiting_period // timedelta(microseconds=1)
    has_told = f'principal.readable && principal.notices has "{NOTICE}"'
    objected = f"principal.readable && principal.objections has {PURPOSE} && principal.objections.{PURPOSE}"
    switched = f"principal.readable && principal.settings has {SETTING} && principal.settings.{SETTING}"
    rules = {
        "on_hold_everywhere": 'when { context.holds.contains("*") }',
        "on_hold": "when { principal has region && context.holds.contains(principal.region) }",
        "category_never": 'when { resource in Rule::"never" }',
        "category_out_of_scope": 'unless { resource in Rule::"scope" }',
        "region_unknown": 'unless { principal in Rule::"known_region" }',
        **{
            f"not_yet_in_force_{since:%Y%m%d}": f'when {{ principal in Start::"{since}" '
            f"&& context.at < {_micros(since)} }}"
            for since in sorted({since for since in purpose.coverage.values() if since is not None})
        },
        "age_unknown": "unless { principal has born && context has cutoff }",
        "under_age": "when { principal has born && context has cutoff && principal.born > context.cutoff }",
        "notice_not_delivered": f"unless {{ {has_told} }}",
        "waiting_period": f"when {{ {has_told} && context.at - {told} < {waiting} }}",
        "setting_off": f'when {{ {switched} != "on" }}',
        "objection_open": f'when {{ {objected} == "open" }}',
        "objection_upheld": f'when {{ {objected} == "upheld" }}',
        "account_closed": "when { principal.readable && principal.closed }",
        "erased": "when { principal.readable && principal.erased }",
        "taken_back": "when { principal.readable && principal.taken_back }",
        **{
            f"not_visible_enough_{_name(enough)}": f'when {{ resource in Visible::"{_name(enough)}" && '
            f"!(resource has visibility && {_set(enough)}.contains(resource.visibility)) }}"
            for enough in sorted(visible, key=_name)
        },
        "item_excluded": "when { resource.excluded }",
        "sensitive_context": 'when { resource.context.contains("sensitive") }',
        "signal_no_train": "when { resource.reserved }",
        "other_subject": 'when { resource in Rule::"two_person" }',
        "derived_from_excluded": "unless { context.parent_allowed }",
        "state_missing": "unless { principal.readable && resource.readable }",
    }
    head = f'(principal, action == Action::"{PURPOSE}", resource)'
    forbids = "\n".join(f'@id("{name}") forbid{head} {condition};' for name, condition in rules.items())
    return f'@id("allow") permit{head};\n{forbids}'


def _set(names: frozenset[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in sorted(names)) + "]"
