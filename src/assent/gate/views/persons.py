"""Whether a person permits, as SQL written from the pack alone: the second evaluator beside `policy.evaluate`.

`moment` says as of when, and whether there is anything to answer from at all; `people` has a row for each member of
whom something is known, with a column for each reason that can speak against a person. Each condition is two-valued:
where something is not known it says so, and then denies.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlglot import exp

from assent.gate import sql
from assent.gate.sql import Sql
from assent.gate.views import tables
from assent.gate.views.tables import Choices, of
from assent.gate.views.words import Words
from assent.policy.pack import AgeAt, ObjectionRule, Pack, Purpose
from assent.vocabulary.identifiers import SettingName
from assent.vocabulary.reasons import PERSON_REASONS, Reason
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Objection

Schema = tuple[str, ...]

_REASONS = tuple(reason for reason in PERSON_REASONS if reason is not Reason.TAKEN_BACK)
PERSON_COLUMNS = tuple(reason.label for reason in _REASONS)


def moment(words: Words, pack: Pack, schema: Schema) -> exp.Select:
    """One row, or none: T, N and the name of the export, where the export is whole, new enough and for these rules."""
    state = exp.select(
        *(sql.named(exp.Max(this=sql.col(name)), name) for name in ("export", "at", "ledger_size", "pack")),
        sql.named(exp.Min(this=sql.col("valid_until")), "valid_until"),
        *(sql.named(exp.Max(this=sql.col(name)), name) for name in tables.COUNTED),
        sql.named(sql.count(), "states"),
    ).from_(of(schema, tables.STATE, "s"))
    query = exp.select(*(sql.col(name, "s") for name in ("export", "at", "ledger_size"))).from_(state.subquery("s"))
    whole: list[Sql] = []
    for place, (counted, table) in enumerate(tables.COUNTED.items()):
        alias = f"c{place}"
        query = query.join(
            _counted(schema, table).subquery(alias), on=_same_export("s", alias), join_type="left", copy=False
        )
        whole.append(sql.eq(sql.col(counted, "s"), _zero(sql.col("rows", alias))))
    usable = sql.both(
        sql.eq(sql.col("states", "s"), sql.value(1)),
        sql.eq(sql.col("pack", "s"), sql.value(pack.digest)),
        exp.LT(this=exp.CurrentTimestamp(), expression=sql.col("valid_until", "s")),
        *whole,
    )
    return query.where(words.certain(usable))


def people(words: Words, pack: Pack, purpose: Purpose, schema: Schema, moment_view: Sql) -> exp.Select:
    """A row for each member of whom something is known: `member`, `birth_date`, `permits`, and the reasons.

    Nobody is in it whose events cannot all be read, and nobody at all where there is no moment.
    """
    writer = _Person(words, pack, purpose, tables.choices_of(pack))
    reasons = {
        Reason.ON_HOLD: writer.on_hold(),
        Reason.REGION_UNKNOWN: exp.not_(exp.paren(writer.among(REGION_CODES))),
        Reason.REGION_NOT_COVERED: writer.among(set(REGION_CODES) - set(purpose.coverage)),
        Reason.NOT_YET_IN_FORCE: writer.not_yet_in_force(),
        **writer.age(),
        **writer.notice(),
        Reason.SETTING_OFF: writer.setting_off(),
        **writer.objection(),
        Reason.ACCOUNT_CLOSED: writer.flag("closed"),
        Reason.ERASED: writer.flag("erased"),
    }
    against = [sql.named(reasons.get(reason, exp.false()), reason.label) for reason in _REASONS]
    told = (
        exp.select(sql.col("member", "m"), sql.col("birth_date", "m"), *against)
        .from_(of(schema, tables.MEMBERS, "m"))
        .join(exp.alias_(moment_view, "t", table=True, quoted=True), on=_same_export("m", "t"), join_type="inner")
        .join(_held(words, pack, purpose, schema).subquery("h"), join_type="cross")
        .join(
            _held_regions(purpose, schema).subquery("g"),
            on=sql.both(_same_export("m", "g"), sql.eq(sql.col("region", "m"), sql.col("region", "g"))),
            join_type="left",
        )
        .where(sql.eq(_or_true(sql.col("unreadable", "m")), exp.false()))
    )
    permits = exp.not_(exp.paren(sql.either(*(sql.col(name) for name in PERSON_COLUMNS))))
    columns = ("member", "birth_date", *PERSON_COLUMNS)
    return exp.select(*(sql.col(name, "p") for name in columns), sql.named(permits, "permits")).from_(
        told.subquery("p")
    )


def age_at_creation(words: Words, purpose: Purpose, person: str, created_at: Sql, at: Sql) -> tuple[Sql, Sql] | None:
    """The conditions `age_unknown` and `under_age` of a known person at a record's creation; None where not asked."""
    if purpose.minimum_age is None or purpose.age_at is AgeAt.USE:
        return None
    measured = sql.case(
        (exp.LT(this=created_at, expression=at), created_at.copy()),
        (sql.is_null(created_at.copy()), exp.null()),
        default=at.copy(),
    )
    return _ages(words, purpose.minimum_age, sql.col("birth_date", person), words.day(measured))


def _ages(words: Words, years: int, born: Sql, on: Sql) -> tuple[Sql, Sql]:
    """By calendar: years first, then the day of the year, so that a birthday on 29 February falls on 1 March."""
    unknown = sql.either(sql.is_null(born), sql.is_null(exp.paren(on)))

    def part(name: str, of: Sql) -> Sql:
        return exp.Extract(this=exp.var(name), expression=of.copy())

    def day_of_year(of: Sql) -> Sql:
        return exp.paren(
            exp.Add(this=exp.Mul(this=part("MONTH", of), expression=sql.value(100)), expression=part("DAY", of))
        )

    gone = exp.paren(exp.Sub(this=part("YEAR", on), expression=part("YEAR", born)))
    under = sql.either(
        exp.LT(this=gone, expression=sql.value(years)),
        sql.both(sql.eq(gone.copy(), sql.value(years)), exp.GT(this=day_of_year(born), expression=day_of_year(on))),
    )
    old_enough = words.certain(exp.not_(exp.paren(under)))
    return unknown, sql.both(exp.not_(exp.paren(unknown.copy())), exp.not_(exp.paren(old_enough)))


class _Person:
    """The conditions on a row of `assent_members` (`m`) at the moment (`t`)."""

    def __init__(self, words: Words, pack: Pack, purpose: Purpose, choices: Choices) -> None:
        self.words = words
        self.pack = pack
        self.purpose = purpose
        self.choices = choices

    def among(self, regions: Collection[str]) -> Sql:
        return self.words.certain(sql.within(sql.col("region", "m"), sorted(regions)))

    def on_hold(self) -> Sql:
        """By the rules' own holds, by one for everybody, for a group, or for the person's region."""
        held = [
            self._of_the_pack(),
            sql.eq(sql.col("everybody", "h"), sql.value(1)),
            sql.not_null(sql.col("region", "g")),
        ]
        for place, codes in enumerate(self.pack.groups[name] for name in sorted(self.pack.groups)):
            in_force = sql.eq(sql.col(f"group_{place}", "h"), sql.value(1))
            held.append(sql.both(in_force, self.among(codes)))
        return sql.either(*held)

    def not_yet_in_force(self) -> Sql:
        starts: dict[datetime, list[str]] = {}
        for region, since in self.purpose.coverage.items():
            if since is not None:
                starts.setdefault(since, []).append(region)
        return sql.either(
            *(sql.both(self.among(codes), self._before(since)) for since, codes in sorted(starts.items()))
        )

    def age(self) -> dict[Reason, Sql]:
        if self.purpose.minimum_age is None or self.purpose.age_at is AgeAt.CREATION:
            return {}
        on = self.words.day(sql.col("at", "t"))
        unknown, under = _ages(self.words, self.purpose.minimum_age, sql.col("birth_date", "m"), on)
        return {Reason.AGE_UNKNOWN: unknown, Reason.UNDER_AGE: under}

    def notice(self) -> dict[Reason, Sql]:
        if self.purpose.notice is None:
            return {}
        delivered_at = sql.col(self.choices.notices[self.purpose.notice], "m")
        latest = self.words.ago(sql.col("at", "t"), self.purpose.waiting_period)
        long_enough = self.words.certain(exp.LTE(this=delivered_at, expression=latest))
        told = sql.not_null(delivered_at.copy())
        return {
            Reason.NOTICE_NOT_DELIVERED: sql.is_null(delivered_at.copy()),
            Reason.WAITING_PERIOD: sql.both(told, exp.not_(exp.paren(long_enough))),
        }

    def setting_off(self) -> Sql:
        if self.purpose.setting is None:
            return exp.false()
        names = (self.purpose.setting, *self.pack.settings[self.purpose.setting].off_with)
        return sql.either(*(self._off(name) for name in names))

    def objection(self) -> dict[Reason, Sql]:
        stands = sql.col(self.choices.objections[self.purpose.name], "m")
        there = sql.not_null(stands.copy())
        if self.purpose.objection is ObjectionRule.ABSOLUTE:
            return {Reason.OBJECTION_UPHELD: there}
        decided = self.words.certain(sql.within(stands, [Objection.UPHELD.value, Objection.REJECTED.value]))
        upheld = self.words.certain(sql.eq(stands.copy(), sql.value(Objection.UPHELD.value)))
        return {
            Reason.OBJECTION_OPEN: sql.both(there, exp.not_(exp.paren(decided))),
            Reason.OBJECTION_UPHELD: upheld,
        }

    def flag(self, name: str) -> Sql:
        return sql.eq(_or_true(sql.col(name, "m")), exp.true())

    def _off(self, name: SettingName) -> Sql:
        """Chosen otherwise than on; or not chosen, where it is off without a choice."""
        chosen = sql.col(self.choices.settings[name], "m")
        defaults = self.pack.settings[name].defaults
        off = [region for region in self.purpose.coverage if defaults[region] == "off"]
        return sql.either(
            self.words.certain(exp.NEQ(this=chosen, expression=sql.value("on"))),
            sql.both(sql.is_null(chosen.copy()), self.among(off)),
        )

    def _of_the_pack(self) -> Sql:
        found = []
        for hold in self.pack.holds:
            if hold.purpose != self.purpose.name:
                continue
            parts = [exp.not_(exp.paren(self._before(hold.since)))] if hold.since else []
            parts += [self._before(hold.until)] if hold.until else []
            if not self.pack.hold_covers(hold, None):
                parts.append(self.among([code for code in REGION_CODES if self.pack.hold_covers(hold, code)]))
            found.append(sql.both(*parts) if parts else exp.true())
        return sql.either(*found)

    def _before(self, instant: datetime) -> Sql:
        """Whether the moment is before the instant."""
        return exp.LT(this=sql.col("at", "t"), expression=self.words.instant(instant))


def _held(words: Words, pack: Pack, purpose: Purpose, schema: Schema) -> exp.Select:
    """One row that says whether everybody is held, and which groups are."""
    known = [EVERYWHERE, *sorted(pack.groups), *sorted(REGION_CODES)]
    foreign = exp.not_(exp.paren(words.certain(sql.within(sql.col("region", "h"), known[1:]))))
    return exp.select(
        sql.named(_one_if(foreign), "everybody"),
        *(
            sql.named(_one_if(words.certain(sql.eq(sql.col("region", "h"), sql.value(name)))), f"group_{place}")
            for place, name in enumerate(sorted(pack.groups))
        ),
    ).from_(_in_force(purpose, schema).subquery("h"))


def _held_regions(purpose: Purpose, schema: Schema) -> exp.Select:
    rows = _in_force(purpose, schema).subquery("h")
    return exp.select(sql.col("export", "h"), sql.col("region", "h")).distinct().from_(rows)


def _in_force(purpose: Purpose, schema: Schema) -> exp.Select:
    """The holds of the purpose that stand; one whose times are odd stands."""
    ended = exp.LTE(this=sql.col("until", "h"), expression=sql.col("at", "s"))
    begun_later = exp.GT(this=sql.col("since", "h"), expression=sql.col("at", "s"))
    over = exp.Coalesce(this=exp.paren(sql.either(ended, begun_later)), expressions=[exp.false()])
    return (
        exp.select(sql.col("export", "h"), sql.col("region", "h"))
        .from_(of(schema, tables.HOLDS, "h"))
        .join(of(schema, tables.STATE, "s"), on=_same_export("h", "s"), join_type="inner")
        .where(sql.eq(sql.col("purpose", "h"), sql.value(purpose.name)))
        .where(exp.not_(over))
    )


def _counted(schema: Schema, name: str) -> exp.Select:
    rows = exp.select(sql.col("export"), sql.named(sql.count(), "rows")).from_(tables.named(schema, name))
    return rows.group_by(sql.col("export"))


def _same_export(one: str, two: str) -> Sql:
    return sql.eq(sql.col("export", one), sql.col("export", two))


def _one_if(condition: Sql) -> Sql:
    return _zero(exp.Max(this=sql.case((condition, sql.value(1)), default=sql.value(0))))


def _zero(given: Sql) -> Sql:
    return exp.Coalesce(this=given, expressions=[sql.value(0)])


def _or_true(given: Sql) -> Sql:
    return exp.Coalesce(this=given, expressions=[exp.true()])


__all__ = ["PERSON_COLUMNS", "Schema", "age_at_creation", "moment", "people"]
