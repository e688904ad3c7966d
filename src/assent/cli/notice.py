"""`assent notice …`: what members are told, and who has been told."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, listing, new_group, progress
from assent.errors import InputError
from assent.operations import contacts, notices
from assent.operations.platform import open_platform
from assent.operations.workspace import open_workspace

app = new_group("Notices: publish, send, remind, and count who was told.")

BY = "staff:command-line"
Ident = Annotated[str, typer.Argument(metavar="NOTICE", help="The id, as the pack names it.")]
Region = Annotated[str | None, typer.Option(help="Only members of a region, or of a group of the pack.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count.")]


@app.command()
def publish(
    notice: Ident,
    text: Annotated[list[str], typer.Option(help="LANGUAGE=FILE.md; once for each language.")],
    as_json: Json = False,
) -> None:
    """Publish the words of a notice; once somebody was told, other words need another id."""
    texts = {}
    for each in text:
        code, _, name = each.partition("=")
        try:
            texts[code] = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise InputError(f"`{name}` cannot be read", hint="give --text en=notice.en.md") from None
    with open_platform(open_workspace()) as platform:
        done = notices.publish(platform, notice, texts, by=BY)
    emit(as_json, {"notice": done.notice, "digest": done.digest, "languages": sorted(done.texts)},
         lambda console: console.print(f"{notice} is published, digest {done.digest}", markup=False))  # fmt: skip


@app.command()
def send(notice: Ident, region: Region = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Put a mail for every member who was not told and has none yet; again, it goes on where it stopped."""
    _send(notice, region, dry_run=dry_run, is_reminder=False, as_json=as_json)


@app.command()
def remind(notice: Ident, region: Region = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Put one reminder for every member who has not looked in the app, and wants reminders."""
    _send(notice, region, dry_run=dry_run, is_reminder=True, as_json=as_json)


@app.command()
def coverage(notice: Ident, as_json: Json = False) -> None:
    """Count who was told, by region."""
    with open_platform(open_workspace()) as platform:
        found = notices.coverage(platform, notice)
    titles = ("members", "in_app", "by_mail", "doubtful", "waiting", "bounced", "no_address", "not_sent")

    def render(console: Console) -> None:
        table = listing("region", *(each.replace("_", " ") for each in titles),
                        numbers={each.replace("_", " ") for each in titles})  # fmt: skip
        for each in found.regions:
            table.add_row(each.region or "unknown", *(f"{getattr(each, title):,}" for title in titles))
        console.print(table)
        console.print(f"{found.told:,} of {found.members:,} were told")

    emit(as_json, found.to_json(), render)


@app.command("import-contacts")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet: member, address, language.")], as_json: Json = False
) -> None:
    """Take members' addresses from a file; all of it, or with an error nothing."""
    with open_platform(open_workspace()) as platform:
        count = contacts.import_contacts(platform, file)
    emit(as_json, {"contacts": count}, lambda console: console.print(f"{count:,} addresses are known"))


def _send(notice: str, region: str | None, *, dry_run: bool, is_reminder: bool, as_json: bool) -> None:
    with open_platform(open_workspace()) as platform, progress() as bar:
        task = bar.add_task("putting mail", total=None)
        done = notices.send(platform, notice, by=BY, region=region, is_reminder=is_reminder, dry_run=dry_run,
                            progress=lambda at, total: bar.update(task, completed=at, total=total))  # fmt: skip
    line = (f"{done.put:,} {'would be' if dry_run else 'were'} put; {done.told:,} were told, {done.mailed:,} had one, "
            f"{done.no_address:,} have no address, {done.no_reminders:,} want no reminders")  # fmt: skip
    emit(as_json, {**asdict(done), "dry_run": dry_run}, lambda console: console.print(line))
