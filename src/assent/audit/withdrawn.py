"""Who had taken their part in a snapshot back by a later moment, derived from the ledger alone.

A version that was rewritten names the moments at which it was. At each of them these people count as having
taken back: whoever has an event that counts then and did not at (T, N), and either asked for it, or is judged
then as upheld in an objection or erased, or, where the rules take every stop back, as having stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assent.audit.history import History
from assent.errors import EvidenceError
from assent.evidence.handover import open_held_checkpoint
from assent.evidence.manifest import SnapshotManifest
from assent.ledger import Positioned, fold_member
from assent.policy.evaluate import person_reasons
from assent.policy.pack import Pack, Purpose, Withdrawal
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.reasons import Reason
from assent.vocabulary.state import Hold

_REMOVES = frozenset({Reason.OBJECTION_UPHELD, Reason.ERASED})
_STOPS = frozenset({Reason.SETTING_OFF, Reason.ACCOUNT_CLOSED})


@dataclass(frozen=True, slots=True)
class Step:
    """One rewriting.

    Args:
        members: everybody who had taken back by then; `records` all that had been excluded.
        unmaskable: those of them who could not be masked, only left out with the whole row.
    """

    members: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    unmaskable: frozenset[str] = frozenset()


NOTHING = Step()


def derive_steps(manifest: SnapshotManifest, pack: Pack, history: History) -> tuple[Step, ...]:
    """What each rewriting of the manifest took out, with all before it."""
    purpose = pack.purposes[manifest.purpose]
    steps: list[Step] = []
    before = NOTHING
    for each in manifest.withdrawals:
        found = _members(history, pack, purpose, (manifest.at, manifest.ledger_size), (each.at, each.ledger_size))
        records = before.records
        if purpose.withdrawal is Withdrawal.TAKE_BACK:
            records |= history.exclusions(each.at, size=each.ledger_size)
        fresh = frozenset() if each.sources_read else found - before.members
        before = Step(before.members | found, frozenset(records), fresh)
        steps.append(before)
    return tuple(steps)


def check_moments(manifest: SnapshotManifest, history: History) -> str:
    """Every moment at which the snapshot was rewritten is one of this ledger, and later than the one before.

    Raises:
        EvidenceError: it is not.
    """
    at, size = manifest.at, manifest.ledger_size
    for each in manifest.withdrawals:
        checkpoint = open_held_checkpoint(each.checkpoint.encode(), history.keys)
        if (checkpoint.size, checkpoint.root) != (each.ledger_size, history.roots.get(each.ledger_size)):
            raise EvidenceError(f"the ledger never had the size and root of the rewriting at `{each.ledger_size}`")
        if each.at < at or each.ledger_size < size:
            raise EvidenceError("the rewritings are not in the order of their moments")
        if each.unmasked and each.sources_read:
            raise EvidenceError("a row went because its source was gone, and the sources were read")
        at, size = each.at, each.ledger_size
    return f"{len(manifest.withdrawals)} rewritings, each at a moment of this ledger"


def _members(
    history: History, pack: Pack, purpose: Purpose, then: tuple[datetime, int], now: tuple[datetime, int]
) -> frozenset[str]:
    holds = history.holds(now[0], size=now[1])
    return frozenset(
        member
        for member, said in history.everybody()
        if any(_is_new(each, then, now) for each in said) and _withdrew(said, pack, purpose, holds, (then, now))
    )


def _withdrew(
    said: list[Positioned],
    pack: Pack,
    purpose: Purpose,
    holds: tuple[Hold, ...],
    between: tuple[tuple[datetime, int], tuple[datetime, int]],
) -> bool:
    then, now = between
    for entry in said:
        event = entry[1]
        asked = isinstance(event, Event) and event.type is EventType.TAKEBACK_REQUESTED and event.key == purpose.name
        if asked and _is_new(entry, then, now):
            return True
    state = fold_member(said, at=now[0], size=now[1])
    reasons = person_reasons(pack, purpose, state, now[0], None, holds)
    every_stop = purpose.withdrawal is Withdrawal.TAKE_BACK
    return bool(reasons & (_REMOVES | _STOPS if every_stop else _REMOVES))


def _is_new(entry: Positioned, then: tuple[datetime, int], now: tuple[datetime, int]) -> bool:
    """Whether the event counts now and did not then; one without an instant counts at every moment."""
    seq, event = entry
    at = event.effective_at

    def counts(moment: tuple[datetime, int]) -> bool:
        return seq < moment[1] and (at is None or at <= moment[0])

    return counts(now) and not counts(then)
