"""What is known of people who are no members and objected, so that they can be found in what others wrote of them.

It is what they wrote with: their name, where they gave one, and the address that was confirmed. It is used for as long
as their objection is open or upheld and the desk keeps it; after `clear_words` of a closed case nothing of it is left.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from assent.desk.objections import OBJECTION, OPEN_STATES, Filter, cases_by, count_by
from assent.desk.store import Desk
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.people import IDENTIFIER_SCHEMA, IdentifierKind

IN_FORCE: Final = OPEN_STATES | {"upheld"}
"""States in which an objection keeps a person out; a rejected or withdrawn one does not."""


def objectors(desk: Desk, purpose: PurposeName | None) -> pa.Table:
    """The identifiers of everybody without an account whose objection to the purpose is in force, each once.

    Args:
        purpose: None asks for every purpose.

    Returns: rows in `IDENTIFIER_SCHEMA` with `member` null, sorted, so that the same desk gives the same table.
    """
    wanted = Filter(OBJECTION, IN_FORCE, purpose)
    found: set[tuple[str, str]] = set()
    for case in cases_by(desk, wanted, first=0, count=count_by(desk, wanted)):
        if not case.is_member:
            found |= {(IdentifierKind.NAME.value, case.name or ""), (IdentifierKind.EMAIL.value, case.address or "")}
    rows = sorted((kind, value.strip()) for kind, value in found if value.strip())
    columns = [[None] * len(rows), [kind for kind, _ in rows], [value for _, value in rows]]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, IDENTIFIER_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=IDENTIFIER_SCHEMA)
