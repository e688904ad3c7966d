"""Blocks and sections of the word modules, read into phrases and compiled templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with slots, cut at the slots once: `pieces` are (text before, slot) pairs, then `rest`."""

    pieces: tuple[tuple[str, str], ...]
    rest: str

    @property
    def slots(self) -> frozenset[str]:
        """The names of the slots."""
        return frozenset(slot for _, slot in self.pieces)


def compile_template(line: str) -> Template:
    """The template a line spells; a backslash and an n in it are a line break."""
    parts = _SLOT.split(line.replace("\\n", "\n"))
    return Template(tuple(zip(parts[:-1:2], parts[1::2], strict=True)), parts[-1])


def read_blocks(text: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """By block name, the phrases of each key; a block is a name on its own line, then `key: a | b` lines."""
    blocks: dict[str, dict[str, tuple[str, ...]]] = {}
    for block in text.strip().split("\n\n"):
        name, *lines = block.split("\n")
        pairs = (line.split(": ", 1) for line in lines)
        blocks[name] = {key: tuple(phrase.strip() for phrase in value.split(" | ")) for key, value in pairs}
    return blocks


def read_sections(text: str) -> dict[str, tuple[Template, ...]]:
    """By section name, its templates; a section is `[name]`, then one template a line."""
    sections: dict[str, tuple[Template, ...]] = {}
    for section in text.strip().split("\n["):
        name, *lines = section.lstrip("[").split("\n")
        sections[name.rstrip("]")] = tuple(compile_template(line) for line in lines if line)
    return sections


def with_forms(phrases: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The phrases, and each key's capitalised (`Task`) and articled (`a_title`) forms."""
    forms: dict[str, tuple[str, ...]] = {}
    for key, values in phrases.items():
        forms[key] = values
        forms[key.capitalize()] = tuple(value[:1].upper() + value[1:] for value in values)
        forms[f"a_{key}"] = tuple(_article(value) + value for value in values)
    return forms


def _article(phrase: str) -> str:
    # A spelled-out abbreviation starts with the sound of its first letter's name.
    vowels = "AEFHILMNORSX" if phrase[:2].isupper() else "AEIOUaeiou"
    return "an " if phrase.startswith(tuple(vowels)) and not phrase.startswith(("uni", "use")) else "a "
