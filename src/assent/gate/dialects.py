r"""What the gate says in DuckDB's words, said in Spark's: one home for every equivalent, as changes to the tree.

The same tree is made for every engine; only its words change here, from the leaves up. What stands in neither table
is refused, so a word Spark has by the same name and another meaning cannot slip through.

    DuckDB                             Spark
    list_transform, list_filter        transform, filter; the second name of a lambda counts from 0, not from 1
    list_contains, len, list_sort      array_contains, size, sort_array
    list(x), any_value(x)              collect_list(x), null where it gathered nothing; first_value(x, true)
    list_aggregate(x, 'string_agg', s) array_join(x, s)
    unnest, generate_subscripts        explode, or inline of pairs where both stand in one SELECT
    sha256, encode, hash, epoch_us     sha2(…, 256), CAST AS BINARY, xxhash64, unix_micros
    timezone(zone, local)              to_utc_timestamp; of an instant: from_utc_timestamp
    to_microseconds(n)                 make_dt_interval(0, 0, 0, n / 10⁶)
    regexp_full_match                  regexp_like between \A and \z
    read_parquet([…])                  the table that the engine calls these files (`engines.files`)
    UINTEGER, UBIGINT, HUGEINT         BIGINT, DECIMAL(20, 0), DECIMAL(38, 0)
    TIMESTAMPTZ, TIMESTAMP             TIMESTAMP, TIMESTAMP_NTZ
    hex::UUID, ('0x' || hex)::UBIGINT  unhex(hex), conv(hex, 16, 10)
    x::ENUM(…), where it may fail      the text, null where it is none of them
    huge & (2ⁿ - 1)                    pmod(huge, 2ⁿ)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from sqlglot import exp

from assent.engines.files import relation_of

Sql: TypeAlias = exp.Expression
Kind: TypeAlias = exp.DataType.Type

FILE_INDEX: Final = "file_index"
"""The place of a row's file among those read together."""

SPARK_FUNCTIONS: Final = frozenset(
    {
        "array_contains", "array_join", "bit_or", "collect_list", "concat_ws", "contains", "conv", "explode", "filter",
        "first_value", "from_utc_timestamp", "inline", "least", "length", "lower", "make_dt_interval", "pmod",
        "regexp_like", "row_number", "sha2", "size", "sort_array", "substr", "to_utc_timestamp", "transform", "unhex",
        "unix_micros", "xxhash64",
    }
)  # fmt: skip
_RENAMED: Final[Mapping[str, str]] = {
    "list_transform": "transform",
    "list_contains": "array_contains",
    "len": "size",
    "list_sort": "sort_array",
    "epoch_us": "unix_micros",
    "hash": "xxhash64",
}
_TYPES: Final[Mapping[Kind, exp.DataType]] = {
    Kind.UINT: exp.DataType.build("BIGINT"),
    Kind.UBIGINT: exp.DataType.build("DECIMAL(20, 0)"),
    Kind.INT128: exp.DataType.build("DECIMAL(38, 0)"),
    Kind.TIMESTAMP: exp.DataType(this=Kind.TIMESTAMPNTZ),
}
_NESTED: Final = frozenset({Kind.STRUCT, Kind.ARRAY, Kind.LIST, Kind.MAP})
_MICROS: Final = 1_000_000


def in_spark(tree: Sql) -> Sql:
    """The tree in Spark's words; the one given stays as it is."""
    root = exp.Tuple(expressions=[tree.copy()])
    # Leaves first: whoever holds a node finds it in Spark's words already.
    for node in reversed([*root.expressions[0].walk(bfs=True)]):
        change = _CHANGES.get(type(node))
        changed = node if change is None else change(node)
        if changed is not node:
            node.replace(changed)
    said: Sql = root.expressions[0]
    for node in said.walk():
        if isinstance(node, exp.Anonymous):
            assert node.name in SPARK_FUNCTIONS, f"function {node.name} has no equivalent in spark"
    return said


def _call(name: str, *arguments: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _number(given: int | str) -> Sql:
    return exp.Literal.number(given)


def _function(node: Sql) -> Sql:
    name = node.name
    if name in _RENAMED:
        return _call(_RENAMED[name], *node.expressions)
    change = _FUNCTIONS.get(name)
    return node if change is None else change(node)


def _list_filter(node: Sql) -> Sql:
    items, condition = node.expressions
    if len(condition.expressions) > 1:
        place = condition.expressions[1].name
        for column in [*condition.this.find_all(exp.Column)]:
            if column.name == place and not column.table:
                column.replace(exp.paren(exp.Add(this=column.copy(), expression=_number(1))))
    return _call("filter", items, condition)


def _gathered(node: Sql) -> Sql:
    """`list`, that is null where it has gathered nothing."""
    gathered = _call("collect_list", *node.expressions)
    return gathered if isinstance(node.parent, exp.Filter) else _unless_empty(gathered)


def _filter(node: Sql) -> Sql:
    return _unless_empty(node) if node.this.name == "collect_list" else node


def _unless_empty(gathered: Sql) -> Sql:
    some = exp.GT(this=_call("size", gathered.copy()), expression=_number(0))
    return exp.Case(ifs=[exp.If(this=some, true=gathered.copy())])


def _aggregated(node: Sql) -> Sql:
    items, how, between = node.expressions
    assert how.name == "string_agg", f"list_aggregate of {how.name} has no equivalent in spark"
    return _call("array_join", items, between)


def _timezone(node: Sql) -> Sql:
    zone, given = node.expressions
    inner = given.unnest()
    local = isinstance(inner, exp.Cast) and inner.to.this is Kind.TIMESTAMPNTZ
    if local:
        return _call("to_utc_timestamp", _cast(given, Kind.TIMESTAMPTZ), zone)
    return _cast(_call("from_utc_timestamp", given, zone), Kind.TIMESTAMPNTZ)


def _cast(given: Sql, kind: Kind) -> Sql:
    return exp.Cast(this=given, to=exp.DataType(this=kind))


def _interval(node: Sql) -> Sql:
    micros = int(node.expressions[0].name)
    seconds = f"{micros // _MICROS}.{micros % _MICROS:06}"
    return _call("make_dt_interval", *(_number(0) for _ in range(3)), _number(seconds))


def _full_match(node: Sql) -> Sql:
    text, pattern = node.expressions
    return _call("regexp_like", text, exp.Literal.string(rf"\A(?:{pattern.name})\z"))


def _files(node: Sql) -> Sql:
    paths = [each.name for each in node.expressions[0].expressions]
    query = node.find_ancestor(exp.Select)
    numbered = query is not None and any(column.name == FILE_INDEX for column in query.find_all(exp.Column))
    return exp.to_table(relation_of(paths, numbered=numbered))


def _converted(node: Sql) -> Sql:
    """A cast, and one that gives null where it fails."""
    to: exp.DataType = node.args["to"]
    given: Sql = node.this
    if to.this is Kind.UUID:
        return _call("unhex", given)
    if to.this is Kind.ENUM:
        return exp.Case(ifs=[exp.If(this=exp.In(this=given, expressions=list(to.expressions)), true=given.copy())])
    digits = given.unnest()
    if to.this is Kind.UBIGINT and isinstance(digits, exp.DPipe) and digits.left.name == "0x":
        node.set("this", _call("conv", digits.right.copy(), _number(16), _number(10)))
    # Spark casts the fields of a struct by their places, DuckDB by their names.
    plain = isinstance(given, exp.Null | exp.Array)
    assert to.this not in _NESTED or plain, "a cast to a nested type has no equivalent in spark"
    if to.this in _TYPES:
        node.set("to", _TYPES[to.this].copy())
    return node


def _masked(node: Sql) -> Sql:
    """`&` of a number that has no bits in Spark; a mask of the lowest bits is what remains of a division."""
    mask = node.args["expression"].unnest()
    if not (isinstance(mask, exp.Cast) and mask.to.sql() == "DECIMAL(38, 0)"):
        return node
    low = int(mask.this.name)
    assert low & (low + 1) == 0, "only a mask of the lowest bits has an equivalent in spark"
    mask.set("this", _number(low + 1))
    return _call("pmod", node.this, mask)


def _generated(node: Sql) -> Sql:
    """At most one generator stands in a SELECT, so an item and its place come out of one."""
    places = {
        item.this.name: item
        for item in node.expressions
        if isinstance(item, exp.Alias) and item.this.name in ("unnest", "generate_subscripts")
    }
    if "unnest" not in places:
        return node
    one = places["unnest"]
    items = one.this.expressions[0]
    if "generate_subscripts" not in places:
        one.set("this", _call("explode", items))
        return node
    place = places["generate_subscripts"]
    pair = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(one.alias), expression=exp.column("s")),
            exp.PropertyEQ(
                this=exp.to_identifier(place.alias),
                expression=exp.Add(this=exp.column("i"), expression=_number(1)),
            ),
        ]
    )
    numbered = exp.Lambda(this=pair, expressions=[exp.to_identifier("s"), exp.to_identifier("i")])
    names = [exp.to_identifier(each.alias) for each in (one, place)]
    one.replace(exp.Aliases(this=_call("inline", _call("transform", items, numbered)), expressions=names))
    node.set("expressions", [each for each in node.expressions if each is not place])
    return node


_FUNCTIONS: Final[Mapping[str, Callable[[Sql], Sql]]] = {
    "any_value": lambda node: _call("first_value", *node.expressions, exp.true()),
    "encode": lambda node: _cast(node.expressions[0], Kind.BINARY),
    # Spark wants two to choose from.
    "least": lambda node: node if len(node.expressions) > 1 else node.expressions[0],
    "list": _gathered,
    "list_aggregate": _aggregated,
    "list_filter": _list_filter,
    "read_parquet": _files,
    "regexp_full_match": _full_match,
    "sha256": lambda node: _call("sha2", node.expressions[0], _number(256)),
    "timezone": _timezone,
    "to_microseconds": _interval,
}
_CHANGES: Final[Mapping[type[Sql], Callable[[Sql], Sql]]] = {
    exp.Anonymous: _function,
    exp.Filter: _filter,
    exp.Cast: _converted,
    exp.TryCast: _converted,
    exp.BitwiseAnd: _masked,
    exp.Select: _generated,
}
