"""Whether this process lives, and whether it can do its work."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from fastapi import APIRouter

from assent.api.problems import problems
from assent.api.values import Told
from assent.operations.readiness import require_ready
from assent.policy.signals import gpc
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["health"], dependencies=[needs(Permission.ANYBODY)])


SUPPORTED_SINCE: Final = date(2026, 3, 1)
"""When what the signal does last changed here."""


class Well(Told):
    """All is well."""

    status: Literal["ok"] = "ok"


class GpcSupport(Told):
    """What browsers and researchers look for (W3C Global Privacy Control)."""

    gpc: bool
    lastUpdate: str  # noqa: N815 - the standard's name


@router.get("/health", summary="Whether the process answers", responses=problems())
def health() -> Well:
    """It answers, whatever its database does: a process that does not is to be started anew."""
    return Well()


@router.get("/ready", summary="Whether requests can be served", responses=problems())
def ready(platform: ThePlatform) -> Well:
    """The ledger and the desk answered within two seconds; else 503, and requests should go elsewhere meanwhile."""
    require_ready(platform)
    return Well()


@router.get(gpc.WELL_KNOWN, summary="That Global Privacy Control is honoured", responses=problems())
def gpc_support(platform: ThePlatform) -> GpcSupport:
    """True where the rules in force let the signal turn something off."""
    found = gpc.support_resource(SUPPORTED_SINCE)
    return GpcSupport(gpc=bool(gpc.settings_switched_off(platform.pack)), lastUpdate=str(found["lastUpdate"]))
