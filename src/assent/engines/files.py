"""What files that are read together are called where a query can only name tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256


def relation_of(paths: Iterable[str], *, numbered: bool = False) -> str:
    """A name that follows from the files and their order alone.

    Args:
        numbered: with a column more, `file_index`: the place of a row's file among them.
    """
    digest = sha256(json.dumps(list(paths)).encode()).hexdigest()[:32]
    return f"files_{digest}{'_numbered' if numbered else ''}"
