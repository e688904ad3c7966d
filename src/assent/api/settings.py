"""Settings of a member: read, changed, and switched off by their browser's opt-out signal."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from assent.api.once import TheOnce
from assent.api.problems import problems
from assent.api.values import Instant, Member, Name, OfMember, Position, Told
from assent.operations.settings import Change, MemberSettings, PurposeNow, SettingNow, change_setting, honour_gpc
from assent.operations.settings import settings_of as look_up
from assent.policy.signals import gpc
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["settings"])

SecGpc = Annotated[
    str | None,
    Header(alias="Sec-GPC", description="What the member's browser sent; only `1` says anything.", examples=["1"]),
]
OnOff = Literal["on", "off"]


class SettingTold(Told):
    """A toggle of the member, now."""

    setting: str
    title: str
    menu: list[str] = Field(description="Where members find it.")
    value: OnOff | None = Field(description="What counts; null where nobody knows, and then nothing is used.")
    why: Literal["explicit", "default", "implied", "gpc", "unknown"] = Field(description="Where the value comes from.")
    default: OnOff | None = Field(description="What the rules say for their region without a choice.")
    chosen_at: Instant | None
    off_because: str | None = Field(description="The setting that is off and takes this one along.")
    takes_along: list[str] = Field(description="The settings that are off whenever this one is.")


class PurposeTold(Told):
    """A use of the member's data, now."""

    purpose: str
    title: str
    permitted: bool = Field(description="Whether anything of theirs may be used; a record can still be denied.")
    reasons: list[str] = Field(description="Why not; the names of `docs/spec/reasons.md`.")
    setting: str | None
    objection: Literal["open", "upheld", "rejected"] | None
    told_at: Instant | None = Field(description="When the notice that this asks for was first delivered.")
    usable_at: Instant | None = Field(description="The end of the waiting period after that.")


class SettingsTold(Told):
    """Everything a settings page of the platform's own needs."""

    member: Member
    known: bool = Field(description="Whether the ledger knows them; nothing of somebody unknown is used.")
    region: str | None
    at: Instant
    pack: str
    pack_digest: str
    settings: list[SettingTold]
    purposes: list[PurposeTold]


class ChangeAsked(OfMember):
    """A toggle is turned."""

    setting: Name = Field(examples=["generative_ai_improvement"])
    value: OnOff
    take_back: bool = Field(False, description="With `off`: past use is to be undone too.")
    by: Literal["member", "guardian"] = Field("member", description="Who decided; it stands in the ledger.")


class ChangeTold(Told):
    """What the change came to. It counts from the moment of the answer."""

    member: Member
    setting: str
    value: OnOff
    was: OnOff | None
    now: OnOff | None = Field(description="What counts; `off` although it was turned on where `off_because` says so.")
    at: Instant
    seq: Position = Field(description="Where the ledger says so; `/v1/receipts` gives a receipt for it.")
    recorded: bool = Field(description="False where the ledger said so already.")
    off_because: str | None
    along: list[str] = Field(description="Settings whose value changed with it.")
    takes_back: list[str] = Field(description="Purposes for which past use is undone.")


class SignalTold(Told):
    """What a browser's opt-out signal came to."""

    heeded: bool = Field(description="Whether the header said anything and the rules let it.")
    switched_off: list[str] = Field(description="Settings that it turned off just now; each is turned off once only.")


@router.post("/v1/settings/read", summary="Every setting and use of a member", responses=problems())
def read_settings(
    caller: Annotated[Caller, needs(Permission.SETTINGS_READ)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    asked: OfMember,
) -> SettingsTold:
    """What each setting is, why, and what it lets happen. A browser's signal is not looked at here: reading changes
    nothing.
    """
    return _settings(look_up(platform, asked.member))


@router.post(
    "/v1/settings/change", summary="A member turns a setting", responses=problems(409), response_model=ChangeTold
)
def write_setting(
    caller: Annotated[Caller, needs(Permission.SETTINGS_WRITE)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    once: TheOnce,
    asked: ChangeAsked,
) -> Response:
    """The ledger holds the change, durably, when this answers; the next decision follows it. Turning a setting to what
    it is already records nothing, so that the same wish sent twice counts once even without its key.
    """
    return once.answer(
        asked.model_dump_json().encode(),
        lambda _again: _change(
            change_setting(platform, asked.member, asked.setting, asked.value, by=asked.by, take_back=asked.take_back)
        ),
    )


@router.post("/v1/signals/gpc", summary="A browser's opt-out signal (Global Privacy Control)", responses=problems(409))
def heed_signal(
    caller: Annotated[Caller, needs(Permission.SETTINGS_WRITE)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    request: Request,
    asked: OfMember,
    sec_gpc: SecGpc = None,  # noqa: ARG001 - described here; all of several headers are looked at
) -> SignalTold:
    """Forward the member's `Sec-GPC` header with their id, once for each session of theirs. The settings that the pack
    lets the signal turn off are off then, each for the first sighting only: who turns one on again afterwards has
    chosen with the signal known. Sent again it changes nothing, so it needs no idempotency key.
    """
    if not gpc.is_on(request.headers.getlist("sec-gpc")) or not gpc.settings_switched_off(platform.pack):
        return SignalTold(heeded=False, switched_off=[])
    return SignalTold(heeded=True, switched_off=list(honour_gpc(platform, asked.member)))


def _settings(found: MemberSettings) -> SettingsTold:
    return SettingsTold(
        member=found.member,
        known=found.known,
        region=found.region,
        at=found.at,
        pack=found.pack.name,
        pack_digest=found.pack.digest,
        settings=[_setting(each) for each in found.settings],
        purposes=[_purpose(each) for each in found.purposes],
    )


def _setting(now: SettingNow) -> SettingTold:
    return SettingTold.model_validate(
        {
            "setting": now.setting.name,
            "title": now.setting.title,
            "menu": list(now.setting.menu),
            "value": now.value,
            "why": now.why.value,
            "default": now.default,
            "chosen_at": now.choice and now.choice.at,
            "off_because": now.off_because,
            "takes_along": list(now.takes_along),
        }
    )


def _purpose(now: PurposeNow) -> PurposeTold:
    return PurposeTold.model_validate(
        {
            "purpose": now.purpose.name,
            "title": now.purpose.title,
            "permitted": now.permitted,
            "reasons": [each.label for each in now.reasons],
            "setting": now.purpose.setting,
            "objection": now.objection and now.objection.value,
            "told_at": now.told_at,
            "usable_at": now.usable_at,
        }
    )


def _change(change: Change) -> ChangeTold:
    return ChangeTold.model_validate(
        {
            "member": change.member,
            "setting": change.setting.name,
            "value": change.value,
            "was": change.was,
            "now": change.now,
            "at": change.at,
            "seq": change.seq,
            "recorded": change.changed,
            "off_because": change.off_because,
            "along": list(change.along),
            "takes_back": list(change.takes_back),
        }
    )
