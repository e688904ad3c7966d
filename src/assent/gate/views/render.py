"""Statements as text, once every node in them is known to mean in this dialect what it says.

SQLGlot passes on what a dialect has no word for: `SEMI JOIN` and `ASOF` as they are, `IS TRUE` for Trino as nothing at
all. So each dialect has a list of what may stand in its statements, and what is not on it is refused.
"""

from __future__ import annotations

from typing import Final

from sqlglot import ErrorLevel, exp

from assent.gate.sql import ALLOWED, FUNCTIONS, Sql
from assent.gate.views.words import Words

_EVERYWHERE: Final = frozenset(
    {
        exp.ArrayAgg, exp.ColumnConstraint, exp.CTE, exp.CurrentTimestamp, exp.Extract, exp.NotNullColumnConstraint,
        exp.RegexpLike, exp.RowNumber, exp.Var, exp.With,
    }
)  # fmt: skip
_NOWHERE: Final = frozenset({exp.TemporaryProperty, exp.Update, exp.TryCast})
_COMMON: Final = frozenset({"bool_or", "length", "substr"})
_SIDES: Final = frozenset({"", "LEFT"})
_KINDS: Final = frozenset({"", "INNER", "CROSS"})
_BY_DIALECT: Final = {"duckdb": FUNCTIONS}
_SCAN_ONLY: Final = {"duckdb": frozenset({exp.TryCast})}


def allowed_nodes(words: Words) -> frozenset[type[exp.Expression]]:
    """Every kind of node that may stand in a statement of the dialect."""
    return (ALLOWED | _EVERYWHERE | words.nodes) - (_NOWHERE - _SCAN_ONLY.get(words.dialect, frozenset()))


def allowed_functions(words: Words) -> frozenset[str]:
    """Every function that may be called by name in it."""
    return _COMMON | words.functions | _BY_DIALECT.get(words.dialect, frozenset({"timezone"}))


def render(words: Words, tree: Sql) -> str:
    """The statement in the dialect, ending with a semicolon."""
    nodes, functions = allowed_nodes(words), allowed_functions(words)
    for node in tree.walk():
        assert type(node) in nodes, f"{type(node).__name__} is not on the list for {words.dialect}"
        if isinstance(node, exp.Anonymous):
            assert node.name in functions, f"function {node.name} is not on the list for {words.dialect}"
        if isinstance(node, exp.Join):
            assert node.side in _SIDES, node.side
            assert node.kind in _KINDS, node.kind
            assert not node.method, node.method
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean):
            assert words.dialect != "trino", "IS TRUE would be left out"
    text = tree.sql(
        dialect=words.dialect, identify=True, comments=False, pretty=True, unsupported_level=ErrorLevel.RAISE
    )
    return f"{text};\n"
