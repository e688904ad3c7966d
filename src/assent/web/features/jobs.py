"""Jobs for the member, search, and people for a job; every result with why it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from assent.errors import AssentError, InputError, RefusedError, UnavailableError
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission
from assent.serving.shared_features import finder_of, results_shown
from assent.web.pages import page

if TYPE_CHECKING:
    from assent.operations.finding import Found

router = APIRouter()

_SHOWN: Final = 20
_LONGEST_QUERY: Final = 500
LONGEST_JOB: Final = 20_000
SORTS: Final = ("people", "posts", "jobs")

Reader = Annotated[Caller, needs(Permission.OWN_READ)]
Seeker = Annotated[Caller, needs(Permission.FIND)]


@router.get("/for-me")
def show_jobs(request: Request, caller: Reader, platform: ThePlatform) -> Response:
    """Jobs that fit the member, by what they wrote and may be used for it now."""
    found, problem = _found(lambda: finder_of(request, platform).jobs_for(caller.own, limit=_SHOWN))
    return page(request, "features/for_me.html", found=found, problem=problem)


@router.get("/find")
def show_search(
    request: Request,
    _caller: Seeker,
    platform: ThePlatform,
    q: Annotated[str, Query(max_length=_LONGEST_QUERY)] = "",
    what: Annotated[str, Query(pattern="^(people|posts|jobs|)$")] = "",
) -> Response:
    """People, posts and jobs for some words; a form where there are none."""
    from assent.operations.finding import Sort

    sorts = [Sort(what)] if what else list(Sort)
    asked = bool(q.strip())
    found, problem = (
        _found(lambda: finder_of(request, platform).search(q, sorts, limit=_SHOWN)) if asked else ((), None)
    )
    return page(request, "features/find.html", found=found, problem=problem, q=q, what=what, sorts=SORTS, asked=asked)


@router.get("/find/people")
def show_form(request: Request, _caller: Seeker, platform: ThePlatform, job: str = "") -> Response:
    """A form for a job's text; filled in with a job that is offered here where one is named."""
    text, problem = "", None
    if job:
        try:
            text = finder_of(request, platform).job(job)
        except AssentError as error:
            problem = error
    return page(
        request, "features/people.html", found=(), problem=problem, text=text, asked=False, most=LONGEST_JOB, shown={}
    )


@router.post("/find/people")
def show_people(
    request: Request,
    _caller: Seeker,
    platform: ThePlatform,
    text: Annotated[str, Form(max_length=LONGEST_JOB)],
) -> Response:
    """People who fit a job's text: only those who let themselves be found, by what they show to everybody."""
    found, problem = _found(lambda: finder_of(request, platform).people_for(text, limit=_SHOWN))
    shown = results_shown(request, platform, found)
    return page(
        request, "features/people.html", found=found, problem=problem, text=text, asked=True, most=LONGEST_JOB,
        shown=shown,
    )  # fmt: skip


def _found(look: Callable[[], tuple[Found, ...]]) -> tuple[tuple[Found, ...], AssentError | None]:
    """What was found, or why nothing could be looked for: a page says it, and the rest of the page stays of use."""
    try:
        return look(), None
    except (InputError, RefusedError, UnavailableError) as error:
        return (), error
