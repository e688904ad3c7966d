"""What hangs on others and on what nobody told: whose choice counts, what a minor may expect, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from assent.exposure import words
from assent.exposure.columns import PLATFORM
from assent.exposure.inventory import Bundle, Inventory
from assent.exposure.judging import Fact, Judge, Outcome, Person
from assent.exposure.moments import birthdays, timed
from assent.exposure.steps import has_right_to_object
from assent.exposure.weighing import Weighed, by_kind, count, weigh
from assent.policy.pack import Basis, Kind, Pack
from assent.vocabulary.reasons import Reason

WHOSE_SHORT: Mapping[str, str] = {
    "yours": "yours",
    "theirs": "theirs",
    "both": "both",
    "nobodys": "never used",
    "nobody": "nobody's",
}
_WHOSE: Mapping[str, str] = {
    "yours": "Your choice counts; the other person's does not.",
    "theirs": "Their choice counts, not yours.",
    "both": "Both of you must permit it; either can stop it.",
    "nobody": "Neither of you is asked.",
}


def whose(judge: Judge, bundle: Bundle, at: datetime) -> tuple[str, str]:
    """Whose choice counts for these records, as a word and as a sentence."""
    against = judge.person
    for name in judge.pack.purposes:
        against = against.objecting(name)
    objecting = judge.of(against)
    mine = theirs = used = False
    reasons: tuple[Reason, ...] = ()
    for name in judge.pack.purposes:
        for era in {judge.era(day) for day in bundle.days}:
            finding = judge.find(bundle.traits, era, name, at)
            if finding.outcome is Outcome.NEVER:
                reasons = reasons or finding.reasons
                continue
            used = True
            mine |= objecting.find(bundle.traits, era, name, at).outcome is Outcome.NEVER
            theirs |= bool({Fact.WRITER, Fact.OTHER_PERSON, Fact.ORIGINAL} & set(finding.facts))
    if not used:
        return "nobodys", f"{words.capital(words.never_because(reasons))}."
    word = {(True, True): "both", (True, False): "yours", (False, True): "theirs"}.get((mine, theirs), "nobody")
    return word, _WHOSE[word]


def under_age(inventory: Inventory, judge: Judge, advised: Judge | None, at: datetime) -> Iterator[str]:
    """What changes for somebody who has not reached an age the rules ask for; nothing for everybody else."""
    for on, years in birthdays(judge.pack, judge.person).items():
        if on <= at.date():
            continue
        then = timed(judge.pack, judge.person, at).settled
        asks = [purpose for purpose in judge.pack.purposes.values() if purpose.minimum_age == years]
        titles = words.joined(purpose.title for purpose in asks)
        yield f"You are under {years} until {words.day(on)}. Until then nothing you made is used for: {titles}."
        yield "How the platform finds out who is under age is not said; check that your birth date is right there."
        names = [purpose.name for purpose in asks]
        now = count(weigh(inventory, judge, then), names)
        yield (
            f"From {words.day(then.date())} on {words.number(now.used)} of your records are used and "
            f"{words.number(now.may_be_used)} more may be, also what you made before you were {years}, "
            "unless you switch it off first."
        )
        if advised:
            before = [
                each
                for each in weigh(inventory, advised, then)
                if any(finding.reasons == (Reason.UNDER_AGE,) for finding in each.findings.values())
            ]
            out = sum(each.records for each in before)
            yield f"Under the rules we recommend, what you made before stays out for good: {words.records_of(out)}."
    free = [
        purpose.title
        for purpose in judge.pack.purposes.values()
        if purpose.kind is Kind.ADVERTISING and purpose.minimum_age is None
    ]
    young = any(on > at.date() for on in birthdays(judge.pack, judge.person))
    if young and free:
        yield f"No age is asked for: {words.joined(free)}."


def not_known(pack: Pack, person: Person, then: Sequence[Weighed]) -> Iterator[str]:
    """What the export does not say, with how many records hang on it, and what nobody outside can check."""
    names = tuple(pack.purposes)
    hanging: dict[Fact, Counter[str]] = {}
    for each in then:
        for fact in dict.fromkeys(fact for name in names for fact in each.findings[name].facts):
            hanging.setdefault(fact, Counter())[words.category_title(each.bundle.traits.category)] += each.records
    for fact, titles in hanging.items():
        listed = words.joined(f"{title.lower()} ({words.number(records)})" for title, records in titles.most_common())
        yield f"{_UNKNOWN[fact]}: {listed}."
    if person.birth_date is None:
        yield "Your birth date was not given and is not in the export; --birth-date says it."
    if not person.settings:
        yield "How your settings stand is not in the export; all are taken as the platform left them."
    tables = sorted(
        {each.bundle.table for each in then if any(Fact.CATEGORY in each.findings[name].facts for name in names)}
    )
    if tables:
        yield f"The announcement does not name what is in: {words.joined(tables)}. It may be counted or not."
    if any(each.bundle.traits.visibility == "public" for each in then):
        yield "A post marked MEMBER_NETWORK is taken as public: every member can see it."
    yield (
        "Photos, drafts, group messages, deleted items and what others wrote about you elsewhere are not in an export, "
        "or cannot be told apart in it."
    )
    yield f"Whether {PLATFORM} keeps to its rules, for private messages and for minors too, cannot be seen from here."
    legitimate = any(purpose.basis is Basis.LEGITIMATE_INTEREST for purpose in pack.purposes.values())
    if legitimate and not has_right_to_object(pack, person):
        yield (
            "The right to object that the form rests on is one of the EU, the EEA and the UK. Whether a form from "
            "elsewhere is heeded is not said."
        )
    if any(name in by_kind(pack) for name in (Kind.GENERATIVE_TRAINING, Kind.TRAINING)):
        yield "Content that carries a machine-readable “do not train” signal would be left out; none is assumed."


_UNKNOWN: Mapping[Fact, str] = {
    Fact.CATEGORY: "Whether it counts as one of the announced kinds of data",
    Fact.VISIBILITY: "Who could see it",
    Fact.CREATED_AT: "When it was made",
    Fact.BIRTH_DATE: "Your age",
    Fact.NOTICE: "Whether you were told",
    Fact.WRITER: "What the person who wrote it chose",
    Fact.OTHER_PERSON: "What the other person in it chose",
    Fact.ORIGINAL: "Whether the original post may be used",
}
