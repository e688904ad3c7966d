"""Whom an audit of a model is about: their texts, also where these are gone, and what is asked for in their names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from assent.audit.model.extraction import cut_passages
from assent.audit.model.report import ModelAudit
from assent.audit.model.specimens import Specimen
from assent.errors import InputError, UnavailableError
from assent.evidence.model import ModelManifest
from assent.evidence.tags import partition_of
from assent.ledger import Ledger
from assent.operations.audit_canaries import Planted
from assent.operations.audit_parts import Parts
from assent.operations.audit_probes import Questions, details_of, masked_values
from assent.operations.audit_texts import Learned, OwnRecord, TextKey, rows_of_members, some_of
from assent.operations.build import PARTITION_KEY
from assent.operations.snapshots import shelf_of
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader


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


@dataclass(slots=True)
class Asking:
    """Whom an audit is about, which of their texts it asks about, and how many of everybody's.

    Args:
        rows: what the model's snapshot gives as of the moment it was read.
        about: nobody in particular if empty.
    """

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
        """What the model claims."""
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

    def shards(self, members: Mapping[int, object]) -> list[int]:
        """Those whose adapters are asked: all, or those in which anybody is whom this is about."""
        planted = {self.shard(member) for member in self.planted.members if self.wanted(member)}
        return sorted(set(members) | planted | (set() if self.about else set(self.parts.opened.states)))

    def shard(self, member: str) -> int:
        """Where a member was placed."""
        shards, slices = self.manifest.shards, self.manifest.slices_per_shard
        return partition_of(self._key, member, shards=shards, slices=slices)[0]

    def some(self, specimens: Sequence[Specimen]) -> list[Specimen]:
        """Of so many people and texts of each as are asked for; the same for the same seed."""
        sampling = self.sampling
        return some_of(specimens, people=sampling.people, texts=sampling.texts, seed=sampling.seed)

    def questions(self, own: Sequence[Learned]) -> Questions:
        """What is asked for by name, of the people of these texts."""
        passages = cut_passages([(row.author, row.text) for row in own], self.parts.pieces)
        probes = details_of(self.workspace, {row.author for row in own})
        return Questions(passages, probes, masked_values(self.workspace, self.reader, own, self._own))

    def wanted(self, member: str) -> bool:
        """Whether this is about them."""
        return not self.about or member in self.about
