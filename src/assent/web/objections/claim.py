"""A claim that a model repeats somebody's data, for members and for anybody else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from assent.operations.claims import receive_claim
from assent.operations.confirming import ask
from assent.operations.platform import Platform
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.limits import limited
from assent.serving.permissions import Permission
from assent.web.objections.forms import Filled, Text
from assent.web.objections.member import words_for
from assent.web.pages import language_of, page, see_other

router = APIRouter()


@router.get("/claim")
def form(request: Request, caller: Annotated[Caller, needs(Permission.ANYBODY)], platform: ThePlatform) -> Response:
    """The form; members need no address."""
    return _form(request, platform, caller, Filled(language_of(request, platform)))


@router.post("/claim", dependencies=[limited("objection")])
def send(  # noqa: PLR0917 - a form has as many fields as it has
    request: Request,
    caller: Annotated[Caller, needs(Permission.ANYBODY)],
    platform: ThePlatform,
    purpose: Text = "",
    feature: Text = "",
    prompt: Text = "",
    output: Text = "",
    when: Text = "",
    words: Text = "",
    take_back: Text = "",
    address: Text = "",
    name: Text = "",
) -> Response:
    """A member's claim is received; anybody else gets a mail first."""
    filled = Filled(language_of(request, platform), {"take_back": take_back})
    filled.purpose(purpose, {each.purpose for each in words_for(request, platform).uses()})
    contact = None if caller.member is not None else filled.contact(address, name)
    clean = filled.text("words", words)
    seen = filled.seen(feature, prompt, output, when)
    if filled.errors or seen is None:
        return _form(request, platform, caller, filled, status=400)
    if contact is not None:
        ask(platform, purpose=purpose, contact=contact, words=clean, language=filled.lang.code, seen=seen)
        return see_other("/object/sent")
    case = receive_claim(
        platform, purpose=purpose, seen=seen, person=caller.own, words=clean, take_back=bool(take_back),
        language=filled.lang.code,
    )  # fmt: skip
    return see_other(f"/objections/{case.id}")


def _form(request: Request, platform: Platform, caller: Caller, filled: Filled, *, status: int = 200) -> Response:
    return page(
        request,
        "objections/claim.html",
        status=status,
        filled=filled,
        words=words_for(request, platform),
        by_mail=caller.member is None,
    )
