"""The settings centre: the menu as announced, a page for each setting, and the two ways off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from assent.errors import InputError
from assent.operations.my_data import models_of
from assent.operations.platform import Platform
from assent.operations.receipt import gdpr_applies
from assent.operations.settings import (
    SettingNow,
    change_setting,
    governed_by,
    honour_gpc,
    settings_of,
)
from assent.policy.signals.gpc import is_on
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission
from assent.vocabulary.events import Event, EventType
from assent.vocabulary.identifiers import MemberId
from assent.web.pages import language_of, page, see_other
from assent.web.settings.menu import menu_of
from assent.web.settings.words import Words

router = APIRouter()

STOP, TAKE_BACK, ON = "stop", "take_back", "on"
_SURE: Final = "yes"

Reader = Annotated[Caller, needs(Permission.OWN_READ)]
Writer = Annotated[Caller, needs(Permission.OWN_WRITE)]


@dataclass(frozen=True, slots=True)
class Done:
    """What a form did, looked up in the ledger again.

    Args:
        stands: nothing newer was said of the setting since.
    """

    seq: int
    value: str
    take_back: bool
    stands: bool
    same: bool


@router.get("/settings")
def show_centre(request: Request, caller: Reader, platform: ThePlatform) -> Response:
    """The menu, with what each setting is now."""
    signalled = _heed_signal(request, platform, caller.own)
    settings = settings_of(platform, caller.own)
    words = _words(request, platform)
    top = menu_of(settings.settings, otherwise="Settings")
    return page(request, "settings/centre.html", settings=settings, words=words, top=top, signalled=signalled)


@router.get("/settings/{name}")
def show_setting(  # noqa: PLR0917 - the parts of a request
    request: Request, caller: Reader, platform: ThePlatform, name: str, done: int | None = None, same: bool = False
) -> Response:
    """One setting: what it is about, what it is now, and how to change it."""
    signalled = _heed_signal(request, platform, caller.own)
    return _setting_page(request, platform, caller, name, done=done, same=same, signalled=signalled)


@router.post("/settings/{name}")
def switch(  # noqa: PLR0917 - the parts of a request
    request: Request,
    caller: Writer,
    platform: ThePlatform,
    name: str,
    action: Annotated[str, Form()],
    sure: Annotated[str, Form()] = "",
) -> Response:
    """The setting is what the member chose, and their browser shows it."""
    if name not in platform.pack.settings:
        raise NotFoundError("there is no such setting", hint="look under Settings for those there are")
    if action not in {STOP, TAKE_BACK, ON}:
        raise InputError(f"`{action}` is nothing a setting does", hint="it is `stop`, `take_back` or `on`")
    if action == ON and sure != _SURE:
        return _setting_page(request, platform, caller, name, status=400, unsure=True)
    value = "on" if action == ON else "off"
    change = change_setting(platform, caller.own, name, value, take_back=action == TAKE_BACK)
    return see_other(f"/settings/{name}?done={change.seq}" + ("" if change.changed else "&same=true"))


def _setting_page(
    request: Request,
    platform: Platform,
    caller: Caller,
    name: str,
    *,
    status: int = 200,
    done: int | None = None,
    same: bool = False,
    unsure: bool = False,
    signalled: tuple[str, ...] = (),
) -> Response:
    settings = settings_of(platform, caller.own)
    if name not in settings.pack.settings:
        raise NotFoundError("there is no such setting", hint="look under Settings for those there are")
    now = settings.setting(name)
    governed = governed_by(settings.pack, now.setting.name)
    undone = [each for each in settings.purposes if each.purpose in governed and each.taken_back]
    return page(
        request,
        "settings/setting.html",
        status=status,
        settings=settings,
        now=now,
        words=_words(request, platform),
        governed=governed,
        undone=undone,
        models=models_of(platform) if undone else (),
        asked=all(each.taken_back and each.taken_back.asked for each in settings.purposes if each.purpose in governed),
        gdpr=gdpr_applies(settings.region),
        contact=platform.workspace.text("receipt.contact"),
        authority=platform.workspace.text("receipt.authority"),
        done=None if done is None else _done(platform, caller.own, now, done, same=same),
        unsure=unsure,
        signalled=signalled,
    )


def _done(platform: Platform, member: MemberId, now: SettingNow, seq: int, *, same: bool) -> Done | None:
    """What the event at that position did to this setting; None where it is none of theirs, or about something else."""
    said = platform.ledger.events_of(member)
    event = dict(said).get(seq)
    if not isinstance(event, Event) or event.key is None:
        return None
    if event.type is EventType.TAKEBACK_REQUESTED:
        about = {each.name for each in governed_by(platform.pack, now.setting.name)}
        return Done(seq, "off", take_back=True, stands=now.value == "off", same=same) if event.key in about else None
    if event.type is not EventType.SETTING_CHANGED or event.key != now.setting.name:
        return None
    with_it = any(
        isinstance(each, Event)
        and each.type is EventType.TAKEBACK_REQUESTED
        and each.effective_at == event.effective_at
        for _, each in said
    )
    stands = now.choice is not None and now.choice.seq == seq
    return Done(seq, event.value or "off", take_back=with_it, stands=stands, same=same)


def _heed_signal(request: Request, platform: Platform, member: MemberId) -> tuple[str, ...]:
    """The settings that the browser's opt-out signal turned off with this request."""
    if not is_on(request.headers.getlist("sec-gpc")):
        return ()
    return honour_gpc(platform, member)


def _words(request: Request, platform: Platform) -> Words:
    return Words(language_of(request, platform), platform.name)
