"""The menu as it was announced: headings within headings, made of where each setting says it is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assent.operations.settings import SettingNow


@dataclass(slots=True)
class Heading:
    """A heading of the menu, what stands directly under it, and the headings below."""

    title: str
    level: int
    settings: list[SettingNow] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)

    def below(self, title: str) -> Heading:
        """The heading of that title under this one; made where there is none."""
        for each in self.headings:
            if each.title == title:
                return each
        # There are six levels of headings; a deeper menu stays at the last.
        self.headings.append(Heading(title, min(self.level + 1, 6)))
        return self.headings[-1]


def menu_of(settings: Sequence[SettingNow], *, otherwise: str) -> Heading:
    """The menu; its top is what all settings have in common, or `otherwise`."""
    roots = {each.setting.menu[0] if len(each.setting.menu) > 1 else None for each in settings}
    common = roots.pop() if len(roots) == 1 else None
    top = Heading(common or otherwise, 1)
    for each in settings:
        place = top
        for title in _between(each.setting.menu, skip_first=common is not None):
            place = place.below(title)
        place.settings.append(each)
    return top


def _between(menu: Sequence[str], *, skip_first: bool) -> Iterable[str]:
    """The headings above a setting, without the setting's own name."""
    return menu[1 if skip_first else 0 : -1]
