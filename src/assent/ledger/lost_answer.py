"""What a writer does whose commit got no answer: it looks before it repeats itself.

A lost connection says nothing of the commit that was under way on it. The entry that would be the last one does:
salts are random, so nobody else's entry is equal to it. Who looks holds the write lock, for which the server
first ends whatever the lost connection had begun; so what is not there then will never be.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from assent.errors import UnavailableError
from assent.evidence.merkle import leaf_hash
from assent.storage.database import CommitUnknownError, Database
from assent.storage.schema import LEAVES

_LOOK_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.1

Last = tuple[int, bytes]
"""The position and the leaf hash of the last entry that a transaction wrote."""


@contextmanager
def looking(database: Database, last: Sequence[Last]) -> Iterator[None]:
    """The block's transaction was committed, also where the answer was lost.

    Args:
        last: its last entry, put in by the block; empty when it wrote none, and then nothing can be found.

    Raises:
        UnavailableError: the answer was lost and nothing was recorded.
        CommitUnknownError: the database does not come back within seconds.
    """
    try:
        yield
    except CommitUnknownError as error:
        if not last or (found := _find(database, *last[-1])) is None:
            raise
        if not found:
            raise UnavailableError(error.message, hint="nothing was recorded; try again") from error


def _find(database: Database, seq: int, leaf: bytes) -> bool | None:
    deadline = time.monotonic() + _LOOK_SECONDS
    while True:
        try:
            with database.writing() as connection:
                found = connection.execute(sa.select(LEAVES.c.commitment).where(LEAVES.c.seq == seq)).scalar()
                return found is not None and leaf_hash(bytes(found)) == leaf
        except UnavailableError:
            if time.monotonic() >= deadline:
                return None
            time.sleep(_PAUSE_SECONDS)
