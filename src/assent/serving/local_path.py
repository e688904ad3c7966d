"""Where a browser may be sent: a path of ours, never another site."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 500
# What a browser might read as a host or drop: a second slash, a backslash, control characters, spaces, other scripts.
_PATH: Final = re.compile(r"/(?!/)[!-\[\]-~]*")


def local_path(given: object, *, otherwise: str = "/") -> str:
    """What was given, if it is a path on this site; else the other one."""
    if isinstance(given, str) and len(given) <= _LONGEST and _PATH.fullmatch(given):
        return given
    return otherwise
