"""`assent witness …`: watch other people's logs, so that none of them can show two histories."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from assent.audit.witnesses import Witnessed
from assent.cli.frame import Json, emit, listing, new_group, warn
from assent.operations import witness as operations
from assent.storage.files import write_durably
from assent.vocabulary.instants import format_instant
from assent.witness.server import serve as serve_over_http

app = new_group("A witness: remembers the last checkpoint of each log it watches, and cosigns only consistent growth.")

Folder = Annotated[Path, typer.Argument(help="The witness's folder.")]
QuorumOption = Annotated[
    str | None, typer.Option("--witness", metavar="K-OF-N", help="Demand cosignatures of so many trusted witnesses.")
]
WitnessKeyOption = Annotated[
    list[str] | None, typer.Option("--witness-key", help="A witness to trust, text or file; else those of assent.toml.")
]
CosignedOption = Annotated[
    list[str] | None, typer.Option("--cosigned", help="A cosigned checkpoint to hear as well: a file or an address.")
]


@app.command()
def init(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Its name, for ever, like example.org/witness.")],
    as_json: Json = False,
) -> None:
    """Make a witness and its key."""
    witness = operations.make_witness(folder, name)
    payload = {"folder": str(folder), "name": name, "vkey": witness.signer.key.text}

    def render(console: Console) -> None:
        console.print(f"witness {name} in {folder}", markup=False)
        console.print(f"verifier key, to be given to whoever verifies: {payload['vkey']}", markup=False)
        console.print(f"next: assent witness trust {folder} --vkey VKEY, the verifier key of a log", markup=False)

    emit(as_json, payload, render)


@app.command()
def trust(
    folder: Folder,
    vkey: Annotated[str, typer.Option("--vkey", help="The log's public key, a text or a file.")],
    as_json: Json = False,
) -> None:
    """Watch a log: cosign for it from now on."""
    log = operations.watch_log(folder, vkey)
    payload = {"origin": log.origin, "vkeys": [key.text for key in log.keys], "size": log.size}
    emit(as_json, payload, lambda console: console.print(f"watches {log.origin} ({len(log.keys)} keys)", markup=False))


@app.command()
def status(folder: Folder, as_json: Json = False) -> None:
    """Show which logs it watches and how far it has seen them."""
    witness = operations.open_witness(folder)
    logs = witness.logs()

    def render(console: Console) -> None:
        console.print(f"witness {witness.signer.key.text}", markup=False)
        table = listing("log", "last cosigned size", "keys", numbers={"last cosigned size", "keys"})
        for log in logs:
            table.add_row(escape(log.origin), "none yet" if log.size is None else f"{log.size:,}", str(len(log.keys)))
        console.print(table)

    payload = {
        "vkey": witness.signer.key.text,
        "logs": [{"origin": each.origin, "size": each.size, "vkeys": [key.text for key in each.keys]} for each in logs],
    }
    emit(as_json, payload, render)


@app.command()
def serve(
    folder: Folder,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 7380,
    host: Annotated[str, typer.Option(help="The address to listen on; put a proxy with TLS before any other.")] = (
        "127.0.0.1"
    ),
) -> None:
    """Answer logs over HTTP (C2SP tlog-witness) until interrupted."""
    witness = operations.open_witness(folder)

    def ready(address: str) -> None:
        sys.stdout.write(f"witness {witness.signer.name} listens on {address}\n")
        sys.stdout.flush()

    serve_over_http(witness, host=host, port=port, ready=ready)


@app.command()
def cosign(
    folder: Folder,
    log: Annotated[str, typer.Argument(help="The published log: a folder or an address.")],
    out: Annotated[Path | None, typer.Option(help="Write the cosigned checkpoint to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Look at a published log's growth and cosign its checkpoint, without a server."""
    note = operations.cosign_published(folder, log)
    if out is not None:
        write_durably(out, note)

    def render(console: Console) -> None:
        if out is None:
            sys.stdout.write(note.decode())
            return
        console.print(f"cosigned; for the log: assent ledger cosign --add {out}", markup=False)

    emit(as_json, {"checkpoint": note.decode(), "file": str(out) if out else None}, render)


def show_cosigned(cosigned: operations.Cosigned, as_json: bool) -> None:
    """What the witnesses said stands on standard output; a problem ends the command.

    Raises:
        AssentError: nobody signed, or a witness holds another history.
    """

    def render(console: Console) -> None:
        for each in cosigned.asked:
            if each.cosignature is not None:
                said = f"cosigned size {cosigned.size} at {format_instant(each.cosignature.at)}"
                console.print(f"{each.witness.name} {said}", markup=False)
        for note in (note for each in cosigned.asked for note in each.notes):
            console.print(note, markup=False)
        if cosigned.path is not None:
            console.print(f"published as {cosigned.path}", markup=False)

    emit(as_json, cosigned.to_json(), render)
    warn(each.problem.message for each in cosigned.asked if each.problem is not None)
    cosigned.require()


def show_witnessed(console: Console, witnessed: Witnessed | None) -> None:
    """Who vouches for what since when; both notes where one of them vouches for another history."""
    if witnessed is None:
        return
    for each in witnessed.vouched:
        counts = "" if each.size >= witnessed.size else f", which does not cover {witnessed.size}"
        console.print(f"witness {each.cosignature} vouches for size {each.size}{counts}", markup=False)
    for contradiction in witnessed.contradictions:
        for title, note in zip(("what was cosigned:", "what is shown here:"), contradiction.notes, strict=True):
            console.print(f"{title}\n{note}", markup=False)
    warn(witnessed.unreadable)
