"""What two packs say differently besides verdicts: no cell shows who gets the data or what leaving undoes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from assent.policy.pack import Pack, Purpose, Setting
from assent.policy.sentences import name_regions


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Something a pack states that the other does not, or states otherwise.

    Args:
        where: dotted, as in a pack's file.
        before: empty where the first pack does not have it.
        after: empty where the second pack does not have it.
    """

    where: str
    before: str
    after: str


_JUDGED = frozenset({"name", "coverage", "scope", "coverage_notes", "note"})
"""Fields of a purpose that its cells show, and notes, which state nothing."""


def changed_fields(one: Pack, two: Pack) -> tuple[FieldChange, ...]:
    """Every plain difference, in the order of a pack's file."""
    return (
        *_named("title", one.title, two.title),
        *_named("categories.never", _listed(one.never), _listed(two.never)),
        *_groups(one, two),
        *_settings(one, two),
        *_notices(one, two),
        *_purposes(one, two),
        *_named("holds", _holds(one), _holds(two)),
    )


def _named(where: str, before: str, after: str) -> Iterator[FieldChange]:
    if before != after:
        yield FieldChange(where, before, after)


def _groups(one: Pack, two: Pack) -> Iterator[FieldChange]:
    for name in sorted({*one.groups, *two.groups}):
        yield from _named(
            f"groups.{name}.regions", _listed(one.groups.get(name, ())), _listed(two.groups.get(name, ()))
        )


def _settings(one: Pack, two: Pack) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*one.settings, *two.settings]):
        before, after = one.settings.get(name), two.settings.get(name)
        if before is None or after is None:
            yield FieldChange(f"settings.{name}", _title(before), _title(after))
            continue
        for field in ("title", "menu", "off_with", "off_by_gpc"):
            yield from _named(f"settings.{name}.{field}", _text(getattr(before, field)), _text(getattr(after, field)))
        yield from _named(f"settings.{name}.default", _default(one, before), _default(two, after))


def _notices(one: Pack, two: Pack) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*one.notices, *two.notices]):
        before, after = one.notices.get(name), two.notices.get(name)
        yield from _named(f"notices.{name}", before.title if before else "", after.title if after else "")


def _purposes(one: Pack, two: Pack) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*one.purposes, *two.purposes]):
        before, after = one.purposes.get(name), two.purposes.get(name)
        if before is None or after is None:
            yield FieldChange(f"purposes.{name}", _title(before), _title(after))
            continue
        for field in fields(Purpose):
            if field.name not in _JUDGED:
                was, now = getattr(before, field.name), getattr(after, field.name)
                yield from _named(f"purposes.{name}.{field.name}", _text(was), _text(now))


def _title(given: Setting | Purpose | None) -> str:
    return "" if given is None else given.title


def _default(pack: Pack, setting: Setting) -> str:
    on = [code for code, value in setting.defaults.items() if value == "on"]
    if len(on) in (0, len(setting.defaults)):
        return "on" if on else "off"
    return f"on in {name_regions(pack, on)}, else off"


def _holds(pack: Pack) -> str:
    told = (
        f"{each.purpose} in {each.region}"
        f"{f' from {each.since:%Y-%m-%d}' if each.since else ''}{f' until {each.until:%Y-%m-%d}' if each.until else ''}"
        for each in pack.holds
    )
    return "; ".join(sorted(told))


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    days = getattr(value, "days", None)
    return f"{days} days" if days is not None else str(value)
