"""The settings centre: the menu as announced, a page for each setting, and the two ways off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from assent.errors import InputError
from assent.operations.my_data import learned_from_member
from assent.operations.notices import unread
from assent.operations.platform import Platform
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
from assent.web.settings import happened
from assent.web.settings.member_words import MemberWords
from assent.web.settings.menu import menu_of

router = APIRouter()

STOP, TAKE_BACK, ON = "stop", "take_back", "on"
_SURE: Final = "yes"

Reader = Annotated[Caller, needs(Permission.OWN_READ)]
Writer = Annotated[Caller, needs(Permission.OWN_WRITE)]


@dataclass(frozen=True, slots=True)
class Done:
    """What a form did, looked up in the ledger again.

    Args:
        said: the events of that one step, each with its place in the log; there is a receipt of each.
        stands: nothing newer was said of the setting since.
    """

    said: tuple[tuple[int, Event], ...]
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
    return page(
        request,
        "settings/centre.html",
        settings=settings,
        words=words,
        top=top,
        signalled=signalled,
        unread=unread(platform, caller.own),
        authority=platform.workspace.text("receipt.authority"),
    )


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
        learned=learned_from_member(platform, caller.own) if undone else None,
        happened=happened,
        asked=all(each.taken_back and each.taken_back.stands for each in settings.purposes if each.purpose in governed),
        contact=platform.workspace.text("receipt.contact"),
        authority=platform.workspace.text("receipt.authority"),
        done=None if done is None else _done(platform, caller.own, now, done, same=same),
        unsure=unsure,
        signalled=signalled,
    )


def _done(platform: Platform, member: MemberId, now: SettingNow, seq: int, *, same: bool) -> Done | None:
    """What the events from that position on did to this setting in one step; None where the first is none of theirs."""
    said = dict(platform.ledger.events_of(member))
    first = said.get(seq)
    about = {each.name for each in governed_by(platform.pack, now.setting.name)}
    step: list[tuple[int, Event]] = []
    while isinstance(event := said.get(seq), Event) and isinstance(first, Event):
        switched = event is first and event.type is EventType.SETTING_CHANGED and event.key == now.setting.name
        asked = event.type is EventType.TAKEBACK_REQUESTED and event.key in about
        if not (switched or asked) or event.effective_at != first.effective_at:
            break
        step.append((seq, event))
        seq += 1
    if not step:
        return None
    head = step[0][1]
    take_back = step[-1][1].type is EventType.TAKEBACK_REQUESTED
    if head.type is EventType.TAKEBACK_REQUESTED:
        return Done(tuple(step), "off", take_back, stands=now.value == "off", same=same)
    stands = now.choice is not None and now.choice.seq == step[0][0]
    return Done(tuple(step), head.value or "off", take_back, stands=stands, same=same)


def _heed_signal(request: Request, platform: Platform, member: MemberId) -> tuple[str, ...]:
    """The settings that the browser's opt-out signal turned off with this request."""
    if not is_on(request.headers.getlist("sec-gpc")):
        return ()
    return honour_gpc(platform, member)


def _words(request: Request, platform: Platform) -> MemberWords:
    return MemberWords(language_of(request, platform), platform.name)
