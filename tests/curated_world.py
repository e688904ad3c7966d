"""Records of which curation has something of everything to say: masks, a near-duplicate, a copy, a text of no use."""

from __future__ import annotations

from typing import Any

from small_world import joined, post, switched

_ADVICE = (
    "Backups are only as good as the last restore anybody tried, so we restore one machine every week and write down"
    " how long it took, what was missing and who had to be asked."
)
_STORY = (
    "The migration of our payroll system took eleven months because nobody had written down which reports the tax"
    " office really reads, and in the end we asked the clerk who printed them."
)

MASKED = {"email": 2, "phone": 1}
DROPPED = {"repetition": 1, "near_duplicate": 1}


def something_to_curate() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Events and records: six of seven are of people who permit; one of those copies the seventh."""
    events = [each for member in ("ann", "bob", "cem", "off") for each in joined(member)]
    events.append(switched("off", "off", "2025-10-01T00:00:00Z"))
    records = [
        post("p1", "ann", "write to jane.doe@corp.example or +31 20 794 1234, or to jane.doe@corp.example again"),
        post("p2", "ann", _ADVICE),
        post("p3", "ann", f"{_ADVICE} Really."),
        post("p4", "bob", "buy now " * 60),
        post("p5", "cem", _STORY),
        post("p6", "off", _STORY),
        post("p7", "cem", "a restore that nobody tried is no backup"),
    ]
    return events, records
