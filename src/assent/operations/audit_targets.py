"""What each part of a model is asked: every adapter, what answers, the same behind the output filter, and the base.

An adapter is compared with people of other shards: shards are dealt by a keyed hash, so both sides are alike. The
merge saw them all, so it is compared with members of whom the snapshot has nothing and who said no to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from assent.audit.model.auditing import Target
from assent.audit.model.report import Kind, Test
from assent.audit.model.roc import LEAST_PEOPLE
from assent.audit.model.specimens import Specimen, drawn
from assent.operations.audit_asking import Asking, Sampling
from assent.operations.audit_parts import BASE, FILTERED, MERGE
from assent.operations.audit_probes import Questions
from assent.operations.audit_texts import Learned, outsiders, part_of, some_of, specimens_of

_NOTHING_ASKED: Final[Mapping[Test, str]] = {
    Test.EXTRACTION: "no text that was looked for has the 100 tokens that it takes",
    Test.PERSONAL: "the sources know of nobody a name together with an address or a number",
    Test.REDACTION: "nothing was masked in these texts, or what was masked is no longer known",
}
_LIKELIHOODS: Final = dict.fromkeys(
    (Test.MEMBERSHIP, Test.CANARIES, Test.ONE_RUN), "a filter changes what is written, not what is likely"
)


def targets_of(asking: Asking, own: Sequence[Learned]) -> list[Target]:
    """Every adapter, the merge with and without the output filter, and the base, each with what is asked of it.

    Args:
        own: the texts that are looked for.
    """
    here = {(row.id, row.author, row.text) for row in asking.rows}
    every = [*asking.rows, *(row for row in own if (row.id, row.author, row.text) not in here)]
    looked_for = {(row.id, row.author, row.text) for row in own}
    asked: dict[int, list[Specimen]] = defaultdict(list)
    rest: dict[int, list[Specimen]] = defaultdict(list)
    for row, specimen in zip(every, specimens_of(every), strict=True):
        if (row.id, row.author, row.text) in looked_for:
            asked[row.shard].append(specimen)
        if row.author not in asking.about:
            rest[row.shard].append(specimen)
    members = {shard: asking.some(some) for shard, some in sorted(asked.items())}
    compared = [(shard, each) for shard, some in sorted(rest.items()) for each in asking.some(some)]
    questions = asking.questions(own)
    shards = asking.shards(members) if asking.manifest.route != "memory" else []
    adapters = [_adapter(asking, shard, members.get(shard, []), compared, questions) for shard in shards]
    merge = _merge(asking, [each for some in members.values() for each in some], questions)
    return [*adapters, merge, *_filtered(asking, merge), _base(asking, merge)]


def _adapter(
    asking: Asking,
    shard: int,
    members: Sequence[Specimen],
    compared: Sequence[tuple[int, Specimen]],
    questions: Questions,
) -> Target:
    name = part_of(shard)
    away = [each for other, each in compared if other != shard and name not in each.touches]
    others, population = _dealt(away, asking.sampling)
    canaries, coins = asking.planted.of(lambda member: asking.wanted(member) and asking.shard(member) == shard)
    sampling = asking.sampling
    asked = questions.some(lambda person: asking.shard(person) == shard, sampling.probes, sampling.seed)
    return Target(
        name=name,
        kind=Kind.ADAPTER,
        scorer=asking.parts.scorer(name),
        continuer=asking.parts.continuer(name),
        members=tuple(replace(each, touches=each.touches | {name}) for each in members),
        canaries=canaries,
        coins=coins,
        passages=tuple(asked.passages),
        probes=tuple(asked.probes),
        masked=tuple(asked.masked),
        why_not=_NOTHING_ASKED,
        others=others,
        population=population,
        compared_with="people of other shards, whom this adapter never learned from",
    )


def _merge(asking: Asking, members: Sequence[Specimen], questions: Questions) -> Target:
    sampling = asking.sampling
    inside = {row.author for row in asking.rows} | asking.about
    most = 2 * sampling.outside
    found = outsiders(asking.workspace, asking.ledger, asking.reader, inside, people=most, seed=sampling.seed)
    few = some_of(found, people=most, texts=sampling.texts, seed=sampling.seed)
    others, population = _dealt(few, sampling)
    canaries, coins = asking.planted.of(asking.wanted)
    asked = questions.some(lambda _person: True, sampling.probes, sampling.seed)
    return Target(
        name=MERGE,
        kind=Kind.MERGE,
        scorer=asking.parts.scorer(MERGE),
        continuer=asking.parts.continuer(MERGE),
        members=tuple(members),
        canaries=canaries,
        coins=coins,
        passages=tuple(asked.passages),
        probes=tuple(asked.probes),
        masked=tuple(asked.masked),
        why_not={**_NOTHING_ASKED, **_missing(asking, others)},
        others=others,
        population=population,
        compared_with="members of whom the snapshot has nothing and who said no to nothing",
    )


def _filtered(asking: Asking, merge: Target) -> list[Target]:
    """The merge as whoever asks it gets to read it; none where it writes nothing by itself."""
    continuer = asking.parts.continuer(FILTERED)
    if continuer is None:
        return []
    silent = replace(merge, members=(), canaries=(), coins=None, compared_with="")
    return [
        replace(
            silent,
            name=FILTERED,
            kind=Kind.FILTERED,
            continuer=continuer,
            why_not={**_NOTHING_ASKED, **_LIKELIHOODS},
        )
    ]


def _base(asking: Asking, merge: Target) -> Target:
    return replace(
        merge,
        name=BASE,
        kind=Kind.BASE,
        scorer=asking.parts.scorer(BASE),
        continuer=asking.parts.continuer(BASE),
        members=(),
        why_not={**_NOTHING_ASKED, Test.MEMBERSHIP: "no member's text was trained into it"},
    )


def _missing(asking: Asking, others: Sequence[Specimen]) -> dict[Test, str]:
    found = {}
    if not others:
        found[Test.MEMBERSHIP] = "every member who said no to nothing is in the snapshot: nobody to compare with"
    if not asking.parts.is_one_model:
        why = "a model whose adapters are asked one by one writes nothing by itself"
        found |= dict.fromkeys((Test.EXTRACTION, Test.PERSONAL, Test.REDACTION), why)
    return found


def _dealt(specimens: Sequence[Specimen], sampling: Sampling) -> tuple[tuple[Specimen, ...], tuple[Specimen, ...]]:
    """People dealt to two sides, those to compare with and those to measure against, as many as are asked for.

    Too few for both are all compared with: three of four attacks need no others.
    """
    people = sorted({each.person for each in specimens}, key=lambda each: drawn(sampling.seed, "side", each))
    most = 2 * sampling.outside
    few = len(people) < 2 * LEAST_PEOPLE
    sides = (frozenset(people), frozenset[str]()) if few else (frozenset(people[:most:2]), frozenset(people[1:most:2]))
    others, population = (tuple(each for each in specimens if each.person in side) for side in sides)
    return others, population
