"""The mapping file of a platform's tables: which columns mean what, checked as a whole."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from assent.errors import InputError
from assent.vocabulary.people import IdentifierKind
from assent.vocabulary.tables import COLUMNS, Column

Text = Annotated[str, Field(min_length=1)]


def _real_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"`{name}` is no IANA time zone{_did_you_mean(name, available_timezones())}")
    return name


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Origin(_Part):
    """Where a value comes from: a column, perhaps with its values spelled differently here, or one constant."""

    column: Text | None = None
    values: Annotated[dict[Text, Text], Field(min_length=1)] | None = None
    constant: Text | None = None
    columns: Annotated[list[Text], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Origin:
        if sum(each is not None for each in (self.column, self.constant, self.columns)) != 1:
            raise ValueError("needs either `column` or `constant`")
        if self.values and self.column is None:
            raise ValueError("`values` needs a `column`")
        return self


def _named_column(given: object) -> object:
    return {"column": given} if isinstance(given, str) else given


def _named_columns(given: object) -> object:
    return {"columns": given} if isinstance(given, list) else _named_column(given)


def _one_place(origin: Origin) -> Origin:
    if origin.columns:
        raise ValueError(
            "one column, not a list: only the signals `aipref` and `tdm_reservation` are said in many places"
        )
    return origin


def _same_for_all(given: object) -> object:
    return {"constant": given} if isinstance(given, str) else given


FromColumn = Annotated[Origin, BeforeValidator(_named_column), AfterValidator(_one_place)]
"""A plain text names a column."""
FromColumns = Annotated[Origin, BeforeValidator(_named_columns)]
"""A plain text names a column, a list several: statements from several places on the same record."""
FromConstant = Annotated[Origin, BeforeValidator(_same_for_all), AfterValidator(_one_place)]
"""A plain text is the value itself."""


class Columns(_Part):
    """Where each canonical column comes from; those left out are unknown in every row."""

    id: Text
    author: Text | None = None
    subjects: Text | None = None
    created_at: Text | None = None
    visibility: FromColumn | None = None
    parent: Text | None = None
    excluded: Text | None = None
    aipref: FromColumns | None = None
    tdm_reservation: FromColumns | None = None
    cawg: FromColumn | None = None
    context: Text | None = None
    text: Text | None = None


class Records(_Part):
    """Files with the same columns, or a table of Spark's catalogue."""

    table: Annotated[str, Field(pattern=r"^\w+(\.\w+){0,2}$")] | None = None
    files: Annotated[list[Text], Field(min_length=1)] | None = Field(None, validate_default=True)
    category: FromConstant
    columns: Columns

    @field_validator("files")
    @classmethod
    def _one_place(cls, files: list[str] | None, about: ValidationInfo) -> list[str] | None:
        table = about.data.get("table")
        if files is None and table is None:
            raise PydanticCustomError("missing", "files are missing")
        if files is not None and table is not None:
            raise ValueError("needs either `files` or `table`")
        return files

    def as_columns(self) -> Mapping[str, Column]:
        """By canonical name; a plain `category` is that category, a plain column is a column's name."""
        given = {name: getattr(self.columns, name) for name in COLUMNS if name != "category"}
        found = {name: _column(value) for name, value in given.items() if value is not None}
        return found | {"category": _column(self.category)}


class Events(_Part):
    """Files whose columns have fixed names: ledger events about members, or requests with their `Sec-GPC`."""

    files: Annotated[list[Text], Field(min_length=1)]


def _as_list(given: object) -> object:
    return [given] if isinstance(given, str) else given


OneOrMore = Annotated[list[Text], Field(min_length=1), BeforeValidator(_as_list)]
"""A plain text names a column, a list the columns that make one value together."""


class Identifiers(_Part):
    """Files that say what identifies people; without `member` they are people who are no members and objected."""

    files: Annotated[list[Text], Field(min_length=1)]
    member: Text | None = None
    name: OneOrMore | None = None
    handle: Text | None = None
    email: Text | None = None
    phone: Text | None = None

    @model_validator(mode="after")
    def _any(self) -> Identifiers:
        if not self.by_kind():
            raise ValueError("names no identifier; give `name`, `handle`, `email` or `phone`")
        return self

    def by_kind(self) -> Mapping[IdentifierKind, tuple[str, ...]]:
        """The columns of each kind that is given."""
        one = {kind: (getattr(self, kind),) for kind in IdentifierKind if kind is not IdentifierKind.NAME}
        given = {IdentifierKind.NAME: tuple(self.name or ())} | one
        return {kind: columns for kind, columns in given.items() if columns and columns != (None,)}

    def as_columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        columns = [column for columns in self.by_kind().values() for column in columns]
        return tuple(columns if self.member is None else [self.member, *columns])


class Mapped(_Part):
    """A whole mapping file."""

    records: Annotated[list[Records], Field(min_length=1)]
    events: list[Events] = []
    gpc: list[Events] = []
    identifiers: list[Identifiers] = []
    zone: Annotated[str, AfterValidator(_real_zone)] | None = None


def load_mapping(path: Path) -> Mapped:
    """The mapping that a TOML file states.

    Raises:
        InputError: it cannot be read; or every problem in it at once, in one line.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "give the mapping file itself: docs/spec/sources.md" if path.is_dir() else None
        raise InputError(f"cannot read `{path}`: {(error.strerror or str(error)).lower()}", hint=hint) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"`{path}` is no valid TOML: {error}") from None
    try:
        return Mapped.model_validate(document)
    except ValidationError as error:
        problems = list(dict.fromkeys(_sentence(problem) for problem in error.errors()))
        raise InputError(
            f"`{path}`: {'; '.join(problems)}", hint="the keys of a mapping are described in docs/spec/sources.md"
        ) from None


def _column(value: str | Origin) -> Column:
    if isinstance(value, str):
        return Column(source=value)
    if value.columns:
        return Column(source=value.columns[0], also=tuple(value.columns[1:]))
    return Column(source=value.column, constant=value.constant, values=dict(value.values or {}))


_KEYS: Mapping[str, tuple[str, ...]] = {
    "": tuple(Mapped.model_fields),
    "records": tuple(Records.model_fields),
    "columns": tuple(Columns.model_fields),
    "events": tuple(Events.model_fields),
    "gpc": tuple(Events.model_fields),
    "identifiers": tuple(Identifiers.model_fields),
}


def _sentence(problem: Any) -> str:
    """One problem in words, with the key it is about and, for an unknown key, the one that may be meant."""
    place = problem["loc"]
    name = ".".join(str(part) for part in place)
    if problem["type"] == "extra_forbidden":
        section = next((part for part in reversed(place[:-1]) if isinstance(part, str)), "")
        known = _KEYS.get(section, tuple(Origin.model_fields))
        return f"unknown key `{name}`{_did_you_mean(str(place[-1]), known)}"
    if problem["type"] == "missing":
        return f"`{name}` is missing"
    if problem["type"] == "value_error":
        return f"`{name}`: {problem['ctx']['error']}"
    if problem["type"] == "model_type":
        return f"`{name}` must be a text or a table"
    return f"`{name}`: {problem['msg'][:1].lower()}{problem['msg'][1:]}"


def _did_you_mean(word: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean `{close[0]}`?)" if close else ""
