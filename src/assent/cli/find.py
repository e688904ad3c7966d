"""`assent jobs | candidates | search`: what fits, and why; withdrawn a moment ago is in no result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, needing_extra, progress
from assent.errors import InputError
from assent.operations.items import Items
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace
from assent.vocabulary.identifiers import MemberId

if TYPE_CHECKING:
    from assent.features.matching.finding import Why
    from assent.operations.finding import Finder, Found

_NONE_SHOWN: Final[Mapping[MemberId, Sequence[str]]] = {}
_Limit = Annotated[int, typer.Option(min=1, max=100, help="How many results.")]


def register(app: typer.Typer) -> None:
    """Adds `jobs`, `candidates` and `search`."""
    app.command()(jobs)
    app.command()(candidates)
    app.command()(search)


def jobs(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="For whom.")],
    limit: _Limit = 10,
    as_json: Json = False,
) -> None:
    """Jobs that fit a member, by what they wrote and may be used for it now."""
    with _finder() as (finder, _, _):
        found = finder.jobs_for(MemberId(member), limit=limit)
    _show(as_json, found)


def candidates(
    job: Annotated[str | None, typer.Argument(metavar="JOB", help="A job's id.")] = None,
    text: Annotated[Path | None, typer.Option(help="A file with a job's text instead, plain.")] = None,
    limit: _Limit = 10,
    as_json: Json = False,
) -> None:
    """People who fit a job; only those who let themselves be found, by what they show to everybody."""
    if (job is None) == (text is None):
        raise InputError("name a job, or give a text with --text", hint="`assent search WORDS --jobs` finds jobs")
    with _finder() as (finder, platform, items):
        from assent.operations.assessment_results import shown_results

        asked = _read(text) if text is not None else finder.job(str(job))
        found = finder.people_for(asked, limit=limit)
        shown = shown_results(platform, items, [each.owner for each in found])
    _show(as_json, found, shown)


def search(  # noqa: PLR0917 - a command's options
    words: Annotated[list[str], typer.Argument(help="What to look for.")],
    people: Annotated[bool, typer.Option("--people", help="People.")] = False,
    posts: Annotated[bool, typer.Option("--posts", help="Posts and articles.")] = False,
    jobs: Annotated[bool, typer.Option("--jobs", help="Jobs.")] = False,
    limit: _Limit = 10,
    as_json: Json = False,
) -> None:
    """Search people, posts and jobs; all of them where none is named."""
    with _finder() as (finder, _, _):
        from assent.operations.finding import Sort

        asked = {Sort.PEOPLE: people, Sort.POSTS: posts, Sort.JOBS: jobs}
        sorts = [sort for sort, wanted in asked.items() if wanted] or list(Sort)
        found = finder.search(" ".join(words), sorts, limit=limit)
    _show(as_json, found)


@contextmanager
def _finder() -> Iterator[tuple[Finder, Platform, Items]]:
    with needing_extra("features"), open_platform(open_workspace()) as platform, progress() as bar:
        from assent.operations.finding import Finder

        task = bar.add_task("reading", total=None)
        items = Items(platform)
        finder = Finder(platform, items, progress=lambda done, of: bar.update(task, completed=done, total=of))
        try:
            yield finder, platform, items
        finally:
            finder.close()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise InputError(f"cannot read `{path}`: {error.strerror}") from error


def _show(as_json: bool, found: Sequence[Found], shown: Mapping[MemberId, Sequence[str]] = _NONE_SHOWN) -> None:
    told = [_said(each) | ({"assessments": list(shown[each.owner])} if each.owner in shown else {}) for each in found]
    emit(as_json, told, lambda out: _print(out, found, shown))


def _said(each: Found) -> dict[str, Any]:
    return {**asdict(each), "sort": each.sort.value, "score": round(each.score, 4)}


def _print(out: Console, found: Sequence[Found], shown: Mapping[MemberId, Sequence[str]]) -> None:
    if not found:
        out.print("nothing fits")
    for each in found:
        out.print(f"{each.ident}  {each.title}  [{each.sort.value}, {each.score:.2f}]", markup=False)
        if each.line:
            out.print(f"      {' '.join(each.line.split())}", markup=False)
        for said in shown.get(each.owner, ()):
            out.print(f"      assessment, shown by its owner: {said}", markup=False)
        out.print(f"      why: {'; '.join(why_words(each.why)) or 'similar in meaning'}", markup=False)


def why_words(why: Why) -> list[str]:
    """The reasons in words, the strongest kind first."""
    told = []
    if why.skills:
        told.append(f"asked for and stated: {', '.join(each.label for each in why.skills)}")
    if why.titles:
        told.append(f"the same kind of work: {', '.join(why.titles)}")
    if why.alike:
        told.append(f"by its skills the same kind of work: {', '.join(why.alike)}")
    if why.implied:
        told.append(f"usual in that work: {', '.join(why.implied)}")
    if why.words:
        told.append(f"words in common: {', '.join(why.words)}")
    return told
