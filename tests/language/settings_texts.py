"""Every text of the settings centre and *my data* that a reader can be shown, found in templates and code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

from assent.evidence.privacy_record import RIGHT_NAMES
from assent.policy.curation_words import PII
from assent.policy.load import load_pack, shipped_packs
from assent.vocabulary.reasons import REASONS

WEB = Path(__file__).resolve().parents[2] / "src" / "assent" / "web"

HEADERS = {"no-store"}
"""Values of a header, not of a table of texts."""


def in_templates() -> Iterator[str]:
    """The keys of templates, the singular of those with a plural."""
    options = {"trimmed": "true", "silent": "false"}
    for path in [
        *(WEB / "settings" / "templates").glob("*.html"),
        *(WEB / "features" / "templates").glob("*.html"),
        WEB / "templates" / "base.html",
    ]:
        with path.open("rb") as file:
            for _, _, found, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], options):
                first = found if isinstance(found, str | None) else found[0]
                if first is not None:  # what is no literal comes from a pack or a table
                    yield first


def in_code() -> Iterator[str]:
    """Texts given to `lang(…)` and those that stand in tables at the top of a module or in `happened`."""
    for path in (WEB / "settings").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) == "lang" and node.args:
                yield from _texts(node.args[0])
            if isinstance(node, ast.Dict):
                for value in node.values:
                    yield from (text for text in _texts(value) if text not in HEADERS)
            if isinstance(node, ast.Assign) and any(_name(each) == "text" for each in node.targets):
                yield from _texts(node.value)


def in_packs() -> Iterator[str]:
    """What the shipped packs call their settings, uses, notices, menus and recipients."""
    for name in shipped_packs():
        pack = load_pack(name)
        for setting in pack.settings.values():
            yield from (setting.title, *setting.menu)
        for purpose in pack.purposes.values():
            yield from (purpose.title, *purpose.recipients, *purpose.objection_form)
        for notice in pack.notices.values():
            yield notice.title


def all_texts() -> list[str]:
    """All of them, once each."""
    reasons = (each.for_members for each in REASONS)
    given = (in_templates(), in_code(), in_packs(), PII.values(), RIGHT_NAMES.values(), reasons)
    return [each for each in dict.fromkeys(text for some in given for text in some) if each.strip()]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
