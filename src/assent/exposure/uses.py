"""Each use and each kind of uses: since when, how many records, and the sentence that stands first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from assent.exposure import words
from assent.exposure.asked import Asked
from assent.exposure.columns import PLATFORM
from assent.exposure.delimited import Defect
from assent.exposure.inventory import NO_HEADER, Inventory
from assent.exposure.judging import Judge, of_age_on
from assent.exposure.moments import Timed
from assent.exposure.report import (
    KindTotal,
    PurposeLine,
)
from assent.exposure.weighing import Count, Weighed, by_kind, count, weigh
from assent.policy.pack import Kind
from assent.policy.sentences import explain_purpose
from assent.vocabulary.identifiers import PurposeName


def kinds_of(asked: Asked, judge: Judge, advised: Judge | None, when: Timed) -> Iterator[KindTotal]:
    """Each kind of uses the pack has, now and once everything announced has started."""
    now, then = (weigh(asked.inventory, judge, at) for at in (asked.at, when.shown))
    for kind, names in by_kind(asked.pack).items():
        starts = [since for name in names if (since := _since(asked, name)) is not None]
        same = by_kind(advised.pack).get(kind, ()) if advised else ()
        recommended = count(weigh(asked.inventory, advised, when.shown), same) if advised else None
        yield KindTotal(
            kind, words.KIND_TITLES[kind], min(starts, default=None), count(now, names), count(then, names), recommended
        )


def _since(asked: Asked, name: PurposeName) -> date | None:
    """When the use began for this person: where they are, and not before they were of age."""
    purpose = asked.pack.purposes[name]
    since = purpose.coverage.get(asked.person.region)
    if since is None:
        return None
    if purpose.minimum_age is None or asked.person.birth_date is None:
        return since.date()
    of_age = of_age_on(asked.person.birth_date, purpose.minimum_age)
    return max(since.date(), of_age) if of_age <= asked.at.date() else since.date()


def age_of(birth_date: date | None, on: date) -> int | None:
    """Whole years on a day; None without a birth date."""
    if birth_date is None:
        return None
    return max(0, on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day)))


def choices_of(asked: Asked) -> Iterator[str]:
    """What the person said they chose, in words."""
    for name, value in asked.person.settings.items():
        yield f"“{asked.pack.settings[name].title.replace('<platform>', PLATFORM)}” is {value}"
    for purpose in sorted(asked.person.objections):
        yield f"you objected to: {asked.pack.purposes[purpose].title}"


def headline_of(asked: Asked, judge: Judge, kinds: Sequence[KindTotal], when: Timed) -> Iterator[str]:
    """A sentence for all kinds of uses that come to the same."""
    later = when.shown > asked.at
    alike: dict[tuple[date | None, Count, Count, str], list[KindTotal]] = {}
    for total in kinds:
        nothing = "" if total.then.exposed else _why_nothing(asked, judge, Kind(total.kind), when)
        alike.setdefault((total.since, total.now, total.then, nothing), []).append(total)
    for (*_, nothing), totals in alike.items():
        total = totals[0]
        phrase = words.joined(words.KIND_PHRASES[Kind(each.kind)] for each in totals)
        if nothing:
            yield f"Nothing is used {phrase}: {nothing}."
            continue
        start = "Now" if total.since is None else f"Since {words.day(total.since)}"
        if later and (not total.now.exposed or (total.since is not None and total.since > asked.at.date())):
            start = f"From {words.day(total.since or when.shown.date())} on"
        yield f"{start}, {_amounts(total.then)}, {phrase}."
    yield from _missing(asked.inventory)
    known, given = asked.inventory.birth_date, asked.person.birth_date
    if known is not None and given is not None and known != given:
        yield (
            f"Your export says that you were born on {words.day(known)}, you say {words.day(given)}. "
            "The platform goes by what it has: correct it there."
        )


def _missing(inventory: Inventory) -> Iterator[str]:
    """What makes the figures smaller than the truth, so that nobody is reassured by them."""
    if not _WRITTEN & set(inventory.files):
        yield (
            "No posts, comments or reactions are in what you gave: the first, basic part of an export has none. "
            "Once you have the complete part, ask again; there may be more."
        )
    lost = {problem.where: None for problem in inventory.problems if problem.what.endswith(_LOST)}
    lost |= {name: None for name, read in inventory.files.items() if NO_HEADER in read.unknown_columns}
    if lost:
        listed = words.joined(list(lost)[:_NAMED] + ([f"{len(lost) - _NAMED} more"] if len(lost) > _NAMED else []))
        yield f"Not all of your export could be read, so there may be more: {listed}."


_WRITTEN = frozenset({"Shares", "Comments", "Reactions"})
_LOST = ("; left out", "the rest is left out", str(Defect.DAMAGED))
_NAMED = 3


def _amounts(count: Count) -> str:
    if not count.used:
        return f"{words.records_of(count.may_be_used)} of yours may be used"
    more = f", and {words.number(count.may_be_used)} more may be" if count.may_be_used else ""
    return f"{words.records_of(count.used)} of yours {'is' if count.used == 1 else 'are'} used{more}"


def _why_nothing(asked: Asked, judge: Judge, kind: Kind, when: Timed) -> str:
    """The reason most records share, of those that would be in scope at all."""
    names = by_kind(asked.pack)[kind]
    found: Counter[str] = Counter()
    for each in weigh(asked.inventory, judge, when.shown):
        in_scope = any(each.bundle.traits.category in asked.pack.purposes[name].scope for name in names)
        found[words.never_because(each.worst(names).reasons, asked.pack.purposes[names[0]])] += (
            each.records if in_scope else 0
        )
    return found.most_common(1)[0][0] if found.total() else "your export holds none of what this use takes"


def purposes_of(asked: Asked, then: Sequence[Weighed]) -> Iterator[PurposeLine]:
    """Each use by itself."""
    for name, purpose in asked.pack.purposes.items():
        said = {each.about: each.sentence for each in explain_purpose(asked.pack, purpose)}
        status, sentence = _status(asked, name)
        yield PurposeLine(
            name=name,
            title=purpose.title,
            kind=purpose.kind,
            status=status,
            status_sentence=sentence,
            since=_since(asked, name),
            count=count(then, [name]),
            setting=asked.pack.settings[purpose.setting].title.replace("<platform>", PLATFORM)
            if purpose.setting
            else None,
            objection_form=purpose.objection_form,
            objecting=said["objecting"],
            past=said["what is past"],
            recipients=purpose.recipients,
            note=purpose.note,
        )


def _status(asked: Asked, name: PurposeName) -> tuple[str, str]:
    pack, region = asked.pack, asked.person.region
    purpose = pack.purposes[name]
    if region not in purpose.coverage:
        return "not_covered", f"does not reach {asked.country}"
    since = purpose.coverage[region]
    start = f"since {words.day(since)}" if since else "without a starting date"
    if any(hold.purpose == name and hold.in_force(asked.at) and pack.hold_covers(hold, region) for hold in pack.holds):
        return "on_hold", f"stopped in {asked.country} for now"
    if since is not None and asked.at < since:
        return "later", f"from {words.day(since)} on"
    return "in_force", start
