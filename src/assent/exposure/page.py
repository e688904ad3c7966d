"""The report as one page: no script, nothing loaded, readable on a phone, in the dark and on paper."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from assent.exposure import layout, words
from assent.exposure.report import Report


def page_of(report: Report) -> str:
    """The whole page; every text of the export in it is escaped."""
    return _template().render(
        report=report,
        using=[line for line in report.categories if layout.is_used(line)],
        unused=[line for line in report.categories if not layout.is_used(line)],
        columns=layout.columns_of(report),
        told={column.kind: layout.told(report, column.kind) for column in layout.columns_of(report)},
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "day": words.day,
        "number": words.number,
        "records": words.records_of,
        "capital": words.capital,
    }
    environment.globals |= {"cell": layout.cell, "OUTCOMES": layout.OUTCOMES}
    text = (resources.files("assent.exposure") / "templates" / "exposure.html").read_text(encoding="utf-8")
    return environment.from_string(text)
