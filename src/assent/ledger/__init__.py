"""What people said, in order and for good: an append-only log that anyone can check and that can still forget.

`log` is the ledger itself, `recorded` what it is asked; `stored` reads events back; `fold` turns events into state;
`columns` mirrors them for the batch gate; `importing` and `state_table` bring in files; `publication` keeps the
published log.
`statements` makes an event what is stored; `group_commit` lets threads wait for one commit; `lost_answer` looks
for one that was not answered; `charge` knows which database is in charge, `moving` moves to another.
"""

from assent.ledger.fold import fold_exclusions, fold_holds, fold_member
from assent.ledger.log import Ledger
from assent.ledger.stored import Positioned, Stored, Unreadable

__all__ = ["Ledger", "Positioned", "Stored", "Unreadable", "fold_exclusions", "fold_holds", "fold_member"]
