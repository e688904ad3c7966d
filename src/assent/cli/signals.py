"""`assent signals`: what content says by itself, and what a member's pages should say to others."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assent.cli.frame import Json, emit, new_group
from assent.operations.ledger import now
from assent.operations.signals import read_signals, signals_for_pages
from assent.operations.workspace import open_workspace
from assent.policy.signals import aipref

app = new_group("Read rights signals on content, and make those for a member's public pages.")


@app.command("read")
def read(
    *,
    header: Annotated[list[str] | None, typer.Option(help='A header of the response, "Name: value".')] = None,
    robots: Annotated[Path | None, typer.Option(help="The site's robots.txt.")] = None,
    tdmrep: Annotated[Path | None, typer.Option(help="The site's /.well-known/tdmrep.json.")] = None,
    page: Annotated[Path | None, typer.Option(help="The page itself, for its metadata.")] = None,
    cawg: Annotated[Path | None, typer.Option(help="A CAWG training-and-data-mining assertion, as JSON.")] = None,
    photo: Annotated[Path | None, typer.Option(help="A photo, for the C2PA manifest in it (extra `photos`).")] = None,
    path: Annotated[str | None, typer.Option(help="Where the content lies on its site, like /a/page.")] = None,
    agent: Annotated[str, typer.Option(help="The crawler's name in robots.txt.")] = aipref.EVERYBODY,
    as_json: Json = False,
) -> None:
    """What signals on one piece of content say of training on it."""
    found = read_signals(
        path=path,
        agent=agent,
        headers=header or (),
        robots=robots,
        tdmrep_file=tdmrep,
        page=page,
        cawg=cawg,
        photo=photo,
    )
    said = found.signals
    reserved = (
        "says nothing" if said.tdm_reservation is None else "reserved" if said.tdm_reservation else "not reserved"
    )

    def render(out: Console) -> None:
        out.print(f"AIPREF   {(said.aipref or 'says nothing').replace(chr(10), '; ')}", markup=False)
        out.print(f"TDMRep   {reserved}")
        out.print(f"CAWG     {json.dumps(said.cawg) if said.cawg else 'says nothing'}", markup=False)
        for kind, denied in found.denies.items():
            out.print(f"{kind.replace('_', ' ')}: {'denied' if denied else 'not denied by a signal'}")

    emit(as_json, found.to_json(), render)


@app.command("page")
def page_(
    member: Annotated[str, typer.Argument(help="Whose pages these are.")],
    path: Annotated[list[str], typer.Argument(help="Paths of public pages, each with everything below it.")],
    policy: Annotated[str | None, typer.Option(help="Where a licence can be asked for, a web address.")] = None,
    as_json: Json = False,
) -> None:
    """Headers, metadata, robots.txt lines and tdmrep.json entries for a member's public pages, by their choices now."""
    found = signals_for_pages(open_workspace(), member, path, clock=now, policy=policy)
    payload = {
        "headers": dict(found.headers),
        "meta": dict(found.meta),
        "robots": list(found.robots),
        "tdmrep": [dict(each) for each in found.tdmrep],
    }

    def render(out: Console) -> None:
        if not found.headers:
            out.print("this member permits every training the pack offers: nothing to tell others")
            return
        parts = {
            "headers": [f"{name}: {value}" for name, value in found.headers.items()],
            "in the page": [f'<meta name="{name}" content="{escape(value)}">' for name, value in found.meta],
            "robots.txt, under User-agent: *": found.robots,
            "/.well-known/tdmrep.json, before other entries": [json.dumps(each) for each in found.tdmrep],
        }
        for title, lines in parts.items():
            for line in (f"{title}:", *(f"  {each}" for each in lines)) if lines else ():
                out.print(line, markup=False, highlight=False, soft_wrap=True)

    emit(as_json, payload, render)
