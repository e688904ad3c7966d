"""Jobs for members, people for jobs, and search: for a platform's own pages, each result with why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from assent.api.problems import problems
from assent.api.values import Asked, Member, OfMember, Told
from assent.serving.caller import Caller
from assent.serving.door import ThePlatform, needs
from assent.serving.permissions import Permission
from assent.serving.shared_features import finder_of
from assent.vocabulary.identifiers import MemberId

if TYPE_CHECKING:
    from assent.operations.finding import Found

router = APIRouter(tags=["features"])

Limit = Annotated[int, Field(ge=1, le=100)]
Text = Annotated[
    str, Field(min_length=1, max_length=1 << 20, description="Plain text; it is looked for, never obeyed.")
]
Caller_ = Annotated[Caller, needs(Permission.FEATURES_USE)]


class SkillTold(Told):
    """A skill that is asked for and stated, and by which records."""

    label: str
    records: list[str]


class WhyTold(Told):
    """Why something was found; no protected attribute is part of it."""

    skills: list[SkillTold]
    implied: list[str] = Field(description="Asked for, not stated, and usual with that title.")
    titles: list[str] = Field(description="The same kind of work.")
    words: list[str]
    parts: dict[str, float] = Field(description="What each part added to the score.")


class FoundTold(Told):
    """One result."""

    sort: Literal["people", "posts", "jobs"]
    id: str
    title: str
    line: str
    owner: Member
    score: float = Field(ge=0, le=1, description="Compares within one answer only.")
    why: WhyTold


class ResultsTold(Told):
    """The best first."""

    results: list[FoundTold]


class JobsAsked(OfMember):
    """Jobs for one member."""

    limit: Limit = 20


class CandidatesAsked(Asked):
    """People for one job."""

    text: Text = Field(examples=["Welder\nWe need arc welding and drawings"])
    limit: Limit = 20


class SearchAsked(Asked):
    """What fits some words."""

    query: Annotated[str, Field(min_length=1, max_length=500)] = Field(examples=["arc welding"])
    sorts: list[Literal["people", "posts", "jobs"]] = Field(default=["people", "posts", "jobs"], max_length=3)
    limit: Limit = 20


@router.post("/v1/features/jobs", summary="Jobs that fit a member", responses=problems(409, 503))
def recommend_jobs(request: Request, caller: Caller_, platform: ThePlatform, asked: JobsAsked) -> ResultsTold:  # noqa: ARG001
    """By what the member wrote and `recommend_jobs` may use at this moment; refused where they switched it off."""
    return _told(finder_of(request, platform).jobs_for(MemberId(asked.member), limit=asked.limit))


@router.post("/v1/features/candidates", summary="People who fit a job", responses=problems(503))
def find_candidates(request: Request, caller: Caller_, platform: ThePlatform, asked: CandidatesAsked) -> ResultsTold:  # noqa: ARG001
    """Only those who let themselves be found at this moment, by what they show to everybody."""
    return _told(finder_of(request, platform).people_for(asked.text, limit=asked.limit))


@router.post("/v1/features/search", summary="Search people, posts and jobs", responses=problems(503))
def search(request: Request, caller: Caller_, platform: ThePlatform, asked: SearchAsked) -> ResultsTold:  # noqa: ARG001
    """Each sort by itself, in the order of `sorts`."""
    finder = finder_of(request, platform)
    from assent.operations.finding import Sort

    return _told(finder.search(asked.query, [Sort(each) for each in dict.fromkeys(asked.sorts)], limit=asked.limit))


def _told(found: Sequence[Found]) -> ResultsTold:
    return ResultsTold(results=[_result(each) for each in found])


def _result(each: Found) -> FoundTold:
    why = each.why
    return FoundTold(
        sort=each.sort.value,
        id=each.ident,
        title=each.title,
        line=each.line,
        owner=each.owner,
        score=round(min(1.0, each.score), 4),
        why=WhyTold(
            skills=[SkillTold(label=skill.label, records=list(skill.records)) for skill in why.skills],
            implied=list(why.implied),
            titles=list(why.titles),
            words=list(why.words),
            parts={
                "words": why.words_part,
                "meaning": why.meaning_part,
                "skills": why.skills_part,
                "title": why.title_part,
            },
        ),
    )
