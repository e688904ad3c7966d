"""Global Privacy Control: a browser says that its user opts out of sale, sharing and cross-context advertising.

It is not deletion and not “do not train”. Which settings it switches off is for the pack to say. Source: GPC
specification of the W3C Privacy Working Group.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from assent.policy.pack import Pack
from assent.vocabulary.identifiers import SettingName

WELL_KNOWN: Final = "/.well-known/gpc.json"


def is_on(values: Iterable[str | None]) -> bool:
    """Whether a request opts out: one of its `Sec-GPC` headers is exactly `1`; any other value says nothing."""
    return any(value == "1" for value in values)


def support_resource(last_update: date) -> dict[str, object]:
    """What a site that honours the signal serves at `/.well-known/gpc.json`."""
    return {"gpc": True, "lastUpdate": last_update.isoformat()}


def settings_switched_off(pack: Pack) -> tuple[SettingName, ...]:
    """The settings that the pack lets the signal turn off."""
    return tuple(name for name, setting in pack.settings.items() if setting.off_by_gpc)
