"""A difference between packs in the words of somebody who answers for it: who, what, since when, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from assent.policy.difference import Change, PurposeDifference, Turn
from assent.policy.dimensions import Elapsed, Level, Other, Span, Years
from assent.policy.pack import Pack
from assent.policy.sentences import category_words, day_of, joined, name_regions
from assent.vocabulary.identifiers import Category, NoticeId, SettingName
from assent.vocabulary.state import Objection

Packs = tuple[Pack, Pack]


def conditions_in_words(packs: Packs, difference: PurposeDifference, change: Change) -> str:
    """The condition as one phrase; a change without conditions concerns everything."""
    said = [
        _SAY[name.partition(":")[0]](packs, difference, name.partition(":")[2], levels)
        for name, levels in change.conditions.items()
        if name not in _MADE
    ]
    made = {name: levels for name, levels in change.conditions.items() if name in _MADE}
    if made:
        said.append(_made(made))
    return ", ".join(each for each in said if each) or "everything"


_MADE = ("age at use", "age at creation", "created")


def _region(packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    codes = {code for level in levels if isinstance(level, frozenset) for code in level}
    named = name_regions(packs[1], codes)
    told = [named if named.startswith("everywhere") else f"in {named}"] if codes else []
    if None in levels:
        told.append("where the region is not known")
    return " or ".join(told)


def _at(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    return joined((_span(each) for each in _merged(levels)), "and")


def _merged(levels: Collection[Level]) -> list[Span]:
    """The spans in order, those that touch as one."""
    spans = sorted(
        (each for each in levels if isinstance(each, Span)), key=lambda each: (each.since is not None, each.since)
    )
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].until == span.since:
            merged[-1] = Span(merged[-1].since, span.until)
        else:
            merged.append(span)
    return merged


def _span(span: Span) -> str:
    if span.since is None:
        return f"until {_moment(span.until)}" if span.until else "at all times"
    if span.until is None:
        return f"from {_moment(span.since)} on"
    return f"from {_moment(span.since)} until {_moment(span.until)}"


def _moment(at: datetime | None) -> str:
    if at is None:
        return "ever"
    midnight = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    return day_of(at) if midnight else f"{day_of(at)}, {at:%H:%M} UTC"


def _hold(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    named = joined(sorted(f"`{each}`" for each in levels if each is not None), "or")
    return f"while the ledger holds the use in {named}" if None not in levels else ""


def _choice(packs: Packs, _difference: PurposeDifference, what: str, levels: Collection[Level]) -> str:
    name = SettingName(what)
    setting = packs[1].settings.get(name) or packs[0].settings[name]
    told = {"on": "turned on", "off": "turned off", None: "never touched"}
    done = joined((told[each] for each in ("on", "off", None) if each in levels), "or")
    return f"people who {done} “{setting.title}”"


def _made(conditions: Mapping[str, Collection[Level]]) -> str:
    """Age and date of creation together: `written under 18 by people of 18 or over`."""
    use = _years(conditions["age at use"]) if "age at use" in conditions else None
    creation = conditions.get("age at creation", ())
    created = conditions.get("created", ())
    told = []
    if set(creation) == {None} and not created and use is None:
        return "records of which it is not known how old their author was then"
    if created:
        spans = [_created(each) for each in _merged(created)]
        told += [*spans, *(["without a date of creation"] if None in created else [])]
    written = _years(creation, "at") if creation else None
    if written and not (None in creation and len(creation) == 1):
        told.append(f"written {written}")
    what = joined(told, "or") if not written else ", ".join(told)
    if use is None:
        return f"records {what}"
    people = "people whose birth date is not known" if use == "" else f"people {use}"
    return f"records {what}, by {people}" if what else people


def _created(span: Span) -> str:
    if span.since is None:
        return f"from before {_moment(span.until)}" if span.until else "with any date of creation"
    return f"from {_moment(span.since)} on"


def _years(levels: Collection[Level], before: str = "of") -> str:
    """Ages in whole years, those that touch as one; empty when it is the unknown age."""
    known = sorted((each for each in levels if isinstance(each, Years)), key=lambda each: each.since or 0)
    merged: list[Years] = []
    for years in known:
        if merged and merged[-1].until == years.since:
            merged[-1] = Years(merged[-1].since, years.until)
        else:
            merged.append(years)
    unknown = ["of unknown age"] if None in levels and known else []
    return joined([*(_age(each, before) for each in merged), *unknown], "or")


def _age(years: Years, before: str) -> str:
    if years.since is None:
        return f"under {years.until}" if years.until else f"{before} any known age"
    if years.until is None:
        return f"{before} {years.since} or over"
    last = years.until - 1
    return f"{before} {years.since}" if last == years.since else f"{before} {years.since} to {last}"


def _notice(packs: Packs, _difference: PurposeDifference, what: str, levels: Collection[Level]) -> str:
    found = packs[1].notices.get(NoticeId(what)) or packs[0].notices[NoticeId(what)]
    told = [f"were never sent “{found.title}”"] if None in levels else []
    spans = sorted(
        (each for each in levels if isinstance(each, Elapsed)), key=lambda each: (each.since is not None, each.since)
    )
    if spans:
        told.append(_elapsed(Elapsed(spans[0].since, spans[-1].until), "it" if told else f"“{found.title}”"))
    return f"people who {joined(told, 'or')}"


def _elapsed(level: Elapsed, what: str) -> str:
    if level.until is None:
        return f"were sent {what} {level.since.days} days ago or earlier" if level.since else f"were sent {what}"
    if level.until <= timedelta(0):
        return f"are yet to be sent {what}"
    since = f"at least {level.since.days} and " if level.since else ""
    return f"were sent {what} {since}less than {level.until.days} days ago"


def _objection(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    told = {
        None: "did not object",
        Objection.OPEN: "objected and have no answer yet",
        Objection.UPHELD: "objected with success",
        Objection.REJECTED: "objected in vain",
    }
    return f"people who {joined((told[each] for each in told if each in levels), 'or')}"


def _category(_packs: Packs, difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    named = sorted(Category(name) for level in levels if isinstance(level, frozenset) for name in level)
    told = category_words(named)
    if None in levels:
        told.append("every kind that no pack names")
    scopes = [set(each.scope) for each in (difference.before, difference.after) if each is not None]
    whole = scopes and set(named) >= scopes[0] | scopes[-1]
    return "records of every category in scope" if whole and None not in levels else f"records of {joined(told)}"


def _visibility(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    told = [f"“{each}”" for each in ("public", "group", "connections", "private") if each in levels]
    shared = [f"shared as {joined(told, 'or')}"] if told else []
    return joined([*shared, *(["of unknown visibility"] if None in levels else [])], "or")


def _others(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    people = [each for each in levels if isinstance(each, Other)]
    told = ["with nobody else named in it"] if None in levels else []
    if people:
        who = _WHO[frozenset(each.permits for each in people)]
        place = "" if any(each.spans_known for each in people) else ", if it is not known where the text names them"
        told.append(f"with somebody else in it {who}{place}")
    return ", or ".join(told)


_NOW, _THEN, _NEITHER, _BOTH = (True, False), (False, True), (False, False), (True, True)
_WHO: Mapping[frozenset[tuple[bool, bool]], str] = {
    frozenset({_NOW}): "who permits it now and will not then",
    frozenset({_THEN}): "who does not permit it now and will then",
    frozenset({_NEITHER}): "who does not permit it",
    frozenset({_NOW, _NEITHER}): "who will not permit it then",
    frozenset({_THEN, _NEITHER}): "who does not permit it now",
    frozenset({_NOW, _THEN}): "who permits it on one side only",
    frozenset({_NOW, _THEN, _NEITHER}): "who does not permit it on both sides",
    frozenset({_BOTH}): "who permits it",
}


def _sensitive(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    return "in sensitive places" if True in levels else "outside sensitive places"


def _signals(_packs: Packs, _difference: PurposeDifference, _what: str, levels: Collection[Level]) -> str:
    told = {
        (False, False): "without a signal against training",
        (True, False): "whose own signals deny training that generates content only",
        (False, True): "whose own signals deny other training only",
        (True, True): "whose own signals deny any training",
    }
    return f"records {joined((told[each] for each in told if each in levels), 'or')}"


_SAY = {
    "region": _region,
    "at": _at,
    "hold": _hold,
    "choice": _choice,
    "notice": _notice,
    "objection": _objection,
    "category": _category,
    "visibility": _visibility,
    "others": _others,
    "sensitive": _sensitive,
    "signals": _signals,
}

HEADINGS: Mapping[Turn, str] = {
    Turn.ALLOWED: "would newly be used",
    Turn.UNMASKED: "would be used with people's names that are masked now",
    Turn.DENIED: "would not be used any more",
    Turn.MASKED: "would be used with people's names masked",
    Turn.REASONS: "stays unused, for other reasons",
}


def why(change: Change) -> str:
    """The reasons in a member's words: those that are gone, or those that come."""
    reasons: Iterable[str]
    if change.turn is Turn.REASONS:
        gone = [each.label for each in change.before if each not in change.after]
        new = [each.label for each in change.after if each not in change.before]
        return "; ".join([*(f"no longer {label}" for label in gone), *(f"now {label}" for label in new)])
    reasons = [each.label for each in (change.after or change.before)]
    return ", ".join(reasons)
