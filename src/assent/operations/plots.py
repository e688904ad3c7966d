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
from assent.operations.coverage import reasons_by_region
from assent.operations.figures import Figures, figures_of
from assent.operations.notices import coverage
from assent.operations.platform import Platform
from assent.operations.progress import manifest_of, standing_of
from assent.policy.pack import Pack, Purpose
from assent.vocabulary.identifiers import PurposeName
from assent.vocabulary.reasons import REASONS

Say = Callable[[str], str]

UNKNOWN: Final = "unknown"
MOST_BARS: Final = 20
_COLOURS: Final = ("#1c5a94", "#c2571a", "#5a7d2a", "#6a4c93", "#a3195b", "#7a6a00", "#00706b", "#57606a")
_HATCHES: Final = ("", "///", "...", "xxx", "\\\\\\", "---", "+++", "ooo")
_MONTHS_BY_WEEK: Final = 12
_WEEKS: Final = 54
_TOLD: Final = {
    "in_app": "told in the app",
    "by_mail": "told by mail",
    "doubtful": "mail came back later",
    "waiting": "mail waits",
    "bounced": "mail bounced",
    "not_sent": "nothing sent yet",
    "no_address": "no address",
}
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
    stacked: bool = False
    about: str = ""

    @property
    def rows(self) -> list[tuple[str, tuple[int, ...]]]:
        """A label and its numbers, as a table shows them."""
        return [(label, tuple(numbers[at] for _, numbers in self.series)) for at, label in enumerate(self.labels)]


def charts_of(platform: Platform, use: str) -> list[Chart]:
    """What is plotted about that use of the pack in force; charts without any number are left out."""
    pack, figures = platform.pack, figures_of(platform)
    purpose = pack.purposes[PurposeName(use)]
    found = [
        _reasons(platform, purpose),
        _members(pack, purpose, figures),
        *_notices(platform, purpose),
        _switches(pack, purpose, figures),
        *_records(platform, purpose),
    ]
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


def _reasons(platform: Platform, purpose: Purpose) -> Chart:
    """Of every region how many permit the use, and how many do not for which reason first."""
    rows = reasons_by_region(platform, purpose.name)[:MOST_BARS]
    reasons = [reason for reason in REASONS if any(reason in each.denied for each in rows)]
    return Chart(
        "reasons",
        "Members by region and reason",
        "Each member is counted once: as permitted, or by the reason that is shown first.",
        tuple(each.region or UNKNOWN for each in rows),
        (
            ("permitted", tuple(each.permitted for each in rows)),
            *((title_of(each.label), tuple(row.denied.get(each, 0) for row in rows)) for each in reasons),
        ),
        stacked=True,
    )


def _notices(platform: Platform, purpose: Purpose) -> list[Chart]:
    """How members were told of the use, and who was not and why."""
    if purpose.notice is None:
        return []
    rows = sorted(coverage(platform, purpose.notice).regions, key=lambda each: -each.members)
    series = tuple((title, tuple(getattr(each, name) for each in rows[:MOST_BARS])) for name, title in _TOLD.items())
    return [
        Chart(
            "notices",
            "Who was told, by region",
            "An address to which mail came back is no way of telling somebody.",
            tuple(each.region or UNKNOWN for each in rows[:MOST_BARS]),
            tuple(each for each in series if any(each[1]) or each[0] in ("told in the app", "told by mail")),
            stacked=True,
        )
    ]


def title_of(label: str) -> str:
    """A reason in two or three words."""
    return label.replace("_", " ")


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
            ("permitted", *(title_of(name) for name, _ in reasons)),
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
    by_week = {span: times for (span, setting), times in figures.weeks.items() if setting == purpose.setting}
    by_month = {span: times for (span, setting), times in figures.months.items() if setting == purpose.setting}
    is_short = len(by_month) <= _MONTHS_BY_WEEK
    own = by_week if is_short else by_month
    months = tuple(sorted(own))[-(_WEEKS if is_short else 2 * MOST_BARS) :]
    return Chart(
        "switches",
        "Switched off and on, by week" if is_short else "Switched off and on, by month",
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
    lanes = 1 if chart.stacked else rows
    legend = 0.22 * rows if chart.stacked else 0.0
    height = 3.2 if chart.upright else 0.9 + count * (0.16 + 0.17 * lanes) + legend
    figure = Figure(figsize=(7.2, height), facecolor=_PLATE)
    axes = figure.add_subplot()
    axes.set_facecolor(_PLATE)
    if chart.stacked:
        _stack(chart, axes, say)
    else:
        _bars(chart, axes, say)
    _label(chart, axes, say)
    if rows > 1:
        below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.3 / height * 2), "ncols": 2}
        axes.legend(frameon=False, fontsize=9, labelcolor=_INK, **(below if chart.stacked else {}))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.margins(x=0.12 if not chart.upright else 0.02)
    figure.tight_layout()
    file = BytesIO()
    FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None})
    return _named(file.getvalue().decode(), say(chart.title), chart, say).encode()


def _look(at: int, title: str) -> dict[str, Any]:
    """A colour and a hatch, so that no colour alone says anything."""
    place = at % len(_COLOURS)
    return {"color": _COLOURS[place], "hatch": _HATCHES[place], "edgecolor": _PLATE, "label": title}


def _bars(chart: Chart, axes: Any, say: Say) -> None:
    count, rows = len(chart.labels), len(chart.series)
    thick = 0.8 / rows
    for at, (title, numbers) in enumerate(chart.series):
        places = [each + (at - (rows - 1) / 2) * thick for each in range(count)]
        look = _look(at, say(title))
        bars = (
            axes.bar(places, numbers, width=thick, **look)
            if chart.upright
            else axes.barh(places, numbers, height=thick, **look)
        )
        if count <= MOST_BARS and not chart.upright:
            axes.bar_label(bars, labels=[f"{each:,}" for each in numbers], padding=3, fontsize=8, color=_INK)


def _stack(chart: Chart, axes: Any, say: Say) -> None:
    begins = [0] * len(chart.labels)
    for at, (title, numbers) in enumerate(chart.series):
        axes.barh(range(len(begins)), numbers, left=begins, height=0.7, **_look(at, say(title)))
        begins = [begin + number for begin, number in zip(begins, numbers, strict=True)]


def _label(chart: Chart, axes: Any, say: Say) -> None:
    labels = [say(each) for each in chart.labels]
    places = range(len(labels))
    if chart.upright:
        axes.set_xticks(places, labels, rotation=45, ha="right")
    else:
        axes.set_yticks(places, labels)
        axes.invert_yaxis()
    axes.tick_params(colors=_INK, labelsize=9)
    for spine in axes.spines.values():
        spine.set_color(_LINE)


def _named(svg: str, title: str, chart: Chart, say: Say) -> str:
    """The picture says what it is and what it shows."""
    told = "; ".join(f"{say(label)}: {', '.join(map(str, numbers))}" for label, numbers in chart.rows)
    start = svg.index("<svg")
    end = svg.index(">", start) + 1
    opening = svg[start : end - 1] + ' role="img" aria-labelledby="chart-title chart-desc">'
    names = f'<title id="chart-title">{escape(title)}</title><desc id="chart-desc">{escape(told)}</desc>'
    return svg[:start] + opening + names + svg[end:]
