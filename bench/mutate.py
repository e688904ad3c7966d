"""Does the suite of the specification bite? Break the specification in every small way and see who notices.

Each mutant changes one place of `policy/evaluate.py` or of what `policy/signals/` says of a record: a comparison,
a `not`, an `and`, a constant, a name of an enumeration, an operand or statement left out. The hand-written tests of
`SUITE` are then run against it; the comparisons with other evaluators are not, since they would notice anything.
A mutant that nobody notices must be listed in `EQUIVALENT` with the reason why it changes nothing; otherwise this
exits 1.

Run: `python -m bench.mutate` (some seconds).
"""

from __future__ import annotations

import ast
import copy
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import EnumMeta
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES: dict[str, frozenset[str] | None] = {
    "assent.policy.evaluate": None,
    "assent.policy.signals.training": None,
    "assent.policy.signals.cawg": frozenset({"denies"}),
    "assent.policy.signals.tdmrep": frozenset({"reserved"}),
    "assent.policy.signals.aipref": frozenset({"preferences", "preference", "combine", "_preference"}),
}
"""What a verdict can reach: whole modules, or these functions of one."""
SUITE = sorted(
    str(path)
    for pattern in ("test_specification_*.py", "test_aipref.py", "test_tdmrep.py")
    for path in (ROOT / "tests" / "policy").glob(pattern)
)

_NO_SUCH_KEY = "a scope has no entry for a missing category, so asking it says None as well"
_NO_REFUSAL = "a verdict asks only whether a signal disallows"
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "rule = purpose.scope.get(case.record.category) if case.record.category else None",
        "always the first branch",
    ): _NO_SUCH_KEY,
    ("rule = purpose.scope.get(record.category) if record.category else None", "always the first branch"): _NO_SUCH_KEY,
    ("return Preference.UNKNOWN", "UNKNOWN → ALLOW"): _NO_REFUSAL,
    (
        'return combine(preferences(line).get(use, Preference.UNKNOWN) for line in statements.split("\\n"))',
        "UNKNOWN → ALLOW",
    ): _NO_REFUSAL,
}
"""By (line of the mutated source, description): why nobody can notice."""


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str
    line: int
    text: str
    change: str
    tree: ast.Module


COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
}


def changes(node: ast.AST, module: ModuleType) -> Iterator[tuple[str, ast.AST]]:
    """Every small way to break one node."""
    if isinstance(node, ast.Compare):
        for new in COMPARISONS.get(type(node.ops[0]), ()):
            yield f"{type(node.ops[0]).__name__} → {new.__name__}", _with(node, ops=[new(), *node.ops[1:]])
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"→ {type(other).__name__}", _with(node, op=other)
        for index, value in enumerate(node.values):
            left = node.values[:index] + node.values[index + 1 :]
            yield f"without `{ast.unparse(value)}`", left[0] if len(left) == 1 else _with(node, values=left)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        new_op = OPERATIONS[type(node.op)]
        yield f"→ {new_op.__name__}", _with(node, op=new_op())
    elif isinstance(node, ast.IfExp):
        yield "branches swapped", _with(node, body=node.orelse, orelse=node.body)
        yield "always the first branch", node.body
        yield "always the second branch", node.orelse
    elif isinstance(node, ast.If):
        yield "condition turned round", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield "left out", node.orelse[0] if len(node.orelse) == 1 else ast.Pass()
    elif isinstance(node, ast.AugAssign | ast.Continue | ast.Expr):
        yield "left out", ast.Pass()
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield from _other_members(node, module)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "any"):
        other = {"min": "max", "any": "all"}[node.func.id]
        yield f"→ {other}", _with(node, func=ast.Name(other, ast.Load()))


def _other_constants(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield f"→ {not value}", ast.Constant(not value)
    elif isinstance(value, int):
        yield f"→ {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, str) and value:
        yield f"`{value}` → `{value}x`", ast.Constant(value + "x")


def _other_members(node: ast.Attribute, module: ModuleType) -> Iterator[tuple[str, ast.AST]]:
    """Another member of the same enumeration."""
    assert isinstance(node.value, ast.Name)
    kind = vars(module).get(node.value.id)
    if isinstance(kind, EnumMeta) and node.attr in kind.__members__:
        names = list(kind.__members__)
        new = names[(names.index(node.attr) + 1) % len(names)]
        yield f"{node.attr} → {new}", _with(node, attr=new)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def mutants(name: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its source."""
    module = importlib.import_module(name)
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    for place in _places(tree):
        for change, new in changes(_at(tree, place), module):
            mutated = copy.deepcopy(tree)
            _put(mutated, place, copy.deepcopy(new))
            line = getattr(_at(tree, place), "lineno", 0)
            yield Mutant(name, line, lines[line - 1].strip(), change, ast.fix_missing_locations(mutated))


def _places(
    node: ast.AST, prefix: tuple[tuple[str, int | None], ...] = ()
) -> Iterator[tuple[tuple[str, int | None], ...]]:
    """The path of every node that means something at run time: no annotations, no docstrings, no imports."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if (
                isinstance(child, ast.AST)
                and not isinstance(child, ast.Import | ast.ImportFrom)
                and not _is_prose(child)
            ):
                place = (*prefix, (field, index))
                yield place
                yield from _places(child, place)


def _is_prose(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _at(node: ast.AST, place: tuple[tuple[str, int | None], ...]) -> ast.AST:
    for field, index in place:
        value = getattr(node, field)
        node = value if index is None else value[index]
    return node


def _put(tree: ast.AST, place: tuple[tuple[str, int | None], ...], new: ast.AST) -> None:
    parent = _at(tree, place[:-1])
    field, index = place[-1]
    if index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new


def _reached(mutant: Mutant, module: ModuleType, functions: frozenset[str] | None) -> bool:
    if functions is None:
        return True
    code = [vars(module)[name].__code__ for name in functions]
    return any(mutant.line in {line for _, _, line in each.co_lines()} for each in code)


class Suite:
    """The tests, collected once; plain calls, since they use no fixtures."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            assert isinstance(item, pytest.Function)
            if hasattr(item.obj, "hypothesis") or item.get_closest_marker("external_data"):
                continue
            params = dict(item.callspec.params) if hasattr(item, "callspec") else {}
            self.calls.append(lambda test=item.obj, params=params: test(**params))  # type: ignore[misc]
        return True

    def notices(self) -> bool:
        """Whether any test fails."""
        for call in self.calls:
            try:
                call()
            except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a test may fail in any way
                return True
        return False


def becomes(module: ModuleType, tree: ast.Module) -> Callable[[], None]:
    """The module's functions run the mutated code, wherever they were imported to; call the result to undo it."""
    namespace: dict[str, object] = {"__name__": module.__name__}
    exec(compile(tree, f"<mutant of {module.__name__}>", "exec"), namespace)
    before: list[Callable[[], None]] = []
    for name, new in namespace.items():
        old = vars(module).get(name)
        if isinstance(old, FunctionType) and isinstance(new, FunctionType) and old.__module__ == module.__name__:
            before.append(lambda old=old, code=old.__code__: setattr(old, "__code__", code))  # type: ignore[misc]
            old.__code__ = new.__code__
        elif name.startswith("_") and not name.startswith("__"):
            before.append(lambda name=name, old=old: setattr(module, name, old))  # type: ignore[misc]
            setattr(module, name, new)
    return lambda: [undo() for undo in before] and None


def main() -> int:
    """Prints the score and the survivors; 1 if one of them is not known to be equivalent."""
    started = time.perf_counter()
    suite = Suite()
    pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *SUITE], plugins=[suite])
    if suite.notices():
        print("the suite fails without any mutation")
        return 1
    killed, equivalent, survivors = 0, 0, []
    for name, functions in MODULES.items():
        module = importlib.import_module(name)
        for mutant in mutants(name):
            if not _reached(mutant, module, functions):
                continue
            try:
                undo = becomes(module, mutant.tree)
            except Exception:  # noqa: BLE001 - a mutant that does not even load is noticed
                killed += 1
                continue
            noticed = suite.notices()
            undo()
            if noticed:
                killed += 1
            elif (mutant.text, mutant.change) in EQUIVALENT:
                equivalent += 1
            else:
                survivors.append(mutant)
    for mutant in survivors:
        print(f"survived  {mutant.module}:{mutant.line}  {mutant.change}\n          {mutant.text}")
    total = killed + equivalent + len(survivors)
    print(
        f"{total} mutants, {killed} noticed by {len(suite.calls)} tests, {equivalent} equivalent, "
        f"{len(survivors)} survived; score {killed / (total - equivalent):.1%} in {time.perf_counter() - started:.0f} s"
    )
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
