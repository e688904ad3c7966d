"""Objections and claims, handed in for members by a platform's own pages."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from assent.api.once import TheOnce
from assent.api.problems import problems
from assent.api.values import Instant, Member, Name, OfMember, Told
from assent.operations.claims import Seen, receive_claim
from assent.operations.objections import Objection, of_person, receive, withdraw
from assent.serving.caller import Caller
from assent.serving.door import NotFoundError, ThePlatform, needs
from assent.serving.permissions import Permission

router = APIRouter(tags=["objections"])

Words = Annotated[str, Field(max_length=10_000)]
LanguageCode = Annotated[
    str, Field(pattern=r"^[a-z]{2}$", description="Of mails about it, where there is that language.", examples=["en"])
]
CaseId = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[\w:.-]+$")]


class StepTold(Told):
    """Something that happened to it."""

    at: Instant
    step: str


class ObjectionTold(Told):
    """An objection or a claim, as it stands."""

    objection: str
    kind: Literal["objection", "claim"]
    member: Member
    purpose: str
    state: Literal["received", "weighed", "upheld", "rejected", "appealed", "withdrawn", "confirmed", "not-confirmed"]
    is_open: bool = Field(
        description="Whether staff have still to answer. An open objection restricts use, an open claim does not."
    )
    received_at: Instant
    due_at: Instant | None = Field(description="When it is answered at the latest; null once it is.")
    decided_at: Instant | None
    grounds: str | None = Field(description="Why it was decided so.")
    steps: list[StepTold]


class ObjectionsTold(Told):
    """All of a member's, the newest first."""

    objections: list[ObjectionTold]


class ObjectionAsked(OfMember):
    """A member objects to a use of their data (GDPR Art. 21)."""

    purpose: Name = Field(examples=["train_generative"])
    words: Words = Field("", description="Their reasons; none are needed.")
    language: LanguageCode = "en"


class WithdrawalAsked(OfMember):
    """A member takes an objection or claim back."""

    objection: CaseId


class ClaimAsked(OfMember):
    """A member says that a model repeats what is theirs."""

    purpose: Name = Field(examples=["train_generative"])
    feature: Annotated[str, Field(max_length=200, description="Where they met it.")] = ""
    prompt: Words = Field("", description="What was asked of the model.")
    output: Annotated[str, Field(min_length=1, max_length=10_000, description="What it wrote.")]
    when: Annotated[str, Field(max_length=200)] = ""
    words: Words = ""
    take_back: bool = Field(False, description="Undo past use if the claim is confirmed.")
    language: LanguageCode = "en"


@router.post(
    "/v1/objections",
    summary="A member objects",
    status_code=201,
    responses=problems(409),
    response_model=ObjectionTold,
)
def write_objection(
    caller: Annotated[Caller, needs(Permission.OBJECTIONS_WRITE)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    once: TheOnce,
    asked: ObjectionAsked,
) -> Response:
    """From its receipt on nothing of theirs is used for the purpose (Art. 18(1)(d)). An open objection to the same
    purpose is given back as it stands, and after a rejection this is an appeal; so it counts once even without its key.
    """
    return once.answer(
        asked.model_dump_json().encode(),
        lambda _again: _case(
            receive(platform, purpose=asked.purpose, person=asked.member, words=asked.words, language=asked.language)
        ),
        status=201,
    )


@router.post("/v1/objections/read", summary="A member's objections and claims", responses=problems())
def read_objections(
    caller: Annotated[Caller, needs(Permission.OBJECTIONS_READ)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    asked: OfMember,
) -> ObjectionsTold:
    """The newest first, each with its steps."""
    return ObjectionsTold(objections=[_case(each) for each in of_person(platform, asked.member)])


@router.post(
    "/v1/objections/withdraw",
    summary="A member takes an objection or claim back",
    responses=problems(404, 409),
    response_model=ObjectionTold,
)
def withdraw_objection(
    caller: Annotated[Caller, needs(Permission.OBJECTIONS_WRITE)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    once: TheOnce,
    asked: WithdrawalAsked,
) -> Response:
    """Only the member's own. Their settings say again what may be used. Taking it back twice changes nothing."""

    def work(_again: bool) -> ObjectionTold:
        if asked.objection not in {each.id for each in of_person(platform, asked.member)}:
            raise NotFoundError("this member has no such objection or claim")
        return _case(withdraw(platform, asked.objection))

    return once.answer(asked.model_dump_json().encode(), work)


@router.post(
    "/v1/claims",
    summary="A member says that a model repeats their data",
    status_code=201,
    responses=problems(409),
    response_model=ObjectionTold,
)
def write_claim(
    caller: Annotated[Caller, needs(Permission.OBJECTIONS_WRITE)],  # noqa: ARG001 - asks for the permission
    platform: ThePlatform,
    once: TheOnce,
    asked: ClaimAsked,
) -> Response:
    """Staff assess it. By itself it restricts nothing; an objection or the setting does."""
    seen = Seen.parse(asked.feature, asked.prompt, asked.output, asked.when)

    def work(again: bool) -> ObjectionTold:
        theirs = of_person(platform, asked.member) if again else []
        held = [each for each in theirs if (each.purpose, each.about) == (asked.purpose, seen.to_text())]
        return _case(
            held[0]
            if held
            else receive_claim(
                platform,
                purpose=asked.purpose,
                seen=seen,
                person=asked.member,
                words=asked.words,
                take_back=asked.take_back,
                language=asked.language,
            )
        )

    return once.answer(asked.model_dump_json().encode(), work, status=201)


def _case(case: Objection) -> ObjectionTold:
    return ObjectionTold.model_validate(
        {
            "objection": case.id,
            "kind": case.kind,
            "member": case.person,
            "purpose": case.purpose,
            "state": case.state,
            "is_open": case.is_open,
            "received_at": case.received_at,
            "due_at": case.due_at if case.is_open else None,
            "decided_at": case.decided_at,
            "grounds": case.grounds,
            "steps": [StepTold(at=each.at, step=each.step) for each in case.steps],
        }
    )
