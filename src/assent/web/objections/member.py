"""A member's own objections and claims."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.desk.objections import CLAIM, Case, case_of
from assent.errors import AssentError
from assent.operations import objections
from assent.operations.claims import seen_of, take_back_after
from assent.operations.platform import Platform
from assent.operations.takeback import Status, status_of
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.limits import require_few
from assent.serving.permissions import Permission
from assent.web.objections.forms import Filled, Text
from assent.web.objections.words import CaseWords
from assent.web.pages import language_of, page, see_other

router = APIRouter()

Reads = Annotated[Caller, needs(Permission.OWN_READ)]
Writes = Annotated[Caller, needs(Permission.OWN_WRITE)]


def words_for(request: Request, platform: Platform) -> CaseWords:
    """How this reader is told about cases."""
    return CaseWords(language_of(request, platform), platform.name, platform.pack)


@router.get("/objections")
def listed(request: Request, caller: Reads, platform: ThePlatform) -> Response:
    """Everything they objected to or claimed."""
    cases = objections.of_person(platform, caller.own)
    return page(request, "objections/list.html", cases=cases, words=words_for(request, platform))


@router.get("/objections/new")
def form(request: Request, caller: Reads, platform: ThePlatform, use: str = "") -> Response:  # noqa: ARG001
    """The form, with a use chosen where the address names one."""
    return _form(request, platform, Filled(language_of(request, platform), {"purpose": use}))


@router.post("/objections/new")
def send(request: Request, caller: Writes, platform: ThePlatform, purpose: Text = "", words: Text = "") -> Response:
    """The objection is received: from here on the use is restricted."""
    filled = Filled(language_of(request, platform))
    filled.purpose(purpose, {each.purpose for each in words_for(request, platform).choices()})
    clean = filled.text("words", words)
    if filled.errors:
        return _form(request, platform, filled, status=400)
    require_few(platform, "objection", caller.subject)
    case = objections.receive(
        platform, purpose=purpose, person=caller.own, words=clean, language=filled.lang.code, by="member"
    )
    return see_other(f"/objections/{case.id}")


@router.get("/objections/{ident}")
def shown(request: Request, ident: str, caller: Reads, platform: ThePlatform) -> Response:
    """One of theirs, with every step."""
    return show_case(request, platform, _own(platform, ident, caller), f"/objections/{ident}")


@router.post("/objections/{ident}/appeal")
def appeal(request: Request, ident: str, caller: Writes, platform: ThePlatform, words: Text = "") -> Response:
    """A rejection is contradicted."""
    case = _own(platform, ident, caller)
    filled = Filled(language_of(request, platform))
    clean = filled.text("words", words)
    if filled.errors:
        return show_case(request, platform, case, f"/objections/{ident}", filled)
    require_few(platform, "objection", caller.subject)
    objections.appeal(platform, ident, words=clean)
    return see_other(f"/objections/{ident}")


@router.post("/objections/{ident}/withdraw")
def withdraw(ident: str, caller: Writes, platform: ThePlatform) -> Response:
    """It is taken back."""
    _own(platform, ident, caller)
    require_few(platform, "objection", caller.subject)
    objections.withdraw(platform, ident)
    return see_other(f"/objections/{ident}")


@router.post("/objections/{ident}/take-back")
def take_back(ident: str, caller: Writes, platform: ThePlatform) -> Response:
    """After a confirmed claim past use is taken back."""
    _own(platform, ident, caller)
    take_back_after(platform, ident)
    return see_other(f"/objections/{ident}")


def show_case(request: Request, platform: Platform, case: Case, path: str, filled: Filled | None = None) -> Response:
    """The page of a case for the person whose it is, below `path`."""
    words = words_for(request, platform)
    return page(
        request,
        "objections/case.html",
        status=400 if filled else 200,
        case=case,
        here=path,
        words=words,
        seen=seen_of(case) if case.kind == CLAIM else None,
        done=done_for(platform, case),
        authority=platform.workspace.text("receipt.authority"),
        filled=filled or Filled(words.lang),
    )


def done_for(platform: Platform, case: Case) -> Status | None:
    """What became of their data after it was to be taken back; None where nothing was, or nobody can say now."""
    if not case.is_member or not (case.state == "upheld" or (case.state == "confirmed" and case.take_back)):
        return None
    try:
        return status_of(platform.workspace, case.person, clock=platform.clock)
    except AssentError:
        return None


def _own(platform: Platform, ident: str, caller: Caller) -> Case:
    """Theirs, or there is none as far as they learn."""
    found = case_of(platform.desk, ident)
    if found is None or found.person != caller.own or not found.is_member:
        raise NotFoundError("there is no such objection of yours")
    return objections.standing(platform, ident)


def _form(request: Request, platform: Platform, filled: Filled, *, status: int = 200) -> Response:
    given: dict[str, Any] = {"filled": filled, "words": words_for(request, platform)}
    return page(request, "objections/new.html", status=status, **given)
