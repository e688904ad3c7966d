"""The specification: what the rules say of one case. Every other evaluator is tested against this page.

A record may be used when its author permits, everyone else in it permits or is masked, and the record
itself is in scope. Each step below adds its reason; no step can take one away, so a denial wins at every
level. A step that cannot know, denies.
"""

from __future__ import annotations

from datetime import date, datetime

from assent.policy.pack import AgeAt, ObjectionRule, Others, Pack, Purpose
from assent.policy.signals import denies_training
from assent.vocabulary.identifiers import RegionCode, Role, SettingName
from assent.vocabulary.reasons import Reason, to_mask
from assent.vocabulary.records import SENSITIVE, Case, Judgment, Record
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import Hold, MemberState, Objection


def judge(pack: Pack, case: Case) -> Judgment:
    """What the pack says of the case: every reason that applies, and whom to mask if none does."""
    purpose = pack.purposes.get(case.purpose)
    if purpose is None:
        return Judgment(Reason.PURPOSE_UNKNOWN.bit)
    reasons = person_reasons(pack, purpose, case.author, case.at, case.record.created_at, case.holds)
    reasons |= record_reasons(pack, purpose, case.record)
    if case.parent_allowed is not True:
        reasons.add(Reason.DERIVED_FROM_EXCLUDED)
    masks: list[Role] = []
    rule = purpose.scope.get(case.record.category) if case.record.category else None
    if rule is not None and rule.others is not Others.ANYONE:
        if rule.others is Others.ALL_MUST_PERMIT and rule.two_person and not case.record.subjects:
            reasons.add(Reason.OTHER_SUBJECT)
        for subject, state in zip(case.record.subjects, case.others, strict=True):
            if not person_reasons(pack, purpose, state, case.at, case.record.created_at, case.holds):
                continue
            if rule.others is Others.ALL_MUST_PERMIT or subject.spans is None:
                reasons.add(Reason.OTHER_SUBJECT)
            elif subject.role not in masks:
                masks.append(subject.role)
    return Judgment(to_mask(reasons), () if reasons else tuple(masks))


def person_reasons(  # noqa: PLR0917 - the facts a person's permission rests on
    pack: Pack,
    purpose: Purpose,
    state: MemberState | None,
    at: datetime,
    created_at: datetime | None,
    holds: tuple[Hold, ...] = (),
) -> set[Reason]:
    """Why this person does not permit; empty when they do. Asked of the author and of everyone else."""
    if state is None or state.unreadable:
        return {Reason.STATE_MISSING}
    reasons = set()
    region = RegionCode(state.region) if state.region in REGION_CODES else None
    for hold in (*pack.holds, *holds):
        if hold.purpose == purpose.name and hold.in_force(at) and pack.hold_covers(hold, region):
            reasons.add(Reason.ON_HOLD)
    reasons |= region_reasons(purpose, region, at)
    covered = region if region in purpose.coverage else None
    reasons |= age_reasons(purpose, state.birth_date, at, created_at)
    if purpose.notice is not None:
        delivered_at = state.notices.get(purpose.notice)
        if delivered_at is None:
            reasons.add(Reason.NOTICE_NOT_DELIVERED)
        elif at - delivered_at < purpose.waiting_period:
            reasons.add(Reason.WAITING_PERIOD)
    if purpose.setting and effective(pack, purpose.setting, state, covered) == "off":
        reasons.add(Reason.SETTING_OFF)
    objection = state.objections.get(purpose.name)
    if objection is not None and (objection is Objection.UPHELD or purpose.objection is ObjectionRule.ABSOLUTE):
        reasons.add(Reason.OBJECTION_UPHELD)
    elif objection not in (None, Objection.REJECTED):
        reasons.add(Reason.OBJECTION_OPEN)
    if state.closed:
        reasons.add(Reason.ACCOUNT_CLOSED)
    if state.erased:
        reasons.add(Reason.ERASED)
    if state.taken_back:
        reasons.add(Reason.TAKEN_BACK)
    return reasons


def region_reasons(purpose: Purpose, region: RegionCode | None, at: datetime) -> set[Reason]:
    """Whether the use takes place where the person is, and has started there."""
    if region is None:
        return {Reason.REGION_UNKNOWN}
    if region not in purpose.coverage:
        return {Reason.REGION_NOT_COVERED}
    since = purpose.coverage[region]
    return {Reason.NOT_YET_IN_FORCE} if since is not None and at < since else set()


def age_reasons(purpose: Purpose, birth_date: date | None, at: datetime, created_at: datetime | None) -> set[Reason]:
    """Whether the minimum age is missed or unknown at the moment the purpose measures it."""
    if purpose.minimum_age is None:
        return set()
    measured_at = at if purpose.age_at is AgeAt.USE else created_at and min(at, created_at)
    if birth_date is None or measured_at is None:
        return {Reason.AGE_UNKNOWN}
    latest = cutoff(measured_at.date(), purpose.minimum_age)
    return {Reason.UNDER_AGE} if latest is None or birth_date > latest else set()


def cutoff(on: date, years: int) -> date | None:
    """The latest birth date of somebody that old on that day; born on 29 February, one is so on 1 March."""
    if on.year <= years:
        return None
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def effective(pack: Pack, name: SettingName, state: MemberState, region: RegionCode | None) -> str | None:
    """The value that counts: off with whatever turns it off, else its own; None without a choice or a region."""
    if any(own_value(pack, other, state, region) == "off" for other in pack.settings[name].off_with):
        return "off"
    return own_value(pack, name, state, region)


def own_value(pack: Pack, name: SettingName, state: MemberState, region: RegionCode | None) -> str | None:
    """The explicit choice, where anything but `on` is off; else the region's default; else None."""
    if name in state.settings:
        return "on" if state.settings[name] == "on" else "off"
    return pack.settings[name].defaults[region] if region else None


def record_reasons(pack: Pack, purpose: Purpose, record: Record) -> set[Reason]:
    """Why the record itself may not be used, whoever wrote it."""
    reasons = set()
    rule = purpose.scope.get(record.category) if record.category else None
    if record.category in pack.never:
        reasons.add(Reason.CATEGORY_NEVER)
    elif rule is None:
        reasons.add(Reason.CATEGORY_OUT_OF_SCOPE)
    elif rule.visibility is not None and record.visibility not in rule.visibility:
        reasons.add(Reason.NOT_VISIBLE_ENOUGH)
    if purpose.content_from and (record.created_at is None or record.created_at < purpose.content_from):
        reasons.add(Reason.TOO_OLD)
    if record.excluded:
        reasons.add(Reason.ITEM_EXCLUDED)
    if purpose.sensitive_denied and SENSITIVE in record.context:
        reasons.add(Reason.SENSITIVE_CONTEXT)
    if denies_training(record.signals, purpose.kind):
        reasons.add(Reason.SIGNAL_NO_TRAIN)
    if record.unreadable:
        reasons.add(Reason.STATE_MISSING)
    return reasons
