"""The four dialects. DuckDB, Spark and PostgreSQL are executed by the tests; Trino is generated, not executed."""

# ruff: noqa: D102 - `Words` says what each method promises

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views.reading_shapes import Shape
from assent.gate.views.signals import json_pattern
from assent.gate.views.words import LIST, POSITION, SUBJECT, Read, Words
from assent.vocabulary.records import SENSITIVE

_MICROSECOND = timedelta(microseconds=1)
_DAY_US = 86_400_000_000
_HOUR = timedelta(hours=1)
_ODD_JSON = r"notAllowed|constrained|[\\]u"
"""What makes a text that is no JSON here, though it may be elsewhere, a signal all the same."""


def _path(*keys: str) -> Sql:
    """A path into JSON; keys are the program's own and hold no quote."""
    return sql.value("$" + "".join(f'["{key}"]' for key in keys))


class _TextJson(Words):
    """Where JSON is a text: what is looked up in it, and what can only be matched."""

    def _looked_up(self, text: Sql, *keys: str) -> Sql:
        return sql.func("json_extract_scalar", text, _path(*keys))

    def _is_json(self, text: Sql) -> Sql:
        return sql.not_null(sql.func("json_extract", text, sql.value("$")))

    def _has_entries(self, text: Sql) -> Sql:
        return sql.not_null(sql.func("json_extract", text, _path("entries")))

    def json_says(self, text: Sql, keys: Sequence[str], denying: Sequence[str]) -> Sql:
        """Both by path and by pattern: of a key that comes twice, a path finds only one."""
        said = [
            sql.within(self._looked_up(text.copy(), *place), denying)
            for key in keys
            for place in ((key,), (key, "use"))
        ]
        within = [
            sql.within(self._looked_up(text.copy(), "entries", *place), denying)
            for key in keys
            for place in ((key,), (key, "use"))
        ]
        return sql.either(
            self.matches(text.copy(), json_pattern(tuple(keys), tuple(denying))),
            sql.both(exp.not_(exp.paren(self._is_json(text.copy()))), self.matches(text.copy(), _ODD_JSON)),
            self.certain(sql.either(*within)),
            sql.both(exp.not_(exp.paren(self._has_entries(text.copy()))), self.certain(sql.either(*said))),
        )


class DuckDb(_TextJson):
    """Tables are read by `gate.scan` itself, so nothing is said here of how columns are read."""

    dialect = "duckdb"
    people_type = "STRUCT(role TEXT, member TEXT)[]"
    functions = frozenset({"to_json", "array_to_string", "list_filter", "list_aggregate", "epoch_us", "bool_or"})
    nodes = frozenset({exp.ToMap})

    def _looked_up(self, text: Sql, *keys: str) -> Sql:
        path = sql.value("$" + "".join(f'."{key}"' for key in keys))
        valid = sql.case((sql.certain(self._is_json(text)), text.copy()), default=exp.null())
        return sql.func("json_extract_string", valid, path)

    def _is_json(self, text: Sql) -> Sql:
        return sql.func("json_valid", text)

    def _has_entries(self, text: Sql) -> Sql:
        valid = sql.case((sql.certain(self._is_json(text)), text.copy()), default=exp.null())
        return sql.not_null(sql.func("json_extract", valid, sql.value('$."entries"')))

    def present(self, texts: Sequence[Sql]) -> Sql:
        there = sql.lambda_of(["x"], sql.not_null(sql.col("x")))
        return sql.func("list_filter", sql.array(texts), there)

    def has_people(self, subjects: Sql) -> Sql:
        return exp.GT(this=sql.func("len", subjects), expression=sql.value(0))

    def ago(self, at: Sql, span: timedelta) -> Sql:
        return exp.paren(exp.Sub(this=at, expression=sql.func("to_microseconds", sql.value(span // _MICROSECOND))))

    def day(self, instant: Sql) -> Sql:
        return self.cast(sql.func("timezone", sql.value("UTC"), instant), "DATE")

    def joined(self, texts: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        return sql.func("list_aggregate", self.list_of(texts, order, only), sql.value("string_agg"), sql.value(""))

    def each(self, source: exp.Select, keep: Sequence[str]) -> exp.Select:
        found = exp.select(
            *(sql.col(name, "r") for name in keep),
            sql.named(sql.func("unnest", sql.col(LIST, "r")), SUBJECT),
            sql.named(sql.func("generate_subscripts", sql.col(LIST, "r"), sql.value(1)), POSITION),
        )
        return found.from_(source.subquery("r"))

    def broken(self, subject: Sql) -> Sql:
        return sql.is_null(subject)  # `scan` lets no other one through

    def read_instant(self, given: Sql, shape: Shape) -> Read:
        raise NotImplementedError

    def read_flags(self, given: Sql) -> Read:
        raise NotImplementedError

    def read_subjects(self, given: Sql) -> Read:
        raise NotImplementedError


class Spark(_TextJson):
    """Spark 4. It has no word for a view that hides what it reads; that is for the catalogue to do."""

    dialect = "spark"
    text_type = "STRING"
    json_type = "STRING"
    texts_type = "ARRAY<STRING>"
    people_type = "ARRAY<STRUCT<role: STRING, member: STRING>>"
    subjects_type = "ARRAY<STRUCT<role: STRING, member: STRING, spans: ARRAY<STRUCT<start: BIGINT, end: BIGINT>>>>"
    instant_type = "TIMESTAMP"
    recursive = False
    functions = frozenset(
        {
            "array_contains", "array_join", "bool_or", "cardinality", "collect_list", "concat_ws", "date_add", "exists",
            "filter", "get_json_object", "greatest", "make_timestamp", "named_struct", "pmod", "sort_array",
            "timestamp_micros", "transform", "typeof", "unix_micros",
        }
    )  # fmt: skip
    nodes = frozenset({exp.Posexplode, exp.Aliases, exp.Extract, exp.Var, exp.Div})

    def _looked_up(self, text: Sql, *keys: str) -> Sql:
        return sql.func("get_json_object", text, sql.value("$" + "".join(f"['{key}']" for key in keys)))

    def _is_json(self, text: Sql) -> Sql:
        return sql.not_null(sql.func("get_json_object", text, sql.value("$")))

    def _has_entries(self, text: Sql) -> Sql:
        return sql.not_null(sql.func("get_json_object", text, sql.value("$['entries']")))

    def ago(self, at: Sql, span: timedelta) -> Sql:
        # A day of an interval would be a day in the zone of the session.
        us = exp.Sub(this=sql.func("unix_micros", at), expression=sql.value(span // _MICROSECOND))
        return sql.func("timestamp_micros", us)

    def day(self, instant: Sql) -> Sql:
        us = sql.func("unix_micros", instant)
        whole = exp.paren(exp.Sub(this=us, expression=sql.func("pmod", us.copy(), sql.value(_DAY_US))))
        days = self.cast(exp.Div(this=whole, expression=sql.value(_DAY_US)), "INT")
        return sql.func("date_add", self.cast(sql.value("1970-01-01"), "DATE"), days)

    def list_of(self, given: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        keys = [part for place, key in enumerate(order) for part in (sql.value(f"k{place}"), key)]
        pairs = sql.func("named_struct", *keys, sql.value("v"), given)
        ordered = sql.func("sort_array", sql.only(sql.func("collect_list", pairs), only))
        return sql.func("transform", ordered, sql.lambda_of(["x"], sql.field(sql.col("x"), "v")))

    def people_of(self, role: Sql, member: Sql, position: Sql, only: Sql) -> Sql:
        person = sql.func("named_struct", sql.value("role"), role, sql.value("member"), member)
        return self.list_of(person, [position], only)

    def joined(self, texts: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        return sql.func("array_join", self.list_of(texts, order, only), sql.value(""))

    def each(self, source: exp.Select, keep: Sequence[str]) -> exp.Select:
        names = [exp.to_identifier(name, quoted=True) for name in (POSITION, SUBJECT)]
        exploded = exp.Aliases(this=exp.Posexplode(this=sql.col(LIST, "r")), expressions=names)
        return exp.select(*(sql.col(name, "r") for name in keep), exploded).from_(source.subquery("r"))

    def broken(self, subject: Sql) -> Sql:
        span = sql.col("p")
        gone = sql.either(sql.is_null(sql.field(span, "start")), sql.is_null(sql.field(span.copy(), "end")))
        odd = sql.func("exists", sql.field(subject.copy(), "spans"), sql.lambda_of(["p"], gone))
        return sql.either(_no_role(self, subject), self.certain(odd))

    def read_instant(self, given: Sql, shape: Shape) -> Read:
        kind = sql.func("typeof", given)
        branches = [(sql.eq(kind, sql.value("timestamp")), self.cast(given.copy(), "TIMESTAMP"))]
        if shape.zone is not None:
            local = self.cast(given.copy(), "TIMESTAMPNTZ")
            parts = [_extract(part, local) for part in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")]
            placed = sql.func("make_timestamp", *parts, sql.value(shape.zone))
            branches.append((sql.eq(kind.copy(), sql.value("timestamp_ntz")), placed))
        return _understood(given, sql.case(*branches, default=self.null("TIMESTAMP")))

    def read_flags(self, given: Sql) -> Read:
        return Read(self.certain(sql.func("array_contains", given, sql.value(SENSITIVE))))

    def read_subjects(self, given: Sql) -> Read:
        each, span = sql.col("s"), sql.col("p")
        places = [
            part
            for name in ("start", "end")
            for part in (sql.value(name), self.cast(sql.field(span.copy(), name), "BIGINT"))
        ]
        spans = sql.func("transform", sql.field(each, "spans"), sql.lambda_of(["p"], sql.func("named_struct", *places)))
        person = sql.func(
            "named_struct",
            sql.value("role"), sql.field(each.copy(), "role"),
            sql.value("member"), self.text(sql.field(each.copy(), "member")),
            sql.value("spans"), spans,
        )  # fmt: skip
        return Read(sql.func("transform", given, sql.lambda_of(["s"], person)))


class Postgres(Words):
    """PostgreSQL 14 or later. What is JSON lies in columns of the type `jsonb`, which hold nothing else."""

    dialect = "postgres"
    json_type = "JSONB"
    people_type = "JSONB"
    subjects_type = "JSONB"
    functions = frozenset(
        {
            "array_remove", "array_to_string", "bool_or", "concat_ws", "greatest", "jsonb_array_elements",
            "jsonb_array_length", "jsonb_agg", "jsonb_build_object", "jsonb_extract_path", "jsonb_extract_path_text",
            "jsonb_path_exists", "jsonb_path_query_array", "jsonb_typeof", "pg_typeof",
        }
    )  # fmt: skip
    nodes = frozenset({exp.Lateral, exp.Collate, exp.Extract, exp.Var, exp.Property})

    def secured(self) -> exp.Properties:
        """Nobody's own function sees a row before the view has let it through."""
        barrier = exp.Property(this=exp.var("security_barrier"), value=exp.true())
        return exp.Properties(expressions=[barrier])

    def ordered(self, given: Sql) -> Sql:
        return exp.Collate(this=given, expression=exp.to_identifier("C", quoted=True))

    def present(self, texts: Sequence[Sql]) -> Sql:
        return sql.func("array_remove", self.cast(sql.array(texts), "TEXT[]"), self.null("TEXT"))

    def has_people(self, subjects: Sql) -> Sql:
        return exp.GT(this=sql.func("jsonb_array_length", _as_array(subjects)), expression=sql.value(0))

    def field(self, of: Sql, name: str) -> Sql:
        if name == "spans":
            found = sql.func("jsonb_extract_path", of, sql.value(name))
            there = sql.eq(sql.func("jsonb_typeof", found), sql.value("array"))
            return sql.case((there, found.copy()), default=self.null("JSONB"))
        text = sql.func("jsonb_extract_path_text", of, sql.value(name))
        return self.cast(self.cast(text, "DECIMAL"), "BIGINT") if name in {"start", "end"} else text

    def people_of(self, role: Sql, member: Sql, position: Sql, only: Sql) -> Sql:
        person = sql.func("jsonb_build_object", sql.value("role"), role, sql.value("member"), member)
        by = exp.Order(this=person, expressions=[exp.Ordered(this=position, nulls_first=False)])
        return sql.only(sql.func("jsonb_agg", by), only)

    def ago(self, at: Sql, span: timedelta) -> Sql:
        long = self.cast(sql.value(f"{span // _MICROSECOND} microseconds"), "INTERVAL")
        return exp.paren(exp.Sub(this=at, expression=long))

    def day(self, instant: Sql) -> Sql:
        return self.cast(sql.func("timezone", sql.value("UTC"), instant), "DATE")

    def joined(self, texts: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        return sql.func("array_to_string", self.list_of(texts, order, only), sql.value(""))

    def each(self, source: exp.Select, keep: Sequence[str]) -> exp.Select:
        names = [exp.to_identifier(name, quoted=True) for name in (SUBJECT, POSITION)]
        elements = exp.Lateral(
            this=sql.func("jsonb_array_elements", _as_array(sql.col(LIST, "r"))),
            ordinality=True,
            alias=exp.TableAlias(this=exp.to_identifier("e", quoted=True), columns=names),
        )
        columns = [*(sql.col(name, "r") for name in keep), sql.col(SUBJECT, "e"), sql.col(POSITION, "e")]
        return exp.select(*columns).from_(source.subquery("r")).join(elements, join_type="cross")

    def broken(self, subject: Sql) -> Sql:
        role = sql.func("jsonb_extract_path", subject, sql.value("role"))
        spans = sql.func("jsonb_extract_path", subject.copy(), sql.value("spans"))
        kind = sql.func("jsonb_typeof", spans)
        good = sql.func("jsonb_path_query_array", spans.copy(), sql.value(_GOOD_SPANS))
        odd = exp.NEQ(
            this=sql.func("jsonb_array_length", good), expression=sql.func("jsonb_array_length", spans.copy())
        )
        return sql.either(
            exp.not_(self.certain(sql.eq(sql.func("jsonb_typeof", role), sql.value("string")))),
            self.certain(sql.eq(self.field(subject.copy(), "role"), sql.value(""))),
            exp.not_(exp.paren(sql.either(sql.is_null(spans.copy()), sql.within(kind, ["array", "null"])))),
            self.certain(
                sql.case((sql.eq(kind.copy(), sql.value("array")), odd), default=exp.false()),
            ),
        )

    def read_instant(self, given: Sql, shape: Shape) -> Read:
        kind = self.text(sql.func("pg_typeof", given))
        zoned = sql.eq(kind, sql.value("timestamp with time zone"))
        branches = [(zoned, self.cast(given.copy(), "TIMESTAMPTZ"))]
        if shape.zone is not None:
            local = self.cast(given.copy(), "TIMESTAMP")
            zone = sql.value(shape.zone)
            instant = sql.func("timezone", zone, local)
            earlier = self.ago(instant.copy(), _HOUR)
            # The first of the two where a clock is set back.
            twice = sql.eq(sql.func("timezone", zone.copy(), earlier), local.copy())
            placed = sql.case((twice, earlier.copy()), default=instant)
            branches.append((sql.eq(kind.copy(), sql.value("timestamp without time zone")), placed))
        return _understood(given, sql.case(*branches, default=self.null("TIMESTAMPTZ")))

    def read_flags(self, given: Sql) -> Read:
        is_list = sql.eq(sql.func("jsonb_typeof", given), sql.value("array"))
        odd = sql.func("jsonb_path_exists", given.copy(), sql.value(_NO_FLAG))
        absent = sql.either(
            sql.is_null(given.copy()), sql.eq(sql.func("jsonb_typeof", given.copy()), sql.value("null"))
        )
        good = self.certain(sql.both(is_list, exp.not_(exp.paren(odd))))
        found = sql.func("jsonb_path_exists", given.copy(), sql.value(f'strict $[*] ? (@ == "{SENSITIVE}")'))
        value = self.certain(sql.both(good, found))
        return Read(value, exp.not_(exp.paren(sql.either(absent, good.copy()))))

    def read_subjects(self, given: Sql) -> Read:
        kind = sql.func("jsonb_typeof", given)
        fits = sql.either(sql.is_null(given.copy()), sql.within(kind, ["array", "null"]))
        return Read(given.copy(), exp.not_(exp.paren(fits)))

    def json_says(self, text: Sql, keys: Sequence[str], denying: Sequence[str]) -> Sql:
        whole = sql.eq(sql.func("jsonb_typeof", text), sql.value("object"))
        inner = sql.func("jsonb_extract_path", text.copy(), sql.value("entries"))
        entries = sql.case((whole, exp.Coalesce(this=inner, expressions=[text.copy()])), default=self.null("JSONB"))
        words = [self.cast(sql.value(f'"{word}"'), "JSONB") for word in denying]
        found: list[Sql] = []
        for key in keys:
            entry = sql.func("jsonb_extract_path", entries.copy(), sql.value(key))
            use = sql.func("jsonb_extract_path", entries.copy(), sql.value(key), sql.value("use"))
            found += [exp.In(this=each, expressions=[word.copy() for word in words]) for each in (entry, use)]
        return sql.either(*(self.certain(each) for each in found))


_PLACE = '@.{0}.type() == "number" && @.{0}.floor() == @.{0} && @.{0} >= -2147483648 && @.{0} <= 2147483647'
_GOOD_SPANS = f'strict $[*] ? (@.type() == "object" && {_PLACE.format("start")} && {_PLACE.format("end")})'
_NO_FLAG = 'strict $[*] ? (@.type() != "string" && @.type() != "null")'


def _as_array(given: Sql) -> Sql:
    """The list, or an empty one where there is none."""
    is_list = sql.eq(sql.func("jsonb_typeof", given), sql.value("array"))
    empty = exp.Cast(this=sql.value("[]"), to=exp.DataType.build("JSONB", dialect="postgres"))
    return sql.case((is_list, given.copy()), default=empty)


_SPAN = 'ROW("start" BIGINT, "end" BIGINT)'
_PERSON = f"ROW(role VARCHAR, member VARCHAR, spans ARRAY({_SPAN}))"


class Trino(_TextJson):
    """Trino. It has no `IS TRUE`, which SQLGlot would leave out without a word: `certain` says it otherwise."""

    dialect = "trino"
    text_type = "VARCHAR"
    json_type = "VARCHAR"
    texts_type = "ARRAY(VARCHAR)"
    people_type = "ARRAY(ROW(role VARCHAR, member VARCHAR))"
    subjects_type = f"ARRAY({_PERSON})"
    instant_type = "TIMESTAMP(6) WITH TIME ZONE"
    recursive = False
    functions = frozenset(
        {
            "any_match", "array_join", "bool_or", "cardinality", "concat_ws", "contains", "date_add", "element_at",
            "filter", "greatest", "json_extract", "json_extract_scalar", "row", "sequence", "transform", "typeof",
            "with_timezone",
        }
    )  # fmt: skip
    nodes = frozenset({exp.Unnest, exp.Extract, exp.Var, exp.SqlSecurityProperty, exp.AtTimeZone, exp.Like})

    def certain(self, condition: Sql) -> Sql:
        return exp.Coalesce(this=exp.paren(condition, copy=False), expressions=[exp.false()])

    def secured(self) -> exp.Properties:
        """Who reads it needs no right to the tables, and it reads them with its owner's."""
        return exp.Properties(expressions=[exp.SqlSecurityProperty(this="DEFINER")])

    def people_of(self, role: Sql, member: Sql, position: Sql, only: Sql) -> Sql:
        person = self.cast(sql.func("row", role, member), "ROW(role VARCHAR, member VARCHAR)")
        return self.list_of(person, [position], only)

    def ago(self, at: Sql, span: timedelta) -> Sql:
        ms = -(span // timedelta(milliseconds=1))
        return sql.func("date_add", sql.value("millisecond"), sql.value(ms), at)

    def day(self, instant: Sql) -> Sql:
        return self.cast(exp.AtTimeZone(this=instant, zone=sql.value("UTC")), "DATE")

    def joined(self, texts: Sql, order: Sequence[Sql], only: Sql) -> Sql:
        return sql.func("array_join", self.list_of(texts, order, only), sql.value(""))

    def each(self, source: exp.Select, keep: Sequence[str]) -> exp.Select:
        # Unnesting the list itself would take its rows apart into columns, in whatever order they have.
        count = sql.func("cardinality", sql.col(LIST, "r"))
        places = exp.Unnest(
            expressions=[sql.func("sequence", sql.value(1), sql.func("greatest", count, sql.value(1)))],
            alias=exp.TableAlias(
                this=exp.to_identifier("e", quoted=True), columns=[exp.to_identifier(POSITION, quoted=True)]
            ),
        )
        element = sql.func("element_at", sql.col(LIST, "r"), sql.col(POSITION, "e"))
        columns = [*(sql.col(name, "r") for name in keep), sql.named(element, SUBJECT), sql.col(POSITION, "e")]
        found = exp.select(*columns).from_(source.subquery("r")).join(places, join_type="cross")
        return found.where(exp.LTE(this=sql.col(POSITION, "e"), expression=count.copy()))

    def broken(self, subject: Sql) -> Sql:
        span = sql.col("p")
        gone = sql.either(
            sql.is_null(span.copy()),
            sql.is_null(sql.field(span.copy(), "start")),
            sql.is_null(sql.field(span.copy(), "end")),
        )
        odd = sql.func("any_match", sql.field(subject.copy(), "spans"), sql.lambda_of(["p"], gone))
        return sql.either(_no_role(self, subject), self.certain(odd))

    def read_instant(self, given: Sql, shape: Shape) -> Read:
        kind = sql.func("typeof", given)
        zoned = exp.Like(this=kind, expression=sql.value("timestamp(%) with time zone"))
        branches = [(zoned, self.cast(given.copy(), self.instant_type))]
        if shape.zone is not None:
            local = self.cast(given.copy(), "TIMESTAMP(6)")
            unzoned = exp.Like(this=kind.copy(), expression=sql.value("timestamp(_)"))
            branches.append((unzoned, sql.func("with_timezone", local, sql.value(shape.zone))))
        return _understood(given, sql.case(*branches, default=self.null(self.instant_type)))

    def read_flags(self, given: Sql) -> Read:
        return Read(self.certain(sql.func("contains", given, sql.value(SENSITIVE))))

    def read_subjects(self, given: Sql) -> Read:
        each, span = sql.col("s"), sql.col("p")
        ends = [self.cast(sql.field(span.copy(), name), "BIGINT") for name in ("start", "end")]
        place = self.cast(sql.func("row", *ends), _SPAN)
        spans = sql.func("transform", sql.field(each, "spans"), sql.lambda_of(["p"], place))
        names = (sql.field(each.copy(), "role"), self.text(sql.field(each.copy(), "member")))
        person = self.cast(sql.func("row", *names, spans), _PERSON)
        return Read(sql.func("transform", given, sql.lambda_of(["s"], person)))


def _no_role(words: Words, subject: Sql) -> Sql:
    role = words.field(subject, "role")
    return sql.either(sql.is_null(subject.copy()), sql.is_null(role), words.certain(sql.eq(role.copy(), sql.value(""))))


def _extract(part: str, of: Sql) -> Sql:
    return exp.Extract(this=exp.var(part), expression=of.copy())


def _understood(given: Sql, instant: Sql) -> Read:
    return Read(instant, sql.both(sql.not_null(given.copy()), sql.is_null(exp.paren(instant.copy()))))


DIALECTS: Mapping[str, Words] = {each.dialect: each for each in (DuckDb(), Spark(), Postgres(), Trino())}
