"""Entries of the log that have no event any more, and whether an erasure accounts for each.

An event may be missing for two reasons. A member was erased: then a later `erasure.completed`, itself in the
log, names the position. Or somebody deleted rows behind the log's back: then nothing does, and that is a
failure. An erasure recorded without positions, as old ledgers have them, accounts for nothing.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from assent.errors import EvidenceError
from assent.evidence.erasure import READMISSION, READMITTED, is_pseudonym, list_tag_of, pseudonym_of, read_positions
from assent.vocabulary.events import EventType

MARKS = (f'"type":"{EventType.ERASURE_COMPLETED.value}"'.encode(), f'"by":"{READMISSION}"'.encode())
"""One of these is in the bytes of every event that matters here; inside a text the quotes would be escaped."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An erasure says that these positions have no event any more.

    Args:
        seq: where it says so; it speaks of nothing later.
    """

    seq: int
    member: str
    runs: tuple[range, ...]


@dataclass(slots=True)
class Erasures:
    """What the walk over a log finds, in the order of positions.

    Args:
        missing: entries without an event.
        unplaced: erasures that do not say which positions they took.
    """

    missing: array[int] = field(default_factory=lambda: array("q"))
    claims: list[Claim] = field(default_factory=list)
    unplaced: int = 0
    _listed: dict[str, bool] = field(default_factory=dict)
    _lists: set[str] = field(default_factory=set)

    def read(self, seq: int, event: bytes) -> None:
        """One more event that has one of the `MARKS` is taken into account.

        Raises:
            EvidenceError: its positions cannot be read.
        """
        fields = json.loads(event)
        member = str(fields.get("member"))
        if fields.get("type") == EventType.MEMBER_JOINED and is_pseudonym(member):
            self._listed[member] = False
        if fields.get("type") != EventType.ERASURE_COMPLETED:
            return
        positions = fields.get("positions")
        if positions is None:
            self.unplaced += 1
            return
        runs = tuple(range(run.start, min(run.stop, seq)) for run in read_positions(positions) if run.start < seq)
        self.claims.append(Claim(seq, member, runs))
        if is_pseudonym(member):
            self._listed[member] = True
        made = list_tag_of(str(fields.get("by")))
        if made is not None:
            self._lists.add(pseudonym_of(made))

    def unaccounted(self) -> list[int]:
        """The entries without an event that no erasure speaks of."""
        runs = self._merged()
        at = 0
        found: list[int] = []
        for seq in self.missing:
            while at < len(runs) and runs[at].stop <= seq:
                at += 1
            if at == len(runs) or seq not in runs[at]:
                found.append(seq)
        return found

    def require_accounted(self) -> None:
        """Every entry without an event was erased, and what was erased is gone.

        Raises:
            EvidenceError: an event is missing and nothing says why, or is said to be erased and is there.
        """
        lost = self.unaccounted()
        if lost:
            old = f"; {self.unplaced} erasures do not say which entries they took" if self.unplaced else ""
            raise EvidenceError(
                f"`{len(lost)}` entries have no event and no erasure accounts for them, the first is `{lost[0]}`{old}"
            )
        gone = set(self.missing)
        kept = next((seq for run in self._merged() for seq in run if seq not in gone), None)
        if kept is not None:
            raise EvidenceError(f"event `{kept}` is said to be erased and is there")

    def require_listed(self, tags: Sequence[bytes]) -> int:
        """How many erased people are on the suppression list, which is all who were not let back in.

        Raises:
            EvidenceError: somebody is missing from the list, or it says another key made it, so that an import
                would bring them back; or somebody is on it whom no erasure in the log put there.
        """
        names = {pseudonym_of(tag) for tag in tags if not tag.startswith(READMITTED)}
        lost = sorted(member for member, listed in self._listed.items() if listed and member not in names)
        if lost:
            raise EvidenceError(
                f"`{len(lost)}` erased members are not on the suppression list, the first is `{lost[0]}`"
            )
        strange = names - {member for member, listed in self._listed.items() if listed} - self._lists
        # One row says which key made the list; an erasure in an early log does not say which row that is.
        if len(strange) > (not self._lists) or not self._lists <= names:
            raise EvidenceError("the suppression list was changed: no erasure in the log accounts for all of its rows")
        return sum(self._listed.values())

    def since(self, size: int) -> frozenset[str]:
        """The pseudonyms of those who lost events among the first `size` after the log had that size.

        Whoever decided at that size still saw them; for later erasures before it, nobody did.
        """
        return frozenset(
            claim.member for claim in self.claims if claim.seq >= size and any(run.start < size for run in claim.runs)
        )

    def missing_since(self, size: int) -> int:
        """How many of the first `size` events were there when the log had that size, and are gone."""
        return sum(
            len(range(run.start, min(run.stop, size)))
            for claim in self.claims
            if claim.seq >= size
            for run in claim.runs
            if run.start < size
        )

    def _merged(self) -> list[range]:
        runs: list[range] = []
        for run in sorted((run for claim in self.claims for run in claim.runs), key=lambda run: run.start):
            if runs and run.start <= runs[-1].stop:
                runs[-1] = range(runs[-1].start, max(runs[-1].stop, run.stop))
            else:
                runs.append(run)
        return runs


def is_marked(event: bytes) -> bool:
    """Whether `Erasures.read` has something to read in it."""
    return any(mark in event for mark in MARKS)
