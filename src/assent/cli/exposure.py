"""`assent exposure`: which of a person's own data falls under an announcement, and what to switch off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assent.cli.frame import Json, emit, progress
from assent.exposure.judging import Outcome
from assent.exposure.layout import OUTCOMES, cell, columns_of, told
from assent.exposure.report import Report, Step
from assent.exposure.weighing import Count
from assent.exposure.words import day, joined, number, records_of
from assent.operations.exposure import ANNOUNCED, Question, report_exposure, write_page

_WIDEST = 100
_ROOM_FOR_COMPARISON = 84
_STYLES = {Outcome.USED: "bold red", Outcome.MAY_BE_USED: "yellow", Outcome.NEVER: "green"}
_SHORT = {Outcome.USED: "used", Outcome.MAY_BE_USED: "may be", Outcome.NEVER: "never"}
_INFERRED_SHOWN = 8
_PROBLEMS_SHOWN = 8


def register(app: typer.Typer) -> None:
    """Adds `exposure`."""

    @app.command()
    def exposure(  # noqa: PLR0917 - typer calls it, by name
        exports: Annotated[
            list[Path], typer.Argument(help="The zips of your data export, or the folder they were unpacked to.")
        ],
        country: Annotated[str, typer.Option("--country", help="Where you live: NL, Netherlands, Niederlande.")],
        birth_date: Annotated[
            str | None, typer.Option("--birth-date", help="Like 1990-05-01; else from the export.")
        ] = None,
        at: Annotated[str | None, typer.Option("--at", help="The day asked about, UTC; today without it.")] = None,
        pack: Annotated[str, typer.Option("--pack", help="The rules: a shipped pack or a TOML file.")] = ANNOUNCED,
        setting: Annotated[list[str] | None, typer.Option("--setting", help="A choice you made: NAME=off.")] = None,
        objected: Annotated[list[str] | None, typer.Option("--objected", help="A purpose you objected to.")] = None,
        html: Annotated[Path | None, typer.Option("--html", help="Also write a page to read and print.")] = None,
        examples: Annotated[bool, typer.Option(help="Show a few of your own words.")] = True,
        as_json: Json = False,
    ) -> None:
        """Show which of your own data falls under an announcement; nothing leaves this machine."""
        question = Question(
            country=country,
            at=at or datetime.now(UTC).date().isoformat(),
            birth_date=birth_date,
            pack=pack,
            settings=tuple(setting or ()),
            objections=tuple(objected or ()),
            examples=examples,
        )
        with progress() as bar:
            task = bar.add_task("reading", total=None)
            report = report_exposure(
                exports, question, advance=lambda done, total: bar.update(task, completed=done >> 10, total=total >> 10)
            )
        if html is not None:
            write_page(report, html)
        emit(as_json, report.to_json(), lambda console: _Shown(console, report, html).show())


class _Shown:
    """The report on a terminal of any width."""

    def __init__(self, console: Console, report: Report, page: Path | None) -> None:
        self._console = console
        self._report = report
        self._page = page
        self._width = min(console.width, _WIDEST)

    def show(self) -> None:
        """What holds and what to do first; what it rests on last."""
        report = self._report
        self._head()
        self._section("Because you are young", report.under_age)
        self._steps()
        self._section("What happens to the past", report.past or ("No use of yours has been allowed yet.",))
        self._timeline()
        self._categories()
        self._two_sided()
        self._advertising()
        self._section("Where the articles disagree", self._readings())
        self._section("What is not known", report.not_known, bullet="·")
        self._section("Not understood, or mended while reading", self._odd(), bullet="·")
        self._end()

    def _print(self, text: Text | str, *, indent: int = 0, style: str = "") -> None:
        body = Text(text, style=style) if isinstance(text, str) else text
        self._console.print(Padding(body, (0, 0, 0, indent), expand=False), width=self._width, soft_wrap=False)

    def _title(self, text: str) -> None:
        self._console.print()
        self._print(text, style="bold")

    def _section(self, title: str, lines: Iterable[str], *, bullet: str = "") -> None:
        found = list(lines)
        if not found:
            return
        self._title(title)
        for line in found:
            self._item(bullet, line)

    def _item(self, bullet: str, line: Text | str) -> None:
        """A text that wraps under itself, beside its bullet."""
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(f" {bullet}".ljust(1), Text(line) if isinstance(line, str) else line)
        self._console.print(grid, width=self._width, soft_wrap=False)

    def _head(self) -> None:
        report = self._report
        self._print(f"Your {report.platform} data and the announcement", style="bold")
        born = f", born {day(report.birth_date)} ({report.age})" if report.birth_date else ""
        self._print(f"{report.country}, {day(report.at)}{born}; {records_of(report.records)} read", style="dim")
        if report.choices:
            self._print(f"your choices: {'; '.join(report.choices)}", style="dim")
        self._console.print()
        for line in report.headline:
            self._item("▸", line)

    def _steps(self) -> None:
        report = self._report
        self._title("What to do, in this order")
        if not report.steps:
            self._item("", "Nothing: no step would take a record out of use.")
        elif report.settled_at > report.at:
            self._item("", f"Figures are for {day(report.settled_at)}; after that day nothing changes by itself.")
        for step in report.steps:
            self._item(f"{step.number}.", _step(step))
        for line in (*report.remaining, *report.besides):
            self._item("·", line)

    def _timeline(self) -> None:
        self._title("When")
        for moment in self._report.timeline:
            text = Text(f"{day(moment.on)}\n", style="bold" if moment.yours else "")
            text.append("\n".join(moment.what), style="not bold" if moment.yours else "dim")
            if moment.by_kind:
                counts = joined(f"{kind.title} {_brief(moment.by_kind[kind.kind])}" for kind in self._report.kinds)
                text.append(f"\nFrom then on: {counts}.", style="not bold")
            self._item("▪" if moment.yours else "▫", text)

    def _categories(self) -> None:
        report, columns = self._report, columns_of(self._report)
        compared = report.recommended_pack is not None and self._width >= _ROOM_FOR_COMPARISON
        self._title(f"What of yours is used, as of {day(report.shown_at)}")
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("your data", overflow="fold")
        table.add_column("records", justify="right", no_wrap=True)
        for column in columns:
            table.add_column(column.title, overflow="fold", min_width=9)
        if compared:
            table.add_column("recommended rules", overflow="fold")
        for line in report.categories:
            cells = [_amount(line.by_kind[column.kind]) for column in columns]
            if compared and line.recommended:
                cells.append(_amount(line.recommended))
            table.add_row(Text(line.title), number(line.records), *cells)
        self._console.print(Padding(table, (0, 0, 0, 1), expand=False), width=self._width, soft_wrap=False)
        for column in columns:
            self._why(column.kind, column.title)

    def _why(self, kind: str, title: str) -> None:
        """Why, once for each reason; a use with a single reason for everything is told in the headline."""
        explained = [one for one in told(self._report, kind) if one.sentence]
        if not any(one.outcome is not Outcome.NEVER for one in explained):
            return
        self._title(f"Why: {title}")
        for one in explained:
            text = Text(OUTCOMES[one.outcome], style=_STYLES[one.outcome])
            text.append(
                f" {'' if one.outcome is Outcome.MAY_BE_USED else '· '}{one.sentence}: ", style="not bold default"
            )
            listed = joined(f"{title.lower()} {number(records)}" for title, records in one.categories)
            text.append(listed, style="not bold dim")
            self._item("·", text)

    def _two_sided(self) -> None:
        lines = self._report.two_sided
        if not lines:
            return
        self._title("Where somebody else is in it: whose choice counts")
        alike: dict[tuple[str, str], list[str]] = {}
        for line in lines:
            alike.setdefault((line.sentence, line.recommended), []).append(f"{line.title} ({number(line.records)})")
        for (sentence, recommended), titles in alike.items():
            text = Text(f"{joined(titles)}: {sentence}")
            if recommended and self._report.recommended_pack:
                text.append(f" Under the rules we recommend: {recommended}.", style="dim")
            self._item("·", text)

    def _advertising(self) -> None:
        found = self._report.advertising
        self._title("Advertising, and what it knows of you")
        self._item("", found.sentence)
        alike: dict[str, list[str]] = {}
        for purpose in self._report.purposes:
            if purpose.kind == "advertising":
                what = f"; {_brief(purpose.count)}" if purpose.count.exposed else ""
                alike.setdefault(f"{purpose.status_sentence}{what}", []).append(purpose.title)
        for sentence, titles in alike.items():
            self._item("·", f"{joined(titles)}: {sentence}")
        for about, values, amount in found.inferred:
            shown = " · ".join(values[:_INFERRED_SHOWN]) if values else f"{amount} values"
            more = f" … {amount - _INFERRED_SHOWN} more" if len(values) > _INFERRED_SHOWN else ""
            self._item("·", Text.assemble((f"{about}: ", "dim"), f"{shown}{more}"))

    def _readings(self) -> Iterator[str]:
        for reading in self._report.readings:
            yield f"{reading.title}: {'; '.join(reading.changes)}. {reading.why}"

    def _odd(self) -> Iterator[str]:
        report = self._report
        for name, size in report.unknown_files[:_PROBLEMS_SHOWN]:
            yield f"{name} ({number(size)} bytes): no file of an export that is known"
        if len(report.unknown_files) > _PROBLEMS_SHOWN:
            yield f"{len(report.unknown_files) - _PROBLEMS_SHOWN} more files that are not known"
        for table in report.tables:
            if table.unknown_columns:
                names = joined(f"“{name}”" for name in list(table.unknown_columns)[:_PROBLEMS_SHOWN])
                yield f"{table.name}: columns that are not known: {names}"
            if table.unreadable_dates:
                yield f"{table.name}: {number(table.unreadable_dates)} dates that cannot be read"
        repeated = [table.repeated for table in report.tables if table.repeated]
        if repeated:
            rows = f"{number(sum(repeated))} row{'' if sum(repeated) == 1 else 's'}"
            yield f"{rows} stood in an earlier file of the same table as well and count once"
        for where, what, count in report.problems[:_PROBLEMS_SHOWN]:
            yield f"{where}: {what}{f' ({number(count)} times)' if count > 1 else ''}"
        if len(report.problems) > _PROBLEMS_SHOWN:
            yield f"{len(report.problems) - _PROBLEMS_SHOWN} more problems; --json lists all"

    def _end(self) -> None:
        self._console.print()
        if self._page is not None:
            self._print(f"the page to read and print: {self._page}")
        self._print(self._report.disclaimer, style="dim")
        self._print("Nothing left this machine.", style="dim")


def _step(step: Step) -> Text:
    verb = f"Turn off “{step.what}”" if step.action == "setting" else f"Object to: {step.what}"
    text = Text(verb, style="bold")
    if step.where:
        text.append(f"\n{' → '.join(step.where)}", style="not bold")
    if step.note:
        text.append(f"\n{step.note}", style="not bold dim")
    for effect in step.effects:
        text.append(f"\n{effect.title}: {number(effect.before)} → {number(effect.after)}", style="not bold")
    return text


def _brief(count: Count) -> str:
    return f"{number(count.used)} used, {number(count.may_be_used)} may be"


def _amount(count: Count) -> Text:
    text = Text()
    for place, (outcome, records) in enumerate(cell(count)):
        amount = "" if outcome is Outcome.NEVER else f"{number(records)} "
        text.append(f"{', ' if place else ''}{amount}{_SHORT[outcome]}", style=_STYLES[outcome])
    return text
