"""Packs: the one in force in plain words, those proposed, what each would change, and who let it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import Response

from assent.desk.proposals import PROPOSED, Proposal, proposal_of
from assent.desk.staff import staff_names
from assent.errors import InputError, RefusedError
from assent.operations import packs
from assent.operations.platform import Platform
from assent.policy.load import PackError
from assent.policy.sentences import explain_purpose
from assent.policy.writing import pack_text
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.web.console.forms import Text
from assent.web.pages import page, see_other

router = APIRouter(prefix="/console/packs", include_in_schema=False)

Reads = Annotated[Caller, needs(Permission.PACKS_READ)]
Proposes = Annotated[Caller, needs(Permission.PACKS_PROPOSE)]
Approves = Annotated[Caller, needs(Permission.PACKS_APPROVE)]


@router.get("")
def listed(request: Request, caller: Reads, platform: ThePlatform) -> Response:
    """What is in force, and what was proposed."""
    return _list(request, platform, caller)


@router.post("")
def propose(  # noqa: PLR0917 - who asks, and what the form says
    request: Request,
    caller: Proposes,
    platform: ThePlatform,
    text: Text = "",
    why: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A pack is proposed; what is wrong with it is said by line."""
    if file is not None and file.filename:
        text = file.file.read().decode("utf-8", "replace")
    try:
        proposal = packs.propose(platform, text=text, why=why, by=caller.subject)
        packs.start_comparison(platform, proposal.id, by=caller.subject)
    except PackError as error:
        return _list(request, platform, caller, status=400, problems=error.problems, text=text, why=why)
    except (InputError, RefusedError) as error:
        status = 400 if isinstance(error, InputError) else 409
        return _list(request, platform, caller, status=status, error=error, text=text, why=why)
    return see_other(f"/console/packs/{proposal.id}")


@router.get("/{ident}")
def shown(request: Request, ident: str, caller: Reads, platform: ThePlatform) -> Response:
    """A proposal: its rules, and what they would change; the page comes again while that is being found out."""
    return _show(request, platform, caller, ident)


@router.post("/{ident}/compare")
def compare(request: Request, ident: str, caller: Proposes, platform: ThePlatform) -> Response:
    """It is held against the rules in force now, once more."""
    return _act(
        request, platform, caller, ident, lambda: packs.start_comparison(platform, ident, by=caller.subject)
    )  # fmt: skip


@router.post("/{ident}/approve")
def approve(request: Request, ident: str, caller: Approves, platform: ThePlatform, digest: Text = "") -> Response:
    """It is in force."""
    return _act(
        request, platform, caller, ident, lambda: packs.approve(platform, ident, digest=digest, by=caller.subject)
    )  # fmt: skip


@router.post("/{ident}/reject")
def reject(request: Request, ident: str, caller: Approves, platform: ThePlatform) -> Response:
    """It will not be."""
    return _act(request, platform, caller, ident, lambda: packs.reject(platform, ident, by=caller.subject))


@router.post("/{ident}/withdraw")
def withdraw(request: Request, ident: str, caller: Proposes, platform: ThePlatform) -> Response:
    """Whoever proposed it takes it back."""
    return _act(request, platform, caller, ident, lambda: packs.withdraw(platform, ident, by=caller.subject))


def _act(request: Request, platform: Platform, caller: Caller, ident: str, doing: Any) -> Response:
    _proposal(platform, ident)
    try:
        doing()
    except RefusedError as error:
        return _show(request, platform, caller, ident, status=409, error=error)
    return see_other(f"/console/packs/{ident}")


def _proposal(platform: Platform, ident: str) -> Proposal:
    found = proposal_of(platform.desk, ident)
    if found is None:
        raise NotFoundError("there is no such proposal")
    return found


def _names(platform: Platform, caller: Caller) -> dict[str, str]:
    return staff_names(platform.desk) if caller.may(Permission.TRAIL_READ) else {}


def _list(request: Request, platform: Platform, caller: Caller, *, status: int = 200, **given: Any) -> Response:
    current = packs.in_force(platform)
    nothing = {"problems": (), "error": None, "text": "", "why": ""}
    return page(
        request,
        "console/packs.html",
        status=status,
        current=current,
        said=[(each, explain_purpose(current.pack, each)) for each in current.pack.purposes.values()],
        proposals=packs.proposals(platform),
        names=_names(platform, caller),
        may_propose=caller.may(Permission.PACKS_PROPOSE),
        **(nothing | given),
    )


def _show(request: Request, platform: Platform, caller: Caller, ident: str, *, status: int = 200,
          error: RefusedError | None = None) -> Response:  # fmt: skip
    packs.finish(platform)
    proposal = _proposal(platform, ident)
    jobs = packs.comparisons(platform, proposal)
    running = next((each for each in jobs if not each.is_over), None)
    answer = page(
        request,
        "console/packs_proposal.html",
        status=status,
        proposal=proposal,
        is_open=proposal.state == PROPOSED,
        is_own=proposal.proposed_by == caller.subject,
        may_approve=caller.may(Permission.PACKS_APPROVE),
        may_propose=caller.may(Permission.PACKS_PROPOSE),
        written=pack_text(json.loads(proposal.document)),
        current=platform.pack,
        job=jobs[0] if jobs else None,
        found=packs.comparison_of(platform, proposal),
        running=running,
        names=_names(platform, caller),
        error=error,
    )
    if running:
        answer.headers["refresh"] = "3"
    return answer
