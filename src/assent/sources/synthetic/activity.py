"""Which kinds of records there are, how often, who is in them and who may see them."""

from __future__ import annotations

from assent.sources.synthetic.dice import Weighted

PROFILE_SHARE = 0.35
"""Of all records, the share that are parts of profiles."""

PROFILE_PARTS = Weighted(
    (
        "profile.position", "profile.skill", "profile.education", "profile.summary", "profile.photo",
        "profile.other", "resume", "profile.publication", "profile.patent",
    ),
    (30, 26, 15, 12, 7, 5, 3, 1.5, 0.5),
)  # fmt: skip
"""What a profile has besides the name."""

ACTIVITIES = Weighted(
    (
        "post", "comment", "repost", "article", "poll", "poll.response", "endorsement", "recommendation",
        "job.application", "recruiter.interaction", "group.activity", "group.message", "activity.feed",
        "activity.ads", "message.private", "contact", "salary", "credential", "payment",
    ),
    (240, 215, 70, 28, 15, 25, 70, 30, 50, 40, 35, 55, 50, 22, 50, 3, 3, 2, 2),
)  # fmt: skip

ROLES = {
    "post": "mentioned", "article": "mentioned", "comment": "replied_to", "poll.response": "poll_author",
    "endorsement": "endorsed", "recommendation": "recommended", "job.application": "recruiter",
    "recruiter.interaction": "candidate", "group.activity": "mentioned", "group.message": "mentioned",
    "message.private": "recipient", "activity.feed": "mentioned", "contact": "contact",
    "profile.publication": "co_author", "profile.patent": "co_inventor", "resume": "referee",
    "repost": "original_author",
}  # fmt: skip
"""The role of the person `{who}` names. A category not listed has nobody but its author in it."""

TWO_ENDED = frozenset(
    {"comment", "endorsement", "recommendation", "job.application", "recruiter.interaction", "message.private",
     "poll.response"}
)  # fmt: skip
"""Those where the other person belongs to the record, named in its text or not."""

_OPEN = Weighted(("public", "connections", "private", None), (82, 14, 2, 2))
_HALF = Weighted(("public", "connections", "private", None), (50, 40, 8, 2))
_IN_GROUP = Weighted(("group", "public", "private", None), (78, 18, 2, 2))
_CLOSED = Weighted(("private", None), (98, 2))
VISIBILITIES = {
    "group.activity": _IN_GROUP, "group.message": _IN_GROUP, "message.private": _CLOSED, "contact": _CLOSED,
    "salary": _CLOSED, "credential": _CLOSED, "payment": _CLOSED, "job.application": _CLOSED,
    "recruiter.interaction": _CLOSED, "activity.ads": _CLOSED, "resume": _HALF, "profile.photo": _HALF,
    "profile.summary": _HALF, "activity.feed": _HALF,
}  # fmt: skip
OPEN = _OPEN

PERSONAL_DATA_SHARES = {
    "post": 0.03, "article": 0.03, "comment": 0.02, "job.application": 0.35, "resume": 0.7, "contact": 0.9,
    "group.message": 0.05, "message.private": 0.08, "profile.summary": 0.06, "recruiter.interaction": 0.1,
    "recommendation": 0.01, "repost": 0.01,
}  # fmt: skip

AIPREF = ("train-ai=n", "train-ai=n", "train-ai=n, search=y", "search=n, train-ai=y", "train-ai=y", "train-ai", "ai=no")
TDM = ("1", "1", "1", "0", "yes")
CAWG = (
    '{"cawg.ai_generative_training":{"use":"notAllowed"}}',
    '{"cawg.ai_generative_training":{"use":"constrained"},"cawg.data_mining":{"use":"allowed"}}',
    '{"cawg.ai_training":{"use":"notAllowed"},"cawg.ai_generative_training":{"use":"notAllowed"}}',
    '{"cawg.ai_training":{"use":"notAllowed"}}',
    '{"cawg.ai_generative_training":{"use":"allowed"}}',
)
