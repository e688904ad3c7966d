"""All statements for a purpose, in the order in which they can be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from assent.errors import InputError
from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views import others, parents, persons, records
from assent.gate.views.reading import SOURCE
from assent.gate.views.reading_shapes import LakeTable
from assent.gate.views.tables import create_tables, named
from assent.gate.views.words import Words
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.reasons import REASONS, Reason

_LONGEST = 63
"""PostgreSQL cuts longer names short. Unit: bytes."""


@dataclass(frozen=True, slots=True)
class View:
    """A view as it is made.

    Args:
        table: the lake's table that it is for; None for one that others build on.
        decided: whether it is for officers: every record with its reasons, and no text.
    """

    name: str
    statement: Sql
    table: str | None = None
    decided: bool = False


def write_views(  # noqa: PLR0917 - what views are made of
    words: Words, pack: Pack, purpose: Purpose, tables: Sequence[LakeTable], rows: exp.Query, schema: tuple[str, ...]
) -> tuple[View, ...]:
    """Every view for the purpose; `rows` reads the tables (`reading`).

    Raises:
        InputError: a name is longer than every database takes, or is there twice.
    """
    mapped = frozenset(name for table in tables for name in table.columns)
    made: dict[str, Sql] = {}
    found: list[View] = []

    def add(part: str, query: exp.Query, *, table: str | None = None, decided: bool = False) -> None:
        name = view_name(purpose, part)
        if any(view.name == name for view in found):
            raise InputError(f"two views would be called `{name}`", hint="name the tables with --table FILE=NAME")
        view = exp.Create(
            this=named(schema, name), kind="VIEW", replace=True, expression=query, properties=words.secured()
        )
        found.append(View(name, view, table, decided))
        made[part.removeprefix("_")] = named(schema, name)

    peopled = "subjects" in mapped
    add("_moment", persons.moment(words, pack, schema))
    add("_rows", rows)
    add("_people", persons.people(words, pack, purpose, schema, made["moment"]))
    if peopled:
        add("_named", others.named_people(words, purpose, made))
        add("_others", others.others(words, purpose, made))
    add("_judged", records.judged(words, pack, purpose, mapped, schema, made))
    if "parent" in mapped:
        add("_parents", parents.parents(made))
        add("_good", parents.good(words, made))
    if peopled and others.masks_others(purpose):
        add("_shown", others.shown(words, made))
    for table in tables:
        add(f"{table.name}_decided", _decided(words, table, made), table=table.name, decided=True)
        add(table.name, _permitted(words, table, made), table=table.name)
    return tuple(found)


def write_tables(words: Words, pack: Pack, schema: tuple[str, ...]) -> list[Sql]:
    """Statements that make the tables which the views read beside the lake's own."""
    return create_tables(words, pack, schema)


def view_name(purpose: Purpose, part: str) -> str:
    """What a view is called; names that begin with two underscores behind the purpose are the program's own."""
    name = f"assent_{purpose.name}_{part}"
    if len(name.encode()) > _LONGEST:
        raise InputError(f"the view `{name}` would have more than {_LONGEST} bytes in its name")
    return name


def _decided(words: Words, table: LakeTable, views: Mapping[str, Sql]) -> exp.Select:
    """Every record of the table with what the rules say of it, and as of when; nothing of what it holds."""
    derived = _derived(views)
    allowed = _allowed(words, derived)
    labels = []
    for reason in REASONS:
        if reason is Reason.DERIVED_FROM_EXCLUDED:
            condition = derived.copy()
        elif reason.label in records.REASON_COLUMNS:
            condition = sql.col(reason.label, "j")
        else:
            continue
        labels.append(sql.case((condition, sql.value(reason.label)), default=words.null(words.text_type)))
    masked = sql.case((allowed.copy(), sql.col("masked", "j")), default=words.null(words.texts_type))
    query = exp.select(
        sql.col("id", "j"), sql.col("category", "j"), sql.named(allowed, "allowed"),
        sql.named(words.present(labels), "reasons"), sql.named(masked, "masked"),
        sql.named(sql.col("at", "t"), "as_of"), sql.col("ledger_size", "t"),
    )  # fmt: skip
    query = _from(query, table, views)
    return query.join(_as(views["moment"], "t"), on=exp.true(), join_type="left")


def _permitted(words: Words, table: LakeTable, views: Mapping[str, Sql]) -> exp.Select:
    """The rows of the table that may be used, with nobody in them who does not permit."""
    text = sql.col("text", "j")
    if "shown" in views:
        text = sql.case((sql.is_null(sql.col("id", "s")), text), default=sql.col("text", "s"))
    columns = [sql.col(name, "j") for name in ("id", "category", "author", "subjects", "created_at", "parent")]
    query = _from(exp.select(*columns, sql.named(text, "text")), table, views)
    if "shown" in views:
        same = sql.both(
            sql.eq(sql.col("id", "j"), sql.col("id", "s")), sql.eq(sql.col("text", "j"), sql.col("original", "s"))
        )
        query = query.join(_as(views["shown"], "s"), on=same, join_type="left")
    return query.where(_allowed(words, _derived(views)))


def _from(query: exp.Select, table: LakeTable, views: Mapping[str, Sql]) -> exp.Select:
    query = query.from_(_as(views["judged"], "j"))
    if "good" in views:
        same = sql.eq(sql.col("parent", "j"), sql.col("id", "g"))
        query = query.join(_as(views["good"], "g"), on=same, join_type="left")
    return query.where(sql.eq(sql.col(SOURCE, "j"), sql.value(table.name)))


def _derived(views: Mapping[str, Sql]) -> Sql:
    """Whether the record names a parent that is not known to be good; where no table names any, none does."""
    if "good" not in views:
        return exp.false()
    return exp.paren(sql.both(sql.not_null(sql.col("parent", "j")), sql.is_null(sql.col("id", "g"))))


def _allowed(words: Words, derived: Sql) -> Sql:
    return words.certain(sql.both(sql.col("alone", "j"), exp.not_(derived.copy())))


def _as(view: Sql, alias: str) -> Sql:
    return exp.alias_(view, alias, table=True, quoted=True)
