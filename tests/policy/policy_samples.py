"""A member and a post that every pack permits, changed one fact at a time; and a pack that uses every rule there is."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from assent.policy.evaluate import judge
from assent.policy.load import load_pack, pack_from_document
from assent.vocabulary.reasons import from_mask
from assent.vocabulary.records import Case, Record, Span, Subject
from assent.vocabulary.state import MemberState

AS_ANNOUNCED = "professional-network-2025-11"
SAFEGUARDED = "professional-network-2025-11-safeguarded"
PAUSED = "professional-network-2025-11-europe-paused"
ADS_EVERYWHERE = "professional-network-2025-11-ads-everywhere"
CONSENT = "consent-first"
COMMUNITY = "community-qa"

GEN = "generative_ai_improvement"
NOTICE = "ai-training-2025"
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


AT = utc(2026, 6, 1, 12)

MEMBER = MemberState(
    region="DE",
    birth_date=date(1990, 5, 1),
    settings={GEN: "on"},
    notices={NOTICE: utc(2025, 9, 1)},
)
POST = Record(
    id="r1",
    category="post",
    author="m1",
    created_at=utc(2024, 2, 1, 12),
    visibility="public",
)
PERMITTED = Case(purpose="train_generative", at=AT, author=MEMBER, record=POST)


def member(**changes):
    return replace(MEMBER, **changes)


def post(**changes):
    return replace(POST, **changes)


def case(**changes):
    """The permitted case with changes: of its own fields, then its author's, then its record's (so is `unreadable`)."""
    own, author, record = {}, {}, {}
    for name, value in changes.items():
        if name in Case.__dataclass_fields__:
            own[name] = value
        elif name in Record.__dataclass_fields__:
            record[name] = value
        else:
            author[name] = value
    built = replace(PERMITTED, **own)
    built = replace(built, record=replace(built.record, **record))
    return replace(built, author=replace(built.author, **author)) if author else built


def with_others(category, *others, **changes):
    """A record of the category with other people in it: `(role, state)` or `(role, state, spans)`."""
    subjects = tuple(
        Subject(role=role, member=f"m{index + 2}", spans=(Span(0, 3),) if not rest else rest[0])
        for index, (role, _, *rest) in enumerate(others)
    )
    return case(category=category, subjects=subjects, others=tuple(state for _, state, *_ in others), **changes)


@cache
def pack(name):
    return load_every_rule() if name == "every-rule" else load_pack(name)


def reasons(pack_name, asked):
    """The labels of the reasons, in their order."""
    return [reason.label for reason in from_mask(judge(pack(pack_name), asked).mask)]


def masks(pack_name, asked):
    return list(judge(pack(pack_name), asked).masks)


EVERY_RULE_TEXT = """
name = "every-rule"
title = "A pack with every rule there is"
zone = "Europe/Dublin"

[groups.NORDIC]
regions = ["SE", "NO", "DK", "FI", "IS"]
[groups.WIDE]
regions = ["NORDIC", "EE", "LV"]

[categories]
never = ["salary"]
two_person = ["letter", "chat"]

[coverages.most.north]
regions = ["WIDE"]
from = 2025-07-01
[coverages.most.ireland]
regions = ["IE"]
[coverages.most.rest]
regions = ["*"]
except = ["US"]
from = 2025-01-15T12:00:00+02:00

[scopes.all.text]
categories = ["post", "chat"]
visibility = ["public", "connections"]
others = "mask_others"
[scopes.all.letters]
categories = ["letter", "memo"]
others = "all_must_permit"
[scopes.all.notes]
categories = ["note"]
others = "anyone"

[settings.top]
title = "Top"
default = "on"
defaults = { NORDIC = "off", SE = "on" }
[settings.middle]
title = "Middle"
default = "on"
off_with = ["top"]
[settings.bottom]
title = "Bottom"
default = "on"
defaults = { FR = "off", US = "off" }
off_with = ["middle"]

[notices.told]
title = "Told"

[every_purpose]
basis = "legitimate_interest"

[purposes.train]
title = "Train"
kind = "generative_training"
coverage = "most"
scope = "all"
setting = "bottom"
objection = "weighed"
minimum_age = 16
age_at = "creation"
notice = "told"
waiting_days = 10
content_from = 2020-01-01
sensitive = "deny"

[purposes.sell]
title = "Sell"
kind = "advertising"
coverage = "most"
scope = "all"
setting = "middle"
objection = "absolute"
minimum_age = 21

[holds.summer]
purposes = ["train"]
regions = ["WIDE", "JP"]
from = 2026-07-01
until = 2026-08-01
"""


def load_every_rule():
    return pack_from_document(tomllib.loads(EVERY_RULE_TEXT))
