"""A text that is filtered while it is written: what may still become part of something masked is held back.

Held back are, at the end of what has come: the last words that may begin a name of the list; the last stretch without
a space, since a word may go on; and, where personal details are masked, so many characters that any of them shows
before it is passed on. A place that is masked and reaches into what is held back is held back from its beginning.

Guarantee: whatever the pieces, what is passed on is what the whole text would come to, up to details longer than
`HELD` characters in words that give nothing away before their end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyarrow as pa

from assent.vocabulary.curation import Pii

HELD: Final = 240
"""Longer than an address, a number or an e-mail spelled out. Unit: characters."""
BEFORE: Final = 240
"""So much of what was passed on is looked at again, because rules look at what stands before."""
LONGEST: Final = 20_000
"""Whoever writes that much without a space or a way out of a key block is not waited for any longer."""
_STEP: Final = 32
"""Where details are masked, so much has to come before looking anew is worth it."""


class OutputStream:
    """One text on its way out.

    Args:
        hits: the settled stretches of texts that are masked.
        open_from: where a name may have begun at the end of a text and still be going on; None without a list.
        has_details: whether personal details are masked by their form, which shows at their end only.
    """

    def __init__(
        self,
        hits: Callable[[pa.LargeStringArray], pa.Table],
        open_from: Callable[[str], int] | None,
        *,
        has_details: bool,
    ) -> None:
        self._hits = hits
        self._open_from = open_from
        self._has_details = has_details
        self._text = ""  # what is still looked at
        self._out = 0  # so much of it was passed on
        self._looked = 0

    def feed(self, piece: str) -> str:
        """What can be passed on now that this has come."""
        self._text += piece
        if self._has_details and len(self._text) - self._looked < _STEP:
            return ""
        self._looked = len(self._text)
        return self._pass_on(self._safe())

    def close(self) -> str:
        """The rest."""
        return self._pass_on(len(self._text))

    def _safe(self) -> int:
        """How far nothing that comes can change what is masked."""
        safe = len(self._text) - (HELD if self._has_details else 0)
        safe = min(safe, len(self._text) - len(self._text[self._out :].rpartition(" ")[2]))
        if self._open_from is not None:
            safe = min(safe, self._open_from(self._text))
        if len(self._text) - self._out > LONGEST:
            safe = max(safe, len(self._text) - LONGEST)
        return max(safe, self._out)

    def _pass_on(self, safe: int) -> str:
        hits = self._hits(pa.array([self._text], pa.large_string()))
        found = list(zip(*(hits[name].to_pylist() for name in ("start", "end", "type")), strict=True))
        if safe < len(self._text):
            for start, end, _ in reversed(found):
                # It may yet grow, and what is masked before it may grow into it.
                if start < safe < end:
                    safe = max(start, self._out)
        parts: list[str] = []
        at = self._out
        for start, end, kind in found:
            if at < end and start < safe:
                parts += (self._text[at : max(at, start)], Pii(kind).tag)
                at = end
        parts.append(self._text[at:safe])
        kept = max(0, safe - BEFORE)
        self._text, self._out, self._looked = self._text[kept:], safe - kept, self._looked - kept
        return "".join(parts)
