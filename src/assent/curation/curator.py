"""A curator makes clean rows of permitted ones: everything that identifies people and is to be masked is found, settled
and replaced, and what was masked stands beside the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from assent.curation.redact import structured
from assent.curation.redact.hits import settle
from assent.curation.redact.known import KnownPeople
from assent.curation.redact.replacing import redactions_of, replace
from assent.curation.tools import LEARNED
from assent.vocabulary.curation import Curation, Pii
from assent.vocabulary.tables import PERMITTED_SCHEMA, SNAPSHOT_SCHEMA, without_redactions

_KNOWN: Final = frozenset({Pii.PERSON, Pii.EMAIL, Pii.PHONE, Pii.HANDLE})


@dataclass(frozen=True, slots=True)
class Curator:
    """A `gate.Curate`: masks what the rules name; it can be sent to another process.

    Args:
        people: the identifiers that are known; None when there are none.
        key: of the surrogates; without it nobody can tell which value stood where.
    """

    rules: Curation
    people: KnownPeople | None
    key: bytes

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows with clean texts."""
        if not self.rules.mask:
            return without_redactions(batch)
        texts = batch.column("text")
        hits = settle(self._found(batch))
        columns = list(batch.columns)
        columns[PERMITTED_SCHEMA.get_field_index("text")] = replace(texts, hits, self.rules.mask, self.key)
        redactions = redactions_of(hits, self.rules.mask, batch.num_rows)
        return pa.RecordBatch.from_arrays([*columns, redactions], schema=SNAPSHOT_SCHEMA)

    def _found(self, batch: pa.RecordBatch) -> list[pa.Table]:
        """What each finder found of what is masked, the surest first.

        What is not masked takes no part in settling: where it overlaps a name, the name would stay.
        """
        wanted, texts = frozenset(self.rules.mask), batch.column("text")
        found = []
        if self.people is not None and wanted & _KNOWN:
            found.append(self.people.find(texts, batch.column("author"), batch.column("subjects")))
        if wanted - LEARNED:
            found.append(structured.find(texts))
        if wanted & LEARNED:
            # Its weights are read when they are first needed.
            from assent.curation.redact import tagger

            found.append(tagger.find(texts))
        types = pa.array(sorted(wanted), pa.string())
        return [hits.filter(pc.is_in(hits["type"], value_set=types)) for hits in found]
