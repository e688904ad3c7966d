"""`assent receipt …`: give a member proof of what they chose, and check such a proof anywhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from assent.cli.frame import Json, emit, new_group, warn
from assent.cli.witness import QuorumOption, WitnessKeyOption
from assent.evidence.cosignature import Cosignature
from assent.evidence.receipt import Receipt
from assent.operations.pages.receipt import is_page, receipt_in_page, require_page_says, write_receipt_page
from assent.operations.receipt import make_receipt, verify_receipt
from assent.operations.workspace import open_workspace
from assent.storage.files import explained, write_all_durably
from assent.vocabulary.instants import format_instant

app = new_group("Receipts: proof for a member of what was recorded, and what it changes.")

PageOption = Annotated[Path | None, typer.Option("--html", help="Write a page to read and print to this file.")]


@app.command()
def make(
    member: Annotated[str, typer.Argument(help="Whose receipt.")],
    event: Annotated[int | None, typer.Option(help="The event's position; else their last one.")] = None,
    html: PageOption = None,
    out: Annotated[Path | None, typer.Option(help="Write the receipt to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Make a receipt for a member's event."""
    made = make_receipt(open_workspace(), member, seq=event)
    files = [(out, made.data)] if out is not None else []
    if html is not None:
        files.append((html, write_receipt_page(made.receipt, made.data).encode()))
    write_all_durably(files)

    def render(console: Console) -> None:
        if not files:
            sys.stdout.write(made.data.decode())
            return
        console.print(str(made.receipt.statement["headline"]), markup=False)
        for path, _ in files:
            console.print(f"receipt of event {made.receipt.seq} in {path}", markup=False)

    emit(as_json, _payload(made.receipt) | {"files": [str(path) for path, _ in files]}, render)


@app.command()
def verify(  # noqa: PLR0917 - the options of a command
    file: Annotated[Path, typer.Argument(help="A receipt, or a page with one in it.")],
    vkey: Annotated[str | None, typer.Option("--vkey", help="The log's public key, a text or a file.")] = None,
    attest_key: Annotated[Path | None, typer.Option(help="The platform's public key that signs receipts, PEM.")] = None,
    witness: QuorumOption = None,
    witness_key: WitnessKeyOption = None,
    html: PageOption = None,
    as_json: Json = False,
) -> None:
    """Check a receipt: needs no network and no working folder."""
    with explained(file):
        given = file.read_bytes()
    data = receipt_in_page(given) if is_page(given) else given
    receipt, cosigned = verify_receipt(
        data, vkey=vkey, attest_key=attest_key, witness=witness, witness_keys=witness_key or ()
    )
    if is_page(given):
        require_page_says(given, receipt, data)
    if html is not None:
        write_all_durably([(html, write_receipt_page(receipt, data).encode())])
    emit(as_json, _payload(receipt, cosigned), lambda console: _show(console, receipt, cosigned))
    if not receipt.trusted:
        warn([_untrusted(receipt)])


def _payload(receipt: Receipt, cosigned: tuple[Cosignature, ...] = ()) -> dict[str, Any]:
    return {
        "verified": True,
        "trusted": {"platform_key": receipt.key_given, "log_key": receipt.log_given},
        "event": receipt.event.to_json(),
        "seq": receipt.seq,
        "log": {"origin": receipt.log.origin, "size": receipt.log.size, "vkey": receipt.log_key.text},
        "cosigned": [{"witness": each.witness.name, "at": format_instant(each.at)} for each in cosigned],
        "statement": dict(receipt.statement),
        "records": [dict(each) for each in receipt.records],
        "created_at": format_instant(receipt.created_at),
        "unknown_fields": list(receipt.unknown),
        "sha256": receipt.digest,
    }


def _show(console: Console, receipt: Receipt, cosigned: tuple[Cosignature, ...]) -> None:
    stated = receipt.statement
    console.print(f"[bold]{escape(str(stated['headline']))}[/]")
    console.print(f"for {receipt.event.member}, counts from {stated['since']}", markup=False)
    for use in stated["purposes"]:
        word = "[yellow]permitted[/]" if use["permitted_after"] else "[green]not permitted[/]"
        console.print(f"\n{escape(use['title'])}: {word}")
        console.print(f"  {use['effect']} {use['past']}", markup=False)
        for way in use["how_to_change"]:
            console.print(f"  to change it: {way['what']} ({' > '.join(way['menu'])})", markup=False)
    console.print(
        f"\nproved: entry {receipt.seq} of {receipt.log.origin}, size {receipt.log.size}; "
        "the rest is the platform's signed word",
        markup=False,
    )
    for each in cosigned:
        console.print(f"cosigned by {each}", markup=False)
    if receipt.unknown:
        console.print(f"not shown, from a later release: {', '.join(receipt.unknown)}", markup=False)


def _untrusted(receipt: Receipt) -> str:
    missing = [
        name for name, given in (("--attest-key", receipt.key_given), ("--vkey", receipt.log_given)) if not given
    ]
    return f"the receipt agrees with itself, but by keys that it brought along; give {' and '.join(missing)}"
