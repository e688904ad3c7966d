"""Webhooks for changed settings: who is told, and how far they have heard."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import Response

from assent.api.once import TheOnce
from assent.api.problems import problems
from assent.api.values import Asked, Instant, Position, Told
from assent.desk.hooks import Hook
from assent.errors import InputError
from assent.operations.hooks import add_hook, list_hooks, remove_hook, start_hook
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["hooks"])

HookId = Annotated[str, InPath(pattern=r"^h[0-9a-f]{16}$", examples=["h0123456789abcdef"])]


class HookAsked(Asked):
    """Somebody wants to be told."""

    address: Annotated[str, Field(min_length=1, max_length=2000, examples=["https://example.org/settings-changed"])]


class HookTold(Told):
    """Who is told, and how far they have heard."""

    hook: str
    address: str
    state: Literal["telling", "waiting", "stopped"] = Field(
        description="Waiting: the last attempt failed and the next one is due at `next_at`. Stopped: given up."
    )
    made_at: Instant
    told_to: Position = Field(description="Everything below this size of the ledger has arrived.")
    behind: int = Field(description="How many events of the ledger they have not heard of.")
    tries: int = Field(description="Attempts at the next message that failed.")
    next_at: Instant | None
    detail: str | None = Field(description="What came of the last attempt.")


class HookMade(HookTold):
    """A new hook and its secret, which nobody can be shown again."""

    secret: str = Field(description="`whsec_…`: what its receiver checks signatures with.")


class HooksTold(Told):
    """All of them, the oldest first."""

    hooks: list[HookTold]


class Done(Told):
    """It is so."""

    hook: str


@router.get("/v1/hooks", summary="Who is told of changed settings", responses=problems())
def read_hooks(
    caller: Annotated[Caller, needs(Permission.HOOKS_MANAGE)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
) -> HooksTold:
    """The oldest first."""
    size = platform.ledger.size
    return HooksTold(hooks=[_hook(each, size) for each in list_hooks(platform)])


@router.post(
    "/v1/hooks",
    summary="Tell an address of changed settings",
    status_code=201,
    responses=problems(409),
    response_model=HookMade,
)
def write_hook(
    caller: Annotated[Caller, needs(Permission.HOOKS_MANAGE)], platform: ThePlatform, once: TheOnce, asked: HookAsked
) -> Response:
    """Every change of a setting from now on is sent there as a signed POST (Standard Webhooks), in the ledger's order,
    until it is answered with 2xx. `https` and public addresses only, but for hosts that `assent.toml` names.
    """

    def work(_again: bool) -> HookMade:
        made = add_hook(platform, asked.address, by=caller.subject)
        return HookMade(**_hook(made.hook, made.hook.told_to).model_dump(), secret=made.secret)

    return once.answer(asked.model_dump_json().encode(), work, status=201)


@router.delete("/v1/hooks/{hook}", summary="Tell it no more", responses=problems(404))
def delete_hook(caller: Annotated[Caller, needs(Permission.HOOKS_MANAGE)], platform: ThePlatform, hook: HookId) -> Done:
    """Its secret is gone, too. Deleting it again finds nothing."""
    try:
        remove_hook(platform, hook, by=caller.subject)
    except InputError as error:
        raise NotFoundError(error.message) from None
    return Done(hook=hook)


@router.post("/v1/hooks/{hook}/start", summary="Tell a stopped one again", responses=problems(404))
def restart_hook(
    caller: Annotated[Caller, needs(Permission.HOOKS_MANAGE)], platform: ThePlatform, hook: HookId
) -> Done:
    """From where it had heard: nothing in between is lost. Starting it twice changes nothing."""
    try:
        start_hook(platform, hook, by=caller.subject)
    except InputError as error:
        raise NotFoundError(error.message) from None
    return Done(hook=hook)


def _hook(hook: Hook, size: int) -> HookTold:
    return HookTold(
        hook=hook.id,
        address=hook.address,
        state="stopped" if hook.stopped_at else "waiting" if hook.tries else "telling",
        made_at=hook.made_at,
        told_to=hook.told_to,
        behind=max(0, size - hook.told_to),
        tries=hook.tries,
        next_at=None if hook.stopped_at else hook.next_at,
        detail=hook.detail,
    )
