"""`decide`: may this record be used for this purpose, now; one, or ten thousand at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from assent.api.asked import MOST_RECORDS, BatchModel, OneModel, read_question, read_record
from assent.api.problems import problem, problems
from assent.api.shared_looks import SharedLooks
from assent.errors import InputError
from assent.language.catalogue import Language, language, preferred
from assent.operations.deciding import Asked, Decided, Decider, Look
from assent.operations.metrics import count_verdicts
from assent.operations.platform import Platform
from assent.serving.door import needs, platform_of
from assent.serving.permissions import Permission
from assent.vocabulary.instants import format_instant
from assent.vocabulary.reasons import from_mask
from assent.vocabulary.records import Judgment

router = APIRouter(tags=["decide"])


class Sentence(BaseModel):
    """A reason, as it is told to the member."""

    reason: str
    sentence: str


class Answer(BaseModel):
    """Whether the record may be used."""

    id: str | None = Field(description="The record's; null where it could not be read.")
    allowed: bool
    reasons: list[str] = Field([], description="Why not, in a fixed order; empty exactly when it is allowed.")
    masks: list[str] = Field([], description="Roles of the people who must be masked before it is used.")
    sentences: list[Sentence] | None = Field(None, description="With `?explain=1`: each reason in words.")


class BatchAnswer(Answer):
    """The same, or why there is no verdict; then it is not allowed."""

    error: str | None = Field(None, description="What is wrong with this record; there is no verdict on it.")


class Basis(BaseModel):
    """What verdicts rest on, so that anyone can derive them again."""

    purpose: str
    pack: str = Field(description="SHA-256 of the rules, hexadecimal.")
    as_of: str = Field(description="The moment asked about.")
    ledger_size: int = Field(description="How many events of the ledger were taken into account.")


class OneAnswer(Answer, Basis):
    """A verdict, and what it rests on."""


class BatchAnswers(Basis):
    """A verdict for each record, in the order in which they were sent, and what all of them rest on."""

    verdicts: list[BatchAnswer]


_EXPLAIN: Final = {
    "name": "explain",
    "in": "query",
    "schema": {"type": "string", "enum": ["0", "1"]},
    "description": "`1`: a sentence for each reason, in the language that `Accept-Language` asks for.",
}


def _described(model: type[BaseModel]) -> dict[str, Any]:
    """The request's body as the API's description shows it."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    return {
        "parameters": [_EXPLAIN],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(schema, definitions)}}},
    }


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            node = {**definitions[node["$ref"].rpartition("/")[2]], **{k: v for k, v in node.items() if k != "$ref"}}
        return {key: _inlined(value, definitions) for key, value in node.items()}
    return [_inlined(each, definitions) for each in node] if isinstance(node, list) else node


@router.post(
    "/v1/decide",
    dependencies=[needs(Permission.DECIDE)],
    response_model=None,
    responses={200: {"model": OneAnswer}, **problems(413)},
    openapi_extra=_described(OneModel),
)
async def decide_one(request: Request) -> Response:
    """May this record be used for this purpose?

    A choice that was recorded before the request was sent counts, whichever process recorded it.
    """
    purpose, record, at = read_question(_document(await request.body()), "record")
    asked = (read_record(record),)
    deciding = _deciding_of(request)
    if at is None:
        decided = deciding.decider.judged(await deciding.look(asked), purpose, asked)
    else:
        decided = await run_in_threadpool(deciding.decider.decide, purpose, asked, at=at)
    _count(decided.judgments)
    said = _Words(_wanted_language(request)).answer(asked[0].record.id, decided.judgments[0])
    return _json({**said, **_basis(decided)})


@router.post(
    "/v1/decide/batch",
    dependencies=[needs(Permission.DECIDE)],
    response_model=None,
    responses={200: {"model": BatchAnswers}, **problems(413)},
    openapi_extra=_described(BatchModel),
)
async def decide_batch(request: Request) -> Response:
    """May these records be used for this purpose? At most 10,000.

    A record that cannot be read gets an error and no verdict, and the others go on.
    """
    body = await request.body()
    return await run_in_threadpool(_decide_batch, _deciding_of(request).decider, body, _wanted_language(request))


def _decide_batch(decider: Decider, body: bytes, words: Language | None) -> Response:
    purpose, documents, at = read_question(_document(body), "records")
    if not isinstance(documents, list):
        raise InputError("`records` is not a list")
    if len(documents) > MOST_RECORDS:
        return problem(413, f"more than {MOST_RECORDS} records at once", "send them in several requests")
    read: list[Asked | str] = [_read(each) for each in documents]
    decided = decider.decide(purpose, [each for each in read if isinstance(each, Asked)], at=at)
    _count(decided.judgments)
    return _json({**_basis(decided), "verdicts": _answers(documents, read, decided.judgments, _Words(words))})


def _count(judgments: Sequence[Judgment]) -> None:
    denied = sum(each.mask != 0 for each in judgments)
    count_verdicts(allowed=len(judgments) - denied, denied=denied)


def _read(document: object) -> Asked | str:
    """The record, or what is wrong with it."""
    try:
        return read_record(document)
    except InputError as error:
        return error.message


def _answers(
    documents: Sequence[Any], read: Sequence[Asked | str], judgments: Sequence[Judgment], words: _Words
) -> list[dict[str, Any]]:
    left = iter(judgments)
    answers: list[dict[str, Any]] = []
    for document, each in zip(documents, read, strict=True):
        if isinstance(each, str):
            name = document.get("id") if isinstance(document, dict) else None
            known = name if isinstance(name, str) else None
            answers.append({"id": known, "allowed": False, "reasons": [], "masks": [], "error": each})
        else:
            answers.append(words.answer(each.record.id, next(left)))
    return answers


class _Words:
    """Judgments as JSON values; the few masks there are, are written once."""

    def __init__(self, chosen: Language | None) -> None:
        self._language = chosen
        self._written: dict[int, dict[str, Any]] = {}

    def answer(self, ident: str, judgment: Judgment) -> dict[str, Any]:
        """The answer about the record of that id."""
        said = self._written.get(judgment.mask)
        if said is None:
            said = self._written[judgment.mask] = self._said(judgment.mask)
        if judgment.masks:
            return {"id": ident, **said, "masks": judgment.masks}
        return {"id": ident, **said}

    def _said(self, mask: int) -> dict[str, Any]:
        reasons = from_mask(mask)
        said: dict[str, Any] = {"allowed": not mask, "reasons": [each.label for each in reasons], "masks": []}
        if self._language is not None:
            lang = self._language
            said["sentences"] = [{"reason": each.label, "sentence": lang(each.for_members)} for each in reasons]
        return said


class _Deciding:
    """What the routes of one application keep."""

    def __init__(self, platform: Platform) -> None:
        self.decider = Decider(platform)
        self._shared: WeakKeyDictionary[asyncio.AbstractEventLoop, SharedLooks] = WeakKeyDictionary()

    async def look(self, asked: Sequence[Asked]) -> Look:
        """A look, shared with whoever else waits in this event loop; a server has one."""
        loop = asyncio.get_running_loop()
        shared = self._shared.get(loop)
        if shared is None:
            shared = self._shared[loop] = SharedLooks(self.decider)
        return await shared.look(asked)


def _deciding_of(request: Request) -> _Deciding:
    state = request.app.state
    found: _Deciding | None = getattr(state, "deciding", None)
    if found is None:
        found = state.deciding = _Deciding(platform_of(request))
    return found


def _document(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InputError("the body is no JSON", hint="`/v1/openapi.json` describes what it should be") from None


def _basis(decided: Decided) -> dict[str, Any]:
    return {
        "purpose": decided.purpose,
        "pack": decided.pack_digest,
        "as_of": format_instant(decided.as_of),
        "ledger_size": decided.ledger_size,
    }


def _wanted_language(request: Request) -> Language | None:
    """The language for sentences; None where none are wanted."""
    wanted = request.query_params.get("explain", "0")
    if wanted not in {"0", "1"}:
        raise InputError("`explain` is neither 0 nor 1")
    if wanted == "0":
        return None
    default = platform_of(request).workspace.text("portal.language")
    return language(preferred(request.headers.get("accept-language"), default=default))


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")
