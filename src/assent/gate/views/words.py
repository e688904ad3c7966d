"""What each dialect says for the few things that SQL says differently everywhere.

A view is put together once, out of `assent.gate.sql` and the methods here; a dialect overrides what it says in its
own way (`dialects`). Two rules hold for all of them. No answer depends on the time zone or the collation of whoever
asks: instants are compared as instants, and days are days in UTC. And a condition that decides is `certain`: unknown
is no.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views.reading_shapes import Shape

LIST, SUBJECT, POSITION = "list", "subject", "position"


@dataclass(frozen=True, slots=True)
class Read:
    """A column's canonical value, and where what stood there is not understood; None where it always is."""

    value: Sql
    unreadable: Sql | None = None


class Words(ABC):
    """One dialect."""

    dialect: str
    text_type = "TEXT"
    instant_type = "TIMESTAMPTZ"
    json_type = "TEXT"
    texts_type = "TEXT[]"
    subjects_type = ""
    people_type = ""
    functions: frozenset[str] = frozenset()
    """What may be called by name in it, beside what every dialect has."""
    nodes: frozenset[type[exp.Expression]] = frozenset()
    """What may stand in its statements beside what every dialect has."""
    recursive = True
    """Whether a view may follow a chain to its end."""

    def certain(self, condition: Sql) -> Sql:
        """The condition, with unknown taken as no."""
        return sql.certain(condition)

    def cast(self, given: Sql, kind: str) -> Sql:
        """The value as another type, which it must be able to become."""
        return exp.Cast(this=given, to=exp.DataType.build(kind, dialect=self.dialect))

    def text(self, given: Sql) -> Sql:
        """The value as text."""
        return self.cast(given, self.text_type)

    def instant(self, given: datetime) -> Sql:
        """A constant instant."""
        return self.cast(sql.value(given.isoformat(" ", "microseconds")), self.instant_type)

    def null(self, kind: str) -> Sql:
        """Nothing, of that type."""
        return self.cast(exp.null(), kind)

    def secured(self) -> exp.Properties | None:
        """What makes a view one through which nothing but its rows is seen; None where the dialect has no word."""
        return None

    def matches(self, text: Sql, pattern: str) -> Sql:
        """Whether the pattern fits somewhere in the text."""
        return exp.RegexpLike(this=text, expression=sql.value(pattern))

    def any(self, condition: Sql) -> Sql:
        """Whether it is so in any row of a group."""
        return sql.func("bool_or", condition)

    def ordered(self, given: Sql) -> Sql:
        """A text as it is to be ordered: by its characters, whatever the language."""
        return given

    def present(self, texts: Sequence[Sql]) -> Sql:
        """The list of those texts that are not null."""
        there = sql.lambda_of(["x"], sql.not_null(sql.col("x")))
        return sql.func("filter", sql.array(texts), there)

    def list_of(self, given: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        """An aggregate: the values in this order, of the rows where the condition is true."""
        by = exp.Order(this=given, expressions=[exp.Ordered(this=each, nulls_first=False) for each in order])
        return sql.only(exp.ArrayAgg(this=by), only)

    def people_of(self, role: Sql, member: Sql, position: Sql, only: Sql) -> Sql:
        """An aggregate: people by role and member, in the order of their positions."""
        return self.list_of(sql.struct({"role": role, "member": member}), [position], only)

    def has_people(self, subjects: Sql) -> Sql:
        """Whether a list of subjects names anybody; unknown when it is null."""
        return exp.GT(this=sql.func("cardinality", subjects), expression=sql.value(0))

    def field(self, of: Sql, name: str) -> Sql:
        """A field of a subject or a span: `role`, `member`, `spans`, `start`, `end`."""
        return sql.field(of, name)

    @abstractmethod
    def ago(self, at: Sql, span: timedelta) -> Sql:
        """The instant so much earlier, days being 24 hours."""

    @abstractmethod
    def day(self, instant: Sql) -> Sql:
        """The day on which the instant lies in UTC."""

    @abstractmethod
    def joined(self, texts: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        """An aggregate: the texts one after the other."""

    @abstractmethod
    def each(self, source: exp.Select, keep: Sequence[str]) -> exp.Select:
        """A row for each element of the column `list`: the kept columns, `position` and `subject`."""

    @abstractmethod
    def broken(self, subject: Sql) -> Sql:
        """Whether an element of `subjects` cannot be understood; two-valued."""

    @abstractmethod
    def read_instant(self, given: Sql, shape: Shape) -> Read:
        """A column of instants."""

    @abstractmethod
    def read_flags(self, given: Sql) -> Read:
        """A column that lists flags; the value is whether `sensitive` is among them."""

    @abstractmethod
    def read_subjects(self, given: Sql) -> Read:
        """A column that lists subjects."""

    @abstractmethod
    def json_says(self, text: Sql, keys: Sequence[str], denying: Sequence[str]) -> Sql:
        """Whether the JSON object in a text says one of the words of one of the keys; see `signals`."""
