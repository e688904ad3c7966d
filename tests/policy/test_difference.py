"""What a comparison of two packs reports is what the two specifications say, case by case; no flip is missed."""

from __future__ import annotations

import random
import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_samples import EVERY_RULE_TEXT

from assent.errors import InputError
from assent.policy.difference import Turn, differing_purposes
from assent.policy.dimensions import Other
from assent.policy.evaluate import cutoff, judge, person_reasons
from assent.policy.load import load_pack, pack_document, pack_from_document, shipped_packs
from assent.policy.pack import Kind
from assent.policy.signals import denies_training
from assent.vocabulary.records import Case, Record, Signals, Subject
from assent.vocabulary.records import Span as Text
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold, MemberState, Objection

# --- reading a condition: independently of how it was found


def falls_into(conditions, case, packs, purposes):
    """Whether the case has one of the levels of every attribute that is named."""
    return all(any(_has(name, level, case, packs, purposes) for level in levels) for name, levels in conditions.items())


def _has(name, level, case, packs, purposes):  # noqa: C901 - an attribute of each kind
    kind, _, what = name.partition(":")
    author, record = case.author, case.record
    match kind:
        case "region":
            known = author.region in REGION_CODES
            return (level is None and not known) or (level is not None and author.region in level)
        case "at":
            return level.holds(case.at)
        case "hold":
            named = [hold.region for hold in case.holds if hold.purpose == case.purpose and hold.in_force(case.at)]
            return level is None or level in named
        case "choice":
            given = author.settings.get(what)
            return level == (given if given in ("on", None) else "off")
        case "age at use":
            return _aged(level, author.birth_date, case.at)
        case "age at creation":
            made_at = record.created_at and min(record.created_at, case.at)
            if level is None:
                return made_at is None or author.birth_date is None
            return made_at is not None and _aged(level, author.birth_date, made_at)
        case "created":
            return record.created_at is None if level is None else record.created_at and level.holds(record.created_at)
        case "notice":
            return _told(level, author.notices.get(what), case.at)
        case "objection":
            return level == author.objections.get(case.purpose)
        case "category":
            named = {each for pack in packs for each in pack.never} | {c for p in purposes for c in p.scope}
            return record.category in level if level is not None else record.category not in named
        case "visibility":
            return level == (
                record.visibility if record.visibility in ("public", "group", "connections", "private") else None
            )
        case "others":
            return _appears(level, case, packs, purposes)
        case "sensitive":
            return level == ("sensitive" in record.context)
        case "signals":
            return level == tuple(
                denies_training(record.signals, kind) for kind in (Kind.GENERATIVE_TRAINING, Kind.TRAINING)
            )
    raise AssertionError(name)


def _aged(level, birth_date, on):
    if level is None or birth_date is None:
        return level is None and birth_date is None
    reached = [
        limit is None or (cutoff(on.date(), limit) or date.min) >= birth_date for limit in (level.since, level.until)
    ]
    return reached[0] and (level.until is None or not reached[1])


def _told(level, delivered_at, at):
    if level is None or delivered_at is None:
        return level is None and delivered_at is None
    elapsed = at - delivered_at
    return (level.since is None or level.since <= elapsed) and (level.until is None or elapsed < level.until)


def _appears(level, case, packs, purposes):
    if level is None:
        return not case.record.subjects
    for subject, state in zip(case.record.subjects, case.others, strict=True):
        permits = tuple(
            not person_reasons(pack, purpose, state, case.at, case.record.created_at, case.holds)
            for pack, purpose in zip(packs, purposes, strict=True)
        )
        if level == Other(permits, subject.spans is not None):
            return True
    return False


# --- cases


REGIONS = [None, "XX", "DE", "FR", "IE", "SE", "NO", "EE", "IS", "US", "GB", "CH", "CA", "JP", "BR"]
MOMENTS = [datetime(2024, 9, 17, tzinfo=UTC), datetime(2024, 9, 18, tzinfo=UTC), datetime(2025, 1, 15, 10, tzinfo=UTC),
           datetime(2025, 11, 2, 23, 59, tzinfo=UTC), datetime(2025, 11, 3, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC),
           datetime(2026, 7, 15, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)]  # fmt: skip


def some_state(draw, packs, at, created_at, *, kind=0.92):
    """A person; most facts such that they permit."""
    likely = lambda good, rest: good if draw.random() < kind else draw.choice(rest)  # noqa: E731
    notices = {each for pack in packs for each in pack.notices}
    toggles = sorted({each for pack in packs for each in pack.settings})
    measured = draw.choice([at, created_at or at])
    around = [16, 17, 18, 20, 21]
    births = [None, measured.date(), date(1950, 6, 1)]
    births += [
        found + timedelta(days=by) for age in around if (found := cutoff(measured.date(), age)) for by in (-1, 0, 1)
    ]
    waits = [timedelta(days=days) for days in (-1, 0, 9, 10, 29, 30, 31, 400)]
    return MemberState(
        region=likely(draw.choice(REGIONS[2:]), REGIONS),
        birth_date=likely(date(1970, 1, 1), births),
        settings={name: value for name in toggles if (value := likely("on", ["on", "off", None, "?"])) is not None},
        objections={}
        if draw.random() < kind
        else {p: draw.choice([*Objection]) for pack in packs for p in pack.purposes},
        notices={
            name: at - likely(timedelta(days=900), waits) for name in sorted(notices) if likely(True, [True, False])
        },
        closed=draw.random() < 0.03,
        erased=draw.random() < 0.03,
    )


def some_case(draw, packs, name):
    """A case that tends to be allowed, off by a few facts."""
    likely = lambda good, rest: good if draw.random() < 0.88 else draw.choice(rest)  # noqa: E731
    in_scope = sorted({category for pack in packs for category in pack.purposes[name].scope})
    elsewhere = [*sorted({category for pack in packs for category in pack.never}), "no.such", None]
    at = likely(MOMENTS[5], MOMENTS)
    days = [datetime(2019, 12, 31, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC), at - timedelta(days=3000)]
    created_at = draw.choice([datetime(2023, 5, 5, tzinfo=UTC)] * 6 + [*days, None, at, at + timedelta(days=9)])
    count = draw.choice([0, 0, 0, 1, 1, 2])
    groups = sorted({group for pack in packs for group in pack.groups})
    changed = [group for group in groups if packs[0].groups.get(group) != packs[1].groups.get(group)]
    named = (
        draw.choice(changed or [*groups, "*", "DE", "no such"]) if draw.random() < (0.5 if changed else 0.05) else None
    )
    signals = [
        Signals("train-ai=n"),
        Signals(None, 1),
        Signals(None, None, {"cawg.ai_training": {"use": "notAllowed"}}),
    ]
    record = Record(
        id="r",
        category=likely(draw.choice(in_scope), elsewhere),
        author="m",
        subjects=tuple(Subject("quoted", f"m{n}", draw.choice([(Text(0, 1),), (), None])) for n in range(count)),
        created_at=created_at,
        visibility=likely("public", ["public", "group", "connections", "private", None, "odd"]),
        excluded=draw.random() < 0.02,
        context=frozenset({"sensitive"} if draw.random() < 0.1 else ()),
        signals=likely(Signals(), signals),
    )
    return Case(
        purpose=name,
        at=at,
        author=some_state(draw, packs, at, created_at),
        record=record,
        others=tuple(some_state(draw, packs, at, created_at) for _ in range(count)),
        holds=() if named is None else (Hold(name, named),),
        parent_allowed=likely(True, [True, True, False, None]),
    )


# --- packs


def mutated(document, draw):  # noqa: C901 - a rule of each kind
    """The document with one to four rules changed; it may not load."""
    document = deepcopy(document)
    purposes, sets = document["purposes"], document.get("settings", {})
    for _ in range(draw.randint(1, 4)):
        purpose = purposes[draw.choice(sorted(purposes))]
        match draw.randrange(16):
            case 0:
                purpose["minimum_age"] = draw.choice([16, 17, 18, 21])
            case 1:
                purpose.pop("minimum_age", None), purpose.pop("age_at", None)
            case 2:
                purpose["age_at"] = draw.choice(["use", "creation"])
            case 3:
                purpose["waiting_days"] = draw.choice([0, 10, 30])
            case 4:
                purpose["sensitive"] = draw.choice(["allow", "deny"])
            case 5:
                purpose["content_from"] = draw.choice([date(2020, 1, 1), date(2023, 1, 1)]).isoformat()
            case 6:
                purpose["kind"] = draw.choice(["generative_training", "training"])
            case 7:
                purpose["setting"] = draw.choice(sorted(sets))
            case 8:
                purpose.pop("setting", None)
            case 9:
                purpose["objection"] = draw.choice(["weighed", "absolute"])
            case 10:
                sets[draw.choice(sorted(sets))]["default"] = draw.choice(["on", "off"])
            case 11:
                group = document["groups"][draw.choice(sorted(document["groups"]))]
                group["regions"] = [*group["regions"], draw.choice(["US", "CH", "JP", "BR"])]
            case 12:
                scope = document["scopes"][purpose["scope"]]
                part = scope[draw.choice(sorted(scope))]
                part["others"] = draw.choice(["anyone", "mask_others", "all_must_permit"])
            case 13:
                scope = document["scopes"][purpose["scope"]]
                part = scope[draw.choice(sorted(scope))]
                part["categories"] = part["categories"][1:] or part["categories"]
                part["visibility"] = draw.choice(["any", ["public"], ["public", "connections"]])
            case 14:
                document.setdefault("holds", {})["new"] = {
                    "purposes": [draw.choice(sorted(purposes))],
                    "regions": [draw.choice(["DE", "*", "US"])],
                    **draw.choice([{}, {"until": "2026-06-15"}, {"from": "2026-07-01"}]),
                }
            case 15:
                document["categories"]["never"] = [*document["categories"].get("never", []), "no.such"]
    return document  # fmt: skip


@cache
def documents():
    return {**{name: pack_document(name) for name in shipped_packs()}, "every-rule": tomllib.loads(EVERY_RULE_TEXT)}


def loaded(document):
    try:
        return pack_from_document(document)
    except InputError:
        return None


def disagreements(one, two, draw, count):
    """Cases in which what is reported is not what the specifications say."""
    found = {each.name: each for each in differing_purposes(one, two)}
    for name in sorted(set(one.purposes) & set(two.purposes)):
        purposes = one.purposes[name], two.purposes[name]
        changes = found[name].changes if name in found else ()
        for _ in range(count):
            case = some_case(draw, (one, two), name)
            masks = [judge(pack, case) for pack in (one, two)]
            allowed = [not each.mask for each in masks]
            for side, turn in ((0, Turn.DENIED), (1, Turn.ALLOWED)):
                reported = allowed[side] and any(
                    change.turn is turn and falls_into(change.conditions, case, (one, two), purposes)
                    for change in changes
                )
                if reported != (allowed[side] and not allowed[1 - side]):
                    yield name, turn, case
            masked = [bool(each.masks) for each in masks]
            if all(allowed) and masked[0] != masked[1]:
                turn = Turn.MASKED if masked[1] else Turn.UNMASKED
                if not any(c.turn is turn and falls_into(c.conditions, case, (one, two), purposes) for c in changes):
                    yield name, turn, case


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_for_any_two_packs_the_report_is_what_the_specifications_say(seed):
    draw = random.Random(seed)
    base = documents()[draw.choice(sorted(documents()))]
    one, two = (loaded(mutated(base, draw)) for _ in range(2))
    if one is None or two is None:
        return

    assert list(disagreements(one, two, draw, 60)) == []


@pytest.mark.parametrize("first", shipped_packs())
@pytest.mark.parametrize("second", shipped_packs())
def test_for_shipped_packs_the_report_is_what_the_specifications_say(first, second):
    draw = random.Random(f"{first} {second}")

    assert list(disagreements(load_pack(first), load_pack(second), draw, 150)) == []
