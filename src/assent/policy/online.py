"""The online evaluator: one Python function per pack and purpose, for one record at a time.

A pack is known long before a record is asked about, so every question whose answer lies in the pack is
answered while the function is written: steps the pack does not state are left out, regions and categories
become one dictionary each, holds that cannot touch the purpose disappear. What is left is straight-line
code. It must say what `policy.evaluate` says, everywhere; `tests/policy` compares them over the pack's cells.

    source text (fixed fragments, chosen by the pack) ─ compile, once ─► mask(…), roles(…)

No text of the pack ever becomes code: its values are bound to names (`NAMES`) in the function's globals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from assent.policy.evaluate import effective
from assent.policy.pack import AgeAt, ObjectionRule, Others, Pack, Purpose
from assent.policy.signals import denies_training
from assent.vocabulary.identifiers import PurposeName, RegionCode, Role, SettingName
from assent.vocabulary.reasons import Reason, from_mask
from assent.vocabulary.records import NO_SIGNALS, SENSITIVE, Case, Judgment, Record, Verdict
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold, MemberState, Objection

States = tuple[MemberState | None, ...]
_reasons = lru_cache(maxsize=4096)(from_mask)

_ASK_NOBODY, _MASK, _ALL = 0, 1, 2
_OTHERS = {Others.ANYONE: _ASK_NOBODY, Others.MASK_OTHERS: _MASK, Others.ALL_MUST_PERMIT: _ALL}


@dataclass(frozen=True, slots=True)
class Online:
    """A pack and a purpose as functions.

    Args:
        mask: the reasons, a bit each. Called as `mask(author, record, at, others, holds, parent_allowed)`,
            where the last three may be left out for a record with nobody else, no ledger holds and no parent.
        roles: whom to mask in a record that `mask` allows; same arguments.
        source: what was compiled, for reading.
    """

    purpose: PurposeName
    pack_digest: str
    mask: Callable[..., int]
    roles: Callable[..., tuple[Role, ...]]
    source: str

    def judge(self, case: Case) -> Judgment:
        """What `policy.evaluate.judge` says of a case of this purpose."""
        arguments = (case.author, case.record, case.at, case.others, case.holds, case.parent_allowed)
        mask = self.mask(*arguments)
        return Judgment(mask, () if mask or not case.others else self.roles(*arguments))

    def verdict(  # noqa: PLR0917 - the arguments of `mask`
        self,
        author: MemberState | None,
        record: Record,
        at: datetime,
        others: States = (),
        holds: tuple[Hold, ...] = (),
        parent_allowed: bool | None = True,
        *,
        ledger_size: int,
    ) -> Verdict:
        """The verdict, with all it rests on."""
        mask = self.mask(author, record, at, others, holds, parent_allowed)
        roles = () if mask or not others else self.roles(author, record, at, others, holds, parent_allowed)
        return Verdict(not mask, _reasons(mask), roles, self.pack_digest, at, ledger_size)


def compile_online(pack: Pack, name: PurposeName) -> Online:
    """The functions for a purpose of the pack; of one it does not offer they say `purpose_unknown`.

    Cost: a few milliseconds; keep the result.
    """
    purpose = pack.purposes.get(name)
    if purpose is None:
        source = f"def mask(*_):\n    return {Reason.PURPOSE_UNKNOWN.bit}\ndef roles(*_):\n    return ()\n"
        names: dict[str, Any] = {}
    else:
        source = _source(pack, purpose)
        names = _names(pack, purpose)
    exec(compile(source, "<assent.policy.online>", "exec"), names)  # noqa: S102 - fixed fragments, no text of a pack
    return Online(name, pack.digest, names["mask"], names["roles"], source)


def _names(pack: Pack, purpose: Purpose) -> dict[str, Any]:
    """The values of the pack that the source refers to."""
    return {
        "REGIONS": {code: _region_row(pack, purpose, code) for code in map(RegionCode, REGION_CODES)},
        "CATEGORIES": _categories(pack, purpose),
        "SETTING": purpose.setting,
        "OFF_WITH": pack.settings[purpose.setting].off_with if purpose.setting else (),
        "OWN_DEFAULTS": {name: setting.defaults for name, setting in pack.settings.items()},
        "NOTICE": purpose.notice,
        "WAITING": purpose.waiting_period,
        "CONTENT_FROM": purpose.content_from,
        "PURPOSE": purpose.name,
        "KIND": purpose.kind,
        "SENSITIVE": SENSITIVE,
        "NO_SIGNALS": NO_SIGNALS,
        "UPHELD": Objection.UPHELD,
        "REJECTED": Objection.REJECTED,
        "EVERYWHERE": EVERYWHERE,
        "PACK_HOLDS": tuple(hold for hold in pack.holds if hold.purpose == purpose.name),
        "hold_covers": pack.hold_covers,
        "denies_training": denies_training,
    }


def _region_row(pack: Pack, purpose: Purpose, code: RegionCode) -> tuple[datetime | None, bool, int, tuple[Any, ...]]:
    """Of one region: the start, or None; whether the default is off; the bits that hold at any time; its holds."""
    covered = code in purpose.coverage
    bits = 0 if covered else Reason.REGION_NOT_COVERED.bit
    no_choice = MemberState(region=code)
    off = purpose.setting is not None and covered and effective(pack, purpose.setting, no_choice, code) == "off"
    holds = []
    for hold in pack.holds:
        if hold.purpose == purpose.name and pack.hold_covers(hold, code):
            if hold.since is None and hold.until is None:
                bits |= Reason.ON_HOLD.bit
            else:
                holds.append(hold)
    return purpose.coverage.get(code), off, bits, tuple(holds)


def _categories(pack: Pack, purpose: Purpose) -> Mapping[str, tuple[int, frozenset[str] | None, int, bool]]:
    """Of each category the pack knows: its bits, the visibilities that are enough, who is asked, if it is for two."""
    rows: dict[str, tuple[int, frozenset[str] | None, int, bool]] = {}
    for category, rule in purpose.scope.items():
        rows[category] = (0, rule.visibility, _OTHERS[rule.others], rule.two_person)
    for category in pack.never:
        _, _, others, two_person = rows.get(category, (0, None, _ASK_NOBODY, False))
        rows[category] = (Reason.CATEGORY_NEVER.bit, None, others, two_person)
    return rows


def _source(pack: Pack, purpose: Purpose) -> str:
    """The functions, from fragments that are fixed here; the pack only chooses which."""
    person = "\n".join(_person(pack, purpose))
    return _TEMPLATE.format(
        state_missing=Reason.STATE_MISSING.bit,
        out_of_scope=Reason.CATEGORY_OUT_OF_SCOPE.bit,
        not_visible=Reason.NOT_VISIBLE_ENOUGH.bit,
        excluded=Reason.ITEM_EXCLUDED.bit,
        derived=Reason.DERIVED_FROM_EXCLUDED.bit,
        other=Reason.OTHER_SUBJECT.bit,
        mask_others=_MASK,
        all_must=_ALL,
        author=_indent(person, 8),
        person=_indent(person, 4),
        record=_indent("\n".join(_record(purpose)), 4),
    )


def _person(pack: Pack, purpose: Purpose) -> list[str]:
    """The steps that concern a person in `state`, adding to `m`; they need `created_at` and `at`."""
    lines = [
        "row = REGIONS.get(state.region)",
        "if row is None:",
        f"    m = {Reason.REGION_UNKNOWN.bit}",
        *[f"    {line}" for line in _pack_holds(pack, purpose, "PACK_HOLDS", "hold_covers(hold, None)")],
        "else:",
        "    since, off, m, region_holds = row",
        "    if since is not None and at < since:",
        f"        m |= {Reason.NOT_YET_IN_FORCE.bit}",
        *[f"    {line}" for line in _pack_holds(pack, purpose, "region_holds", "True")],
        "if holds:",
        "    region = None if row is None else state.region",
        "    for hold in holds:",
        "        if hold.purpose == PURPOSE and hold.in_force(at) and hold_covers(hold, region):",
        f"            m |= {Reason.ON_HOLD.bit}",
    ]
    lines += _age(purpose)
    if purpose.notice is not None:
        lines += [
            "told_at = state.notices.get(NOTICE)",
            "if told_at is None:",
            f"    m |= {Reason.NOTICE_NOT_DELIVERED.bit}",
            "elif at - told_at < WAITING:",
            f"    m |= {Reason.WAITING_PERIOD.bit}",
        ]
    if purpose.setting is not None:
        lines += _setting(pack, purpose.setting)
    upheld = "True" if purpose.objection is ObjectionRule.ABSOLUTE else "objection is UPHELD"
    return [
        *lines,
        "if state.objections:",
        "    objection = state.objections.get(PURPOSE)",
        f"    if objection is not None and ({upheld}):",
        f"        m |= {Reason.OBJECTION_UPHELD.bit}",
        "    elif objection is not None and objection != REJECTED:",
        f"        m |= {Reason.OBJECTION_OPEN.bit}",
        "if state.closed:",
        f"    m |= {Reason.ACCOUNT_CLOSED.bit}",
        "if state.erased:",
        f"    m |= {Reason.ERASED.bit}",
        "if state.taken_back:",
        f"    m |= {Reason.TAKEN_BACK.bit}",
    ]


def _pack_holds(pack: Pack, purpose: Purpose, holds: str, covers: str) -> list[str]:
    if not any(hold.purpose == purpose.name for hold in pack.holds):
        return []
    return [
        f"for hold in {holds}:",
        f"    if {covers} and hold.in_force(at):",
        f"        m |= {Reason.ON_HOLD.bit}",
    ]


def _age(purpose: Purpose) -> list[str]:
    """Years first: most people are years away from the birthday that matters, and no date has to be made."""
    if purpose.minimum_age is None:
        return []
    years = purpose.minimum_age
    at_creation = purpose.age_at is AgeAt.CREATION
    return [
        "born = state.birth_date",
        "on = created_at if created_at is None or created_at < at else at" if at_creation else "on = at",
        "if born is None or on is None:",
        f"    m |= {Reason.AGE_UNKNOWN.bit}",
        "else:",
        "    age = on.year - born.year",
        f"    if age < {years} or (age == {years} and (born.month, born.day) > (on.month, on.day)):",
        f"        m |= {Reason.UNDER_AGE.bit}",
    ]


def _setting(pack: Pack, name: SettingName) -> list[str]:
    lines = [
        "settings = state.settings",
        "if not settings:",
        "    if row is not None and off:",
        f"        m |= {Reason.SETTING_OFF.bit}",
        "elif SETTING in settings:",
        "    if settings[SETTING] != 'on':",
        f"        m |= {Reason.SETTING_OFF.bit}",
        f"elif row is not None and not m & {Reason.REGION_NOT_COVERED.bit}:",
        "    if OWN_DEFAULTS[SETTING][state.region] == 'off':",
        f"        m |= {Reason.SETTING_OFF.bit}",
    ]
    if pack.settings[name].off_with:
        lines += [
            "if settings:",
            "    for name in OFF_WITH:",
            "        if name in settings:",
            "            if settings[name] != 'on':",
            f"                m |= {Reason.SETTING_OFF.bit}",
            f"        elif row is not None and not m & {Reason.REGION_NOT_COVERED.bit}:",
            "            if OWN_DEFAULTS[name][state.region] == 'off':",
            f"                m |= {Reason.SETTING_OFF.bit}",
        ]
    return lines


def _record(purpose: Purpose) -> list[str]:
    """The steps that concern the record alone, beyond its category."""
    lines = []
    if purpose.content_from is not None:
        lines += ["if created_at is None or created_at < CONTENT_FROM:", f"    m |= {Reason.TOO_OLD.bit}"]
    if purpose.sensitive_denied:
        lines += ["if record.context and SENSITIVE in record.context:", f"    m |= {Reason.SENSITIVE_CONTEXT.bit}"]
    if purpose.kind.trains:
        lines += [
            "signals = record.signals",
            "if signals is not NO_SIGNALS and denies_training(signals, KIND):",
            f"    m |= {Reason.SIGNAL_NO_TRAIN.bit}",
        ]
    return lines


def _indent(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())


_TEMPLATE = """\
def person(state, created_at, at, holds):
    if state is None or state.unreadable:
        return {state_missing}
{person}
    return m


def mask(state, record, at, others=(), holds=(), parent_allowed=True):
    created_at = record.created_at
    if state is None or state.unreadable:
        m = {state_missing}
    else:
{author}
    rule = CATEGORIES.get(record.category)
    if rule is None:
        m |= {out_of_scope}
    else:
        bits, visibilities, asked, two_person = rule
        if bits:
            m |= bits
        elif visibilities is not None and record.visibility not in visibilities:
            m |= {not_visible}
        if asked:
            subjects = record.subjects
            if subjects or others:
                for subject, other in zip(subjects, others, strict=True):
                    if (asked == {all_must} or subject.spans is None) and person(other, created_at, at, holds):
                        m |= {other}
            elif two_person and asked == {all_must}:
                m |= {other}
    if record.excluded:
        m |= {excluded}
{record}
    if record.unreadable:
        m |= {state_missing}
    if parent_allowed is not True:
        m |= {derived}
    return m


def roles(state, record, at, others=(), holds=(), parent_allowed=True):
    rule = CATEGORIES.get(record.category)
    if rule is None or rule[2] != {mask_others}:
        return ()
    found = {{}}
    for subject, other in zip(record.subjects, others, strict=True):
        if person(other, record.created_at, at, holds):
            found[subject.role] = None
    return tuple(found)
"""
