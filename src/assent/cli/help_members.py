"""`assent write | improve | learn`: help for one member from their own records, each claim and step with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, needing_extra
from assent.errors import InputError
from assent.operations.items import Items
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from assent.storage.files import write_durably
from assent.vocabulary.identifiers import MemberId

if TYPE_CHECKING:
    from assent.features.learning.assessments import Assessment
    from assent.features.profile import Suggestion
    from assent.features.writing import Draft, Generator
    from assent.operations.helping import WayTo

_Member = Annotated[str, typer.Argument(metavar="MEMBER", help="For whom.")]
_Seed = Annotated[int, typer.Option(help="Another number, another draft or other questions.")]


def register(app: typer.Typer) -> None:
    """Adds `write`, `improve` and `learn`."""
    app.command()(write)
    app.command()(improve)
    app.command()(learn)


def write(  # noqa: PLR0917 - a command's options
    member: _Member,
    kind: Annotated[
        str, typer.Option(help="headline, about, post, comment, message-to-hirer or message-to-candidate.")
    ] = "about",
    language: Annotated[str, typer.Option(help="en, de, fr or es.")] = "en",
    length: Annotated[str, typer.Option(help="short, medium or long.")] = "medium",
    topic: Annotated[str, typer.Option(help="What a post is about.")] = "",
    answers: Annotated[Path | None, typer.Option(help="A file with the text that is answered.")] = None,
    job: Annotated[Path | None, typer.Option(help="A file with the job that a message is about.")] = None,
    addressee: Annotated[str | None, typer.Option(help="The name to greet.")] = None,
    to: Annotated[
        str | None, typer.Option(help="A message's recipient, by id; so many get one message and no more.")
    ] = None,
    told: Annotated[
        list[str] | None, typer.Option(help="A fact the member says just now; several may be given.")
    ] = None,
    mark: Annotated[bool, typer.Option("--mark", help="Mark what no record bears out instead of dropping it.")] = False,
    server: Annotated[
        str | None, typer.Option(help="An OpenAI-compatible server; its key from ASSENT_WRITING_KEY.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The server's model, a Hugging Face folder, or a model trained here.")
    ] = None,
    seed: _Seed = 0,
    as_json: Json = False,
) -> None:
    """Draft a text in the member's own voice; every claim is one that a record of theirs bears out."""
    with _platform() as (platform, items):
        from assent.features.writing import Ask, Job, Kind, Length
        from assent.operations.drafting import Writers

        asked = Ask(
            _one_of(Kind, kind.replace("-", "_")),
            language,
            _one_of(Length, length),
            topic,
            _read(answers),
            addressee,
            Job(_read(job)) if job is not None else None,
            tuple(told or ()),
            mark,
        )
        writers = Writers(platform, items, _generator(platform, server, model))
        made = writers.write(MemberId(member), asked, to=to, seed=seed)
    emit(as_json, made.to_dict(), lambda out: _show_draft(out, made))


def improve(
    member: _Member,
    goal: Annotated[str | None, typer.Option(help="An occupation they want, as they call it.")] = None,
    as_json: Json = False,
) -> None:
    """Say what a member's profile could do with, each suggestion with its reason."""
    with _platform() as (platform, items):
        from assent.operations.helping import suggestions_for

        found = suggestions_for(platform, items, MemberId(member), goal=goal)
    emit(as_json, [asdict(each) for each in found], lambda out: _show_suggestions(out, found))


def learn(  # noqa: PLR0917 - a command's options
    member: _Member,
    goal: Annotated[str | None, typer.Option(help="The occupation to get to; without it, those that are near.")] = None,
    assess: Annotated[str | None, typer.Option(help="Questions about an occupation instead.")] = None,
    answers: Annotated[Path | None, typer.Option(help="JSON, question id to option from 1; scores --assess.")] = None,
    output: Annotated[Path | None, typer.Option(help="With --answers: a file that gets the member's result.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="With --answers: the result is kept as a record of theirs.")
    ] = False,
    seed: _Seed = 1,
    as_json: Json = False,
) -> None:
    """Show the way from where a member is to an occupation, or a short assessment on it."""
    with _platform() as (platform, items):
        from assent.operations import helping

        if assess is not None:
            _assess(platform, MemberId(member) if keep else None, assess, answers, output, seed=seed, as_json=as_json)
            return
        if goal is None:
            near = [
                {"occupation": each.label, "held": each.held, "needed": each.needed}
                for each in helping.goals_near(platform, items, MemberId(member))
            ]
            emit(as_json, near, lambda out: _show_near(out, near))
            return
        way = helping.way_to(platform, items, MemberId(member), goal)
    emit(as_json, _way_json(way), lambda out: _show_way(out, way))


def _assess(
    platform: Platform,
    keeper: MemberId | None,
    subject: str,
    answers: Path | None,
    output: Path | None,
    *,
    seed: int,
    as_json: bool,
) -> None:
    from assent.operations import helping
    from assent.operations.assessment_results import keep_result

    asked = helping.assessment_for(platform, subject, seed=seed)
    if answers is None:
        emit(as_json, _questions(asked), lambda out: _show_questions(out, asked))
        return
    given = _answers(answers)
    result = helping.scored(asked, {name: option - 1 for name, option in given.items()}, at=platform.present())
    if output is not None:
        write_durably(output, result.to_json().encode())
    if keeper is not None:
        keep_result(platform.workspace, keeper, result)
    emit(as_json, json.loads(result.to_json()), lambda out: out.print(f"{asked.label}: {result.said}", markup=False))


@contextmanager
def _platform() -> Iterator[tuple[Platform, Items]]:
    with needing_extra("features"), open_platform(open_workspace()) as platform:
        yield platform, Items(platform)


def _generator(platform: Platform, server: str | None, model: str | None) -> Generator | None:
    from assent.operations.drafting import generator_for, generator_of

    if server is None and model is None:
        return generator_of(platform)
    if server is not None:
        return generator_for(platform.workspace, server=server, model=model, clock=platform.clock)
    with needing_extra("train"):
        return generator_for(platform.workspace, server=None, model=model, clock=platform.clock)


def _one_of(kinds: Any, name: str) -> Any:
    try:
        return kinds(name)
    except ValueError:
        there = ", ".join(each.value.replace("_", "-") for each in kinds)
        raise InputError(f"there is no `{name}`", hint=f"there are {there}") from None


def _read(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror}") from error


def _answers(path: Path) -> dict[str, int]:
    try:
        given = json.loads(_read(path))
        if not isinstance(given, dict) or any(type(each) is not int for each in given.values()):
            raise ValueError
    except ValueError:
        raise InputError(f"`{path}` holds no answers", hint='JSON such as {"q1": 3}, options counted from 1') from None
    return given


def _show_draft(out: Console, made: Draft) -> None:
    out.print(made.mark.kept_with(made.text) if made.text else "nothing is known to write about", markup=False)
    out.print()
    for sentence in made.sentences:
        for each in sentence.claims:
            said = made.text[each.claim.start : each.claim.end]
            borne_out = ", ".join(each.records) or "to be confirmed"
            out.print(f"  {each.claim.kind.value}: {said} - {borne_out}", markup=False)
    for left in made.dropped:
        out.print(f"  left out: {left.text} ({left.why})", markup=False)
    for missing in made.missing:
        out.print(f"  could be added: {missing}", markup=False)
    out.print(f"  written by: {made.written_by}{f' ({made.fell_back})' if made.fell_back else ''}", markup=False)


def _show_suggestions(out: Console, found: tuple[Suggestion, ...]) -> None:
    if not found:
        out.print("nothing to suggest")
    for each in found:
        out.print(f"{each.topic.value}: {each.to_do}", markup=False)
        rests_on = f" ({', '.join(each.records)})" if each.records else ""
        out.print(f"    because {each.reason}{rests_on}", markup=False)


def _show_near(out: Console, near: list[dict[str, Any]]) -> None:
    table = listing("occupation", "skills there", numbers={"skills there"})
    for each in near:
        table.add_row(str(each["occupation"]), f"{each['held']} of {each['needed']}")
    out.print(table if near else "no skills are named that any occupation needs")


def _way_json(way: WayTo) -> dict[str, Any]:
    skills = way.taxonomy.skills
    return {
        "goal": way.taxonomy.occupations[way.path.goal].label,
        "held": [skills[each].label for each in way.path.held],
        "needed": way.path.needed,
        "share": round(way.path.share, 4),
        "steps": [
            {
                "skill": skills[each.skill].label,
                "essential": each.essential,
                "reuse": each.reuse.value,
                "needs": [skills[one].label for one in each.needs],
                "unlocks": [skills[one].label for one in each.unlocks],
                "easier_with": [skills[one].label for one in each.easier],
                "opens_occupations": len(each.opens),
            }
            for each in way.path.steps
        ],
    }


def _show_way(out: Console, way: WayTo) -> None:
    skills = way.taxonomy.skills
    goal = way.taxonomy.occupations[way.path.goal]
    out.print(f"to {goal.label}: {len(way.path.held)} of {way.path.needed} essential skills are there", markup=False)
    for number, each in enumerate(way.path.steps, start=1):
        notes = [] if each.essential else ["needed for what follows"]
        notes += [f"after {skills[one].label}" for one in each.needs]
        notes += [f"easier with {skills[one].label}" for one in each.easier[:2]]
        notes += [f"also opens {len(each.opens)} occupations"] if each.opens else []
        said = f"  ({'; '.join(notes)})" if notes else ""
        out.print(f"{number:3}. {skills[each.skill].label}{said}", markup=False)


def _questions(asked: Assessment) -> dict[str, Any]:
    return {
        "subject": asked.subject,
        "label": asked.label,
        "seed": asked.seed,
        "items": [{"id": each.id, "question": each.question, "options": list(each.options)} for each in asked.items],
    }


def _show_questions(out: Console, asked: Assessment) -> None:
    for each in asked.items:
        out.print(f"{each.id}  {each.question}", markup=False)
        for number, option in enumerate(each.options, start=1):
            out.print(f"      {number}. {option}", markup=False)
    out.print("answer in a file, and give it with --answers and the same --seed")
