"""The staff's side of objections and claims: a queue with its clock, and one case with everything that is known.

Who decides and who only reads is the permissions' to say: an auditor sees every page and sends no form.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.desk.objections import CLAIM, OBJECTION, OPEN_STATES, Case, case_of
from assent.errors import AssentError, InputError, RefusedError
from assent.operations import objections
from assent.operations.claims import decide_claim, seen_of
from assent.operations.matching import attach_records, detach_records, find_records
from assent.operations.objection_clock import days_left
from assent.operations.platform import Platform
from assent.operations.settings import PurposeNow, settings_of
from assent.operations.takeback import Status, status_of
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.vocabulary.identifiers import MemberId
from assent.web.objections.forms import Text, Texts
from assent.web.objections.member import words_for
from assent.web.pages import page, see_other

router = APIRouter(prefix="/console/objections", include_in_schema=False)

Reads = Annotated[Caller, needs(Permission.OBJECTIONS_READ)]
Decides = Annotated[Caller, needs(Permission.OBJECTIONS_DECIDE)]

FILTERS: Final = {
    "open": ("Open", OPEN_STATES),
    "overdue": ("Overdue", OPEN_STATES),
    "appealed": ("On appeal", {"appealed"}),
    "closed": ("Closed", {"upheld", "rejected", "withdrawn", "confirmed", "not-confirmed"}),
    "all": ("All", None),
}
PER_PAGE: Final = 50


@router.get("")
def listed(  # noqa: PLR0917 - a filter has as many parts as it has
    request: Request,
    caller: Reads,  # noqa: ARG001 - asked for its permission
    platform: ThePlatform,
    show: str = "open",
    kind: str = OBJECTION,
    use: str = "",
    number: int = 1,
) -> Response:
    """The queue: what is due soonest first, so the overdue before all others."""
    show = show if show in FILTERS else "open"
    kind = kind if kind in {OBJECTION, CLAIM} else OBJECTION
    found = objections.queue(
        platform, kind=kind, states=FILTERS[show][1], purpose=use or None, overdue=show == "overdue", page=number,
        per_page=PER_PAGE,
    )  # fmt: skip
    now = platform.clock()
    return page(
        request,
        "console/objections.html",
        found=found,
        left={each.id: days_left(each.due_at, now) for each in found.cases},
        show=show,
        kind=kind,
        use=use,
        filters={name: title for name, (title, _) in FILTERS.items()},
        words=words_for(request, platform),
    )


@router.get("/{ident}")
def shown(request: Request, ident: str, caller: Reads, platform: ThePlatform) -> Response:
    """One case with everything."""
    return _show(request, platform, caller, _case(platform, ident))


@router.get("/{ident}/use")
def used(request: Request, ident: str, caller: Reads, platform: ThePlatform) -> Response:
    """The case, and which data sets hold something of the person: looked up in them, which takes its time."""
    case = _case(platform, ident)
    return _show(request, platform, caller, case, status_shown=True, held=_held(platform, case))


@router.post("/{ident}/weigh")
def weigh(request: Request, ident: str, caller: Decides, platform: ThePlatform) -> Response:
    """Somebody begins to weigh it."""
    return _act(request, platform, caller, ident, lambda: objections.weigh(platform, ident, by=caller.subject))


@router.post("/{ident}/decide")
def decide(  # noqa: PLR0917 - who asks, and what the form says
    request: Request, ident: str, caller: Decides, platform: ThePlatform, outcome: Text = "", grounds: Text = ""
) -> Response:
    """It is upheld or rejected; a claim is confirmed or not."""

    def deciding() -> object:
        if _case(platform, ident).kind == CLAIM:
            return decide_claim(platform, ident, finding=outcome, words=grounds, by=caller.subject)
        return objections.decide(platform, ident, outcome=outcome, grounds=grounds, by=caller.subject)

    return _act(request, platform, caller, ident, deciding, field="grounds", grounds=grounds, outcome=outcome)


@router.post("/{ident}/extend")
def extend(request: Request, ident: str, caller: Decides, platform: ThePlatform, why: Text = "") -> Response:
    """Two more months, with reasons."""
    return _act(
        request, platform, caller, ident, lambda: objections.extend(platform, ident, why=why, by=caller.subject),
        field="why", why=why,
    )  # fmt: skip


@router.post("/{ident}/find")
def find(request: Request, ident: str, caller: Decides, platform: ThePlatform, wanted: Text = "") -> Response:
    """Records that may be about somebody who is no member. A form, since what is looked for may be a name."""
    case = _case(platform, ident)
    try:
        found = find_records(platform, case.purpose, wanted)
    except InputError as error:
        return _show(request, platform, caller, case, status=400, field="wanted", error=error, wanted=wanted)
    platform.record_action(f"{case.kind}.looked", case.id, caller.subject)
    return _show(request, platform, caller, case, found=found, wanted=wanted)


@router.post("/{ident}/records")
def attach(  # noqa: PLR0917 - who asks, and what the form says
    request: Request, ident: str, caller: Decides, platform: ThePlatform, records: Texts = (), remove: Texts = ()
) -> Response:
    """Records are the person's, or are not after all."""

    def attaching() -> None:
        if records:
            attach_records(platform, ident, records=records, by=caller.subject)
        if remove:
            detach_records(platform, ident, records=remove, by=caller.subject)

    return _act(request, platform, caller, ident, attaching, field="wanted")


def _act(
    request: Request, platform: Platform, caller: Caller, ident: str, doing: Any, *, field: str = "", **typed: str
) -> Response:
    """The case after it was done; or the same page with what is wrong, and nothing typed is lost."""
    _case(platform, ident)
    try:
        doing()
    except (InputError, RefusedError) as error:
        if isinstance(error, NotFoundError):
            raise
        status = 400 if isinstance(error, InputError) else 409
        return _show(
            request, platform, caller, _case(platform, ident), status=status, field=field, error=error, **typed
        )
    return see_other(f"/console/objections/{ident}")


def _case(platform: Platform, ident: str) -> Case:
    if case_of(platform.desk, ident) is None:
        raise NotFoundError("there is no such objection or claim")
    return objections.standing(platform, ident)


def _show(
    request: Request, platform: Platform, caller: Caller, case: Case, *, status: int = 200, **given: Any
) -> Response:
    words = words_for(request, platform)
    nothing = {"field": "", "error": None, "grounds": "", "outcome": "", "why": "", "wanted": "", "found": None,
               "held": None, "status_shown": False}  # fmt: skip
    return page(
        request,
        "console/objections_case.html",
        status=status,
        case=case,
        may_decide=caller.may(Permission.OBJECTIONS_DECIDE),
        may_judge=not (case.is_appeal and objections.last_rejected_by(case) == caller.subject),
        left=days_left(case.due_at, platform.clock()),
        used=_used_now(platform, case),
        seen=seen_of(case) if case.kind == CLAIM else None,
        words=words,
        **(nothing | given),
    )


def _used_now(platform: Platform, case: Case) -> PurposeNow | None:
    """Whether anything of the member may be used for this now, and why not."""
    if not case.is_member:
        return None
    return next(
        (e for e in settings_of(platform, MemberId(case.person)).purposes if e.purpose.name == case.purpose), None
    )


def _held(platform: Platform, case: Case) -> Status | None:
    try:
        return status_of(platform.workspace, case.person, clock=platform.clock) if case.is_member else None
    except AssentError:
        return None
