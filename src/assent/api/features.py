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
from assent.serving.shared_features import finder_of, items_of, require_features, results_shown, writers_of
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
    implied: list[str] = Field(description="Asked for, not stated, and usual in that work.")
    titles: list[str] = Field(description="The same kind of work, by both titles.")
    alike: list[str] = Field(description="The same kind of work, by the skills of one of them.")
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
    assessments: list[str] = Field(description="Of candidates: results that they let hirers see; no part of the order.")


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


class DraftAsked(OfMember):
    """What a member wants written."""

    kind: Literal["headline", "about", "post", "comment", "message_to_hirer", "message_to_candidate"] = "about"
    language: Literal["en", "de", "fr", "es"] = "en"
    length: Literal["short", "medium", "long"] = "medium"
    topic: Annotated[str, Field(max_length=500)] = ""
    context: Annotated[str, Field(max_length=50_000, description="The job, or what is answered.")] = ""
    addressee: Annotated[str, Field(max_length=200)] = ""
    to: Annotated[str, Field(max_length=500, description="Of a message: its recipient's id.")] = ""
    told: Annotated[list[Annotated[str, Field(max_length=2_000)]], Field(max_length=50, default_factory=list)]
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class ClaimTold(Told):
    """Something that the draft states, and the records that bear it out."""

    kind: str
    text: str
    records: list[str]


class DraftTold(Told):
    """A draft; nothing is sent and nothing is kept."""

    text: str
    mark: str = Field(description="That AI helped, in words to keep with the text.")
    written_by: str
    fell_back: str | None = Field(description="Why the writer that is set up did not write it; null where it did.")
    claims: list[ClaimTold]
    missing: list[str] = Field(description="What the member could add so that more can be said.")


class GoalAsked(OfMember):
    """About an occupation, as the member calls it."""

    goal: Annotated[str, Field(max_length=200)] = Field("", examples=["welder"])


class SuggestionTold(Told):
    """Something the member could look at in their profile."""

    topic: str
    to_do: str
    reason: str
    records: list[str]


class SuggestionsTold(Told):
    """The most useful first."""

    suggestions: list[SuggestionTold]


class StepTold(Told):
    """One skill to learn."""

    skill: str
    essential: bool
    needs: list[str]
    easier_with: list[str]
    opens_occupations: int


class WayTold(Told):
    """The way to an occupation: no step comes before what it needs."""

    goal: str
    held: list[str]
    needed: int
    steps: list[StepTold]


@router.post("/v1/features/drafts", summary="A draft in a member's own voice", responses=problems(409, 503))
def write_a_draft(request: Request, caller: Caller_, platform: ThePlatform, asked: DraftAsked) -> DraftTold:  # noqa: ARG001
    """From what they wrote and `help_writing` may use at this moment; the same message to many is refused."""
    require_features()
    from assent.features.writing import Ask, Job, Kind, Length

    ask = Ask(
        Kind(asked.kind), asked.language, Length(asked.length), asked.topic,
        asked.context if asked.kind == "comment" else "", asked.addressee or None,
        Job(asked.context) if asked.context and asked.kind.startswith("message") else None, tuple(asked.told),
    )  # fmt: skip
    made = writers_of(request, platform).write(MemberId(asked.member), ask, to=asked.to or None, seed=asked.seed)
    claims = [
        ClaimTold(
            kind=each.claim.kind.value, text=made.text[each.claim.start : each.claim.end], records=list(each.records)
        )
        for sentence in made.sentences
        for each in sentence.claims
    ]
    return DraftTold(
        text=made.text,
        mark=made.mark.words,
        written_by=made.written_by,
        fell_back=made.fell_back or None,
        claims=claims,
        missing=list(made.missing),
    )


@router.post("/v1/features/suggestions", summary="What a member's profile could do with", responses=problems(409, 503))
def suggest(request: Request, caller: Caller_, platform: ThePlatform, asked: GoalAsked) -> SuggestionsTold:  # noqa: ARG001
    """Each with its reason and the records it rests on; nothing is claimed for anybody."""
    require_features()
    from assent.operations.helping import suggestions_for

    items = items_of(request, platform)
    found = suggestions_for(platform, items, MemberId(asked.member), goal=asked.goal.strip() or None)
    return SuggestionsTold(
        suggestions=[
            SuggestionTold(topic=each.topic.value, to_do=each.to_do, reason=each.reason, records=list(each.records))
            for each in found
        ]
    )


@router.post("/v1/features/path", summary="From a member's skills to an occupation", responses=problems(409, 503))
def show_path(request: Request, caller: Caller_, platform: ThePlatform, asked: GoalAsked) -> WayTold:  # noqa: ARG001
    """The essential skills that are missing, in an order that can be learned."""
    require_features()
    from assent.operations.helping import way_to

    way = way_to(platform, items_of(request, platform), MemberId(asked.member), asked.goal)
    skills = way.taxonomy.skills
    return WayTold(
        goal=way.taxonomy.occupations[way.path.goal].label,
        held=[skills[each].label for each in way.path.held],
        needed=way.path.needed,
        steps=[
            StepTold(
                skill=skills[each.skill].label,
                essential=each.essential,
                needs=[skills[one].label for one in each.needs],
                easier_with=[skills[one].label for one in each.easier],
                opens_occupations=len(each.opens),
            )
            for each in way.path.steps
        ],
    )


@router.post("/v1/features/jobs", summary="Jobs that fit a member", responses=problems(409, 503))
def recommend_jobs(request: Request, caller: Caller_, platform: ThePlatform, asked: JobsAsked) -> ResultsTold:  # noqa: ARG001
    """By what the member wrote and `recommend_jobs` may use at this moment; refused where they switched it off."""
    return _told(finder_of(request, platform).jobs_for(MemberId(asked.member), limit=asked.limit))


@router.post("/v1/features/candidates", summary="People who fit a job", responses=problems(503))
def find_candidates(request: Request, caller: Caller_, platform: ThePlatform, asked: CandidatesAsked) -> ResultsTold:  # noqa: ARG001
    """Only those who let themselves be found at this moment, by what they show to everybody."""
    found = finder_of(request, platform).people_for(asked.text, limit=asked.limit)
    shown = results_shown(request, platform, found)
    return ResultsTold(results=[_result(each, shown.get(each.owner, ())) for each in found])


@router.post("/v1/features/search", summary="Search people, posts and jobs", responses=problems(503))
def search(request: Request, caller: Caller_, platform: ThePlatform, asked: SearchAsked) -> ResultsTold:  # noqa: ARG001
    """Each sort by itself, in the order of `sorts`."""
    finder = finder_of(request, platform)
    from assent.operations.finding import Sort

    return _told(finder.search(asked.query, [Sort(each) for each in dict.fromkeys(asked.sorts)], limit=asked.limit))


def _told(found: Sequence[Found]) -> ResultsTold:
    return ResultsTold(results=[_result(each) for each in found])


def _result(each: Found, shown: Sequence[str] = ()) -> FoundTold:
    why = each.why
    return FoundTold(
        sort=each.sort.value,
        id=each.ident,
        title=each.title,
        line=each.line,
        owner=each.owner,
        score=round(min(1.0, each.score), 4),
        assessments=list(shown),
        why=WhyTold(
            skills=[SkillTold(label=skill.label, records=list(skill.records)) for skill in why.skills],
            implied=list(why.implied),
            titles=list(why.titles),
            alike=list(why.alike),
            words=list(why.words),
            parts={
                "words": why.words_part,
                "meaning": why.meaning_part,
                "skills": why.skills_part,
                "title": why.title_part,
            },
        ),
    )
