"""What loads and still makes no sense: rules no case can reach, and rules that contradict each other.

Three ways of looking: at the document, for parts nothing refers to; at the cells of each purpose (`policy.cells`),
for steps that never give their reason and purposes that never allow anything; and at the pack without the rule
(`policy.idle`), for rules that change no cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assent.policy.cells import cells
from assent.policy.idle import idle_rules, repeated
from assent.policy.lines import Path
from assent.policy.online import compile_online
from assent.policy.pack import Basis, Others, Pack, Purpose
from assent.vocabulary.identifiers import PurposeName, RegionCode
from assent.vocabulary.reasons import Reason, from_mask
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a pack's author should look at; the pack works all the same."""

    path: Path
    message: str


def review(pack: Pack, document: Mapping[str, Any]) -> tuple[Remark, ...]:
    """Every dead rule and conflict of a pack that loads.

    Args:
        document: the merged document the pack was made from.
    """
    offered = {str(name): document["purposes"][name] for name in pack.purposes}
    found = (
        *_unused(pack, document, offered),
        *_empty_coverage(pack, document),
        *_held_for_ever(pack, document),
        *_idle_holds(pack, document),
        *_idle_defaults(pack, document),
        *_consent(pack),
        *_one_toggle_two_meanings(pack),
        *_unreached(pack),
    )
    told = {remark.path for remark in found}
    silent = {remark.path for remark in found if remark.message == NEVER_ALLOWS}
    idle = [
        Remark(path, message)
        for path, message in (*repeated(document), *idle_rules(pack, document))
        # Where a rule was remarked on already, or its purpose allows nothing at all, there is no more to say.
        if not any(path[: len(each)] == each for each in told) and path[:2] not in silent
    ]
    return (*found, *dict.fromkeys(idle))


NEVER_ALLOWS = "never allows anything"


def _unused(pack: Pack, document: Mapping[str, Any], offered: Mapping[str, Any]) -> Iterator[Remark]:
    switched = {purpose.setting for purpose in pack.purposes.values()}
    switched |= {other for name in switched if name for other in pack.settings[name].off_with}
    used = {
        "coverages": {part["coverage"] for part in offered.values()},
        "scopes": {part["scope"] for part in offered.values()},
        "settings": switched,
        "notices": {purpose.notice for purpose in pack.purposes.values()},
    }
    for section, names in used.items():
        for name in document.get(section, {}):
            if name not in names:
                yield Remark((section, name), "no purpose uses it")


def _empty_coverage(pack: Pack, document: Mapping[str, Any]) -> Iterator[Remark]:
    """Parts that add no region: `"*"` after the others have named them all, or exceptions that take nothing away."""
    for name, parts in document.get("coverages", {}).items():
        by_name = {key: _codes(pack, part["regions"]) for key, part in parts.items()}
        for key, part in parts.items():
            named = set().union(*(codes for other, codes in by_name.items() if other != key))
            if EVERYWHERE not in part["regions"]:
                continue
            left_out = _codes(pack, part.get("except", []))
            if not REGION_CODES - named - left_out:
                yield Remark(("coverages", name, key), "adds no region to what the other parts cover")
            for region in part.get("except", []):
                if _codes(pack, [region]) <= named:
                    yield Remark(("coverages", name, key, "except"), f"`{region}` is named by another part anyway")


def _held_for_ever(pack: Pack, document: Mapping[str, Any]) -> Iterator[Remark]:
    """Parts of a coverage in which no purpose ever takes place, because the pack itself stops it without end."""
    for name, parts in document.get("coverages", {}).items():
        purposes = [pack.purposes[each] for each in pack.purposes if document["purposes"][each]["coverage"] == name]
        for key, part in parts.items():
            codes = _codes(pack, part["regions"])
            held = all(_is_held(pack, purpose, code) for purpose in purposes for code in codes)
            if purposes and codes and held:
                yield Remark(("coverages", name, key), "takes place nowhere: a hold without end stops it everywhere")


def _is_held(pack: Pack, purpose: Purpose, code: str) -> bool:
    start = purpose.coverage.get(RegionCode(code))
    return any(
        hold.purpose == purpose.name
        and hold.until is None
        and (hold.since is None or (start is not None and hold.since <= start))
        and pack.hold_covers(hold, code)
        for hold in pack.holds
    )


def _one_toggle_two_meanings(pack: Pack) -> Iterator[Remark]:
    """Turning a toggle on cannot be a consent for one use and the end of an opt-out for another."""
    for name in pack.settings:
        bases = {each.basis for each in pack.purposes.values() if each.setting == name}
        if len(bases) > 1:
            yield Remark(("settings", name), "is consent for one purpose and an opt-out for another")


def _idle_holds(pack: Pack, document: Mapping[str, Any]) -> Iterator[Remark]:
    loaded = iter(pack.holds)
    for name, part in document.get("holds", {}).items():
        holds = [next(loaded) for _ in part["purposes"] for _ in part["regions"]]
        if not any(_stops_something(pack, hold) for hold in holds):
            yield Remark(("holds", name), "stops nothing that would take place without it")


def _stops_something(pack: Pack, hold: Hold) -> bool:
    purpose = pack.purposes.get(hold.purpose)
    if purpose is None:
        return False
    starts = [since for code, since in purpose.coverage.items() if pack.hold_covers(hold, code)]
    return any(hold.until is None or since is None or since < hold.until for since in starts)


def _idle_defaults(pack: Pack, document: Mapping[str, Any]) -> Iterator[Remark]:
    for name, setting in pack.settings.items():
        stated = document["settings"][name]
        for region, value in stated.get("defaults", {}).items():
            if value == stated["default"] and region not in REGION_CODES:
                yield Remark(("settings", name, "defaults", region), f"changes nothing, the default is `{value}`")
        for other in setting.off_with:
            beaten = [
                code
                for code, value in setting.defaults.items()
                if value == "on" and pack.settings[other].defaults[code] == "off"
            ]
            if beaten:
                where = f" in {len(beaten)} regions" if len(beaten) < len(REGION_CODES) else ""
                message = f"on by default{where}, yet off with `{other}`, which is off by default there"
                yield Remark(("settings", name, "default"), message)


def _consent(pack: Pack) -> Iterator[Remark]:
    """Consent is a clear affirmative act. Source: GDPR Art. 4(11), recital 32."""
    for name, purpose in pack.purposes.items():
        if purpose.basis is not Basis.CONSENT:
            continue
        if purpose.setting is None:
            yield Remark(("purposes", name), "rests on consent, and there is no setting to give it with")
        elif any(pack.settings[purpose.setting].defaults[code] == "on" for code in purpose.coverage):
            message = f"rests on consent, and `{purpose.setting}` is on by default"
            yield Remark(("purposes", name), message)


def _unreached(pack: Pack) -> Iterator[Remark]:
    for name, purpose in pack.purposes.items():
        seen, allowed = reached(pack, name)
        for reason in from_mask(_stated(pack, purpose) & ~seen):
            yield Remark(("purposes", name), f"no case is ever denied as `{reason.label}`, though a rule asks for it")
        if not allowed:
            yield Remark(("purposes", name), NEVER_ALLOWS)


def reached(pack: Pack, name: PurposeName) -> tuple[int, bool]:
    """The reasons that cells of the purpose give, as a mask, and whether one of them is allowed."""
    online = compile_online(pack, name)
    seen, allowed = 0, False
    for case in cells(pack, name, pairwise=False):
        mask = online.judge(case).mask
        seen |= mask
        allowed = allowed or not mask
    return seen, allowed


def _stated(pack: Pack, purpose: Purpose) -> int:
    """The reasons the pack's own rules for the purpose can give."""
    rules = purpose.scope.values()
    starts: set[datetime | None] = set(purpose.coverage.values())
    conditions = {
        Reason.ON_HOLD: any(hold.purpose == purpose.name and _stops_something(pack, hold) for hold in pack.holds),
        Reason.REGION_NOT_COVERED: len(purpose.coverage) < len(REGION_CODES),
        Reason.NOT_YET_IN_FORCE: starts != {None},
        Reason.AGE_UNKNOWN: purpose.minimum_age is not None,
        Reason.UNDER_AGE: purpose.minimum_age is not None,
        Reason.NOTICE_NOT_DELIVERED: purpose.notice is not None,
        Reason.WAITING_PERIOD: bool(purpose.waiting_period),
        Reason.SETTING_OFF: purpose.setting is not None,
        Reason.NOT_VISIBLE_ENOUGH: any(rule.visibility is not None for rule in rules),
        Reason.TOO_OLD: purpose.content_from is not None,
        Reason.SENSITIVE_CONTEXT: purpose.sensitive_denied,
        Reason.SIGNAL_NO_TRAIN: purpose.kind.trains,
        Reason.OTHER_SUBJECT: any(rule.others is not Others.ANYONE for rule in rules),
    }
    return sum(reason.bit for reason, stated in conditions.items() if stated)


def _codes(pack: Pack, names: list[str]) -> set[str]:
    codes: set[str] = set()
    for name in names:
        codes |= {name} & REGION_CODES or set(pack.groups.get(name, ()))
    return codes
