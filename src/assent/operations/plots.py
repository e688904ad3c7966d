"""What the console plots: the same numbers as bars and as a table.

A chart is values; `draw` makes an SVG of it that stands on a plate of its own, so that it reads alike in both colour
schemes, names itself for whoever does not see it, and holds no fonts: texts are texts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from assent.errors import AssentError
from assent.evidence.manifest import SnapshotManifest
from assent.operations.figures import Figures, figures_of
from assent.operations.platform import Platform
from assent.operations.progress import manifest_of, standing_of
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.identifiers import PurposeName

Say = Callable[[str], str]

UNKNOWN: Final = "unknown"
MOST_BARS: Final = 20
_COLOURS: Final = ("#1c5a94", "#c2571a", "#5a7d2a", "#6a4c93")
_HATCHES: Final = ("", "///", "...", "xxx")
_INK, _PLATE, _LINE = "#1b2430", "#ffffff", "#8a949f"
_STYLE: Final = {"svg.fonttype": "none", "svg.hashsalt": "assent", "font.family": "sans-serif", "font.size": 10}
_drawing = threading.Lock()
_KEPT: Final[dict[tuple[str, ...], bytes]] = {}
_MOST_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers by label, one row of them or several.

    Args:
        name: what its address calls it.
        title, note: texts of the catalogue; `about`: what they are filled in with.
        series: a title and a number for each label.
    """

    name: str
    title: str
    note: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    upright: bool = False
    about: str = ""

    @property
    def rows(self) -> list[tuple[str, tuple[int, ...]]]:
        """A label and its numbers, as a table shows them."""
        return [(label, tuple(numbers[at] for _, numbers in self.series)) for at, label in enumerate(self.labels)]


def charts_of(platform: Platform, use: str) -> list[Chart]:
    """What is plotted about that use of the pack in force; charts without any number are left out."""
    pack, figures = platform.pack, figures_of(platform)
    purpose = pack.purposes[PurposeName(use)]
    found = [_members(pack, purpose, figures), *_records(platform, purpose), _switches(pack, purpose, figures)]
    return [replace(each, about=purpose.title) for each in found if each and each.labels]


def chart_of(platform: Platform, use: str, name: str) -> Chart | None:
    """The chart of that name."""
    return next((each for each in charts_of(platform, use) if each.name == name), None)


def _members(pack: Pack, purpose: Purpose, figures: Figures) -> Chart:
    """Of every region how many members there are, for how many the use is off, and how many were told."""
    shown = figures.regions[:MOST_BARS]
    series = [("Members", tuple(each.members for each in shown))]
    if purpose.setting is not None:
        series.append(("The setting is off", tuple(each.off[purpose.setting] for each in shown)))
    if purpose.notice is not None:
        series.append(("The notice was delivered", tuple(each.told[purpose.notice] for each in shown)))
    labels = tuple(_place(pack, purpose, each.region) for each in shown)
    return Chart("members", "Members by region", "Regions marked * are not covered by this use.", labels, tuple(series))


def _place(pack: Pack, purpose: Purpose, region: str | None) -> str:
    covered = region is not None and region in {str(code) for code in purpose.coverage}
    held = any(hold.purpose == purpose.name and pack.hold_covers(hold, region) for hold in pack.holds)
    return f"{region or UNKNOWN}{'' if covered and not held else ' *'}"


def _records(platform: Platform, purpose: Purpose) -> list[Chart]:
    """Of the newest data set what its manifest counted."""
    manifest = newest_manifest(platform, purpose)
    if manifest is None:
        return []
    counts = manifest.counts
    reasons = sorted(counts.denied.items(), key=lambda each: -each[1])[:MOST_BARS]
    regions = sorted(counts.allowed_by_region.items(), key=lambda each: -each[1])[:MOST_BARS]
    return [
        Chart(
            "records",
            "Records of the newest data set: permitted, or why not",
            "Each record is counted once, by the reason that is shown first.",
            ("permitted", *(name for name, _ in reasons)),
            (("Records", (counts.allowed, *(number for _, number in reasons))),),
        ),
        Chart(
            "regions",
            "Permitted records of the newest data set by region",
            "By the author's region.",
            tuple(name or UNKNOWN for name, _ in regions),
            (("Records", tuple(number for _, number in regions)),),
        ),
    ]


def newest_manifest(platform: Platform, purpose: Purpose) -> SnapshotManifest | None:
    """The manifest of the newest data set for the use that stands and can be read."""
    found = []
    for _, folder in standing_of(platform, purpose):
        try:
            found.append(manifest_of(folder))
        except (AssentError, OSError):
            continue
    return max(found, key=lambda each: each.at, default=None)


def _switches(pack: Pack, purpose: Purpose, figures: Figures) -> Chart | None:
    """How often the use was switched off and on, month by month."""
    if purpose.setting is None:
        return None
    own = {month: times for (month, setting), times in figures.months.items() if setting == purpose.setting}
    months = tuple(sorted(own))[-2 * MOST_BARS :]
    return Chart(
        "switches",
        "Switched off and on, by month",
        f"{pack.settings[purpose.setting].title}",
        months,
        (
            ("Switched off", tuple(own[each][0] for each in months)),
            ("Switched on", tuple(own[each][1] for each in months)),
        ),
        upright=True,
    )


def draw(chart: Chart, *, say: Say, kept_as: tuple[str, ...] = ()) -> bytes:
    """The chart as SVG.

    Args:
        say: gives a text of the catalogue in the reader's language.
        kept_as: what it depends on besides its name; a chart that was drawn for the same is given again.
    """
    place = (chart.name, *kept_as)
    found = _KEPT.get(place) if kept_as else None
    if found is None:
        with _drawing, mpl.rc_context(_STYLE):  # its settings are the process's
            found = _draw(chart, say)
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        if kept_as:
            _KEPT[place] = found
    return found


def _draw(chart: Chart, say: Say) -> bytes:
    count, rows = len(chart.labels), len(chart.series)
    figure = Figure(figsize=(7.2, 3.2 if chart.upright else 0.9 + count * (0.16 + 0.17 * rows)), facecolor=_PLATE)
    axes = figure.add_subplot()
    axes.set_facecolor(_PLATE)
    thick = 0.8 / rows
    for at, (title, numbers) in enumerate(chart.series):
        places = [each + (at - (rows - 1) / 2) * thick for each in range(count)]
        look: dict[str, Any] = {"color": _COLOURS[at], "hatch": _HATCHES[at], "edgecolor": _PLATE, "label": say(title)}
        bars = (
            axes.bar(places, numbers, width=thick, **look)
            if chart.upright
            else axes.barh(places, numbers, height=thick, **look)
        )
        if count <= MOST_BARS and not chart.upright:
            axes.bar_label(bars, labels=[f"{each:,}" for each in numbers], padding=3, fontsize=8, color=_INK)
    _label(chart, axes, say)
    if rows > 1:
        axes.legend(frameon=False, fontsize=9, labelcolor=_INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.margins(x=0.12 if not chart.upright else 0.02)
    figure.tight_layout()
    file = BytesIO()
    FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None})
    return _named(file.getvalue().decode(), say(chart.title), chart, say).encode()


def _label(chart: Chart, axes: object, say: Say) -> None:
    labels = [say(each) for each in chart.labels]
    places = range(len(labels))
    if chart.upright:
        axes.set_xticks(places, labels, rotation=45, ha="right")  # type: ignore[attr-defined]
    else:
        axes.set_yticks(places, labels)  # type: ignore[attr-defined]
        axes.invert_yaxis()  # type: ignore[attr-defined]
    axes.tick_params(colors=_INK, labelsize=9)  # type: ignore[attr-defined]
    for spine in axes.spines.values():  # type: ignore[attr-defined]
        spine.set_color(_LINE)


def _named(svg: str, title: str, chart: Chart, say: Say) -> str:
    """The picture says what it is and what it shows."""
    told = "; ".join(f"{say(label)}: {', '.join(map(str, numbers))}" for label, numbers in chart.rows)
    start = svg.index("<svg")
    end = svg.index(">", start) + 1
    opening = svg[start : end - 1] + ' role="img" aria-labelledby="chart-title chart-desc">'
    names = f'<title id="chart-title">{escape(title)}</title><desc id="chart-desc">{escape(told)}</desc>'
    return svg[:start] + opening + names + svg[end:]
