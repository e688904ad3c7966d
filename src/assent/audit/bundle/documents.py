"""The pages of a bundle. What only a person can say stands as an open item, marked, until somebody writes it.

An open item has a key, `DOCUMENT/PURPOSE/ITEM` (or `DOCUMENT/ITEM`); text given under that key takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assent.audit.bundle.inputs import BundleInputs
from assent.audit.model.estimates import Estimate
from assent.audit.model.page import write_page
from assent.audit.model.report import Kind, ModelAudit
from assent.audit.model.wording import figure
from assent.errors import InputError
from assent.vocabulary.instants import format_instant

INDEX: Final = "index.html"
FIGURES: Final = "figures.json"
DOCUMENTS: Final = (
    ("legitimate-interest-assessment", "Legitimate-interest assessment"),
    ("impact-assessment", "Data protection impact assessment"),
    ("compatibility-assessment", "Compatibility assessment"),
    ("notices-and-coverage", "Notices and coverage"),
    ("objections-and-clocks", "Objections, take-backs and clocks"),
    ("scope-and-exclusions", "Scope and exclusions"),
    ("tests", "Tests run and not run"),
)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What a person still has to write."""

    key: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Every file of a bundle but its signed list, and what is still open in them."""

    files: Mapping[str, bytes]
    open: tuple[OpenItem, ...]


def open_item(who: str, what: str) -> Markup:
    """The mark of something to be completed."""
    return Markup("<mark>[to be completed by {}: {}]</mark>").format(who, what)


def write_pages(inputs: BundleInputs) -> Pages:
    """All pages, filled; the same facts give the same bytes.

    Raises:
        InputError: text was written for an item that does not exist, or two audits are of one model.
    """
    items: list[OpenItem] = []
    used: set[str] = set()
    environment = _environment(inputs, items, used)
    files = {
        f"{name}.html": environment.get_template(f"{name}.html").render(title=title).encode()
        for name, title in DOCUMENTS
    }
    stray = sorted(set(inputs.written) - used)
    if stray:
        raise InputError(f"nothing is open under `{stray[0]}`", hint="the bundle's index lists the keys")
    files |= _audits(inputs)
    files[FIGURES] = (json.dumps(_plain(inputs), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    files |= {f"attachments/{name}": data for name, data in inputs.attachments.items()}
    index = environment.get_template(INDEX)
    files[INDEX] = index.render(title="Evidence bundle", items=items, documents=DOCUMENTS, files=sorted(files)).encode()
    return Pages(files, tuple(items))


def _environment(inputs: BundleInputs, items: list[OpenItem], used: set[str]) -> Environment:
    pages = Environment(loader=PackageLoader("assent.audit.bundle"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    pages.filters |= {"day": _day, "number": _number, "words": lambda value: str(value).replace("_", " ")}
    pages.globals |= {
        "facts": inputs,
        "todo": _todo(inputs.written, items, used),
        "figure": figure,
        "strongest": strongest,
        "is_base": lambda part: part.kind is Kind.BASE,
    }
    return pages


def _todo(written: Mapping[str, str], items: list[OpenItem], used: set[str]) -> Callable[[str, str, str], Markup]:
    def todo(key: str, who: str, what: str) -> Markup:
        if written.get(key, "").strip():
            used.add(key)
            paragraphs = [each.strip() for each in written[key].split("\n\n")]
            return Markup("").join(Markup("<p class=written>{}</p>").format(each) for each in paragraphs if each)
        used.add(key)
        items.append(OpenItem(key, who, what))
        return Markup("<p>{} <code>{}</code></p>").format(open_item(who, what), key)

    return todo


def _audits(inputs: BundleInputs) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for each in inputs.audits:
        for suffix, audit in (("", each.after), ("-before", each.before)):
            if audit is None:
                continue
            name = f"audits/{each.after.model}{suffix}.json"
            if name in files:
                raise InputError(f"`{each.after.model}` has two audits in one bundle", hint="give the newest of each")
            files[name] = (json.dumps(audit.to_json(), indent=1, sort_keys=True) + "\n").encode()
        files[f"audits/{each.after.model}.html"] = write_page(each.after, each.before).encode()
    return files


def strongest(audit: ModelAudit) -> Iterator[tuple[str, str]]:
    """The highest figure of each kind over all parts, in words."""
    parts = [each for each in audit.targets if each.kind is not Kind.BASE]
    told = [part for part in parts if part.blind is None or not part.blind.biased]
    aucs = [each.auc for part in told for each in part.membership if isinstance(each.auc, Estimate)]
    if aucs:
        yield "strongest membership attack (AUC, 0.5 is guessing)", figure(max(aucs, key=lambda each: each.value))
    bits = [each.bits for part in parts for each in part.canaries if each.repetitions]
    if bits:
        yield "highest mean exposure of planted secrets (bits, 1.4 is chance)", figure(max(bits, key=lambda e: e.value))
    for title, leaks in (
        ("texts continued word for word", [each.extraction for each in parts]),
        ("personal details that come out", [each.personal for each in parts]),
        ("masked values that come back", [each.redaction for each in parts]),
    ):
        asked = [each for each in leaks if each is not None and each.asked]
        if asked:
            worst = max(asked, key=lambda each: each.out / each.asked)
            yield f"{title}, worst part", f"{worst.out} of {worst.asked}, {figure(worst.share, percent=True)}"


def _day(at: datetime | None) -> str:
    if at is None:
        return "always in force"
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _number(value: float | None) -> Markup | str:
    if value is None:
        return Markup('<span class="unknown">unknown</span>')
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _plain(value: Any) -> Any:
    """The facts as JSON values; attachments stand as files of their own."""
    if isinstance(value, ModelAudit):
        return {"model": value.model, "at": format_instant(value.at)}
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name != "attachments"}
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
