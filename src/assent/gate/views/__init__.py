"""Views for a lake that will not run Assent: a pack as SQL, in four dialects, tested against the specification.

    pack + mapping ─ persons, records, others, parents ─► writing ─ render ─► CREATE VIEW …
    ledger at (T, N) ─ export ─► the tables that the views join (`tables`)

`reading` says how a table of the lake becomes canonical rows, `words` and `dialects` what SQL says differently
everywhere, `signals` how rights signals are matched. Nothing of a person is ever in the SQL.
"""

from assent.gate.views.dialects import DIALECTS
from assent.gate.views.export import Export, export_tables
from assent.gate.views.reading import rows, scanned
from assent.gate.views.reading_shapes import LakeTable
from assent.gate.views.render import render
from assent.gate.views.writing import View, write_tables, write_views

__all__ = [
    "DIALECTS", "Export", "LakeTable", "View", "export_tables", "render", "rows", "scanned", "write_tables",
    "write_views",
]  # fmt: skip
