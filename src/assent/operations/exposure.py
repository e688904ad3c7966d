"""See which of your own data falls under a platform's announcement; nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from assent.errors import InputError
from assent.exposure.asked import Asked
from assent.exposure.assembling import assemble
from assent.exposure.container import open_export
from assent.exposure.inventory import Inventory
from assent.exposure.judging import Person
from assent.exposure.page import page_of
from assent.exposure.reading import take_inventory
from assent.exposure.report import Report
from assent.exposure.words import country
from assent.policy.load import load_pack, pack_document
from assent.policy.pack import Pack
from assent.sources.countries import country_of, similar_countries
from assent.storage.files import write_whole
from assent.vocabulary.identifiers import PurposeName, RegionCode, SettingName
from assent.vocabulary.instants import parse_date, parse_instant
from assent.vocabulary.regions import REGION_CODES

ANNOUNCED = "professional-network-2025-11"
RECOMMENDED = f"{ANNOUNCED}-safeguarded"
READINGS = (ANNOUNCED, f"{ANNOUNCED}-europe-paused", f"{ANNOUNCED}-ads-everywhere")
_YEARS = range(2000, 2200)
_WHOLE_DAY = len("2025-11-03")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person tells of themselves; all texts are as typed.

    Args:
        birth_date: None takes it from the export, where it stands in full.
        at: a date or an instant; a date is its first moment in UTC.
        settings: choices as `name=on` or `name=off`.
        objections: purposes they objected to.
    """

    country: str
    at: str
    birth_date: str | None = None
    pack: str = ANNOUNCED
    settings: tuple[str, ...] = ()
    objections: tuple[str, ...] = field(default=())
    examples: bool = True


def report_exposure(
    paths: Sequence[Path], question: Question, *, advance: Callable[[int, int], None] = lambda _done, _all: None
) -> Report:
    """What of the export falls under the pack, what would change it, and what is not known.

    Args:
        advance: told how many bytes are behind and how many there are.

    Raises:
        InputError: an export cannot be opened or holds nothing known, or an answer makes no sense.
    """
    pack = load_pack(question.pack)
    region = _region(question.country)
    at = _moment(question.at)
    if at.year not in _YEARS:
        raise InputError(f"date `{question.at}` is out of range", hint="write it like 2025-11-03")
    birth_date = _birth_date(question.birth_date, at)
    settings, objections = _settings(pack, question.settings), _objections(pack, question.objections)
    inventory = _inventory(paths, advance)
    joined = inventory.joined_at.date() if inventory.joined_at else None
    person = Person(region, birth_date or inventory.birth_date, settings, objections, joined)
    sources = tuple(_sources(pack_document(question.pack)))
    related = pack.name in READINGS
    return assemble(
        Asked(
            inventory=inventory,
            person=person,
            country=country(region),
            at=at,
            pack=pack,
            recommended=load_pack(RECOMMENDED) if related else None,
            readings=tuple(_reading(name, sources) for name in READINGS if name != pack.name) if related else (),
            sources=sources,
            examples=question.examples,
        )
    )


def write_page(report: Report, path: Path) -> None:
    """The page is whole in that file; only its owner may read it.

    Raises:
        InputError: the file cannot be written there.
    """
    write_whole(path, page_of(report).encode("utf-8"))
    path.chmod(0o600)


def _inventory(paths: Sequence[Path], advance: Callable[[int, int], None]) -> Inventory:
    with ExitStack() as held:
        export = open_export(paths, held)
        total, done = sum(member.size_bytes for member in export.members), 0

        def behind(size_bytes: int) -> None:
            nonlocal done
            done += size_bytes
            advance(done, total)

        inventory = take_inventory(export, advance=behind)
    if not inventory.files:
        raise InputError(
            "nothing in there is a file of a data export that is known",
            hint="give the zip from “Get a copy of your data”, or the folder it was unpacked to",
        )
    if len(inventory.owners) > 1:
        names = " and ".join(f"`{name}`" for name in inventory.owners.values())
        raise InputError(
            f"these exports are of different people: {names}",
            hint="make a report for each; if your name has changed, give the newer export alone",
        )
    return inventory


def _region(text: str) -> RegionCode:
    code = text.strip().upper()
    if code in REGION_CODES:
        return RegionCode(code)
    found = country_of(text)
    if found is not None:
        return found
    close = similar_countries(text)
    near = ", ".join(f"{name} ({code})" for name, code in close)
    hint = f"did you mean {near}?" if close else "write a code like NL, or the name of a country"
    raise InputError(f"no country `{text[:60]}`", hint=hint)


def _moment(text: str) -> datetime:
    """A date is its first instant in UTC; an instant without a zone is refused."""
    if len(text) == _WHOLE_DAY:
        day = parse_date(text)
        if day is None:
            raise InputError(f"no date `{text}`", hint="write it like 2025-11-03")
        return datetime.combine(day, time(), UTC)
    try:
        return parse_instant(text, field="the date")
    except InputError:
        raise InputError(f"no date `{text[:60]}`", hint="write it like 2025-11-03") from None


def _birth_date(text: str | None, at: datetime) -> date | None:
    if text is None:
        return None
    born = parse_date(text)
    if born is None:
        raise InputError(f"no birth date `{text[:60]}`", hint="write it like 1990-05-01")
    if not date(1900, 1, 1) <= born <= at.date():
        raise InputError(f"birth date `{text}` is out of range", hint="write it like 1990-05-01")
    return born


def _settings(pack: Pack, typed: Sequence[str]) -> Mapping[SettingName, str]:
    chosen: dict[SettingName, str] = {}
    for text in typed:
        name, _, value = text.partition("=")
        if name not in pack.settings:
            raise InputError(f"no setting `{name[:60]}`", hint=f"there are: {', '.join(pack.settings)}")
        if value not in {"on", "off"}:
            raise InputError(f"setting `{name}` cannot be `{value[:60]}`", hint=f"write {name}=on or {name}=off")
        chosen[SettingName(name)] = value
    return chosen


def _objections(pack: Pack, typed: Sequence[str]) -> frozenset[PurposeName]:
    for name in typed:
        if name not in pack.purposes:
            raise InputError(f"no purpose `{name[:60]}`", hint=f"there are: {', '.join(pack.purposes)}")
    return frozenset(PurposeName(name) for name in typed)


def _reading(name: str, known: Sequence[str]) -> tuple[Pack, str]:
    """Another reading of the announcement, and the notes it adds."""
    return load_pack(name), " ".join(note for note in _sources(pack_document(name)) if note not in known)


def _sources(document: Mapping[str, Any]) -> list[str]:
    """Every note of the pack, once, in its order."""
    found: dict[str, None] = dict.fromkeys(document.get("notes", []))

    def walk(part: Any) -> None:
        if isinstance(part, Mapping):
            if isinstance(part.get("note"), str):
                found[part["note"]] = None
            for inner in part.values():
                walk(inner)

    walk({key: value for key, value in document.items() if key != "groups"})
    return list(found)
