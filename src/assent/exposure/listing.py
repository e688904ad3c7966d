"""The lists of the report: kinds of data, records with two people, what ads know, what was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assent.exposure import unknowns, words
from assent.exposure.asked import Asked
from assent.exposure.inventory import Bundle, Inventory
from assent.exposure.judging import Judge, Outcome
from assent.exposure.moments import Timed
from assent.exposure.report import (
    Advertising,
    CategoryLine,
    TableLine,
    TwoSided,
    Why,
)
from assent.exposure.weighing import Weighed, by_kind, count, span
from assent.policy.pack import Kind, Pack
from assent.vocabulary.identifiers import PurposeName


def categories_of(asked: Asked, then: Sequence[Weighed], advised: Sequence[Weighed] | None) -> Iterator[CategoryLine]:
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


def two_sided_of(asked: Asked, judge: Judge, advised: Judge | None, when: Timed) -> Iterator[TwoSided]:
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


def advertising_of(asked: Asked, then: Sequence[Weighed]) -> Advertising:
    """What the advertising side concludes about the person, whether its uses reach them or not."""
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


def tables_of(inventory: Inventory) -> Iterator[TableLine]:
    """Each table of the export and the files it came in."""
    for read in sorted(inventory.files.values(), key=lambda each: each.name.lower()):
        files = tuple(read.files)
        yield TableLine(
            read.name, files, read.rows, read.repeated, read.unreadable_dates, dict(read.unknown_columns.most_common())
        )
