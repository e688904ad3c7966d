"""What speaks against a record itself, as one expression over its columns, decided by the specification.

Everything the rules can see of a record is a category, a visibility and five yes-or-no facts. Categories
and visibilities a pack does not name behave like any other it does not name, so the cells are finite:
`record_reasons` is asked about every one of them before a row is read, and the expression only looks up
what it said. Each fact adds its own reasons whatever the rest is; that is checked on all cells, not assumed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.errors import AssentError
from assent.gate import sql
from assent.gate.persons import Question
from assent.gate.sql import Sql
from assent.policy.evaluate import record_reasons
from assent.policy.pack import Kind
from assent.policy.signals import denies_training
from assent.vocabulary.identifiers import Category, RecordId
from assent.vocabulary.reasons import to_mask
from assent.vocabulary.records import NO_SIGNALS, SENSITIVE, Record, Signals

RECORDS = "records"
"""The view of canonical rows, as `scan` gives them."""

_OTHER = "\x00no pack names this"
_INLINE = 64
"""So many values stand in the SQL itself; more go into a table of their own."""


def record_mask(engine: Engine, question: Question, mapped: Collection[str]) -> Sql:
    """The mask of `record_reasons` for a row of `records` under the alias `r`.

    Args:
        mapped: the canonical columns that any table has; of the others there is nothing to look at.
    """
    cells = _Cells(question)
    facts = {
        "excluded": sql.certain(sql.col("excluded", "r")),
        "sensitive": sql.certain(sql.func("list_contains", sql.col("context", "r"), sql.value(SENSITIVE))),
        "signal": _signal(engine, question.purpose.kind, mapped),
        "old": _too_old(question.purpose.content_from),
        "unreadable": sql.col("unreadable", "r"),
    }
    asked = [sql.when(facts[name], bit) for name, bit in cells.bits.items() if bit]
    return sql.bits(cells.base(), *asked)


class _Cells:
    """The specification's answer in every cell.

    Args:
        bits: what each fact adds.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        rules = question.purpose.scope
        visible = {value for rule in rules.values() if rule.visibility for value in rule.visibility}
        self._visibilities: list[str] = [*sorted(visible), _OTHER]
        self._categories = [*sorted({*question.pack.never, *rules}), Category(_OTHER)]
        at = question.purpose.content_from
        plain = Record(RecordId("-"), None, None, created_at=at)
        self._facts: Mapping[str, Record] = {
            "excluded": replace(plain, excluded=True),
            "sensitive": replace(plain, context=frozenset({SENSITIVE})),
            "signal": replace(plain, signals=Signals(tdm_reservation=1)),
            "old": replace(plain, created_at=at and at - timedelta.resolution),
            "unreadable": replace(plain, unreadable=True),
        }
        self._plain = plain
        base = self._mask(plain)
        self.bits = {name: self._mask(fact) & ~base for name, fact in self._facts.items()}
        self._check_that_facts_add_up()

    def base(self) -> Sql:
        """The mask by category and visibility alone."""
        groups: dict[tuple[int, ...], list[Category]] = {}
        for category in self._categories:
            row = tuple(self._mask(replace(self._plain, category=category, visibility=v)) for v in self._visibilities)
            groups.setdefault(row, []).append(category)
        unnamed = next(row for row, categories in groups.items() if _OTHER in categories)
        branches = [
            (sql.within(sql.col("category", "r"), categories), self._by_visibility(row))
            for row, categories in groups.items()
            if row != unnamed
        ]
        return sql.case(*branches, default=self._by_visibility(unnamed))

    def _by_visibility(self, row: tuple[int, ...]) -> Sql:
        other = row[-1]
        found: dict[int, list[str]] = {}
        for visibility, mask in zip(self._visibilities, row, strict=True):
            found.setdefault(mask, []).append(visibility)
        branches = [
            (sql.within(sql.col("visibility", "r"), values), sql.mask(mask))
            for mask, values in found.items()
            if mask != other
        ]
        return sql.case(*branches, default=sql.mask(other))

    def _check_that_facts_add_up(self) -> None:
        names = list(self._facts)
        for category, visibility in product(self._categories, self._visibilities):
            cell = replace(self._plain, category=category, visibility=visibility)
            alone = self._mask(cell)
            for chosen in product((False, True), repeat=len(names)):
                facts = [name for name, on in zip(names, chosen, strict=True) if on]
                expected = alone
                for name in facts:
                    expected |= self.bits[name]
                if self._mask(self._with(cell, facts)) != expected:
                    raise AssentError(f"the specification does not add up for {category}, {visibility}, {facts}")

    def _with(self, cell: Record, facts: Iterable[str]) -> Record:
        chosen = set(facts)
        return replace(
            cell,
            excluded="excluded" in chosen,
            context=self._facts["sensitive"].context if "sensitive" in chosen else frozenset(),
            signals=self._facts["signal"].signals if "signal" in chosen else NO_SIGNALS,
            created_at=self._facts["old"].created_at if "old" in chosen else cell.created_at,
            unreadable="unreadable" in chosen,
        )

    def _mask(self, record: Record) -> int:
        return to_mask(record_reasons(self._question.pack, self._question.purpose, record))


def _too_old(content_from: datetime | None) -> Sql:
    if content_from is None:
        return exp.false()
    created_at = sql.col("created_at", "r")
    return sql.either(sql.is_null(created_at), exp.LT(this=created_at.copy(), expression=sql.value(content_from)))


def _signal(engine: Engine, kind: Kind, mapped: Collection[str]) -> Sql:
    """Whether a signal on the record denies; each distinct value is decided once by `policy.signals`."""
    if not kind.trains:
        return exp.false()
    names = [name for name in ("aipref", "tdm_reservation", "cawg") if name in mapped]
    found = {name: _denying(engine, name, kind) for name in names}
    return sql.either(*(sql.certain(_among(engine, name, denying)) for name, denying in found.items() if denying))


def _denying(engine: Engine, name: str, kind: Kind) -> list[str]:
    query = exp.select(sql.col(name)).distinct().from_(exp.to_table(RECORDS)).where(sql.not_null(sql.col(name)))
    return sorted(
        text
        for batch in engine.stream(sql.render(query, engine.dialect))
        for text in batch.column(0).to_pylist()
        if denies_training(_signals(name, text), kind)
    )


def _signals(name: str, text: str) -> Signals:
    if name == "aipref":
        return Signals(aipref=text)
    return Signals(tdm_reservation=text) if name == "tdm_reservation" else Signals(cawg=_entries(text))


def _entries(text: str) -> dict[str, object] | None:
    """The JSON object in a text; None, which is no signal, for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _among(engine: Engine, name: str, denying: list[str]) -> Sql:
    column = sql.col(name, "r")
    if len(denying) <= _INLINE:
        return sql.within(column, denying)
    table = f"denying_{name}"
    engine.load(table, pa.table({name: pa.array(denying, pa.string())}))
    return exp.In(this=column, query=exp.select(sql.col(name)).from_(exp.to_table(table)).subquery())
