"""What employers may tell their staff: made from the rules alone, and about nobody in particular.

An employer has no say over anybody's profile here and sees nobody's choice, so none of this looks at the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assent.policy.pack import Basis, Pack, Purpose, Setting
from assent.vocabulary.identifiers import RegionCode
from assent.vocabulary.regions import REGION_CODES


@dataclass(frozen=True, slots=True)
class Use:
    """A use that takes place in a region.

    Args:
        since: None has always been so.
        default: what a person's setting is before they choose; None where there is no setting.
    """

    purpose: Purpose
    since: datetime | None
    setting: Setting | None
    default: str | None

    @property
    def can_object(self) -> bool:
        """Whether there is a form for it."""
        return self.purpose.basis is Basis.LEGITIMATE_INTEREST and bool(self.purpose.objection_form)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is the case in one region.

    Args:
        stays: titles of uses that do not take place there.
        settings: each once, with what a person does to leave.
        forms: where one objects where no setting helps: the way, and the uses it is for.
    """

    region: RegionCode
    uses: tuple[Use, ...]
    stays: tuple[Purpose, ...]
    settings: tuple[Setting, ...]
    forms: tuple[tuple[tuple[str, ...], tuple[Purpose, ...]], ...]


def advice_for(pack: Pack, region: str) -> Advice:
    """What the rules do in that region, and how each person leaves; nothing takes place in one that nobody knows."""
    code = RegionCode(region)
    uses = tuple(_use(pack, each, code) for each in pack.purposes.values() if code in each.coverage)
    settings = {each.setting.name: each.setting for each in uses if each.setting}
    forms: dict[tuple[str, ...], list[Purpose]] = {}
    for each in uses:
        if each.can_object and each.setting is None:
            forms.setdefault(each.purpose.objection_form, []).append(each.purpose)
    return Advice(
        code,
        uses,
        tuple(each for each in pack.purposes.values() if code not in each.coverage),
        tuple(settings.values()),
        tuple((way, tuple(purposes)) for way, purposes in forms.items()),
    )


def regions() -> list[RegionCode]:
    """Every region there is, by code."""
    return [RegionCode(code) for code in sorted(REGION_CODES)]


def newest_region(pack: Pack) -> RegionCode:
    """The region to begin with: the first of those to which most changes come last."""
    latest: dict[RegionCode, datetime] = {}
    for purpose in pack.purposes.values():
        for code, since in purpose.coverage.items():
            if since is not None and purpose.kind.trains:
                latest[code] = max(latest.get(code, since), since)
    last = max(latest.values(), default=None)
    named = sorted(code for code, since in latest.items() if since == last)
    return named[0] if named else regions()[0]


def _use(pack: Pack, purpose: Purpose, region: RegionCode) -> Use:
    setting = pack.settings[purpose.setting] if purpose.setting else None
    return Use(purpose, purpose.coverage[region], setting, setting.defaults[region] if setting else None)
