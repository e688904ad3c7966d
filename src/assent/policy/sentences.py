"""What a purpose of a pack means for a member, in plain sentences made from the pack alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pycountry

from assent.policy.curation_words import PII
from assent.policy.pack import NO_CURATION, AgeAt, Basis, Kind, ObjectionRule, Others, Pack, Purpose, Withdrawal
from assent.vocabulary.identifiers import Category
from assent.vocabulary.regions import REGION_CODES
from assent.vocabulary.state import EVERYWHERE, Hold


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a member's question, and the question in a few words."""

    about: str
    sentence: str


def explain_purpose(pack: Pack, purpose: Purpose) -> tuple[Said, ...]:
    """Where and since when, what is used and what never, who decides, and how to leave."""
    told = (
        ("where and when", _where(pack, purpose)),
        ("on hold", _holds(pack, purpose)),
        ("what is used", _used(purpose)),
        ("what is never used", f"{_capital(joined(category_words(pack.never)))}, whatever you choose."),
        ("what stays out", _left_out(purpose)),
        ("what becomes of texts", _texts(purpose)),
        ("unless you choose", _default(pack, purpose)),
        ("how to leave", _leave(pack, purpose)),
        ("objecting", _objecting(purpose)),
        ("what is past", _past(purpose)),
        ("being told", _notice(pack, purpose)),
        ("age", _age(purpose)),
        ("who else counts", _others(purpose)),
        ("who gets it", f"{_capital(joined(purpose.recipients))}." if purpose.recipients else ""),
        ("legal basis", _BASIS[purpose.basis]),
    )
    return tuple(Said(about, sentence) for about, sentence in told if sentence)


_BASIS: Mapping[Basis, str] = {
    Basis.LEGITIMATE_INTEREST: "Legitimate interest (GDPR Art. 6(1)(f)): nobody asks you first, and you may object.",
    Basis.CONSENT: "Consent (GDPR Art. 6(1)(a)): only after you said yes.",
    Basis.CONTRACT: "Contract (GDPR Art. 6(1)(b)): part of the service; nothing happens until you ask for it.",
}


def name_regions(pack: Pack, codes: Iterable[str]) -> str:
    """The regions in words: the pack's groups where they are complete, else countries; or all but a few."""
    wanted = set(codes)
    rest = set(REGION_CODES) - wanted
    if not rest:
        return "everywhere"
    if len(rest) < len(wanted):
        return f"everywhere but {_listed(pack, rest)}"
    return _listed(pack, wanted)


def _listed(pack: Pack, wanted: set[str]) -> str:
    named, left = [], set(wanted)
    for group, codes in sorted(pack.groups.items(), key=lambda item: -len(item[1])):
        if codes <= wanted and codes & left:
            named.append(f"the {group}")
            left -= codes
    return joined([*named, *sorted(_country(code) for code in left)])


def _country(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)
    name = str(getattr(country, "common_name", country.name)) if country else code
    return f"the {name}" if name.startswith("United") else name


def _where(pack: Pack, purpose: Purpose) -> str:
    by_start: dict[datetime | None, set[str]] = {}
    for code, since in purpose.coverage.items():
        by_start.setdefault(since, set()).add(code)
    ordered = sorted(by_start.items(), key=lambda item: len(item[1]))
    complete = len(ordered) > 1 and len(purpose.coverage) == len(REGION_CODES)
    parts = []
    for index, (since, codes) in enumerate(ordered):
        last = complete and index == len(ordered) - 1
        place = "everywhere else" if last else name_regions(pack, codes)
        parts.append(f"{place} {f'since {day_of(since)}' if since else 'with no starting date'}")
    return f"{_capital('; '.join(parts))}. Who has no known country is left out."


def _holds(pack: Pack, purpose: Purpose) -> str:
    spans: dict[tuple[datetime | None, datetime | None], list[Hold]] = {}
    for hold in pack.holds:
        if hold.purpose == purpose.name:
            spans.setdefault((hold.since, hold.until), []).append(hold)
    parts = []
    for (since, until), holds in spans.items():
        everywhere = any(hold.region == EVERYWHERE for hold in holds)
        codes = [code for code in REGION_CODES if any(pack.hold_covers(hold, code) for hold in holds)]
        place = "everywhere" if everywhere else name_regions(pack, codes)
        start = f" from {day_of(since)}" if since else ""
        parts.append(f"Stopped in {place}{start} {f'until {day_of(until)}' if until else 'until further notice'}.")
    return " ".join(parts)


def _used(purpose: Purpose) -> str:
    by_visibility: dict[frozenset[str] | None, list[Category]] = {}
    for category, rule in purpose.scope.items():
        by_visibility.setdefault(rule.visibility, []).append(category)
    parts = []
    for visibility, categories in by_visibility.items():
        if visibility is None:
            parts.append(f"{joined(category_words(categories))}, whoever can see it.")
        else:
            shared = joined([f"“{value}”" for value in sorted(visibility, key=_VISIBILITY_ORDER.index)], "or")
            parts.append(f"{joined(category_words(categories))}, if shared as {shared}.")
    if purpose.content_from:
        parts.append(f"nothing from before {day_of(purpose.content_from)}.")
    return " ".join(_capital(part) for part in parts)


_VISIBILITY_ORDER = ["public", "group", "connections", "private"]


def _left_out(purpose: Purpose) -> str:
    parts = ["Items you excluded one by one; reposts and quotes of something that may not be used."]
    if purpose.kind is Kind.GENERATIVE_TRAINING:
        parts.append("Content that says so itself by AIPREF, TDMRep or CAWG.")
    elif purpose.kind.trains:
        parts.append("Content that says so itself by TDMRep or CAWG.")
    if purpose.sensitive_denied:
        parts.append("Whatever stands in groups and pages about health, unions, politics or religion.")
    if purpose.unlinked_copies_denied:
        parts.append("Copies of left-out texts, even without a link to them.")
    return " ".join(parts)


def _texts(purpose: Purpose) -> str:
    curation = purpose.curation
    if curation == NO_CURATION:
        return "They are used as they are."
    parts = []
    if curation.mask:
        masked = joined([PII[each] for each in curation.mask])
        parts.append(f"Masked before use: {masked}.")
    if curation.topics:
        topics = joined([each.value for each in sorted(curation.topics)], "or")
        parts.append(f"Texts that speak of {topics} count as sensitive.")
    if curation.near_duplicates is not None:
        parts.append(f"Of texts that are at least {curation.near_duplicates:.0%} alike, one counts.")
    if curation.quality is not None:
        parts.append("Texts that are no use to learn from are passed over.")
    return " ".join(parts)


def _default(pack: Pack, purpose: Purpose) -> str:
    if purpose.setting is None:
        return "It takes place; there is no switch for it."
    defaults = pack.settings[purpose.setting].defaults
    on = [code for code in purpose.coverage if defaults[code] == "on"]
    if not on:
        return "It is off until you turn it on."
    if len(on) == len(purpose.coverage):
        return "It is on until you turn it off."
    return f"It is on until you turn it off in {name_regions(pack, on)}; elsewhere it is off until you turn it on."


def _leave(pack: Pack, purpose: Purpose) -> str:
    if purpose.setting is None:
        return "Object to it; there is no switch."
    setting = pack.settings[purpose.setting]
    way = " → ".join(setting.menu) or setting.title
    also = [f"“{pack.settings[other].title}”" for other in setting.off_with]
    return f"{way}: off." + (f" It is also off while {joined(also, 'or')} is off." if also else "")


def _objecting(purpose: Purpose) -> str:
    if purpose.objection is ObjectionRule.ABSOLUTE:
        return "If you object, it ends at once and for good, unless you take the objection back."
    return (
        "From the day your objection arrives nothing is used while it is weighed, "
        "and nothing if it is upheld; if it is rejected with reasons, use goes on."
    )


def _past(purpose: Purpose) -> str:
    if purpose.withdrawal is Withdrawal.TAKE_BACK:
        return "Leaving also takes back what was used before: out of data sets, and out of models."
    return "Leaving stops future use; what was used before stays in data sets and models."


def _notice(pack: Pack, purpose: Purpose) -> str:
    if purpose.notice is None:
        return "Nothing has to be sent to you first."
    days = purpose.waiting_period.days
    wait = f", and {days} days have passed" if days else ""
    return f"Nothing is used before you were sent “{pack.notices[purpose.notice].title}”{wait}."


def _age(purpose: Purpose) -> str:
    years = purpose.minimum_age
    if years is None:
        return "No age is asked."
    if purpose.age_at is AgeAt.CREATION:
        return f"Only what was made at {years} or over, also after that birthday; unknown ages are left out."
    return f"{years} or over on the day of use; unknown ages are left out."


def _others(purpose: Purpose) -> str:
    by_rule: dict[Others, list[Category]] = {}
    for category, rule in purpose.scope.items():
        by_rule.setdefault(rule.others, []).append(category)
    parts = []
    for index, (others, names) in enumerate(sorted(by_rule.items(), key=lambda item: len(item[1]))):
        last = "everything else" if index else "everything used"
        what = last if index == len(by_rule) - 1 else joined(category_words(names))
        parts.append(_capital(_OTHERS[others].format(what)))
    return " ".join(parts)


_OTHERS: Mapping[Others, str] = {
    Others.ANYONE: "for {}, only the author's choice counts.",
    Others.MASK_OTHERS: "in {}, other people who do not permit it are masked.",
    Others.ALL_MUST_PERMIT: "for {}, everybody in it must permit it.",
}


def category_words(categories: Iterable[Category]) -> list[str]:
    """`profile.name`, `profile.photo`, `job.application` → `profile (name, photo)`, `job application`."""
    grouped: dict[str, list[str]] = {}
    for category in sorted(categories) if isinstance(categories, frozenset) else categories:
        head, _, tail = category.partition(".")
        grouped.setdefault(head, []).append(tail.replace(".", " "))
    words = []
    for head, tails in grouped.items():
        if len(tails) > 1 and all(tails):
            words.append(f"{head} ({', '.join(tails)})")
        else:
            words += [f"private {head}" if tail == "private" else f"{head} {tail}".strip() for tail in tails]
    return words


def day_of(instant: datetime) -> str:
    """The date, without the time of day: `3 November 2025`."""
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant.year}"


_MONTHS = "January February March April May June July August September October November December".split()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(words: Iterable[str], last: str = "and") -> str:
    """The words as a list in a sentence."""
    listed = list(words)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}" if len(listed) > 1 else "".join(listed)
