"""The words of the report: for people who know their own data and nothing of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from babel import Locale

from assent.exposure.judging import Fact, Finding, Outcome
from assent.policy.pack import AgeAt, Kind, Purpose
from assent.vocabulary.reasons import Reason

KIND_TITLES: Mapping[Kind, str] = {
    Kind.GENERATIVE_TRAINING: "AI that writes",
    Kind.TRAINING: "other AI",
    Kind.ADVERTISING: "ads",
    Kind.FEATURE: "features",
}
KIND_PHRASES: Mapping[Kind, str] = {
    Kind.GENERATIVE_TRAINING: "to train AI that generates content",
    Kind.TRAINING: "to train other AI models",
    Kind.ADVERTISING: "for the announced advertising",
    Kind.FEATURE: "in features of the platform",
}

CATEGORY_TITLES: Mapping[str, str] = {
    "profile.name": "Name",
    "profile.photo": "Photos of you",
    "profile.position": "Jobs and headline",
    "profile.education": "Education",
    "profile.skill": "Skills",
    "profile.publication": "Publications",
    "profile.patent": "Patents",
    "profile.summary": "About you",
    "profile.other": "Rest of the profile",
    "resume": "Résumés",
    "endorsement": "Endorsements",
    "recommendation": "Recommendations",
    "job.application": "Job applications",
    "recruiter.interaction": "What recruiters see",
    "post": "Posts",
    "article": "Articles",
    "comment": "Comments",
    "poll": "Polls",
    "poll.response": "Votes in polls",
    "repost": "Reposts",
    "activity.feed": "Reactions, follows, searches",
    "activity.ads": "What ads know of you",
    "group.activity": "Activity in groups",
    "group.message": "Messages in groups",
    "message.private": "Private messages",
    "credential": "Logins and identity",
    "payment": "Payments",
    "salary": "Salary",
    "contact": "Contacts and addresses",
}

TABLE_TITLES: Mapping[str, str] = {
    "Endorsement_Received_Info": "Endorsements you received",
    "Endorsement_Given_Info": "Endorsements you gave",
    "Recommendations_Received": "Recommendations you received",
    "Recommendations_Given": "Recommendations you gave",
    "InstantReposts": "Posts of others you reposted",
    "Shares": "Your posts that quote someone's post",
    "Job Applications": "Job applications",
    "Job Applicant Saved Answers": "Answers saved for applications",
    "Job Applicant Saved Screening Question Responses": "Answers to screening questions",
    "Job Seeker Preferences": "What you told recruiters",
    "messages": "Messages",
    "Invitations": "Invitations",
    "Connections": "Connections",
    "ImportedContacts": "Imported contacts",
}

NEVER_WORDS: Mapping[Reason, str] = {
    Reason.CATEGORY_NEVER: "this kind is left out, whatever you choose",
    Reason.CATEGORY_OUT_OF_SCOPE: "not part of this use",
    Reason.REGION_NOT_COVERED: "this use does not reach your country",
    Reason.NOT_YET_IN_FORCE: "this use has not started where you are",
    Reason.SETTING_OFF: "your setting is off",
    Reason.OBJECTION_OPEN: "you objected; nothing is used while that is weighed",
    Reason.OBJECTION_UPHELD: "you objected",
    Reason.NOT_VISIBLE_ENOUGH: "shared with too few people",
    Reason.ON_HOLD: "stopped in your country for now",
    Reason.OTHER_SUBJECT: "the other person does not permit it",
    Reason.DERIVED_FROM_EXCLUDED: "it carries somebody's post that may not be used",
    Reason.TOO_OLD: "older than what is used",
}


def never_because(reasons: Iterable[Reason], purpose: Purpose | None = None) -> str:
    """Why not, in a few words: the first reason says it."""
    first = next(iter(reasons), None)
    if first is Reason.UNDER_AGE and purpose is not None:
        when = "were" if purpose.age_at is AgeAt.CREATION else "are"
        made = " when you made it" if purpose.age_at is AgeAt.CREATION else ""
        return f"you {when} under {purpose.minimum_age}{made}"
    return "" if first is None else NEVER_WORDS.get(first, first.for_members.rstrip(".").lower())


def depends_on(purpose: Purpose, finding: Finding) -> str:
    """On which facts it hangs, in a few words."""
    years = purpose.minimum_age
    said = {
        Fact.CATEGORY: "if it is counted as this kind of data",
        Fact.VISIBILITY: f"if {joined((_SEEN[value] for value in finding.visibilities), 'or')} could see it",
        Fact.CREATED_AT: f"if you were {years} when you made it" if years else "if it is recent enough",
        Fact.BIRTH_DATE: f"if you are {years} or over",
        Fact.NOTICE: f"only {purpose.waiting_period.days} days after you were told"
        if purpose.waiting_period
        else "only after you were told",
        Fact.WRITER: "if the person who wrote it permits it",
        Fact.OTHER_PERSON: "if the other person permits it",
        Fact.ORIGINAL: "if the original post may be used",
    }
    return joined([said[fact] for fact in finding.facts])


_SEEN: Mapping[str, str] = {
    "public": "everybody",
    "group": "a group",
    "connections": "connections",
    "private": "nobody else",
}


def because(purpose: Purpose, finding: Finding) -> str:
    """A finding's reason in a few words; empty for what is simply used."""
    if finding.outcome is Outcome.USED:
        return ""
    return never_because(finding.reasons, purpose) if finding.outcome is Outcome.NEVER else depends_on(purpose, finding)


def category_title(category: str) -> str:
    """What a person calls this kind of data."""
    return CATEGORY_TITLES.get(category, category.replace(".", " ").replace("_", " ").capitalize())


def day(on: date) -> str:
    """`3 November 2025`."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


_MONTHS = "January February March April May June July August September October November December".split()


def two_sided_title(table: str, category: str) -> str:
    """What a person calls records of a table that have somebody else in them."""
    return CATEGORY_TITLES[category] if category == "resume" else TABLE_TITLES[table]


def country(code: str) -> str:
    """`the Netherlands`."""
    name = str(Locale.parse("en").territories.get(code, code))
    return f"the {name}" if code in _WITH_ARTICLE or name.startswith("United") else name


_WITH_ARTICLE = frozenset("AX BS CC CD CF CG CK DO FK FO GM IM KM KY MH MP MV NL PH SB SC TC UM VG VI".split())


def number(records: int) -> str:
    """`1,204`."""
    return f"{records:,}"


def records_of(records: int) -> str:
    """`1 record`, `1,204 records`."""
    return f"{records:,} record{'' if records == 1 else 's'}"


def joined(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    listed = list(words)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}" if len(listed) > 1 else "".join(listed)


def capital(text: str) -> str:
    """The text with its first letter upper-case, the rest as it is."""
    return text[:1].upper() + text[1:]
