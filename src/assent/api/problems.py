"""How errors look to whoever calls the API: problem+json (RFC 9457), the same everywhere, described for every route.

`title` is the one line of the error, `detail` its hint. The server makes the answers; this describes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from assent.serving.shield import ASKED_BY_MACHINES

PROBLEM_JSON: Final = "application/problem+json"


class Place(BaseModel):
    """A part of the request that is not as described."""

    where: str
    what: str


class Problem(BaseModel):
    """What went wrong, and what to do next."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field("about:blank", description="Always `about:blank`: the status says the kind.")
    title: str = Field(description="One line.")
    status: int = Field(ge=400, le=599)
    detail: str | None = Field(None, description="What to do next, where there is something.")
    errors: list[Place] | None = Field(None, description="Of a request that is not as described: what is not.")


_TOLD: Final[Mapping[int, str]] = {
    400: "The request makes no sense; fix it.",
    401: "No token was sent, or it is none of ours, has ended or was revoked.",
    403: "The token's scopes do not include what this asks for.",
    404: "There is nothing there, or nothing this token may know of.",
    405: "This path has no such method.",
    409: "Understood and refused; or a request with the same idempotency key is still under way.",
    413: "Larger than what is taken at once.",
    415: "Not a content type that this takes.",
    422: "The request is not as described, what it claims does not hold, or its idempotency key was used before.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    500: "Something that should match does not; a person of the platform has to look.",
    503: "Something that is needed cannot be reached right now; try again, with the same idempotency key.",
}
_BELOW: Final = ("/v1/", "/log/", "/.well-known/")
_SEE: Final = "`/v1/openapi.json` describes what is taken"
_MOST_SHOWN: Final = 5
_EVERYWHERE: Final = (400, 401, 403, 413, 422, 429, 500, 503)


def is_api(path: str) -> bool:
    """Whether errors at this path are told as the API tells them, and not as a page."""
    return path.startswith(_BELOW) or path in ASKED_BY_MACHINES


def invalid(errors: Sequence[Mapping[str, Any]]) -> Response:
    """An answer to a request that is not as described: what is not. Of what was sent it names fields only."""
    found = [
        Place(where=_shown(".".join(str(each) for each in error["loc"]), 200), what=_shown(str(error["msg"]), 200))
        for error in errors[:_MOST_SHOWN]
    ]
    first = f"`{found[0].where}`: {found[0].what}" if found else "the request cannot be read"
    return _answer(Problem(type="about:blank", title=first, status=422, detail=_SEE, errors=found))


def problem(status: int, title: str, detail: str | None = None) -> Response:
    """An error as an answer, where there is no need to raise one."""
    shown = None if detail is None else _shown(detail)
    return _answer(Problem(type="about:blank", title=_shown(title), status=status, detail=shown, errors=None))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route that can end so describes it, beside what every route can end as."""
    return {
        status: {
            "description": _TOLD[status],
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*_EVERYWHERE, *statuses})
    }


def plain(media_type: str, schema: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    """How a route that answers with bytes describes them."""
    return {200: {"description": "As it lies there.", "content": {media_type: {"schema": dict(schema)}}}}


def _answer(told: Problem) -> Response:
    return Response(told.model_dump_json(exclude_none=True), told.status, media_type=PROBLEM_JSON)


def _shown(text: str, most: int = 2000) -> str:
    """Half a character, which JSON can carry and UTF-8 cannot, is written as an escape."""
    return text[:most].encode("utf-8", "backslashreplace").decode()
