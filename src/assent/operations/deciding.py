"""May this record be used for this purpose, now: for records that whoever asks describes.

A record comes from the caller; what its author and everyone else in it chose comes from the ledger, as of now and
of everything recorded by now, whichever process recorded it. The verdict is `policy.evaluate`'s, by the generated
function. What cannot be known denies; where the ledger cannot be reached there is no verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assent.errors import InputError, UnavailableError
from assent.operations.member_states import MOST_MEMBERS, Known, MemberStates
from assent.operations.platform import Platform
from assent.policy.online import Online, compile_online
from assent.policy.pack import Pack
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.instants import format_instant
from assent.vocabulary.records import Judgment, Record


@dataclass(frozen=True, slots=True)
class Asked:
    """A record that is asked about.

    Args:
        parent_allowed: the verdict on the record whose text it carries; None when that is not known, True without one.
    """

    record: Record
    parent_allowed: bool | None = True


@dataclass(frozen=True, slots=True)
class Look:
    """The rules in force, and what the ledger knew of those who were asked about."""

    pack: Pack
    known: Known


@dataclass(frozen=True, slots=True)
class Decided:
    """Judgments in the order of what was asked, and what they rest on."""

    purpose: PurposeName
    pack_digest: str
    as_of: datetime
    ledger_size: int
    judgments: tuple[Judgment, ...]


class Decider:
    """Answers for an open platform; safe to use from many threads, and worth keeping: it remembers members.

    Args:
        most: how many members are remembered.
    """

    def __init__(self, platform: Platform, *, most: int = MOST_MEMBERS) -> None:
        self._platform = platform
        self.members = MemberStates(platform.ledger, platform.clock, most=most)
        self._compiled: dict[tuple[str, str], Online] = {}

    def decide(self, purpose: str, asked: Sequence[Asked], *, at: datetime | None = None) -> Decided:
        """What the rules say of each record.

        Args:
            at: the moment asked about, not after the present one; None is now.

        Raises:
            InputError: `at` lies in the future.
            UnavailableError: the ledger or the pack in force cannot be read.
            EvidenceError: the ledger holds something that might be a hold and cannot be read.
        """
        return self.judged(self.look(asked, at=at), purpose, asked)

    def look(self, asked: Iterable[Asked], *, at: datetime | None = None) -> Look:
        """What is known of everyone in these records, of a moment after this was called. Raises: as `decide`."""
        members: set[str] = set()
        records: set[str] = set()
        for each in asked:
            record = each.record
            records.add(record.id)
            if record.author is not None:
                members.add(record.author)
            for subject in record.subjects:
                if subject.member is not None:
                    members.add(subject.member)
        pack = self._pack()
        known = self.members.look(members if at is None else (), records)
        if at is None:
            return Look(pack, known)
        if at > known.at:
            raise InputError(
                f"`at` lies in the future: `{format_instant(at)}`", hint="leave it out to ask about the present"
            )
        return Look(pack, self.members.look_back(members, records, at))

    def judged(self, look: Look, purpose: str, asked: Iterable[Asked]) -> Decided:
        """What the rules say of these records, out of a look that was for them. Cost: about 3 µs each."""
        known = look.known
        online = self._online(look.pack, purpose)
        mask_of, states, excluded, at, holds = online.mask, known.states, known.excluded, known.at, known.holds
        judgments = []
        for each in asked:
            record = each.record
            if record.id in excluded:
                record = replace(record, excluded=True)
            author = None if record.author is None else states[record.author]
            others = tuple([None if s.member is None else states[s.member] for s in record.subjects])
            mask = mask_of(author, record, at, others, holds, each.parent_allowed)
            if mask or not others:
                judgments.append(_PLAIN.get(mask) or _plain(mask))
            else:
                roles = online.roles(author, record, at, others, holds, each.parent_allowed)
                judgments.append(Judgment(mask, roles))
        return Decided(PurposeName(purpose), look.pack.digest, at, known.size, tuple(judgments))

    def _pack(self) -> Pack:
        try:
            return self._platform.pack
        except InputError as error:
            # Not the caller's mistake, and never a reason to fall back on rules that are in force no more.
            raise UnavailableError(f"the rules in force cannot be read: {error.message}", hint=error.hint) from error

    def _online(self, pack: Pack, purpose: str) -> Online:
        """The function for the purpose; one for all that the pack does not offer."""
        name = PurposeName(purpose) if purpose in pack.purposes else PurposeName("")
        found = self._compiled.get((pack.digest, name))
        if found is None:
            found = compile_online(pack, name)
            kept = {key: each for key, each in self._compiled.items() if key[0] == pack.digest}
            self._compiled = {**kept, (pack.digest, name): found}
        return found


_PLAIN: dict[int, Judgment] = {}


def _plain(mask: int) -> Judgment:
    """The judgment with these reasons and nobody to mask; there once, as there are few."""
    return _PLAIN.setdefault(mask, Judgment(mask))
