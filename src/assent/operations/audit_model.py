"""An audit of a model that stands: every adapter, the model they make, and the base, asked what they remember.

    opened (refused where it was superseded) ─ rows of its snapshot ─ checks ─ who is asked about ─ targets ─ audit

An adapter is compared with people of other shards: shards are dealt by a keyed hash, so both sides are alike. The
merge saw them all, so it is compared with members of whom the snapshot has nothing and who said no to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from assent.audit.model.auditing import Target, audit_model
from assent.audit.model.extraction import cut_passages
from assent.audit.model.report import Kind, ModelAudit, Test
from assent.audit.model.roc import LEAST_PEOPLE
from assent.audit.model.specimens import Specimen, drawn
from assent.errors import InputError, UnavailableError
from assent.evidence.manifest import MANIFEST
from assent.evidence.model import ModelManifest
from assent.evidence.tags import partition_of
from assent.ledger import Ledger
from assent.operations.audit_canaries import NOTHING_PLANTED, Planted
from assent.operations.audit_checks import check_model
from assent.operations.audit_parts import BASE, MERGE, Parts
from assent.operations.audit_probes import Questions, details_of, masked_values
from assent.operations.audit_texts import (
    Learned,
    OwnRecord,
    TextKey,
    learned_rows,
    outsiders,
    part_of,
    rows_of_members,
    some_of,
    specimens_of,
)
from assent.operations.build import PARTITION_KEY
from assent.operations.ledger import open_ledger
from assent.operations.models import find_model, open_model
from assent.operations.snapshots import shelf_of
from assent.operations.verify import public_key
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader, open_snapshot
from assent.vocabulary.identifiers import ModelId

Clock = Callable[[], datetime]
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much is asked.

    Args:
        people: of each shard, and `texts` of each of them; `outside` people whom no shard learned from.
        probes: passages, personal details and masked values of each part, of each sort.
        ranked: fillings that a canary is ranked among.
        seed: from which all of it is drawn.
    """

    people: int = 60
    texts: int = 2
    outside: int = 120
    probes: int = 60
    ranked: int = 4096
    seed: str = "audit"


def audit_standing_model(
    workspace: Workspace,
    named: str,
    *,
    clock: Clock,
    about: Collection[str] = (),
    planted: Planted = NOTHING_PLANTED,
    before: ModelAudit | None = None,
    sampling: Sampling | None = None,
    told: Told = lambda _line: None,
) -> ModelAudit:
    """What every test finds in every part of the model.

    Args:
        about: whose texts are looked for; nobody in particular if empty. Texts that somebody took back are read from
            the platform's own records.
        before: an audit before a take-back; only texts that it asked about are asked about again.

    Raises:
        InputError: there is no such model, nobody of `about` wrote anything, or `before` was about others.
        RefusedError: it was superseded, or learned from what was taken back and no sweep has reached it yet.
        EvidenceError: it is not what was sealed.
    """
    sampling = sampling or Sampling()
    model = find_model(workspace, named)
    opened = open_model(workspace, model, clock=clock)
    with open_ledger(workspace, clock=clock, read_only=True) as ledger:
        folder = shelf_of(workspace).of(opened.manifest.snapshot)
        with open_snapshot(folder, ledger=ledger, at=opened.manifest.at, clock=clock) as reader:
            told("reading what was learned")
            rows = learned_rows(reader)
            asking = _Asking(workspace, ledger, reader, Parts(opened), rows, frozenset(about), planted, sampling)
            key = public_key(None, workspace)
            checks = check_model(workspace, ledger, model, opened.manifest, rows=rows, key=key)
            own = asking.own(before)
            targets = asking.targets(own)
            audit = audit_model(
                model,
                targets,
                weights=_weights(workspace, model),
                at=clock(),
                about=asking.in_words(own),
                references=asking.parts.references(),
                seed=sampling.seed,
                ranked=sampling.ranked,
                told=told,
            )
    return replace(audit, checks=checks, whose=asking.whose, asked=asking.tags(own) if about else ())


def _weights(workspace: Workspace, model: ModelId) -> str:
    return sha256((workspace.models_folder / model / MANIFEST).read_bytes()).hexdigest()


@dataclass(slots=True)
class _Asking:
    """Puts together what is asked of each part."""

    workspace: Workspace
    ledger: Ledger
    reader: SnapshotReader
    parts: Parts
    rows: Sequence[Learned]
    about: frozenset[str]
    planted: Planted
    sampling: Sampling
    _key: bytes = b""
    _own: dict[str, OwnRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        path = self.workspace.keys_folder / PARTITION_KEY
        if not path.is_file():
            raise UnavailableError(f"the key `{path}` is missing", hint="restore it; it says who is in which shard")
        self._key = path.read_bytes()

    @property
    def manifest(self) -> ModelManifest:
        return self.parts.opened.manifest

    @property
    def whose(self) -> str:
        """Stands for whom this is about."""
        return TextKey.under(self._key).of_people(self.about) if self.about else ""

    def tags(self, own: Sequence[Learned]) -> tuple[str, ...]:
        """Stand for the texts that are looked for."""
        key = TextKey.under(self._key)
        return tuple(sorted(key.of_text(row.id, row.author, row.text) for row in own))

    def own(self, before: ModelAudit | None) -> list[Learned]:
        """The texts that are looked for: all that was learned, or those of some people, also where they are gone.

        Raises:
            InputError: these people wrote nothing, or the earlier audit was about others.
        """
        if not self.about:
            return list(self.rows)
        if before is not None and before.whose != self.whose:
            raise InputError("the earlier audit was about other people", hint="name the same ones with --about")
        found = [row for row in self.rows if row.author in self.about]
        missing = self.about - {row.author for row in found}
        found += self._from_records(missing)
        if before is not None:
            known = set(before.asked)
            key = TextKey.under(self._key)
            found = [row for row in found if key.of_text(row.id, row.author, row.text) in known]
        if not found:
            raise InputError(
                "nobody who was named wrote a text that this model can be asked about",
                hint="look at their ids; texts that changed since, or were erased, cannot be asked about",
            )
        return found

    def _from_records(self, members: Collection[str]) -> list[Learned]:
        """What the platform's records have of these people, in the shards where it was."""
        if not members:
            return []
        path = shelf_of(self.workspace).decision_key(self.reader.id)
        decision_key = path.read_bytes() if path.is_file() else None
        rows = rows_of_members(self.workspace, self.reader.purpose, members, decision_key)
        self._own |= {row.id: row for row in rows}
        shards, slices = self.manifest.shards, self.manifest.slices_per_shard
        return [
            Learned(
                row.id, row.author, row.parent, row.text,
                *partition_of(self._key, row.author, shards=shards, slices=slices),
            )
            for row in rows
            if row.text
        ]  # fmt: skip

    def in_words(self, own: Sequence[Learned]) -> str:
        """Whose texts were looked for."""
        people = len({row.author for row in own})
        if not self.about:
            return f"texts of the {people:,} people it learned from"
        gone = len(self.about - {row.author for row in self.rows})
        named = f"{len(own):,} texts of {people:,} {'person' if people == 1 else 'people'} who were named"
        return f"{named}; {gone} of these have nothing in the snapshot it learned from now" if gone else named

    def targets(self, own: Sequence[Learned]) -> list[Target]:
        """Every adapter, the merge and the base, each with what is asked of it."""
        here = {(row.id, row.author, row.text) for row in self.rows}
        every = [*self.rows, *(row for row in own if (row.id, row.author, row.text) not in here)]
        looked_for = {(row.id, row.author, row.text) for row in own}
        asked: dict[int, list[Specimen]] = defaultdict(list)
        rest: dict[int, list[Specimen]] = defaultdict(list)
        for row, specimen in zip(every, specimens_of(every), strict=True):
            if (row.id, row.author, row.text) in looked_for:
                asked[row.shard].append(specimen)
            if row.author not in self.about:
                rest[row.shard].append(specimen)
        members = {shard: self._some(some) for shard, some in sorted(asked.items())}
        compared = [(shard, each) for shard, some in sorted(rest.items()) for each in self._some(some)]
        questions = self._questions(own)
        found = [self._adapter(shard, members.get(shard, []), compared, questions) for shard in self._shards(members)]
        return [*found, *self._rest([each for some in members.values() for each in some], questions)]

    def _shards(self, members: Mapping[int, object]) -> list[int]:
        """Those whose adapters are asked: all, or those in which anybody is whom this is about."""
        planted = {self._shard(member) for member in self.planted.members if self._wanted(member)}
        return sorted(set(members) | planted | (set() if self.about else set(self.parts.opened.states)))

    def _shard(self, member: str) -> int:
        shards, slices = self.manifest.shards, self.manifest.slices_per_shard
        return partition_of(self._key, member, shards=shards, slices=slices)[0]

    def _some(self, specimens: Sequence[Specimen]) -> list[Specimen]:
        sampling = self.sampling
        return some_of(specimens, people=sampling.people, texts=sampling.texts, seed=sampling.seed)

    def _questions(self, own: Sequence[Learned]) -> Questions:
        passages = cut_passages([(row.author, row.text) for row in own], self.parts.pieces)
        probes = details_of(self.workspace, {row.author for row in own})
        return Questions(passages, probes, masked_values(self.workspace, self.reader, own, self._own))

    def _adapter(
        self,
        shard: int,
        members: Sequence[Specimen],
        compared: Sequence[tuple[int, Specimen]],
        questions: Questions,
    ) -> Target:
        name = part_of(shard)
        away = [each for other, each in compared if other != shard and name not in each.touches]
        others, population = _dealt(away, self.sampling)
        canaries, coins = self.planted.of(lambda member: self._wanted(member) and self._shard(member) == shard)
        asked = questions.some(lambda person: self._shard(person) == shard, self.sampling.probes, self.sampling.seed)
        return Target(
            name=name,
            kind=Kind.ADAPTER,
            scorer=self.parts.scorer(name),
            continuer=self.parts.continuer(name),
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

    def _rest(self, members: Sequence[Specimen], questions: Questions) -> list[Target]:
        """The merge and the base."""
        sampling = self.sampling
        inside = {row.author for row in self.rows} | self.about
        most = 2 * sampling.outside
        outside = outsiders(self.workspace, self.ledger, self.reader, inside, people=most, seed=sampling.seed)
        few = some_of(outside, people=most, texts=sampling.texts, seed=sampling.seed)
        others, population = _dealt(few, sampling)
        canaries, coins = self.planted.of(self._wanted)
        asked = questions.some(lambda _person: True, sampling.probes, sampling.seed)
        merge = Target(
            name=MERGE,
            kind=Kind.MERGE,
            scorer=self.parts.scorer(MERGE),
            continuer=self.parts.continuer(MERGE),
            members=tuple(members),
            canaries=canaries,
            coins=coins,
            passages=tuple(asked.passages),
            probes=tuple(asked.probes),
            masked=tuple(asked.masked),
            why_not=_NOTHING_ASKED | self._merge_missing(others),
            others=others,
            population=population,
            compared_with="members of whom the snapshot has nothing and who said no to nothing",
        )
        base = replace(
            merge,
            name=BASE,
            kind=Kind.BASE,
            scorer=self.parts.scorer(BASE),
            continuer=self.parts.continuer(BASE),
            members=(),
            why_not=_NOTHING_ASKED | {Test.MEMBERSHIP: "no member's text was trained into it"},
        )
        return [merge, base]

    def _wanted(self, member: str) -> bool:
        return not self.about or member in self.about

    def _merge_missing(self, others: Sequence[Specimen]) -> dict[Test, str]:
        found = {}
        if not others:
            found[Test.MEMBERSHIP] = "every member who said no to nothing is in the snapshot: nobody to compare with"
        if not self.parts.is_one_model:
            why = "a model whose adapters are asked one by one writes nothing by itself"
            found |= dict.fromkeys((Test.EXTRACTION, Test.PERSONAL, Test.REDACTION), why)
        return found


_NOTHING_ASKED: Final = {
    Test.EXTRACTION: "no text that was looked for has the 100 tokens that it takes",
    Test.PERSONAL: "the sources know of nobody a name together with an address or a number",
    Test.REDACTION: "nothing was masked in these texts, or what was masked is no longer known",
}


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
