"""Objections of people who have no account: asked for here, confirmed by e-mail, followed by a link from the mail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.desk.objections import Case
from assent.errors import InputError
from assent.operations import objections
from assent.operations.confirming import ask, case_by_link, confirm, confirmable
from assent.operations.platform import Platform
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.limits import limited
from assent.serving.permissions import Permission
from assent.web.objections.forms import Filled, Text
from assent.web.objections.member import show_case, words_for
from assent.web.pages import language_of, page, see_other

router = APIRouter()

Anybody = Annotated[Caller, needs(Permission.ANYBODY)]


@router.get("/object")
def form(request: Request, caller: Anybody, platform: ThePlatform) -> Response:
    """The form for people without an account; members are led to theirs."""
    if caller.member is not None:
        return see_other("/objections/new")
    return _form(request, platform, Filled(language_of(request, platform)))


@router.post("/object", dependencies=[limited("objection")])
def send(  # noqa: PLR0917 - a form has as many fields as it has
    request: Request,
    caller: Anybody,  # noqa: ARG001 - asked for its form key
    platform: ThePlatform,
    purpose: Text = "",
    about: Text = "",
    words: Text = "",
    address: Text = "",
    name: Text = "",
) -> Response:
    """A mail is on its way, whoever's the address is."""
    filled = Filled(language_of(request, platform))
    filled.purpose(purpose, {each.purpose for each in words_for(request, platform).choices()})
    clean, told = filled.text("words", words), filled.text("about", about)
    contact = filled.contact(address, name)
    if not told and "about" not in filled.errors:
        filled.errors["about"] = filled.lang("Write what it is about, so that we can find it.")
    if filled.errors or contact is None:
        return _form(request, platform, filled, status=400)
    ask(platform, purpose=purpose, contact=contact, words=clean, about=told, language=filled.lang.code)
    return see_other("/object/sent")


@router.get("/object/sent", dependencies=[needs(Permission.ANYBODY)])
def sent(request: Request) -> Response:
    """The same for every address."""
    return page(request, "objections/sent.html")


@router.get("/object/confirm/{secret}", dependencies=[needs(Permission.ANYBODY)])
def look(request: Request, secret: str, platform: ThePlatform) -> Response:
    """What the link would confirm. Programs that look at links in mails confirm nothing by it."""
    asked = confirmable(platform, secret)
    if asked is None:
        return page(request, "objections/gone.html", status=404)
    return page(request, "objections/confirm.html", asked=asked, secret=secret, words=words_for(request, platform))


@router.post("/object/confirm/{secret}", dependencies=[needs(Permission.ANYBODY), limited("confirmation")])
def use(request: Request, secret: str, platform: ThePlatform) -> Response:
    """It is received, once."""
    if confirmable(platform, secret) is None:
        return page(request, "objections/gone.html", status=404)
    case = confirm(platform, secret)
    return page(request, "objections/confirmed.html", case=case, words=words_for(request, platform))


@router.get("/object/case/{secret}", dependencies=[needs(Permission.ANYBODY)])
def shown(request: Request, secret: str, platform: ThePlatform) -> Response:
    """Where it stands, for whoever has the link."""
    try:
        case = _case(platform, secret)
    except NotFoundError:
        return page(request, "objections/gone.html", status=404)
    return show_case(request, platform, case, f"/object/case/{secret}")


@router.post("/object/case/{secret}/appeal", dependencies=[needs(Permission.ANYBODY), limited("confirmation")])
def appeal(request: Request, secret: str, platform: ThePlatform, words: Text = "") -> Response:
    """A rejection is contradicted."""
    case = _case(platform, secret)
    filled = Filled(language_of(request, platform))
    clean = filled.text("words", words)
    if filled.errors:
        return show_case(request, platform, case, f"/object/case/{secret}", filled)
    objections.appeal(platform, case.id, words=clean, by="e-mail")
    return see_other(f"/object/case/{secret}")


@router.post("/object/case/{secret}/withdraw", dependencies=[needs(Permission.ANYBODY), limited("confirmation")])
def withdraw(secret: str, platform: ThePlatform) -> Response:
    """It is taken back."""
    objections.withdraw(platform, _case(platform, secret).id, by="e-mail")
    return see_other(f"/object/case/{secret}")


def _case(platform: Platform, secret: str) -> Case:
    try:
        found = case_by_link(platform, secret)
    except InputError:
        found = None  # the person was erased meanwhile, and their case with them
    if found is None:
        raise NotFoundError("this link is not valid any more")
    return found


def _form(request: Request, platform: Platform, filled: Filled, *, status: int = 200) -> Response:
    words = words_for(request, platform)
    return page(request, "objections/object.html", status=status, filled=filled, words=words)
