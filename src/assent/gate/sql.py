"""SQL as expressions: the few words the gate says, and a list of what may be said at all.

Nothing here takes SQL as text. Values become literals, names become quoted identifiers, and `render`
refuses a tree that holds any node outside `ALLOWED`, so that a value can never turn into a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlglot import exp

from assent.gate.dialects import in_spark

Sql: TypeAlias = exp.Expression
"""An expression or a query; SQLGlot's own type."""

ALLOWED: Final = frozenset(
    {
        # queries
        exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Order, exp.Ordered, exp.Distinct, exp.Union,
        exp.Subquery, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Create,
        exp.Schema, exp.Properties, exp.TemporaryProperty, exp.Tuple, exp.Update,
        # values
        exp.Literal, exp.Null, exp.Boolean, exp.Array, exp.Struct, exp.PropertyEQ, exp.Cast, exp.TryCast,
        exp.DataType, exp.DataTypeParam, exp.ColumnDef,
        # operators
        exp.And, exp.Or, exp.Not, exp.Paren, exp.Is, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In,
        exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.BitwiseAnd, exp.BitwiseOr, exp.DPipe, exp.Neg, exp.Case, exp.If,
        # functions, aggregates, windows
        exp.Anonymous, exp.Lambda, exp.Dot, exp.Filter, exp.Window, exp.WindowSpec, exp.Max, exp.Min, exp.Count,
        exp.Coalesce, exp.Having, exp.Limit,
    }
)  # fmt: skip
FUNCTIONS: Final = frozenset(
    {
        "any_value", "bit_or", "concat_ws", "contains", "lower",
        "encode", "epoch_us", "flatten", "from_json", "generate_subscripts", "json_type",
        "json_extract_string", "json_extract", "json_valid",
        "least", "len", "length", "list", "list_aggregate", "list_any_value",
        "list_contains", "list_filter", "list_sort", "list_transform", "read_csv", "read_ndjson_objects",
        "read_parquet",
        "regexp_full_match", "row_number", "sha256", "substr", "timezone", "unhex", "unnest", "to_microseconds", "hash",
    }
)  # fmt: skip


CANONICAL: Final = "duckdb"
"""The dialect the trees are in, function names included; `dialects` says the same in others."""


def render(tree: Sql, dialect: str) -> str:
    """The tree as text, once every node in it is known to be harmless."""
    for node in tree.walk():
        assert type(node) in ALLOWED, f"{type(node).__name__} is not on the list"
        if isinstance(node, exp.Anonymous):
            assert node.name in FUNCTIONS, f"function {node.name} is not on the list"
    said = in_spark(tree) if dialect == "spark" else tree
    return str(said.sql(dialect=dialect, identify=True, comments=False))


def create(name: str, query: Sql, *, kind: str = "TABLE") -> Sql:
    """A statement that keeps the query (`VIEW`) or its rows (`TABLE`) under a name, for this connection alone."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=exp.to_table(name), kind=kind, expression=query, properties=temporary)


def update(name: str, column: str, given: Sql, condition: Sql) -> Sql:
    """A statement that gives the column another value where the condition is true."""
    return exp.Update(this=exp.to_table(name), expressions=[eq(col(column), given)], where=exp.Where(this=condition))


def enum(values: Iterable[str]) -> exp.DataType:
    """A type that has these values and no other."""
    return exp.DataType(this=exp.DataType.Type.ENUM, expressions=[exp.Literal.string(each) for each in values])


def col(name: str, table: str | None = None) -> Sql:
    """A column, quoted."""
    return exp.column(exp.to_identifier(name, quoted=True), table=table)


def value(given: str | float | bool | datetime | bytes | None) -> Sql:
    """A constant."""
    if isinstance(given, datetime):
        return cast(exp.Literal.string(given.isoformat()), "TIMESTAMPTZ")
    if isinstance(given, bytes):
        return func("unhex", exp.Literal.string(given.hex()))
    return exp.convert(given)


def func(name: str, *arguments: Sql) -> Sql:
    """A call of a function that SQLGlot need not understand."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(given: Sql, kind: str | exp.DataType, *, attempt: bool = False) -> Sql:
    """The value as another type; with `attempt`, null where it is none."""
    to = exp.DataType.build(kind, dialect="duckdb")
    return exp.TryCast(this=given, to=to) if attempt else exp.Cast(this=given, to=to)


def case(*branches: tuple[Sql, Sql], default: Sql) -> Sql:
    """The first branch whose condition is true."""
    if not branches:
        return default
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in branches], default=default)


def both(*conditions: Sql) -> Sql:
    """All of them, each kept apart by parentheses."""
    return exp.and_(*conditions, copy=False) if conditions else exp.true()


def either(*conditions: Sql) -> Sql:
    """At least one of them."""
    return exp.or_(*conditions, copy=False) if conditions else exp.false()


def certain(condition: Sql) -> Sql:
    """The condition, with unknown taken as no."""
    return exp.Is(this=exp.paren(condition, copy=False), expression=exp.true())


def is_null(given: Sql) -> Sql:
    """Whether it is null; never null itself."""
    return exp.Is(this=given, expression=exp.null())


def not_null(given: Sql) -> Sql:
    """Whether it is there; never null itself."""
    return exp.not_(exp.paren(is_null(given)))


def within(given: Sql, values: Iterable[Any]) -> Sql:
    """Whether it is one of the values; unknown when null."""
    listed = [value(each) for each in values]
    return exp.In(this=given, expressions=listed) if listed else exp.false()


def bits(*masks: Sql) -> Sql:
    """The masks together."""
    tree = masks[0]
    for mask in masks[1:]:
        tree = exp.BitwiseOr(this=exp.paren(tree), expression=exp.paren(mask))
    return exp.paren(tree)


def mask(given: int) -> Sql:
    """A mask as a constant."""
    return cast(value(given), "UINTEGER")


def when(condition: Sql, bit: int) -> Sql:
    """The bit where the condition is true, else nothing."""
    return case((condition, mask(bit)), default=mask(0))


def has_bits(given: Sql, wanted: int) -> Sql:
    """Whether the mask has one of the bits."""
    return exp.NEQ(this=exp.paren(exp.BitwiseAnd(this=given, expression=mask(wanted))), expression=mask(0))


def lambda_of(names: Sequence[str], body: Sql) -> Sql:
    """A function of its own; in its body the names are columns."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name, quoted=True) for name in names])


def field(of: Sql, name: str) -> Sql:
    """A field of a struct."""
    return exp.Dot(this=exp.paren(of), expression=exp.to_identifier(name, quoted=True))


def struct(fields: Mapping[str, Sql]) -> Sql:
    """A struct with these fields, in this order."""
    pairs = [
        exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=each) for name, each in fields.items()
    ]
    return exp.Struct(expressions=pairs)


def eq(left: Sql, right: Sql) -> Sql:
    """Whether both are the same; unknown when one is null."""
    return exp.EQ(this=left, expression=right)


def count(condition: Sql | None = None) -> Sql:
    """How many rows there are, or how many for which the condition is true."""
    rows = exp.Count(this=exp.Star())
    return rows if condition is None else only(rows, condition)


def array(values: Iterable[Sql]) -> Sql:
    """A list of these."""
    return exp.Array(expressions=list(values))


def only(aggregate: Sql, condition: Sql) -> Sql:
    """The aggregate over the rows for which the condition is true."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def concat(*texts: Sql) -> Sql:
    """The texts or blobs one after the other; null when one is."""
    tree = texts[0]
    for text in texts[1:]:
        tree = exp.DPipe(this=tree, expression=text)
    return exp.paren(tree)


def named(given: Sql, name: str) -> Sql:
    """The expression as a column of that name."""
    return exp.alias_(given, exp.to_identifier(name, quoted=True))
