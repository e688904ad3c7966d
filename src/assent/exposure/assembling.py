"""From an inventory, a person and a pack to the report: every figure in it is weighed here, none is written down.

Three moments matter. `at`: what was asked. `shown`: the last start that was announced for the person's
country, if it is still to come; the tables show what holds from then on. `settled`: after it, birthdays
included, nothing changes any more by itself; the steps are computed for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from assent.exposure import unknowns, words
from assent.exposure.columns import PLATFORM
from assent.exposure.inventory import Bundle, Inventory
from assent.exposure.judging import Judge, Outcome, Person, of_age_on
from assent.exposure.moments import Timed, moments_of, timed
from assent.exposure.report import (
    FORMAT,
    Advertising,
    CategoryLine,
    KindTotal,
    PurposeLine,
    Reading,
    Report,
    TableLine,
    TwoSided,
    Why,
)
from assent.exposure.steps import Advice, advise, exposed
from assent.exposure.weighing import Count, Weighed, by_kind, count, span, weigh
from assent.policy.pack import Kind, Pack
from assent.policy.sentences import explain_purpose
from assent.vocabulary.identifiers import PurposeName

DISCLAIMER = (
    "This is not legal advice. It says what the announced rules mean for the records in your export; "
    "whether the rules are kept cannot be seen from there."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is made of.

    Args:
        country: the region in words.
        recommended: the rules to compare with; None leaves the comparison out.
        readings: other readings of the same announcement, each with what it rests on.
        sources: where the pack's rules come from, in its own words.
    """

    inventory: Inventory
    person: Person
    country: str
    at: datetime
    pack: Pack
    recommended: Pack | None
    readings: tuple[tuple[Pack, str], ...]
    sources: tuple[str, ...]
    examples: bool = True


def assemble(asked: Asked) -> Report:
    """The whole report."""
    judge = Judge(asked.pack, asked.person)
    advised = Judge(asked.recommended, asked.person) if asked.recommended else None
    when = timed(asked.pack, asked.person, asked.at)
    inventory = asked.inventory
    then = weigh(inventory, judge, when.shown)
    then_advised = weigh(inventory, advised, when.shown) if advised else None
    advice = advise(inventory, judge, when.settled, platform=PLATFORM)
    kinds = tuple(_kinds(asked, judge, advised, when))
    purposes = tuple(_purposes(asked, then))
    return Report(
        format=FORMAT,
        platform=PLATFORM,
        pack=asked.pack.name,
        pack_title=asked.pack.title,
        pack_digest=asked.pack.digest,
        recommended_pack=asked.recommended.name if asked.recommended else None,
        at=asked.at.date(),
        shown_at=when.shown.date(),
        settled_at=when.settled.date(),
        region=asked.person.region,
        country=asked.country,
        birth_date=asked.person.birth_date,
        age=_age(asked.person.birth_date, asked.at.date()),
        joined_on=inventory.joined_at.date() if inventory.joined_at else None,
        choices=tuple(_choices(asked)),
        records=inventory.records,
        rows=sum(read.rows for read in inventory.files.values()),
        headline=tuple(_headline(asked, judge, kinds, when)),
        kinds=kinds,
        timeline=moments_of(asked.pack, asked.person, asked.at, inventory, judge),
        categories=tuple(_categories(asked, then, then_advised)),
        purposes=purposes,
        under_age=tuple(unknowns.under_age(inventory, judge, advised, asked.at)),
        past=tuple(_past(asked, judge, purposes)),
        steps=advice.steps,
        besides=tuple(_besides(asked, advice, when)),
        remaining=tuple(_remaining(asked, advice)),
        advertising=_advertising(asked, then),
        two_sided=tuple(_two_sided(asked, judge, advised, when)),
        readings=tuple(_readings(asked, judge, when)),
        not_known=tuple(unknowns.not_known(asked.pack, asked.person, then)),
        tables=tuple(_tables(inventory)),
        unknown_files=tuple(inventory.unknown_files),
        problems=tuple((problem.where, problem.what, problem.count) for problem in inventory.problems),
        sources=asked.sources,
        disclaimer=DISCLAIMER,
    )


def _kinds(asked: Asked, judge: Judge, advised: Judge | None, when: Timed) -> Iterator[KindTotal]:
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


def _age(birth_date: date | None, on: date) -> int | None:
    if birth_date is None:
        return None
    return max(0, on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day)))


def _choices(asked: Asked) -> Iterator[str]:
    for name, value in asked.person.settings.items():
        yield f"“{asked.pack.settings[name].title.replace('<platform>', PLATFORM)}” is {value}"
    for purpose in sorted(asked.person.objections):
        yield f"you objected to: {asked.pack.purposes[purpose].title}"


def _headline(asked: Asked, judge: Judge, kinds: Sequence[KindTotal], when: Timed) -> Iterator[str]:
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
        if later and not total.now.exposed:
            start = f"From {words.day(total.since or when.shown.date())} on"
        yield f"{start}, {_amounts(total.then)}, {phrase}."


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


def _purposes(asked: Asked, then: Sequence[Weighed]) -> Iterator[PurposeLine]:
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


def _categories(asked: Asked, then: Sequence[Weighed], advised: Sequence[Weighed] | None) -> Iterator[CategoryLine]:
    """Largest exposure first; what is never used last."""
    kinds = by_kind(asked.pack)
    grouped = _grouped(then)
    grouped_advised = _grouped(advised or ())
    lines = []
    for category, weighed in grouped.items():
        bundles = _bundles(weighed)
        first, last = span(bundles)
        same = grouped_advised.get(category, ())
        every = tuple(asked.recommended.purposes) if asked.recommended else ()
        lines.append(
            CategoryLine(
                category=category,
                title=words.category_title(category),
                records=sum(each.records for each in weighed),
                first=first,
                last=last,
                undated=sum(bundle.days[None] for bundle in bundles),
                examples=_examples(bundles) if asked.examples else (),
                by_kind={str(kind): count(weighed, names) for kind, names in kinds.items()},
                why={str(kind): _why(asked.pack, weighed, names) for kind, names in kinds.items()},
                recommended=count(same, every) if advised is not None else None,
                recommended_why=_why(asked.recommended, same, every) if asked.recommended else (),
            )
        )
    order = list(words.CATEGORY_TITLES)
    place = {category: order.index(category) for category in order}
    yield from sorted(lines, key=lambda line: (not _any(line), place.get(line.category, len(order)), line.category))


def _any(line: CategoryLine) -> bool:
    return any(one.exposed for one in line.by_kind.values())


def _grouped(weighed: Iterable[Weighed]) -> Mapping[str, list[Weighed]]:
    grouped: dict[str, list[Weighed]] = {}
    for each in weighed:
        if each.records:
            grouped.setdefault(each.bundle.traits.category, []).append(each)
    return grouped


def _bundles(weighed: Iterable[Weighed]) -> list[Bundle]:
    return list({id(each.bundle): each.bundle for each in weighed}.values())


def _examples(bundles: Iterable[Bundle]) -> tuple[str, ...]:
    """Of what the owner wrote themselves, from several tables in turn."""
    own = [bundle.examples for bundle in bundles if bundle.traits.by_owner]
    turns = [examples[turn] for turn in range(3) for examples in own if turn < len(examples)]
    return tuple(dict.fromkeys(turns))[:3]


def _why(pack: Pack, weighed: Iterable[Weighed], names: Sequence[PurposeName]) -> tuple[Why, ...]:
    found: dict[tuple[Outcome, str], Why] = {}
    for each in weighed:
        finding = each.worst(names)
        name = next((one for one in names if each.findings[one] == finding), None)
        sentence = words.because(pack.purposes[name], finding) if name else ""
        key = (finding.outcome, sentence)
        before = found[key].records if key in found else 0
        found[key] = Why(
            finding.outcome,
            before + each.records,
            sentence,
            tuple(reason.label for reason in finding.reasons),
            tuple(map(str, finding.facts)),
        )
    order = list(Outcome)
    return tuple(sorted(found.values(), key=lambda why: (order.index(why.outcome), -why.records)))


def _past(asked: Asked, judge: Judge, purposes: Sequence[PurposeLine]) -> Iterator[str]:
    """What was allowed before today, and what leaving does about it."""
    by_past: dict[str, list[PurposeLine]] = {}
    # Choices are left aside: nobody knows since when they stand, and what was used before them stays used.
    undecided = judge.of(replace(asked.person, settings={}, objections=frozenset()))
    own = [each for each in weigh(asked.inventory, undecided, asked.at) if each.bundle.traits.by_owner]
    for line in purposes:
        if line.status == "in_force" and count(own, [PurposeName(line.name)]).exposed:
            by_past.setdefault(line.past, []).append(line)
    oldest = min((first for first in _oldest(own) if first), default=None)
    for past, lines in by_past.items():
        since = min((line.since for line in lines if line.since), default=None)
        days = f" for {words.number((asked.at.date() - since).days)} days, since {words.day(since)}" if since else ""
        days += ", or until the day you left" if since and (asked.person.settings or asked.person.objections) else ""
        yield f"{words.joined(line.title for line in lines)}: allowed{days}. {past}"
    if by_past and oldest:
        yield f"It is not only what you make from now on: what is used reaches back to {words.day(oldest)}."


def _oldest(then: Sequence[Weighed]) -> Iterator[date | None]:
    for each in then:
        if any(finding.outcome is not Outcome.NEVER for finding in each.findings.values()):
            yield min((day for day in each.bundle.days if day), default=None)


def _besides(asked: Asked, advice: Advice, when: Timed) -> Iterator[str]:
    """What changes no figure and may still be worth doing."""
    for purpose in asked.pack.purposes.values():
        if purpose.setting and purpose.objection_form and purpose.name not in asked.person.objections:
            form = " → ".join(purpose.objection_form)
            yield (
                f"{purpose.title}: there is a form as well ({form}). Once the toggle is off it changes no figure here, "
                "but an objection has to be answered; send it if you want an answer on paper."
            )
    toggles = [one for one in advice.idle if one.setting]
    if not toggles:
        return
    names = words.joined(f"“{one.what}”" for one in toggles)
    yield f"These toggles change no figure after that, in {asked.country} and under this reading: {names}."
    for reading, _ in asked.readings:
        judge = Judge(reading, advice.afterwards)
        before = exposed(asked.inventory, judge, when.settled)
        person = advice.afterwards
        for one in toggles:
            person = one.apply(person)
        after = exposed(asked.inventory, judge.of(person), when.settled)
        taken = max((before[name] - after[name] for name in before), default=0)
        if taken:
            yield (
                f"Under another reading ({reading.title}) they would take {words.records_of(taken)} out of use; "
                "turning them off costs nothing."
            )


def _remaining(asked: Asked, advice: Advice) -> Iterator[str]:
    by_records: dict[int, list[str]] = {}
    for name, records in advice.remaining.items():
        if records:
            by_records.setdefault(records, []).append(asked.pack.purposes[name].title)
    for records, titles in by_records.items():
        yield (
            f"Whatever you switch off, {words.records_of(records)} that others wrote about you may be used for: "
            f"{words.joined(titles)}. Their choice counts, not yours; ask them, or ask to have the record removed."
        )


def _advertising(asked: Asked, then: Sequence[Weighed]) -> Advertising:
    names = by_kind(asked.pack).get(Kind.ADVERTISING, ())
    ads = [each for each in then if each.bundle.traits.category == "activity.ads"]
    clicks = sum(each.records for each in ads if each.bundle.table in {"Ads Clicked", "LAN Ads Engagement"})
    covered = any(asked.person.region in asked.pack.purposes[name].coverage for name in names)
    sentence = (
        f"The widened advertising reaches {asked.country}."
        if covered
        else f"Under this reading the widened advertising does not reach {asked.country}; "
        "what is inferred about you exists all the same."
    )
    if not names:
        sentence = "These rules name no advertising."
    inferred = tuple(
        (each.about, each.values if asked.examples else (), len(each.values))
        for each in dict.fromkeys(asked.inventory.inferred)
    )
    return Advertising(sum(each.records for each in ads), clicks, inferred, covered, sentence)


def _two_sided(asked: Asked, judge: Judge, advised: Judge | None, when: Timed) -> Iterator[TwoSided]:
    """Whose choice counts, found by taking the owner's permission away and by looking which facts decide."""
    found: dict[tuple[str, str, str, str, str], int] = {}
    for bundle in asked.inventory.bundles.values():
        traits = bundle.traits
        if (traits.by_owner and not traits.other and not traits.quotes) or bundle.table not in words.TABLE_TITLES:
            continue
        mine = unknowns.whose(judge, bundle, when.settled)
        theirs = unknowns.whose(advised, bundle, when.settled)[0] if advised else ""
        title = words.two_sided_title(bundle.table, traits.category)
        key = (title, bundle.table, *mine, unknowns.WHOSE_SHORT.get(theirs, ""))
        found[key] = found.get(key, 0) + bundle.records
    used = {table for _, table, whose, *_ in found if whose != "nobodys"}
    for (title, table, whose, sentence, recommended), records in found.items():
        if whose != "nobodys" or table not in used:
            yield TwoSided(title, table, records, whose, sentence, recommended)


def _readings(asked: Asked, judge: Judge, when: Timed) -> Iterator[Reading]:
    """Other packs of the same announcement, where they change a figure for this person."""
    weighed = weigh(asked.inventory, judge, when.shown)
    mine = {kind: count(weighed, names) for kind, names in by_kind(asked.pack).items()}
    for pack, why in asked.readings:
        weighed = weigh(asked.inventory, Judge(pack, asked.person), when.shown)
        changes = []
        for kind, names in by_kind(pack).items():
            before, after = mine.get(kind, Count()).exposed, count(weighed, names).exposed
            if before != after:
                title = words.KIND_TITLES[kind]
                changes.append(f"{title}: {words.number(before)} → {words.number(after)} used or possibly used")
        if changes:
            yield Reading(pack.name, pack.title, why, tuple(changes))


def _tables(inventory: Inventory) -> Iterator[TableLine]:
    for read in sorted(inventory.files.values(), key=lambda each: each.name.lower()):
        files = tuple(read.files)
        yield TableLine(
            read.name, files, read.rows, read.repeated, read.unreadable_dates, dict(read.unknown_columns.most_common())
        )


def at_midnight(on: date) -> datetime:
    """The UTC day's first instant."""
    return datetime.combine(on, time(), UTC)
