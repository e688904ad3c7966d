"""What a person can ask of rights signals: what some content says, and what a member's pages should say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assent.errors import InputError
from assent.ledger import Ledger, fold_holds, fold_member
from assent.operations.workspace import Workspace
from assent.policy.load import load_pack
from assent.policy.outgoing import PageSignals, page_signals
from assent.policy.pack import Kind
from assent.policy.signals import aipref, denies_training, tdmrep
from assent.sources.photos import read_assertion
from assent.storage.files import explained
from assent.vocabulary.records import Signals


@dataclass(frozen=True, slots=True)
class SignalsFound:
    """What was said of one piece of content, and what follows.

    Args:
        signals: as a record carries them.
        denies: whether training of that kind is denied.
    """

    signals: Signals
    denies: Mapping[str, bool]

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values."""
        return {"signals": asdict(self.signals), "denies": dict(self.denies)}


def read_signals(
    *,
    path: str | None = None,
    agent: str = aipref.EVERYBODY,
    headers: Sequence[str] = (),
    robots: Path | None = None,
    tdmrep_file: Path | None = None,
    page: Path | None = None,
    cawg: Path | None = None,
    photo: Path | None = None,
) -> SignalsFound:
    """What headers, a site's files, a page's metadata, an assertion and a photo say together of one piece of content.

    Args:
        path: where it lies on its site; asked for by `robots` and `tdmrep_file`.
        headers: of its response, each `Name: value`.

    Raises:
        InputError: a file cannot be read, a header has no name, or the path is missing.
    """
    if path is None and (robots or tdmrep_file):
        raise InputError("rules of a site speak about paths", hint="say which with --path /the/page")
    named = [_header(each) for each in headers]
    statements = [value for name, value in named if name.lower() == "content-usage"]
    if robots is not None:
        statements.append(aipref.usage_of(aipref.parse_robots(_read(robots), agent=agent), path or "/") or "")
    reservation = tdmrep.resolve(
        file=tdmrep.of_path(tdmrep.parse_file(_read(tdmrep_file)), path or "/") if tdmrep_file else tdmrep.NOTHING,
        header=tdmrep.of_headers(named),
        inside=tdmrep.of_html(_read(page)) if page else tdmrep.NOTHING,
    )
    found = Signals(
        "\n".join(each for each in statements if each) or None,
        None if reservation.reserved is None else int(reservation.reserved),
        _assertion(cawg) if cawg else _carried_by(photo) if photo else None,
    )
    return SignalsFound(found, {kind.value: denies_training(found, kind) for kind in Kind if kind.trains})


def signals_for_pages(
    workspace: Workspace, member: str, paths: Sequence[str], *, clock: Callable[[], datetime], policy: str | None = None
) -> PageSignals:
    """What the member's public pages should tell other people's crawlers now."""
    pack = load_pack(workspace.pack)
    with Ledger.open(workspace.ledger_folder, clock=clock) as ledger:
        at, size = ledger.present(clock()), ledger.size
        state = fold_member(ledger.events_of(member, size=size), at=at, size=size)
        holds = fold_holds(ledger.system_events(size=size), at=at, size=size)
    return page_signals(pack, state, paths, at=at, holds=tuple(holds), policy=policy)


def _read(path: Path) -> str:
    with explained(path):
        return path.read_bytes().decode("utf-8", errors="replace")


def _header(line: str) -> tuple[str, str]:
    name, separator, value = line.partition(":")
    if not separator or not name.strip():
        raise InputError(f"`{line}` is no header", hint='write it as "Name: value"')
    return name.strip(), value.strip()


def _carried_by(photo: Path) -> dict[str, Any] | None:
    found = read_assertion(photo)
    return None if found is None else dict(found)


def _assertion(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(_read(path))
    except (ValueError, RecursionError):
        raise InputError(f"`{path}` is no JSON") from None
    return found if isinstance(found, dict) else None
