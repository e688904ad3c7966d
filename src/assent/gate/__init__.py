"""The only place where choices, rules and records meet: one verdict (`cases`, `explain`), or millions (`gate`).

In the order data moves: `scan` reads tables where they lie, `fold` makes members' states, `persons` and
`records` have the specification decide what there is to decide, `others` and `derived` add what people and
parents beside the author do, `people` places and tags authors, `gate` decides and `counting` counts. `request`
is what it is asked, of all records or of a subset; `sql` and `tags` are the words.
"""

from assent.gate.counting import Counts
from assent.gate.gate import Gate, open_gate
from assent.gate.request import Copies, Curate, GateRequest, Subset

__all__ = ["Copies", "Counts", "Curate", "Gate", "GateRequest", "Subset", "open_gate"]
