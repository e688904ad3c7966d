"""`assent ledger …`: make the ledger, record what people say, ask it, prove it, check it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assent.cli.erasure import readmit, suppressed
from assent.cli.frame import Json, emit, listing, new_group, progress, warn
from assent.cli.ledger_store import DatabaseOption, migrate, upgrade
from assent.cli.rotation import rotate_key
from assent.cli.witness import CosignedOption, QuorumOption, WitnessKeyOption, show_cosigned, show_witnessed
from assent.errors import InputError
from assent.operations import ledger as operations
from assent.operations.unheard import unheard_of
from assent.operations.witness import add_cosignatures, cosign_ledger, hear_if_asked
from assent.operations.workspace import open_workspace
from assent.storage.files import explained
from assent.vocabulary.instants import parse_instant

app = new_group("The ledger: what members and staff said, in order, signed, and provable.")
app.command()(migrate)
app.command()(upgrade)
app.command()(suppressed)
app.command()(readmit)
app.command("rotate-key")(rotate_key)

Instant = Annotated[str | None, typer.Option(help="Moment T, such as 2025-11-03T00:00:00Z; now if not given.")]
VerifierKeyOption = Annotated[str | None, typer.Option("--vkey", help="The log's public key, a text or a file.")]


@app.command()
def init(
    origin: Annotated[str | None, typer.Option(help="The log's name, for ever; else from assent.toml.")] = None,
    database: DatabaseOption = None,
    as_json: Json = False,
) -> None:
    """Make an empty ledger and its key."""
    with operations.create_ledger(open_workspace(), origin=origin, database=database) as ledger:
        payload = {"folder": str(ledger.folder), "origin": ledger.origin, "vkey": ledger.vkey, "size": ledger.size}

    def render(console: Console) -> None:
        console.print(f"ledger in {payload['folder']}, empty", markup=False)
        console.print(f"verifier key, to be given to whoever checks: {payload['vkey']}")
        console.print("next: assent ledger import FILE, or assent ledger append --help")

    emit(as_json, payload, render)


@app.command()
def append(  # noqa: PLR0917 - the options of a command
    given: Annotated[
        str | None, typer.Argument(metavar="[EVENT]", help="A JSON object, a file of them, or - for standard input.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--type", help="The event's type, such as setting.changed.")] = None,
    member: Annotated[str | None, typer.Option(help="Whose event it is.")] = None,
    effective_at: Annotated[str | None, typer.Option(help="When it holds from; now if not given.")] = None,
    field: Annotated[
        list[str] | None, typer.Option(help="Any other field, as name=value; can be repeated.", metavar="NAME=VALUE")
    ] = None,
    as_json: Json = False,
) -> None:
    """Record one or more events; they are durable when this returns."""
    if (given is None) == (kind is None):
        raise InputError("say what to record", hint="give a JSON object, a file or -; or --type with its fields")
    objects = _objects(given) if given is not None else [_fields(kind, member, effective_at, field or [])]
    workspace = open_workspace()
    with operations.open_ledger(workspace) as ledger:
        seqs = operations.append_events(ledger, objects)
        size = ledger.size
        warn(unheard_of(workspace, ledger, seqs))

    def render(console: Console) -> None:
        console.print(f"recorded {_span(seqs)}; the ledger has {size} events")

    emit(as_json, {"recorded": len(seqs), "first": seqs.start, "stop": seqs.stop, "size": size}, render)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Parquet, CSV or JSON Lines.")],
    state_table: Annotated[
        bool, typer.Option("--state-table", help="Rows are member, setting, value, changed_at as of now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Record the events of files, all or none; of a state table only what is new."""
    payload: dict[str, Any] = {}
    erased: list[int] = []
    workspace = open_workspace()
    with operations.open_ledger(workspace) as ledger, progress() as bar:
        task = bar.add_task("reading", total=None)
        if state_table:
            found = operations.import_states(ledger, files, advance=lambda rows: bar.advance(task, rows))
            seqs = found.recorded
            payload |= {"same": found.same, "stale": found.stale}
            erased.append(found.erased)
        else:
            seqs = operations.import_files(
                ledger, files, advance=lambda rows: bar.advance(task, rows), left_out=erased.append
            )
        payload = {"recorded": len(seqs), "first": seqs.start, "stop": seqs.stop, "size": ledger.size} | payload
        payload["erased"] = sum(erased)
        warn(unheard_of(workspace, ledger, seqs))

    def render(console: Console) -> None:
        console.print(f"recorded {_span(seqs)}; the ledger has {payload['size']} events")
        if state_table:
            console.print(f"{payload['same']} rows said nothing new, {payload['stale']} were older than the ledger")
        if payload["erased"]:
            console.print(
                f"{payload['erased']} about erased members were left out: nothing about them is recorded again"
            )

    emit(as_json, payload, render)


@app.command()
def state(
    member: Annotated[str, typer.Argument(help="Whose state.")],
    at: Instant = None,
    size: Annotated[int | None, typer.Option(help="N: only the first N events.")] = None,
    as_json: Json = False,
) -> None:
    """Show what the ledger says of a member."""
    moment = operations.now() if at is None else parse_instant(at, field="--at")
    with operations.open_ledger(open_workspace(), read_only=True) as ledger:
        known = operations.known_of(ledger, member, at=moment, size=size)
        erased = known.state is None and bool(ledger.suppressed([member]))
    payload = known.to_json() | {"erased": erased}

    def render(console: Console) -> None:
        if erased:
            console.print(f"{escape(member)} was erased: nothing is known of them, and nothing is recorded again")
            return
        if payload["state"] is None:
            console.print(f"nothing is known of {escape(member)} at {payload['at']} among {payload['size']} events")
            return
        table = Table(
            title=f"{escape(member)} at {payload['at']}, size {payload['size']}", title_justify="left", box=None
        )
        table.add_column("what")
        table.add_column("value")
        for name, value in payload["state"].items():
            if value not in ({}, [], False):
                table.add_row(name, _plain(value))
        console.print(table)

    emit(as_json, payload, render)


@app.command()
def proof(  # noqa: PLR0917 - the options of a command
    seq: Annotated[int | None, typer.Argument(help="The event's position.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the proof to this file.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Put the event itself into the proof.")] = False,
    check: Annotated[Path | None, typer.Option(help="Verify this proof, offline, instead of making one.")] = None,
    leaf: Annotated[str | None, typer.Option(help="With --check: the entry, in hexadecimal.")] = None,
    event: Annotated[str | None, typer.Option(help="With --check: the event's exact bytes, or a file.")] = None,
    salt: Annotated[str | None, typer.Option(help="With --event: its salt, in hexadecimal.")] = None,
    vkey: VerifierKeyOption = None,
    as_json: Json = False,
) -> None:
    """Prove that the log holds an event, or check such a proof."""
    if (seq is None) == (check is None):
        raise InputError("say which event to prove, or which proof to check", hint="give SEQ, or --check FILE")
    if check is not None:
        _check(check, leaf=leaf, event=event, salt=salt, vkey=vkey, as_json=as_json)
        return
    assert seq is not None
    with operations.open_ledger(open_workspace(), read_only=True) as ledger:
        text = ledger.prove(seq, reveal=reveal)
        payload = {"seq": seq, "leaf": ledger.commitment(seq).hex(), "vkey": ledger.vkey, "proof": text}
        if out is not None:
            operations.write_proof(ledger, seq, out, reveal=reveal)
            payload["file"] = str(out)

    def render(console: Console) -> None:
        if out is None:
            sys.stdout.write(text)
            return
        console.print(f"proof of event {seq} in {out}", markup=False)
        console.print(
            f"check it anywhere: assent ledger proof --check {out} --leaf {payload['leaf']} --vkey KEY", markup=False
        )

    emit(as_json, payload, render)


@app.command()
def cosign(
    witness: Annotated[
        list[str] | None, typer.Option(help="A witness of assent.toml, or an address; else all that have one.")
    ] = None,
    witness_key: Annotated[
        list[str] | None, typer.Option(help="The key of an address that assent.toml does not name.")
    ] = None,
    add: Annotated[
        list[Path] | None, typer.Option(help="Publish a cosignature that was made offline, instead of asking.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Have witnesses cosign the newest checkpoint and publish it beside the log's own."""
    workspace = open_workspace()
    if add:
        show_cosigned(add_cosignatures(workspace, add), as_json)
    else:
        show_cosigned(cosign_ledger(workspace, chosen=witness or (), keys=witness_key or ()), as_json)


@app.command()
def verify(  # noqa: PLR0917 - the options of a command
    folder: Annotated[Path | None, typer.Argument(help="The ledger's folder; else the working folder's.")] = None,
    vkey: VerifierKeyOption = None,
    witness: QuorumOption = None,
    witness_key: WitnessKeyOption = None,
    cosigned: CosignedOption = None,
    as_json: Json = False,
) -> None:
    """Derive everything again: events, entries, tree, signature, published files; and hear the witnesses."""
    folder = folder or open_workspace().ledger_folder
    with progress() as bar:
        task = bar.add_task("verifying", total=None)
        report = operations.verify_ledger_in(
            folder, vkey=vkey, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    witnessed = hear_if_asked(
        folder, witness, size=report.size or 0, keys=witness_key or (), cosigned=cosigned or (), vkey=vkey
    )
    sound = report.ok
    if witnessed is not None:
        report.checks.append(witnessed.check)

    def render(console: Console) -> None:
        table = listing("check", "result", "detail")
        for each in report.checks:
            table.add_row(each.name, "[green]ok[/green]" if each.passed else "[red]failed[/red]", escape(each.detail))
        console.print(table)
        gone = f", {report.unaccounted} gone without an erasure" if report.unaccounted else ""
        console.print(f"{report.agrees} agree, {report.differs} differ, {report.erased} erased{gone}")
        for difference in report.differences:
            console.print(escape(difference))
        if vkey is None:
            console.print("the key was the one published beside the ledger; give --vkey to trust less")
        show_witnessed(console, witnessed)

    emit(as_json, report.to_json() | ({"witnesses": witnessed.to_json()} if witnessed else {}), render)
    if sound and witnessed is not None:
        witnessed.require()
    report.require()


def _check(
    path: Path, *, leaf: str | None, event: str | None, salt: str | None, vkey: str | None, as_json: bool
) -> None:
    folder = None if vkey is not None else _ledger_here()
    found = operations.check_proof(
        path,
        vkey=operations.read_vkey(vkey, folder),
        leaf=_hexadecimal("--leaf", leaf),
        event=_bytes(event),
        salt=_hexadecimal("--salt", salt),
    )
    payload = {"verified": True, "index": found.index, "origin": found.origin, "size": found.size, "event": found.event}

    def render(console: Console) -> None:
        console.print(f"verified: event {found.index} stands in {found.origin} as of size {found.size}")
        if found.event is not None:
            console.print(escape(json.dumps(found.event, ensure_ascii=False)))

    emit(as_json, payload, render)


def _ledger_here() -> Path:
    try:
        return open_workspace().ledger_folder
    except InputError as error:
        raise InputError("no key to check the proof with", hint="give --vkey, the log's public key") from error


def _objects(given: str) -> list[Any]:
    if given.lstrip().startswith(("{", "[")):
        text = given
    elif given == "-":
        text = sys.stdin.read()
    else:
        with explained(Path(given)):
            text = Path(given).read_text(encoding="utf-8", errors="strict")
    try:
        return _parsed(text)
    except ValueError as error:
        raise InputError(f"this is no JSON: {error}", hint="give one object, a list, or an object a line") from None


def _parsed(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _fields(kind: str | None, member: str | None, effective_at: str | None, rest: list[str]) -> dict[str, Any]:
    moment = effective_at or operations.now().isoformat().replace("+00:00", "Z")
    fields: dict[str, Any] = {"type": kind, "effective_at": moment}
    if member is not None:
        fields["member"] = member
    for each in rest:
        name, equals, value = each.partition("=")
        if not equals:
            raise InputError(f"`{each}` is no field", hint="write it like setting=generative_ai_improvement")
        fields[name] = value
    return fields


def _hexadecimal(name: str, text: str | None) -> bytes | None:
    try:
        return None if text is None else bytes.fromhex(text)
    except ValueError:
        raise InputError(f"{name} is not hexadecimal: `{text}`") from None


def _bytes(event: str | None) -> bytes | None:
    if event is None or event.lstrip().startswith("{"):
        return None if event is None else event.encode()
    with explained(Path(event)):
        return Path(event).read_bytes()


def _span(seqs: range) -> str:
    if not seqs:
        return "nothing"
    return f"event {seqs.start}" if len(seqs) == 1 else f"{len(seqs)} events, {seqs.start} to {seqs.stop - 1}"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return escape(", ".join(f"{name}: {each}" for name, each in value.items()))
    return escape(", ".join(value) if isinstance(value, list) else "unknown" if value is None else str(value))
