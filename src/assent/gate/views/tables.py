"""The tables a lake is given: what is known of its members as of one (T, N), and nothing of how it came about.

    assent_state      one row: T, N, the rules it is for, until when it may be used, how long the other tables are
    assent_members    a row for each member of whom anything is known: facts, explicit choices, objections, notices
    assent_holds      the holds that stand
    assent_excluded   the ids of records that somebody left out
    assent_sensitive  the ids of records whose texts were found to speak of what a purpose leaves out

Every row names its export, so that rows of two exports never make one answer. What is not there denies, and that what
would deny is not there is noticed: the state says how long the last three must be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from assent.errors import InputError
from assent.gate.sql import Sql
from assent.gate.views.words import Words
from assent.policy.pack import Pack

STATE, MEMBERS, HOLDS = "assent_state", "assent_members", "assent_holds"
EXCLUDED, SENSITIVE = "assent_excluded", "assent_sensitive"
TABLES = (STATE, MEMBERS, HOLDS, EXCLUDED, SENSITIVE)
COUNTED = {"holds": HOLDS, "excluded": EXCLUDED, "sensitive": SENSITIVE}
"""Columns of the state that say how many rows of the export a table has: those in which a missing row would allow."""
_LONGEST = 63
"""PostgreSQL cuts longer names short. Unit: bytes."""

_INSTANT = pa.timestamp("us", tz="UTC")
_KEY = pa.field("export", pa.string(), nullable=False)
STATE_SCHEMA = pa.schema(
    [
        _KEY,
        pa.field("at", _INSTANT, nullable=False),
        pa.field("ledger_size", pa.int64(), nullable=False),
        pa.field("pack", pa.string(), nullable=False),
        pa.field("valid_until", _INSTANT, nullable=False),
        pa.field("holds", pa.int64(), nullable=False),
        pa.field("excluded", pa.int64(), nullable=False),
        pa.field("sensitive", pa.int64(), nullable=False),
    ]
)
HOLD_SCHEMA = pa.schema(
    [
        _KEY,
        pa.field("purpose", pa.string(), nullable=False),
        pa.field("region", pa.string(), nullable=False),
        pa.field("since", _INSTANT),
        pa.field("until", _INSTANT),
    ]
)
EXCLUDED_SCHEMA = pa.schema([_KEY, pa.field("id", pa.string(), nullable=False)])
SENSITIVE_SCHEMA = pa.schema(
    [_KEY, pa.field("purpose", pa.string(), nullable=False), pa.field("id", pa.string(), nullable=False)]
)


@dataclass(frozen=True, slots=True)
class Choices:
    """The columns of `assent_members` that a pack asks for, by what they are about."""

    settings: Mapping[str, str]
    objections: Mapping[str, str]
    notices: Mapping[str, str]


def choices_of(pack: Pack) -> Choices:
    """A column for each setting, purpose and notice of the pack.

    Raises:
        InputError: two names would make one column, or a name makes one that is too long for every database.
    """
    taken: dict[str, str] = {}

    def column(kind: str, name: str) -> str:
        found = f"{kind}_{re.sub('[^a-z0-9_]', '_', name.lower())}"
        if taken.setdefault(found, f"{kind} {name}") != f"{kind} {name}":
            raise InputError(f"`{name}` would share the column `{found}` with `{taken[found].split(' ', 1)[1]}`")
        if len(found.encode()) > _LONGEST:
            raise InputError(f"the column `{found}` would be longer than {_LONGEST} bytes")
        return found

    return Choices(
        {name: column("setting", name) for name in pack.settings},
        {name: column("objection", name) for name in pack.purposes},
        {name: column("notice", name) for name in pack.notices},
    )


def member_schema(choices: Choices) -> pa.Schema:
    """What `assent_members` holds: a null is a fact nobody knows, or a choice nobody made."""
    return pa.schema(
        [
            _KEY,
            pa.field("member", pa.string(), nullable=False),
            pa.field("region", pa.string()),
            pa.field("birth_date", pa.date32()),
            pa.field("closed", pa.bool_(), nullable=False),
            pa.field("erased", pa.bool_(), nullable=False),
            pa.field("unreadable", pa.bool_(), nullable=False),
            *(pa.field(name, pa.string()) for name in choices.settings.values()),
            *(pa.field(name, pa.string()) for name in choices.objections.values()),
            *(pa.field(name, _INSTANT) for name in choices.notices.values()),
        ]
    )


def schemas(pack: Pack) -> Mapping[str, pa.Schema]:
    """The tables by name."""
    return {
        STATE: STATE_SCHEMA, MEMBERS: member_schema(choices_of(pack)), HOLDS: HOLD_SCHEMA, EXCLUDED: EXCLUDED_SCHEMA,
        SENSITIVE: SENSITIVE_SCHEMA,
    }  # fmt: skip


def create_tables(words: Words, pack: Pack, schema: tuple[str, ...]) -> list[Sql]:
    """Statements that make the tables."""
    kinds = {
        pa.string(): words.text_type, pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", pa.date32(): "DATE",
        _INSTANT: words.instant_type,
    }  # fmt: skip
    made: list[Sql] = []
    for name, columns in schemas(pack).items():
        defined = [
            exp.ColumnDef(
                this=exp.to_identifier(column.name, quoted=True),
                kind=exp.DataType.build(kinds[column.type], dialect=words.dialect),
                constraints=[] if column.nullable else [exp.ColumnConstraint(kind=exp.NotNullColumnConstraint())],
            )
            for column in columns
        ]
        made.append(exp.Create(this=exp.Schema(this=named(schema, name), expressions=defined), kind="TABLE"))
    return made


def named(schema: tuple[str, ...], name: str) -> exp.Table:
    """A table or view in that catalogue and schema, where they are given."""
    parts = [exp.to_identifier(part, quoted=True) for part in (*schema, name) if part]
    keys = ("this", "db", "catalog")
    if len(parts) > len(keys):
        raise InputError(f"`{'.'.join((*schema, name))}` has more than three parts")
    return exp.Table(**dict(zip(keys, reversed(parts), strict=False)))


def of(schema: tuple[str, ...], name: str, alias: str) -> exp.Table:
    """The same to select from, under an alias."""
    table: exp.Table = exp.alias_(named(schema, name), alias, table=True, quoted=True)
    return table
