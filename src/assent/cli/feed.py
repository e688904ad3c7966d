"""`assent feed …`: hand data on, take it back, and know what every recipient has acknowledged."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.frame import Json, emit, listing, new_group, warn
from assent.errors import AssentError, InputError
from assent.feeds.building import Made
from assent.feeds.state import Batch
from assent.operations import feed_status
from assent.operations import feeds as operations
from assent.operations.feed_status import FeedStatus, Holding
from assent.operations.feeds import Round, Surroundings
from assent.operations.workspace import open_workspace
from assent.snapshot.reader import system_clock
from assent.storage.files import explained
from assent.vocabulary.instants import format_instant

app = new_group("Feeds: what recipients outside are given, and taken back, until each has acknowledged it.")

Name = Annotated[str, typer.Argument(help="The recipient, as assent.toml names them.")]
MaybeName = Annotated[str | None, typer.Argument(help="One recipient; else every one.")]


@app.command()
def build(
    name: Name,
    retractions_only: Annotated[
        bool, typer.Option("--retractions-only", help="Corrections and retractions, and nothing new.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Give everything once more; they lost it.")] = False,
    as_json: Json = False,
) -> None:
    """Make the next batches for a recipient: everything at first, then what changed."""
    if anew and retractions_only:
        raise InputError("--anew and --retractions-only exclude each other")
    workspace, around = open_workspace(), _around()
    if retractions_only:
        made = operations.retract_feed(workspace, name, around)
    else:
        made = (operations.build_anew if anew else operations.build_feed)(workspace, name, around)
    emit(as_json, _made_json(name, made), lambda console: _show_made(console, name, made))


@app.command()
def retract(
    name: Name,
    everything: Annotated[bool, typer.Option("--everything", help="Take back all of it, permitted or not.")] = False,
    as_json: Json = False,
) -> None:
    """Make a batch of what a recipient holds and may hold no longer; no new snapshot is needed."""
    made = operations.retract_feed(open_workspace(), name, _around(), everything=everything)
    emit(as_json, _made_json(name, made), lambda console: _show_made(console, name, made))


@app.command()
def deliver(  # noqa: PLR0917 - options of a command
    name: MaybeName = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every recipient.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until interrupted.")] = False,
    at_once: Annotated[
        bool, typer.Option("--now", help="Do not wait for the next attempt's moment, nor stop at an earlier 410.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, help="Seconds between the rounds of --watch.")] = 30,
    as_json: Json = False,
) -> None:
    """Send what waits, after looking for withdrawals; exit code 5 when something could not be sent."""
    if (name is None) != everyone:
        raise InputError("say whom to deliver to", hint="give a recipient's name, or --all")
    workspace, around = open_workspace(), _around()
    if watch:
        names = [] if name is None else [name]
        for found in operations.watch(workspace, around, names=names, every=timedelta(seconds=every)):
            if found.sent or found.acknowledged or found.problem:
                emit(as_json, _round_json(found), lambda console, one=found: _show_rounds(console, [one]))  # type: ignore[misc]
        return
    rounds = (
        operations.deliver_all(workspace, around)
        if name is None
        else [operations.deliver(workspace, name, around, at_once=at_once)]
    )
    emit(as_json, [_round_json(each) for each in rounds], lambda console: _show_rounds(console, rounds))
    _end_with(rounds)


@app.command()
def acknowledge(
    name: Name,
    number: Annotated[int, typer.Argument(min=1, help="The batch; those before it are acknowledged with it.")],
    receipt: Annotated[
        Path | None, typer.Option(help="A JSON file of theirs whose `acknowledged` is the batch's digest.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Record that a recipient applied a batch: by their receipt, or on your word."""
    data = None
    if receipt is not None:
        with explained(receipt):
            data = receipt.read_bytes()
    fresh = operations.acknowledge(open_workspace(), name, number, _around(), receipt=data)
    payload = {"recipient": name, "acknowledged": [each.number for each in fresh]}

    def render(console: Console) -> None:
        told = ", ".join(str(each.number) for each in fresh)
        console.print(f"{name} acknowledged {told}" if told else f"{name} had acknowledged {number} already")

    emit(as_json, payload, render)


@app.command()
def status(
    name: MaybeName = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 1 when a retraction is overdue, unsent or unknown.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show for every recipient what is sent, acknowledged and overdue."""
    found = feed_status.feed_statuses(open_workspace(), _around(), name=name)
    emit(as_json, [_plain(asdict(each)) for each in found], lambda console: _show_status(console, found))
    if check and any(needs_attention(each) for each in found):
        raise typer.Exit(1)


@app.command()
def told(
    member: Annotated[str, typer.Argument(help="The member's id.")],
    as_json: Json = False,
) -> None:
    """Show which recipients have what of a member, and which were told to delete it (GDPR Art. 19)."""
    found = feed_status.holds_of(open_workspace(), member, _around())
    emit(as_json, [_plain(asdict(each)) for each in found], lambda console: _show_told(console, member, found))


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A folder of batches, as a recipient has it.")],
    key: Annotated[Path, typer.Option(help="The sender's public key, attest.pub.pem.")],
    current: Annotated[
        Path | None, typer.Option(help="Also write what may be used now, as JSON Lines, to this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a feed as its recipient: signatures, digests, and that no batch is missing. Needs no workspace."""
    chain = operations.verify_received(folder, key)
    records = operations.write_current(chain, current)
    last = chain.last
    payload = {
        "recipient": last.manifest.recipient,
        "batches": len(chain.batches),
        "passed_over": [each.manifest.number for each in chain.passed_over],
        "last": {"number": last.manifest.number, "digest": last.digest},
        "records": records,
    }

    def render(console: Console) -> None:
        console.print(f"{_batches(len(chain.batches))} for {escape(last.manifest.recipient)} verify; none is missing")
        console.print(f"{records:,} records may be used now, for {escape(last.manifest.purpose)} only")
        console.print(f'acknowledge with: {{"acknowledged": "{last.digest}"}}', markup=False)

    emit(as_json, payload, render)


def needs_attention(status: FeedStatus) -> bool:
    """Whether a withdrawal may not have reached the recipient in time, or nobody can say."""
    unsaid = status.withdrawn is None or status.withdrawn > 0
    return status.overdue or status.stopped or unsaid or (status.held > 0 and not status.configured)


def _around() -> Surroundings:
    return Surroundings(system_clock)


def _end_with(rounds: list[Round]) -> None:
    """The command ends as the gravest of the problems says."""
    errors = [each.error for each in rounds if each.error is not None]
    if errors:
        raise max(errors, key=lambda each: each.exit_code != AssentError.exit_code)
    if any(each.problem for each in rounds):
        raise typer.Exit(5)


def _made_json(name: str, made: Made) -> dict[str, Any]:
    return {"recipient": name, "batches": [_batch_json(each) for each in made.batches], "cancelled": made.cancelled}


def _batch_json(batch: Batch) -> dict[str, Any]:
    return {
        "number": batch.number,
        "digest": batch.digest,
        "additions": batch.additions,
        "retractions": batch.retractions,
    }


def _show_made(console: Console, name: str, made: Made) -> None:
    for batch in made.batches:
        what = f"{batch.retractions:,} to delete" if batch.retractions else f"{batch.additions:,} new or changed"
        console.print(f"batch {batch.number} for {name}: {what}")
    if made.cancelled:
        console.print(f"replaced what waited unsent: {', '.join(map(str, made.cancelled))}")
    if made.batches:
        console.print(f"next: assent feed deliver {name}")
    else:
        console.print(f"nothing new for {name}")


def _round_json(found: Round) -> dict[str, Any]:
    fields = ("recipient", "sent", "acknowledged", "cancelled", "problem", "next_attempt_at")
    return {name: _plain(getattr(found, name)) for name in fields}


def _show_rounds(console: Console, rounds: list[Round]) -> None:
    for each in rounds:
        said = [f"{what} {', '.join(map(str, some))}" for what, some in _parts(each) if some]
        console.print(f"{each.recipient}: {'; '.join(said) or 'nothing sent'}")
        if each.problem:
            when = "" if each.next_attempt_at is None else f"; next attempt {_when(each.next_attempt_at)}"
            warn([f"{each.recipient}: {each.problem}{when}"])


def _parts(found: Round) -> list[tuple[str, tuple[int, ...]]]:
    return [("built anew", found.cancelled), ("sent", found.sent), ("acknowledged", found.acknowledged)]


def _show_status(console: Console, found: list[FeedStatus]) -> None:
    if not found:
        console.print("no recipients; add a table [recipients.NAME] to assent.toml")
        return
    for each in found:
        console.print(f"{escape(each.recipient)}  {escape(each.purpose or 'not in assent.toml')}  {_state(each)}")
        console.print(
            f"  holds {each.held:,} records; of {_batches(each.batches)} {len(each.waiting):,} wait,"
            f" {len(each.unacknowledged):,} are sent only, {each.acknowledged:,} acknowledged"
        )
        if each.withdrawn != 0:
            console.print(f"  withdrawn since, in no batch yet: {_counted(each.withdrawn)}")
        if each.owed_since is not None:
            console.print(f"  a retraction is owed since {_when(each.owed_since)}")
    for each in found:
        if each.problem:
            since = "" if each.failing_since is None else f" since {_when(each.failing_since)}"
            following = "" if each.next_attempt_at is None else f"; next attempt {_when(each.next_attempt_at)}"
            console.print(f"{each.recipient} fails{since}: {escape(each.problem)}{following}")


def _counted(number: int | None) -> str:
    return "nobody can tell" if number is None else f"{number:,}"


def _state(each: FeedStatus) -> str:
    if each.overdue:
        return "[red]OVERDUE[/red]"
    if each.stopped:
        return "[red]they want no more[/red]"
    if each.withdrawn:
        return "[yellow]run assent feed retract[/yellow]"
    return "[yellow]waits[/yellow]" if each.waiting or each.unacknowledged else "[green]ok[/green]"


def _show_told(console: Console, member: str, found: list[Holding]) -> None:
    if not found:
        console.print(f"no recipient was given anything of {escape(member)}")
        return
    table = listing("recipient", "has", "waits", "told to delete", numbers=("has", "waits"))
    for each in found:
        said = [
            f"{one.records} in batch {one.number}, "
            + ("acknowledged " + _when(one.acknowledged_at) if one.acknowledged_at else "not acknowledged")
            for one in each.retracted
        ]
        table.add_row(each.recipient, f"{each.held:,}", f"{each.waiting:,}", "; ".join(said))
    console.print(table)


def _batches(count: int) -> str:
    return "1 batch" if count == 1 else f"{count} batches"


def _when(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _plain(value: Any) -> Any:
    """The value for JSON, instants as texts."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return format_instant(value) if isinstance(value, datetime) else value
