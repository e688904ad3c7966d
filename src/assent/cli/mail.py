"""`assent mail …`: mail is sent, and bounces are read."""

from __future__ import annotations

import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assent.cli.frame import Json, emit, new_group, warn
from assent.errors import InputError
from assent.mail.bounce import Bounce
from assent.operations.outbox import confirm_deliveries, mail_loop, note_bounce, postman_of, send_due
from assent.operations.platform import Platform, open_platform
from assent.operations.workspace import open_workspace

app = new_group("Mail: send what waits, read what bounced.")


@app.command()
def send(
    watch: Annotated[bool, typer.Option("--watch", help="Go on until stopped.")] = False, as_json: Json = False
) -> None:
    """Send mail whose turn it is, and record deliveries of which no bounce came."""
    with open_platform(open_workspace()) as platform:
        if watch:
            postman_of(platform).close()  # says at once when no server is set up
            mail_loop(platform, threading.Event())
            return
        sent, confirmed = send_due(platform), confirm_deliveries(platform)
    line = (f"{sent.accepted:,} were accepted, {sent.later:,} are tried later, {sent.bounced:,} were refused, "
            f"{sent.given_up:,} given up; {confirmed:,} notices count as delivered now")  # fmt: skip
    emit(as_json, {**asdict(sent), "confirmed": confirmed}, lambda console: console.print(line))


@app.command()
def bounce(
    maildir: Annotated[Path | None, typer.Option(help="A Maildir; what was read moves from new to cur.")] = None,
    as_json: Json = False,
) -> None:
    """Read a bounced message from standard input, as a mail server pipes it."""
    with open_platform(open_workspace()) as platform:
        found = [note_bounce(platform, sys.stdin.buffer.read())] if maildir is None else _from(platform, maildir)
    emit(as_json, [asdict(each) for each in found], lambda console: console.print(f"{len(found):,} bounces were read"))


def _from(platform: Platform, folder: Path) -> list[Bounce]:
    if not (folder / "new").is_dir():
        raise InputError(f"`{folder}` is no Maildir", hint="it has no folder `new`")
    (folder / "cur").mkdir(exist_ok=True)
    found: list[Bounce] = []
    for path in sorted((folder / "new").iterdir()):
        try:
            found.append(note_bounce(platform, path.read_bytes()))
        except InputError as error:
            warn([f"{path.name}: {error.message}"])
        path.rename(folder / "cur" / f"{path.name}:2,S")
    return found
