"""Help with writing, ideas for the profile, a way to learn: from the member's own records alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assent.errors import AssentError, InputError, RefusedError, UnavailableError
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission
from assent.serving.shared_features import items_of, require_features, writers_of
from assent.vocabulary.identifiers import MemberId
from assent.web.pages import language_of, page

router = APIRouter()

T = TypeVar("T")

KINDS: Final = ("headline", "about", "post", "comment", "message_to_hirer", "message_to_candidate")
LENGTHS: Final = ("short", "medium", "long")
_LONGEST: Final = 20_000
_LONGEST_NAME: Final = 200
_MOST_SEED: Final = 1 << 31

Reader = Annotated[Caller, needs(Permission.OWN_READ)]
Writer = Annotated[Caller, needs(Permission.OWN_WRITE)]
Text = Annotated[str, Form(max_length=_LONGEST)]
Line = Annotated[str, Form(max_length=_LONGEST_NAME)]
Seed = Annotated[int, Form(ge=0, le=_MOST_SEED)]


@router.get("/write")
def show_form(request: Request, _caller: Reader, platform: ThePlatform) -> Response:
    """A form for a draft."""
    asked = {"kind": "about", "length": "medium", "topic": "", "context": "", "addressee": "", "told": "", "seed": 0}
    return _write_page(request, platform, asked, None, None)


@router.post("/write")
def write(  # noqa: PLR0917 - the fields of a form
    request: Request,
    caller: Writer,
    platform: ThePlatform,
    kind: Annotated[str, Form(pattern=f"^({'|'.join(KINDS)})$")],
    length: Annotated[str, Form(pattern=f"^({'|'.join(LENGTHS)})$")] = "medium",
    topic: Line = "",
    context: Text = "",
    addressee: Line = "",
    told: Text = "",
    seed: Seed = 0,
) -> Response:
    """A draft from what the member wrote and may be used for it now; nothing is kept."""
    asked = {
        "kind": kind, "length": length, "topic": topic, "context": context, "addressee": addressee, "told": told,
        "seed": seed,
    }  # fmt: skip

    def draft() -> object:
        require_features()
        from assent.features.writing import Ask, Job, Kind, Length

        language = language_of(request, platform).code
        facts = tuple(line.strip() for line in told.splitlines() if line.strip())
        ask = Ask(
            Kind(kind), language, Length(length), topic, context if kind == "comment" else "", addressee or None,
            Job(context) if context and kind.startswith("message") else None, facts,
        )  # fmt: skip
        return writers_of(request, platform).write(caller.own, ask, seed=seed, to=addressee or None)

    made, problem = _tried(draft)
    return _write_page(request, platform, asked, made, problem)


@router.get("/profile-ideas")
def show_ideas(
    request: Request,
    caller: Reader,
    platform: ThePlatform,
    goal: Annotated[str, Query(max_length=_LONGEST_NAME)] = "",
) -> Response:
    """What the member's profile could do with, and why."""

    def ideas() -> object:
        require_features()
        from assent.operations.helping import suggestions_for

        return suggestions_for(platform, items_of(request, platform), caller.own, goal=goal.strip() or None)

    found, problem = _tried(ideas)
    return page(request, "features/ideas.html", found=found, problem=problem, goal=goal)


@router.get("/learn")
def show_way(
    request: Request,
    caller: Reader,
    platform: ThePlatform,
    goal: Annotated[str, Query(max_length=_LONGEST_NAME)] = "",
) -> Response:
    """The way to an occupation; without one, those that are near."""

    def near() -> object:
        require_features()
        from assent.operations.helping import goals_near

        return goals_near(platform, items_of(request, platform), caller.own)

    def way() -> object:
        require_features()
        from assent.operations.helping import way_to

        return way_to(platform, items_of(request, platform), caller.own, goal)

    found, problem = _tried(way if goal.strip() else near)
    is_way = bool(goal.strip())
    return page(
        request, "features/learn.html", way=found if is_way else None, near=None if is_way else found,
        problem=problem, goal=goal,
    )  # fmt: skip


@router.get("/learn/assessment")
def show_questions(
    request: Request,
    _caller: Reader,
    platform: ThePlatform,
    subject: Annotated[str, Query(max_length=_LONGEST_NAME)],
    seed: Annotated[int, Query(ge=0, le=_MOST_SEED)] = 1,
) -> Response:
    """A short assessment, as a form."""

    def questions() -> object:
        require_features()
        from assent.operations.helping import assessment_for

        return assessment_for(platform, subject, seed=seed)

    asked, problem = _tried(questions)
    return page(request, "features/assessment.html", asked=asked, problem=problem, result=None, given={})


@router.post("/learn/assessment")
async def show_result(request: Request, caller: Writer, platform: ThePlatform) -> Response:
    """What the answers show, and how sure that is; it is kept where the member asks for it."""
    given = {name: str(value) for name, value in (await request.form()).items()}

    def result() -> object:
        require_features()
        from assent.operations.helping import assessment_again, scored

        seed = given.get("seed", "")
        if not seed.isdecimal() or int(seed) > _MOST_SEED:
            raise InputError("there is no such assessment", hint="begin a new one")
        asked = assessment_again(platform, given.get("occupation", ""), seed=int(seed))
        answers = {each.id: given[each.id] for each in asked.items if each.id in given}
        known = {name: int(option) for name, option in answers.items() if option in {"0", "1", "2", "3"}}
        scores = scored(asked, known, at=platform.present())
        if given.get("keep") == "yes":
            from assent.operations.assessment_results import keep_result

            keep_result(platform.workspace, caller.own, scores)
        return asked, scores, known

    made, problem = _tried(result)
    if given.get("keep") == "yes" and problem is None:
        return RedirectResponse("/learn/results", status_code=303)
    asked, scores, known = made if isinstance(made, tuple) else (None, None, {})
    return page(request, "features/assessment.html", asked=asked, problem=problem, result=scores, given=known)


@router.get("/learn/results")
def show_results(request: Request, caller: Reader, platform: ThePlatform) -> Response:
    """The results that the member keeps, and whether hirers see them."""
    return _results_page(request, platform, caller.own, None)


@router.post("/learn/results")
def delete(
    request: Request, caller: Writer, platform: ThePlatform, record: Annotated[str, Form(max_length=_LONGEST_NAME)]
) -> Response:
    """A result that is kept goes."""

    def gone() -> object:
        require_features()
        from assent.operations.assessment_results import delete_result

        delete_result(platform.workspace, caller.own, record)
        return True

    _, problem = _tried(gone)
    if problem is None:
        return RedirectResponse("/learn/results", status_code=303)
    return _results_page(request, platform, caller.own, problem)


def _results_page(request: Request, platform: ThePlatform, member: MemberId, problem: AssentError | None) -> Response:
    def kept() -> object:
        require_features()
        from assent.operations.assessment_results import results_of, shown_results

        shown = shown_results(platform, items_of(request, platform), [member])
        return results_of(platform.workspace, member), frozenset(shown.get(member, ()))

    found, trouble = _tried(kept)
    results, shown = found if isinstance(found, tuple) else ((), frozenset())
    return page(request, "features/results_kept.html", kept=results, shown=shown, problem=problem or trouble)


def _write_page(
    request: Request, platform: ThePlatform, asked: dict[str, object], made: object, problem: AssentError | None
) -> Response:
    return page(
        request, "features/write.html", asked=asked, draft=made, problem=problem, kinds=KINDS, lengths=LENGTHS,
        most=_LONGEST, language=language_of(request, platform).code,
    )  # fmt: skip


def _tried(look: Callable[[], T]) -> tuple[T | None, AssentError | None]:
    """What was made, or why nothing could be: the page says it, and the form stays filled in."""
    try:
        return look(), None
    except (InputError, RefusedError, UnavailableError) as error:
        return None, error
