"""Millions of members' events folded at once: one row for each member of whom anything is known at (T, N).

`assent.ledger.fold` says what the result must be. Here every text a state depends on becomes a small whole
number first (`Words`), and each slot of a member's state is one `max` over a packed number:

    effective_at (µs) · 2^64  +  seq · 2^22  +  word

so the greatest is the latest, ties at one instant go to the higher `seq`, and the answer travels inside its
own order. A value that became unknown is word 0 and wins like any other; `arg_max` would skip it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from assent.engines import Engine
from assent.errors import AssentError
from assent.gate import sql
from assent.gate.saying import perform
from assent.gate.sql import Sql
from assent.ledger.columns import KINDS, UNREADABLE, ColumnarEvents
from assent.ledger.fold import fold_holds
from assent.ledger.stored import Positioned, Unreadable
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import SettingName
from assent.vocabulary.state import Hold, Objection

WORD_BITS = 22
SEQ_BITS = 42
CLOSED, ERASED, SPOILT, TAKEN_BACK = 1, 2, 4, 8
"""Flags of a member's state; spoilt: an event of theirs cannot be read; taken back: no event says so, see below."""

STATE = "state"
_WORDS = "words"
_TAKEN_BACK = "taken_back"
_SLOT_KINDS = (
    EventType.MEMBER_REGION,
    EventType.MEMBER_BIRTH_DATE,
    EventType.SETTING_CHANGED,
    EventType.OBJECTION_DECIDED,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """What table `state` holds: `member`, `region`, `birth`, `setting_<i>`, `objection`, `noticed_at`, `flags`.

    Args:
        words: the texts its numbers stand for; 0 is null.
        settings: in the order of the columns.
    """

    words: tuple[str | None, ...]
    settings: tuple[SettingName, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """(T, N), and the files that hold the events.

    Args:
        among: a table of ordinals (`member`): only these members' events are looked at, where members are folded.
    """

    events: ColumnarEvents
    at: datetime
    among: str | None = None

    def of_members(self) -> Sql:
        """The events that count and are looked at where members are folded."""
        if self.among is None:
            return self.counted()
        them = exp.select(sql.col("member")).from_(exp.to_table(self.among))
        return self.counted().where(exp.In(this=sql.col("member"), query=them.subquery()))

    def counted(self) -> Sql:
        """The events that count, as a query to select from."""
        paths = sql.array(sql.value(str(path)) for path in self.events.events)
        seq, effective_at = sql.col("seq"), sql.col("effective_at")
        return (
            exp.select("*")
            .from_(sql.func("read_parquet", paths))
            .where(exp.LT(this=seq, expression=sql.value(self.events.size)))
            # Of an event that cannot be read not even the instant may be known: then it counts.
            .where(
                sql.either(exp.LTE(this=effective_at, expression=sql.value(self.at)), sql.is_null(effective_at.copy()))
            )
        )


def fold_members(engine: Engine, moment: Moment, pack: Pack, purpose: Purpose) -> Folded:
    """Table `state` holds a row for each member of whom an event counts."""
    settings = settings_of(pack, purpose)
    words = _learn_words(engine, moment)
    slots = [
        _slot("region", _kind(EventType.MEMBER_REGION)),
        _slot("birth", _kind(EventType.MEMBER_BIRTH_DATE)),
        *(
            _slot(f"setting_{place}", sql.both(_kind(EventType.SETTING_CHANGED), _about(name)))
            for place, name in enumerate(settings)
        ),
        _slot("objection", sql.both(_objection_kinds(), _about(purpose.name))),
        sql.named(_first_notice(purpose), "noticed_at"),
        sql.named(_flags(), "flags"),
    ]
    packed = (
        exp.select(sql.col("member"), *slots)
        .from_(_keyed(moment, words).subquery("k"))
        .where(sql.not_null(sql.col("member")))
        .group_by(sql.col("member"))
    )
    slot_names = ["region", "birth", *(f"setting_{place}" for place in range(len(settings))), "objection"]
    unpacked = exp.select(
        sql.col("member"),
        *(sql.named(_word(name), name) for name in slot_names),
        sql.col("noticed_at"),
        sql.col("flags"),
    ).from_(packed.subquery("p"))
    perform(engine, sql.create(STATE, unpacked))
    return Folded(words, settings)


def mark_taken_back(engine: Engine, members: Collection[str], files: Iterable[Path]) -> None:
    """In table `state` these members have taken back what was used before; one nobody knows stays unknown."""
    if not members:
        return
    engine.load(_TAKEN_BACK, pa.table({"member": pa.array(sorted(members), pa.string())}))
    named = sql.func("read_parquet", sql.array(sql.value(str(path)) for path in files))
    ordinals = (
        exp.select(sql.col("ordinal", "m"))
        .from_(exp.select("*").from_(named).subquery("m"))
        .join(exp.to_table(_TAKEN_BACK).as_("t"), on=sql.eq(sql.col("member", "m"), sql.col("member", "t")))
    )
    raised = exp.BitwiseOr(this=sql.col("flags"), expression=sql.value(TAKEN_BACK))
    concerned = exp.In(this=sql.col("member"), query=ordinals.subquery())
    perform(engine, sql.update(STATE, "flags", raised, concerned))


def settings_of(pack: Pack, purpose: Purpose) -> tuple[SettingName, ...]:
    """The settings the purpose depends on: its own, and whatever turns that one off."""
    found: dict[SettingName, None] = {}
    waiting = [purpose.setting] if purpose.setting else []
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += pack.settings[name].off_with
    return tuple(found)


def standing_holds(engine: Engine, moment: Moment) -> tuple[Hold, ...]:
    """The holds of the ledger, by its own fold.

    Raises:
        EvidenceError: an event about no member cannot be read; it might be a hold.
    """
    kinds = [KINDS.index(EventType.HOLD_PLACED), KINDS.index(EventType.HOLD_LIFTED), UNREADABLE]
    query = (
        moment.counted()
        .where(sql.within(sql.col("kind"), kinds))
        .where(sql.is_null(sql.col("member")))
        .order_by(sql.col("seq"))
    )
    found = engine.rows(sql.render(query, engine.dialect))
    return fold_holds((_positioned(*row) for row in found), at=moment.at, size=moment.events.size)


def _positioned(
    seq: int, _member: object, kind: int, key: str | None, value: str | None, effective_at: datetime | None
) -> Positioned:
    if kind == UNREADABLE or effective_at is None:
        return seq, Unreadable(None, effective_at, f"event {seq}")
    return seq, Event(KINDS[kind], effective_at, None, key, value)


def excluded_records(moment: Moment) -> Sql:
    """A query for the ids of records that somebody excluded and did not include again."""
    excluded, included = KINDS.index(EventType.RECORD_EXCLUDED), KINDS.index(EventType.RECORD_INCLUDED)
    out = sql.case((exp.EQ(this=sql.col("kind"), expression=sql.value(excluded)), sql.value(1)), default=sql.value(0))
    last = (
        exp.select(sql.col("key"), sql.named(exp.Max(this=_packed(out)), "k"))
        .from_(moment.counted().subquery("e"))
        .where(sql.within(sql.col("kind"), [excluded, included]))
        # Each person takes back only their own exclusion.
        .group_by(sql.col("member"), sql.col("key"))
    )
    return (
        exp.select(sql.named(sql.col("key"), "id"))
        .distinct()
        .from_(last.subquery("last"))
        .where(exp.EQ(this=_word("k"), expression=sql.value(1)))
    )


def _learn_words(engine: Engine, moment: Moment) -> tuple[str | None, ...]:
    """Table `words` numbers every text a state can hold; the tuple turns numbers back."""
    query = (
        exp.select(sql.col("value"))
        .distinct()
        .from_(moment.of_members().subquery("e"))
        .where(sql.within(sql.col("kind"), [KINDS.index(kind) for kind in _SLOT_KINDS]))
        .where(sql.not_null(sql.col("value")))
    )
    found = (batch.column(0).to_pylist() for batch in engine.stream(sql.render(query, engine.dialect)))
    texts = sorted({Objection.OPEN.value, *(text for column in found for text in column)})
    if len(texts) >= 1 << WORD_BITS:
        raise AssentError("the ledger names more regions and birth dates than there can be")
    numbers = pa.array(range(1, len(texts) + 1), pa.int32())
    engine.load(_WORDS, pa.table({"value": pa.array(texts, pa.string()), "word": numbers}))
    return (None, *texts)


def _keyed(moment: Moment, words: tuple[str | None, ...]) -> Sql:
    """The events that count, each with its packed number `k`: made once, whichever slot it is for."""
    received = next(place for place, word in enumerate(words) if word == Objection.OPEN)
    # Open when received, nothing when withdrawn; otherwise what the event says.
    word = sql.case(
        (_kind(EventType.OBJECTION_RECEIVED), sql.value(received)),
        (_kind(EventType.OBJECTION_WITHDRAWN), sql.value(0)),
        default=exp.Coalesce(this=sql.col("word", "w"), expressions=[sql.value(0)]),
    )
    columns = [sql.col(name, "e") for name in ("member", "kind", "key", "effective_at")]
    return (
        exp.select(*columns, sql.named(_packed(word), "k"))
        .from_(moment.of_members().subquery("e"))
        .join(
            exp.to_table(_WORDS).as_("w"),
            on=sql.eq(sql.col("value", "e"), sql.col("value", "w")),
            join_type="left",
        )
    )


def _packed(word: Sql) -> Sql:
    """The event's place in (effective_at, seq), with its word behind it."""
    instant = sql.cast(sql.func("epoch_us", sql.col("effective_at")), "HUGEINT")
    scaled = exp.Mul(this=instant, expression=sql.cast(sql.value(1 << (SEQ_BITS + WORD_BITS)), "HUGEINT"))
    seq = exp.Mul(this=sql.cast(sql.col("seq"), "UBIGINT"), expression=sql.cast(sql.value(1 << WORD_BITS), "UBIGINT"))
    low = exp.Add(this=seq, expression=sql.cast(word, "UBIGINT"))
    return exp.Add(this=scaled, expression=sql.cast(exp.paren(low), "HUGEINT"))


def _word(packed: str) -> Sql:
    """The word inside a packed number; 0 where there is none."""
    low = exp.BitwiseAnd(this=sql.col(packed), expression=sql.cast(sql.value((1 << WORD_BITS) - 1), "HUGEINT"))
    return exp.Coalesce(this=sql.cast(exp.paren(low), "INTEGER"), expressions=[sql.value(0)])


def _slot(name: str, condition: Sql) -> Sql:
    return sql.named(sql.only(exp.Max(this=sql.col("k")), condition), name)


def _kind(kind: EventType) -> Sql:
    return exp.EQ(this=sql.col("kind"), expression=sql.value(KINDS.index(kind)))


def _about(key: str) -> Sql:
    return exp.EQ(this=sql.col("key"), expression=sql.value(key))


def _objection_kinds() -> Sql:
    kinds = (EventType.OBJECTION_RECEIVED, EventType.OBJECTION_DECIDED, EventType.OBJECTION_WITHDRAWN)
    return sql.within(sql.col("kind"), [KINDS.index(kind) for kind in kinds])


def _first_notice(purpose: Purpose) -> Sql:
    if purpose.notice is None:
        return sql.cast(exp.null(), "TIMESTAMPTZ")
    delivered = sql.both(_kind(EventType.NOTICE_DELIVERED), _about(purpose.notice))
    return sql.only(exp.Min(this=sql.col("effective_at")), delivered)


def _flags() -> Sql:
    raised: Iterable[tuple[Iterable[int], int]] = (
        ([KINDS.index(EventType.ACCOUNT_CLOSED)], CLOSED),
        ([KINDS.index(EventType.ERASURE_REQUESTED), KINDS.index(EventType.ERASURE_COMPLETED)], ERASED),
        ([UNREADABLE], SPOILT),
    )
    branches = [(sql.within(sql.col("kind"), kinds), sql.value(flag)) for kinds, flag in raised]
    return sql.func("bit_or", sql.case(*branches, default=sql.value(0)))
