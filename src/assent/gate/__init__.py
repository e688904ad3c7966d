"""The only place where choices, rules and records meet: one verdict (`cases`, `explain`), or millions (`gate`).

In the order data moves: `scan` reads tables where they lie, `fold` makes members' states, `persons` and
`records` have the specification decide what there is to decide, `others` and `derived` add what people and
parents beside the author do, `people` places and tags authors, `gate` decides. `sql` and `tags` are their words.
"""

from assent.gate.gate import Counts, Gate, GateRequest, open_gate

__all__ = ["Counts", "Gate", "GateRequest", "open_gate"]
