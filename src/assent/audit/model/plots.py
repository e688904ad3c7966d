"""What an audit plots, as SVG that stands in the page itself: no fonts, no scripts, ids of its own."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from assent.audit.model.canaries import ExposureLevel
from assent.audit.model.membership import AttackResult

UNSEEN_BITS: Final = 1.4427  # 1 / ln 2
_COLOURS: Final = ("#1c5a94", "#c2571a", "#5a7d2a", "#6a4c93")
_DASHES: Final = ("-", "--", "-.", ":")
_INK, _PLATE, _LINE = "#1b2430", "#ffffff", "#8a949f"
_STYLE: Final = {"svg.fonttype": "none", "svg.hashsalt": "assent", "font.family": "sans-serif", "font.size": 10}
_SIZE: Final = (4.7, 3.9)  # inches; about a phone's width, so that letters keep their size there
_LOWEST: Final = 1e-3
_drawing = threading.Lock()
_HEAD: Final = re.compile(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>')
_NAMED: Final = re.compile(r'(\bid="|"#|url\(#)')


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture and what it says to whoever does not see it."""

    title: str
    svg: Markup


def draw_roc(name: str, title: str, results: Sequence[AttackResult]) -> Plot | None:
    """The curves of all attacks on logarithmic axes; none where no attack has one."""
    shown = [each for each in results if each.roc]
    if not shown:
        return None

    def fill(axes: Any) -> None:
        axes.plot([_LOWEST, 1], [_LOWEST, 1], color=_LINE, linewidth=1, label="guessing")
        for at, each in enumerate(shown):
            alarms, found = zip(*[(max(a, _LOWEST), max(f, _LOWEST)) for a, f in each.roc], strict=True)
            axes.step(alarms, found, _DASHES[at % 4], where="post", color=_COLOURS[at % 4], label=str(each.attack))
        axes.set(xscale="log", yscale="log", xlim=(_LOWEST, 1.3), ylim=(_LOWEST, 1.5))
        places, names = (_LOWEST, 0.01, 0.1, 1), ("0.1 %", "1 %", "10 %", "100 %")
        axes.set_xticks(places, names)
        axes.set_yticks(places, names)
        axes.minorticks_off()
        axes.set_xlabel("others' texts wrongly taken for members'", color=_INK)
        axes.set_ylabel("members' texts found", color=_INK)
        axes.legend(frameon=False, fontsize=9, loc="lower right", labelcolor=_INK)

    told = "; ".join(f"{each.attack}: {_spoken(each)}" for each in shown)
    return draw_plot(name, title, told, fill)


def _spoken(result: AttackResult) -> str:
    at = {limit: max(found for alarms, found in result.roc if alarms <= limit) for limit in (0.01, 0.1)}
    return ", ".join(f"{found:.0%} found at {limit:.0%} false alarms" for limit, found in at.items())


def draw_exposure(name: str, title: str, rows: Sequence[tuple[str, Sequence[ExposureLevel]]]) -> Plot | None:
    """Bits by repetitions, a row for each audit, with intervals; none where nothing was planted."""
    shown = [(label, levels) for label, levels in rows if levels]
    if not shown:
        return None
    numbers = sorted({each.repetitions for _, levels in shown for each in levels})

    def fill(axes: Any) -> None:
        top = max(each.ceiling for _, levels in shown for each in levels)
        axes.axhline(top, color=_LINE, linestyle=":", linewidth=1, label="the most that can be shown")
        axes.axhline(UNSEEN_BITS, color=_LINE, linewidth=1, label="never planted, on average")
        for at, (label, levels) in enumerate(shown):
            places = [numbers.index(each.repetitions) + (at - (len(shown) - 1) / 2) * 0.18 for each in levels]
            values = [each.bits.value for each in levels]
            lows = [min(max(0.0, each.bits.value - each.bits.low), each.bits.value) for each in levels]
            highs = [min(max(0.0, each.bits.high - each.bits.value), top - each.bits.value) for each in levels]
            axes.errorbar(
                places, values, yerr=(lows, highs), fmt="os^D"[at % 4], color=_COLOURS[at % 4], capsize=3, label=label
            )
        axes.set_xticks(range(len(numbers)), [str(each) for each in numbers])
        axes.set_ylim(0, top * 1.45)
        axes.set_xlabel("times planted", color=_INK)
        axes.set_ylabel("exposure, bits", color=_INK)
        axes.legend(frameon=False, fontsize=9, loc="upper left", ncols=2, labelcolor=_INK)

    told = "; ".join(
        f"{label}: " + ", ".join(f"planted {each.repetitions} times {each.bits.value:.1f} bits" for each in levels)
        for label, levels in shown
    )
    return draw_plot(name, title, told, fill)


def draw_plot(name: str, title: str, told: str, fill: Callable[[Any], None]) -> Plot:
    """What `fill` draws on a pair of axes; `told` says the same in words, `name` keeps its ids apart from others'."""
    with _drawing, mpl.rc_context(_STYLE):  # its settings are the process's
        figure = Figure(figsize=_SIZE, facecolor=_PLATE)
        axes = figure.add_subplot()
        axes.set_facecolor(_PLATE)
        fill(axes)
        axes.tick_params(colors=_INK, labelsize=9)
        for side, spine in axes.spines.items():
            spine.set_visible(side in {"left", "bottom"})
            spine.set_color(_LINE)
        figure.tight_layout()
        file = BytesIO()
        FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    return Plot(title, Markup(_own(name, title, told, file.getvalue().decode())))  # noqa: S704 - drawn here, names escaped


def _own(name: str, title: str, told: str, svg: str) -> str:
    """The picture as a part of a page: it fits its place, says what it shows, and its ids are its own."""
    match = _HEAD.search(svg)
    assert match is not None, "the drawing library writes a viewBox"
    inner = _NAMED.sub(lambda found: f"{found[1]}{name}-", svg[match.end() :])
    return (
        f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{match[1]}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(told)}</desc>{inner}'
    )
