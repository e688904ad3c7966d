"""The rules in force, as values."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from assent.api.problems import problems
from assent.api.values import Instant, Told
from assent.policy.pack import Pack, Purpose, Setting
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["packs"])


class PackSetting(Told):
    """A toggle that the rules give members."""

    setting: str
    title: str
    menu: list[str]
    off_with: list[str] = Field(description="The settings whose being off turns this one off.")
    off_by_gpc: bool = Field(description="Whether a browser's opt-out signal turns it off.")
    on_by_default_in: list[str] = Field(description="Regions, ISO 3166-1.")


class PackPurpose(Told):
    """A use of members' data that the rules describe."""

    purpose: str
    title: str
    kind: str
    basis: str
    setting: str | None
    notice: str | None
    waiting_days: float
    minimum_age: int | None
    withdrawal: str
    categories: list[str]
    recipients: list[str]
    regions: dict[str, Instant | None] = Field(description="Where, and since when; null: always.")


class PackTold(Told):
    """The rules in force."""

    pack: str
    title: str
    digest: str = Field(description="SHA-256 of the merged document; every verdict names it.")
    lineage: list[str]
    settings: list[PackSetting]
    purposes: list[PackPurpose]
    notices: list[str]
    never: list[str] = Field(description="Categories that no use may touch.")
    notes: list[str]


@router.get(
    "/v1/packs/in-force",
    summary="The rules in force",
    responses=problems(),
    dependencies=[needs(Permission.PACKS_READ)],
)
def pack_in_force(platform: ThePlatform) -> PackTold:
    """What was approved last. A change is in force from the next request on."""
    return _pack(platform.pack)


def _pack(pack: Pack) -> PackTold:
    return PackTold(
        pack=pack.name,
        title=pack.title,
        digest=pack.digest,
        lineage=list(pack.lineage),
        settings=[_setting(each) for each in pack.settings.values()],
        purposes=[PackPurpose.model_validate(_purpose(each)) for each in pack.purposes.values()],
        notices=list(pack.notices),
        never=sorted(pack.never),
        notes=list(pack.notes),
    )


def _setting(setting: Setting) -> PackSetting:
    return PackSetting(
        setting=setting.name,
        title=setting.title,
        menu=list(setting.menu),
        off_with=list(setting.off_with),
        off_by_gpc=setting.off_by_gpc,
        on_by_default_in=sorted(region for region, value in setting.defaults.items() if value == "on"),
    )


def _purpose(purpose: Purpose) -> dict[str, Any]:
    return {
        "purpose": purpose.name,
        "title": purpose.title,
        "kind": purpose.kind.value,
        "basis": purpose.basis.value,
        "setting": purpose.setting,
        "notice": purpose.notice,
        "waiting_days": purpose.waiting_period.total_seconds() / 86_400,
        "minimum_age": purpose.minimum_age,
        "withdrawal": purpose.withdrawal.value,
        "categories": sorted(purpose.scope),
        "recipients": list(purpose.recipients),
        "regions": dict(sorted(purpose.coverage.items())),
    }
