"""Kinds of content in plain words, for whoever they are about. A kind that is not listed is shown by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CATEGORIES: Final[Mapping[str, str]] = {
    "activity.ads": "which ads you looked at",
    "activity.feed": "what you do in the feed",
    "article": "articles",
    "comment": "comments",
    "contact": "contact details",
    "credential": "passwords and other credentials",
    "endorsement": "endorsements",
    "group.activity": "group activity",
    "group.message": "messages in groups",
    "job.application": "job applications",
    "message.private": "private messages",
    "payment": "payment data",
    "poll": "polls",
    "poll.response": "answers to polls",
    "post": "posts",
    "profile.education": "education",
    "profile.name": "your name",
    "profile.other": "the rest of your profile",
    "profile.patent": "patents",
    "profile.photo": "photos",
    "profile.position": "current and past positions",
    "profile.publication": "publications",
    "profile.skill": "skills",
    "profile.summary": "what you wrote about yourself",
    "recommendation": "recommendations",
    "recruiter.interaction": "contacts with recruiters",
    "repost": "reposts",
    "resume": "resumes",
    "salary": "a salary you told us",
}
