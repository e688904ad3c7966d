"""Who took their part in a snapshot back since it was decided, so that its bytes must go and not only its readers.

A stop keeps readers away from the rows; the bytes stay. They go when somebody asks for past use to be taken
back, when their objection is upheld, when they are erased, and, where the purpose says
`withdrawal = "take_back"`, at every setting turned off, closed account and excluded record. An objection that
is still weighed restricts and removes nothing (GDPR Art. 18).
"""

from __future__ import annotations

from dataclasses import dataclass

from assent.ledger import Ledger
from assent.policy.pack import Pack, Purpose, Withdrawal
from assent.snapshot.since import Moment, People, changes_between
from assent.vocabulary.reasons import Reason

ALWAYS = frozenset({Reason.TAKEN_BACK, Reason.OBJECTION_UPHELD, Reason.ERASED})
WHERE_STOPS_TAKE_BACK = ALWAYS | {Reason.SETTING_OFF, Reason.ACCOUNT_CLOSED}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whose rows go, and which records besides."""

    members: frozenset[str]
    records: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.members or self.records)


NOBODY = Withdrawn(frozenset(), frozenset())


def withdrawn_between(ledger: Ledger, pack: Pack, purpose: Purpose, then: Moment, now: Moment) -> Withdrawn:
    """Everybody who took back between the two moments, and every record that was.

    Cost: one scan of the ledger's columns, and a judgment of each person with an event since.
    """
    changes = changes_between(ledger, pack, purpose, then, now)
    people = People(pack, purpose, now, changes.holds, changes.events, changes.taken_back)
    enough = reasons_to_remove(purpose)
    # None of these reasons goes by the age of a record.
    members = frozenset(member for member in changes.members if people.reasons(member, None) & enough)
    every_stop = purpose.withdrawal is Withdrawal.TAKE_BACK
    return Withdrawn(members, changes.excluded if every_stop else frozenset())


def reasons_to_remove(purpose: Purpose) -> frozenset[Reason]:
    """The reasons of a person for which bytes go."""
    return WHERE_STOPS_TAKE_BACK if purpose.withdrawal is Withdrawal.TAKE_BACK else ALWAYS
