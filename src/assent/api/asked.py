"""What is asked of `decide`, read strictly: an unknown field, a wrong type or an instant without a zone is no record.

The models are what the API's description shows; the functions read the same, and a batch of thousands in a
fraction of the time that the models take. `tests/api/test_decide_reading.py` holds them together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assent.errors import InputError
from assent.operations.deciding import Asked
from assent.vocabulary.identifiers import Category, MemberId, RecordId, Role
from assent.vocabulary.instants import parse_instant
from assent.vocabulary.records import NO_SIGNALS, Record, Signals, Span, Subject

MOST_RECORDS: Final = 10_000

_MOST_CHARACTERS: Final = 1024
_MOST_ENTRIES: Final = 256
_MOST_SPANS: Final = 4096
_MOST_POSITION: Final = 1 << 31


def _with_zone(text: str) -> str:
    try:
        parse_instant(text)
    except InputError as error:
        raise ValueError(error.message) from None
    return text


Name = Annotated[str, Field(min_length=1, max_length=_MOST_CHARACTERS, pattern=r"^[^\x00]+$")]
Instant = Annotated[str, AfterValidator(_with_zone), Field(json_schema_extra={"format": "date-time"})]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SpanModel(_Model):
    """A half-open stretch of the text, in Unicode code points."""

    start: Annotated[int, Field(ge=0, le=_MOST_POSITION)]
    end: Annotated[int, Field(ge=0, le=_MOST_POSITION)]


class SubjectModel(_Model):
    """Somebody other than the author who appears in the record."""

    role: Name = Field(examples=["mentioned"])
    member: Name | None = Field(None, description="Null for somebody who is no member.")
    spans: Annotated[list[SpanModel], Field(max_length=_MOST_SPANS)] | None = Field(
        None, description="Where the text names them; [] when it does not; null when that is not known."
    )


class SignalsModel(_Model):
    """Rights signals on the record, as found."""

    aipref: str | None = Field(None, description="The value of a `Content-Usage` header.", examples=["train-ai=n"])
    tdm_reservation: Annotated[int, Field(ge=-_MOST_POSITION, le=_MOST_POSITION)] | str | None = None
    cawg: dict[str, Any] | None = Field(None, description="The entries of a CAWG training-and-data-mining assertion.")


class ParentModel(_Model):
    """The record whose text this one carries."""

    allowed: bool | None = Field(None, description="Its own verdict for the same purpose; null when it is not known.")


class RecordModel(_Model):
    """A record without its text. What is left out or null is unknown, and what is unknown never allows."""

    id: Name = Field(examples=["post-4711"])
    category: Name | None = Field(None, examples=["post"])
    author: Name | None = Field(None, examples=["member-17"])
    subjects: Annotated[list[SubjectModel], Field(max_length=_MOST_ENTRIES)] | None = Field(
        None, description="Everybody else in it; left out when nobody is."
    )
    created_at: Instant | None = Field(None, examples=["2024-05-01T09:00:00Z"])
    visibility: Name | None = Field(None, examples=["public"])
    excluded: bool | None = Field(None, description="Whether your own records say that it was excluded.")
    signals: SignalsModel | None = None
    context: Annotated[list[Name], Field(max_length=_MOST_ENTRIES)] | None = Field(None, examples=[["sensitive"]])
    parent: ParentModel | None = Field(None, description="Null for a record that carries nobody else's text.")


class OneModel(_Model):
    """May this record be used for this purpose?"""

    purpose: Name = Field(examples=["train_generative"])
    record: RecordModel
    at: Instant | None = Field(None, description="The moment asked about, not in the future; left out, it is now.")


class BatchModel(_Model):
    """May these records be used for this purpose? One that cannot be read is answered with an error, by itself."""

    purpose: Name = Field(examples=["train_generative"])
    records: Annotated[list[RecordModel], Field(max_length=MOST_RECORDS)]
    at: Instant | None = None


_RECORD: Final = frozenset(RecordModel.model_fields)
_SUBJECT: Final = frozenset(SubjectModel.model_fields)
_SPAN: Final = frozenset(SpanModel.model_fields)
_SIGNALS: Final = frozenset(SignalsModel.model_fields)
_PARENT: Final = frozenset(ParentModel.model_fields)
_NO_CONTEXT: Final[frozenset[str]] = frozenset()


def read_question(document: object, what: str) -> tuple[str, Any, datetime | None]:
    """Purpose, record or records, and moment of a request.

    Args:
        what: `record` or `records`.

    Raises:
        InputError: a field is missing, unknown, or not what it should be.
    """
    fields = _object(document, "the request", frozenset({"purpose", what, "at"}))
    if what not in fields:
        raise InputError(f"`{what}` is missing")
    return _name(fields.get("purpose"), "purpose"), fields[what], _instant(fields.get("at"), "at")


def read_record(document: object) -> Asked:
    """The record that a JSON object describes.

    Raises:
        InputError: it is none.
    """
    get = _object(document, "the record", _RECORD).get
    category, author, visibility = get("category"), get("author"), get("visibility")
    subjects, signals, context, parent = get("subjects"), get("signals"), get("context"), get("parent")
    record = Record(
        RecordId(_name(get("id"), "id")),
        None if category is None else Category(_name(category, "category")),
        None if author is None else MemberId(_name(author, "author")),
        () if subjects is None else tuple(map(_subject, _list(subjects, "subjects", _MOST_ENTRIES))),
        _instant(get("created_at"), "created_at"),
        None if visibility is None else _name(visibility, "visibility"),
        _flag(get("excluded"), "excluded") is True,
        NO_SIGNALS if signals is None else _signals(signals),
        _NO_CONTEXT if context is None else _context(context),
    )
    return Asked(record) if parent is None else Asked(record, _parent(parent))


def _subject(document: object) -> Subject:
    get = _object(document, "a subject", _SUBJECT).get
    member, spans = get("member"), get("spans")
    return Subject(
        Role(_name(get("role"), "role")),
        None if member is None else MemberId(_name(member, "member")),
        None if spans is None else tuple(map(_span, _list(spans, "spans", _MOST_SPANS))),
    )


def _span(document: object) -> Span:
    get = _object(document, "a span", _SPAN).get
    return Span(_position(get("start"), "start"), _position(get("end"), "end"))


def _signals(document: object) -> Signals:
    get = _object(document, "`signals`", _SIGNALS).get
    aipref, reservation, cawg = get("aipref"), get("tdm_reservation"), get("cawg")
    if aipref is not None and type(aipref) is not str:
        raise _wrong("aipref", "a text")
    if reservation is not None and type(reservation) not in {int, str}:
        raise _wrong("tdm_reservation", "a whole number or a text")
    if type(reservation) is int and abs(reservation) > _MOST_POSITION:
        raise _wrong("tdm_reservation", f"a whole number from -{_MOST_POSITION} to {_MOST_POSITION}")
    return Signals(aipref, reservation, None if cawg is None else _object(cawg, "`cawg`"))


def _parent(document: object) -> bool | None:
    return _flag(_object(document, "`parent`", _PARENT).get("allowed"), "allowed")


def _context(value: object) -> frozenset[str]:
    return frozenset(_name(each, "context") for each in _list(value, "context", _MOST_ENTRIES))


def _object(value: object, what: str, known: frozenset[str] | None = None) -> dict[str, Any]:
    if type(value) is not dict:
        raise InputError(f"{what} is no JSON object")
    if known is not None and not value.keys() <= known:
        # A field that is spelt wrongly would be a fact that nobody looks at.
        unknown = min(value.keys() - known)
        raise InputError(f"{what} has an unknown field `{unknown[:60]}`", hint=f"known: {', '.join(sorted(known))}")
    return value


def _list(value: object, name: str, most: int) -> list[Any]:
    if type(value) is not list:
        raise _wrong(name, "a list")
    if len(value) > most:
        raise InputError(f"`{name}` has more than `{most}` entries")
    return value


def _name(value: object, name: str) -> str:
    if type(value) is not str:
        raise InputError(f"`{name}` is missing") if value is None else _wrong(name, "a text")
    if not 0 < len(value) <= _MOST_CHARACTERS or "\0" in value:
        raise _wrong(name, f"a text of 1 to {_MOST_CHARACTERS} characters, none of them NUL")
    return value


def _instant(value: object, name: str) -> datetime | None:
    return None if value is None else parse_instant(value, field=f"`{name}`")


def _flag(value: object, name: str) -> bool | None:
    if value is None or type(value) is bool:
        return value
    raise _wrong(name, "true or false")


def _position(value: object, name: str) -> int:
    if type(value) is int and 0 <= value <= _MOST_POSITION:
        return value
    raise _wrong(name, "a whole number from 0")


def _wrong(name: str, wanted: str) -> InputError:
    return InputError(f"`{name}` is not {wanted}")
