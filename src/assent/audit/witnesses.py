"""Whether enough witnesses vouch that a ledger showed this history to everyone.

Every cosigned checkpoint at hand is looked at: the log must have signed it, each trusted witness's line under
it must verify, and its root must be the one this ledger's entries give at that size. A checkpoint that passes
the first two and not the third is proof that the log showed two histories. Nothing of the log's or the
witnesses' own code is used: cosignatures are read by their format, the root is derived from the entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assent.audit.keys import held_keys
from assent.audit.report import Check
from assent.errors import AssentError, EvidenceError, InputError
from assent.evidence.checkpoint import Checkpoint
from assent.evidence.cosignature import Cosignature, WitnessKey, read_cosignatures
from assent.evidence.handover import HeldKey, open_held_checkpoint
from assent.evidence.merkle import Frontier, leaf_hashes
from assent.evidence.note import VerifierKey
from assent.storage.database import Database
from assent.storage.place import place_of
from assent.storage.schema import HEAD, LEAVES
from assent.vocabulary.instants import format_instant

_PAGE = 1 << 16
_FORM = re.compile(r"([1-9][0-9]*)-of-([1-9][0-9]*)")

RootAt = Callable[[int], bytes]
"""Gives the root over the first so many entries; raises EvidenceError when there are not so many."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many of these witnesses are asked for.

    # INVARIANT: 1 ≤ needed ≤ len(trusted), and no key is trusted twice.
    """

    needed: int
    trusted: tuple[WitnessKey, ...]

    @classmethod
    def parse(cls, text: str, trusted: Sequence[WitnessKey]) -> Quorum:
        """`2-of-3`, of exactly these witnesses.

        Raises:
            InputError: it is no such text, there are not exactly so many witnesses, or one stands there twice.
        """
        form = _FORM.fullmatch(text)
        needed, count = (int(form[1]), int(form[2])) if form else (0, 0)
        if not 1 <= needed <= count:
            raise InputError(f"`{text}` is no number of witnesses", hint="write it like 2-of-3")
        distinct = {key.public for key in trusted}
        if len(distinct) != len(trusted):
            raise InputError("a witness's key was given twice", hint="two names for one key are one witness")
        if count != len(trusted):
            raise InputError(
                f"`{text}` speaks of {count} witnesses, and {len(trusted)} are trusted",
                hint="name them under [witnesses.NAME] in assent.toml, or with --witness-key VKEY for each",
            )
        return cls(needed, tuple(trusted))

    @property
    def text(self) -> str:
        """What `parse` understands."""
        return f"{self.needed}-of-{len(self.trusted)}"


@dataclass(frozen=True, slots=True)
class Vouched:
    """A witness's word on a checkpoint that agrees with this ledger."""

    cosignature: Cosignature
    size: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Witnesses cosigned a tree that this ledger does not hold.

    Args:
        notes: what was cosigned, and what this ledger shows at its own size; both signed by the log.
    """

    witnesses: tuple[str, ...]
    what: str
    notes: tuple[str, str]


@dataclass(slots=True)
class Witnessed:
    """What the witnesses say of one ledger.

    Args:
        size: a checkpoint must cover so many entries to count.
    """

    quorum: Quorum
    size: int
    vouched: list[Vouched] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def counted(self) -> tuple[Vouched, ...]:
        """The newest word of each witness that covers everything."""
        by_key: dict[WitnessKey, Vouched] = {}
        for each in sorted(self.vouched, key=lambda vouched: vouched.cosignature.at):
            if each.size >= self.size:
                by_key[each.cosignature.witness] = each
        return tuple(by_key.values())

    @property
    def check(self) -> Check:
        """The outcome as one line."""
        try:
            return Check("witnesses", True, self._conclusion())
        except EvidenceError as error:
            return Check("witnesses", False, error.message)

    def require(self) -> None:
        """Enough witnesses vouch, and none for another history.

        Raises:
            EvidenceError: it is not so.
        """
        self._conclusion()

    def to_json(self) -> dict[str, Any]:
        """The findings as JSON values; both notes of a contradiction stand there in full."""
        return {
            "asked": self.quorum.text,
            "trusted": [key.text for key in self.quorum.trusted],
            "covers": self.size,
            "cosigned": [
                {
                    "witness": each.cosignature.witness.name,
                    "at": format_instant(each.cosignature.at),
                    "size": each.size,
                    "counts": each.size >= self.size,
                }
                for each in self.vouched
            ],
            "contradictions": [
                {"witnesses": list(each.witnesses), "what": each.what, "notes": list(each.notes)}
                for each in self.contradictions
            ],
            "unreadable": self.unreadable,
        }

    def _conclusion(self) -> str:
        if self.contradictions:
            first = self.contradictions[0]
            named = ", ".join(f"`{name}`" for name in first.witnesses)
            raise EvidenceError(
                f"this log showed another history to witness {named}: {first.what}",
                hint="that is proof of a split view; keep both notes (--json shows them) and tell a person",
            )
        counted = self.counted
        said = "; ".join(f"{each.cosignature}, size {each.size}" for each in counted)
        if len(counted) < self.quorum.needed:
            newest = max((each.size for each in self.vouched), default=None)
            behind = "" if newest is None or newest >= self.size else f"; the newest cosigned size is {newest}"
            odd = f"; {self.unreadable[0]}" if self.unreadable else ""
            raise EvidenceError(
                f"{len(counted)} of the {self.quorum.needed} witnesses asked for cosigned size {self.size} or"
                f" more{behind}{odd}",
                hint="run `assent ledger cosign`, or give a newer checkpoint with --cosigned",
            )
        return said


def hear_witnesses(notes: Sequence[bytes], quorum: Quorum, log: ShownLog, *, size: int) -> Witnessed:
    """What the trusted witnesses say in these cosigned checkpoints; a finding is never an exception.

    Args:
        size: what they must cover.
    """
    found = Witnessed(quorum, size)
    for note in notes:
        try:
            cosignatures = read_cosignatures(note, quorum.trusted)
            checkpoint = open_held_checkpoint(note, log.keys)
        except AssentError as error:
            found.unreadable.append(error.message)
            continue
        if not cosignatures:
            continue
        what = _difference(checkpoint, log.root_at)
        if what is None:
            found.vouched += [Vouched(each, checkpoint.size) for each in cosignatures]
        else:
            names = tuple(each.witness.name for each in cosignatures)
            found.contradictions.append(Contradiction(names, what, (note.decode(), log.newest.decode())))
    return found


def _difference(checkpoint: Checkpoint, root_at: RootAt) -> str | None:
    try:
        root = root_at(checkpoint.size)
    except EvidenceError as error:
        return f"it cosigned size {checkpoint.size}, and {error.message}"
    if root == checkpoint.root:
        return None
    return f"at size {checkpoint.size} it cosigned a root that these entries do not give"


@dataclass(frozen=True, slots=True)
class ShownLog:
    """A ledger as whoever verifies it was given it.

    Args:
        newest: its newest signed checkpoint, for the evidence.
        keys: every key of the log that the trusted ones vouch for.
    """

    newest: bytes
    keys: tuple[HeldKey, ...]
    root_at: RootAt


@contextmanager
def open_shown(ledger_folder: Path, trusted: Sequence[VerifierKey]) -> Iterator[ShownLog]:
    """The ledger in that folder; its roots are derived from its entries, a pass over them for each size.

    Raises:
        EvidenceError: there is no ledger, or a change of its key cannot be followed.
    """
    place = place_of(ledger_folder)
    if place is None:
        raise EvidenceError(f"there is no ledger in `{ledger_folder}`")
    database = place.open(read_only=True)
    try:
        with database.reading() as connection:
            newest = connection.execute(sa.select(HEAD.c.checkpoint)).scalar()
        yield ShownLog(bytes(newest or b""), held_keys(database, trusted), partial(_root, database))
    finally:
        database.close()


def _root(database: Database, size: int) -> bytes:
    tree = Frontier()
    for first in range(0, size, _PAGE):
        stop = min(first + _PAGE, size)
        query = (
            sa.select(LEAVES.c.seq, LEAVES.c.commitment)
            .where(LEAVES.c.seq >= first, LEAVES.c.seq < stop)
            .order_by(LEAVES.c.seq)
        )
        with database.reading() as connection:
            rows = list(connection.execute(query))
        if [row[0] for row in rows] != list(range(first, stop)):
            raise EvidenceError(f"this ledger holds only {first + len(rows)} entries")
        tree = tree.extend(leaf_hashes([bytes(row[1]) for row in rows]))
    return tree.root
