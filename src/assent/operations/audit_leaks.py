"""How much of what should have been masked still stands in a snapshot, by form and by people who are known.

The same finders that masked look once more at what readers get. So what they never see (a name that nobody knows, in
words that no rule describes) is not counted here either; the figure is a floor, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.audit.model.estimates import Estimate, Figure, NotGiven, share
from assent.operations.curating import curating_in
from assent.operations.workspace import Workspace
from assent.snapshot.reader import SnapshotReader
from assent.vocabulary.curation import Pii

LEAST_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class MaskLeaks:
    """What was found in texts that are read.

    Args:
        rows: with a text; `leaking` of them hold something of a type that is masked.
        by_type: how many stretches, by type.
        share: of rows that leak; its interval counts their authors.
        masked: the types that these rules mask; `unseen` of them only the tagger finds, which was not asked again.
    """

    rows: int
    leaking: int
    by_type: Mapping[str, int]
    share: Figure
    masked: tuple[str, ...]
    unseen: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        figure = self.share
        shown: dict[str, Any] = {"not_given": figure.reason} if isinstance(figure, NotGiven) else {
            "value": figure.value, "low": figure.low, "high": figure.high, "people": figure.n
        }  # fmt: skip
        return {
            "rows": self.rows,
            "leaking": self.leaking,
            "by_type": dict(self.by_type),
            "share": shown,
            "masked": list(self.masked),
            "unseen": list(self.unseen),
        }


def find_mask_leaks(workspace: Workspace, reader: SnapshotReader) -> MaskLeaks | None:
    """What is left of masked types in the texts that are read; None where the rules mask nothing.

    Cost: that of masking the snapshot once more, without the tagger.
    """
    from assent.curation.redact import structured
    from assent.curation.redact.hits import settle, tags_hidden
    from assent.curation.redact.known import KnownPeople
    from assent.curation.tools import LEARNED

    curating = curating_in(workspace)(reader.purpose)
    wanted = frozenset(curating.rules.mask)
    if not wanted:
        return None
    people = KnownPeople(curating.identifiers) if curating.identifiers.num_rows else None
    types = pa.array(sorted(wanted), pa.string())
    rows, leaking = 0, 0
    found: Counter[str] = Counter()
    authors: set[str] = set()
    for batch in reader.batches(look=False):
        texts = tags_hidden(batch.column("text"))
        tables = [structured.find(texts)]
        if people is not None:
            tables.insert(0, people.find(texts, batch.column("author"), batch.column("subjects")))
        hits = settle([each.filter(pc.is_in(each["type"], value_set=types)) for each in tables])
        rows += len(texts) - texts.null_count
        leaking += len(pc.unique(hits["row"]))
        found.update(hits["type"].to_pylist())
        authors.update(batch.column("author").to_pylist())
    unseen = tuple(sorted(each.value for each in wanted & LEARNED if people is None or each is not Pii.PERSON))
    return MaskLeaks(rows, leaking, dict(sorted(found.items())), _share(leaking, rows, len(authors)),
                     tuple(sorted(wanted)), unseen)  # fmt: skip


def _share(leaking: int, rows: int, people: int) -> Figure:
    if rows < LEAST_ROWS:
        return NotGiven(f"{rows} texts are too few; it takes at least {LEAST_ROWS}")
    return share(leaking / rows * people, people)


def in_words(leaks: MaskLeaks) -> str:
    """The rate, for a person."""
    figure = leaks.share
    if not isinstance(figure, Estimate):
        return f"{leaks.leaking:,} of {leaks.rows:,} texts; no rate: {figure.reason}"
    rate = f"{figure.value:.2%} ({figure.low:.2%} to {figure.high:.2%})"
    return f"{leaks.leaking:,} of {leaks.rows:,} texts, {rate}"
