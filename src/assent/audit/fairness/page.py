"""The audit of rankings on one page: without scripts, and nothing is fetched."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from assent.audit.fairness.report import FOUR_FIFTHS, LEAST_PEOPLE, Attribute, FairnessReport
from assent.audit.model.plots import Plot, draw_plot

_COLOURS: Final = ("#1c5a94", "#c2571a")
_INK, _LINE = "#1b2430", "#8a949f"
SMALLEST_P: Final = 0.05


def write_page(report: FairnessReport) -> str:
    """The page in HTML."""
    pages = Environment(loader=PackageLoader("assent.audit.fairness"), autoescape=True, undefined=StrictUndefined)
    pages.trim_blocks = pages.lstrip_blocks = True
    return pages.get_template("fairness.html").render(
        report=report,
        least=LEAST_PEOPLE,
        sentence=headline(report),
        parts=[(each, verdict(each), _plots(each, at)) for at, each in enumerate(report.attributes)],
    )


def headline(report: FairnessReport) -> str:
    """The one sentence that a person reads who reads one."""
    if not report.attributes:
        return "Too few people declared anything: nothing can be said about groups."
    unlike = [each.name for each in report.attributes if each.before.p <= SMALLEST_P]
    if unlike:
        return f"Rankings treat groups differently, more than chance explains: {', '.join(unlike)}."
    return "No difference between groups that chance would not explain was found."


def verdict(attribute: Attribute) -> str:
    """What was found of one attribute, in words."""
    before, low = attribute.before, _lowest(attribute)
    told = "Exposure differs more than chance explains" if before.p <= SMALLEST_P else "Chance explains the differences"
    told += f" (p = {before.p:.3f}, {len(attribute.people)} groups)."
    if low is not None and low[1] < FOUR_FIFTHS:
        told += f" The group {low[0]} is selected {low[1]:.2f} times as often as the most selected, below four fifths."
    if attribute.after is not None:
        told += (
            f" Re-ranked, no prefix lacks a group ({before.infeasible} did)"
            if attribute.after.infeasible == 0
            else f" Re-ranked, {attribute.after.infeasible} prefixes lack a group ({before.infeasible} did)"
        )
        told += f"; that costs {1 - attribute.after.ndcg:.2%} of the NDCG of the first 100."
    return told


def _lowest(attribute: Attribute) -> tuple[str, float] | None:
    ratios = {
        name: each.impact_ratio
        for name, each in attribute.selected.items()
        if each.impact_ratio is not None and not each.left_out
    }
    return min(ratios.items(), key=lambda each: each[1]) if ratios else None


def _plots(attribute: Attribute, number: int) -> list[Plot]:
    return [_skews(attribute, number), _impact(attribute, number), _exposures(attribute, number)]


def _skews(attribute: Attribute, number: int) -> Plot:
    groups = list(attribute.people)
    series = [("by score", [attribute.before.skews[25].get(group) for group in groups])]
    if attribute.after is not None:
        series.append(("re-ranked", [attribute.after.skews[25].get(group) for group in groups]))

    def fill(axes: Any) -> None:
        for at, (label, values) in enumerate(series):
            places = [place + (at - (len(series) - 1) / 2) * 0.38 for place in range(len(groups))]
            axes.barh(places, [each or 0.0 for each in values], height=0.36, color=_COLOURS[at], label=label)
            for place, value in zip(places, values, strict=True):
                if value is None:
                    axes.text(0, place, "nobody ", ha="right", va="center", fontsize=9, color=_COLOURS[at])
        axes.axvline(0, color=_LINE, linewidth=1)
        axes.set_yticks(range(len(groups)), groups)
        axes.invert_yaxis()
        axes.set_xlabel("too few   ←   skew among the first 25   →   more", color=_INK)
        axes.legend(frameon=False, fontsize=9, labelcolor=_INK)

    told = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{group} nobody" if value is None else f"{group} {value:+.2f}"
            for group, value in zip(groups, values, strict=True)
        )
        for label, values in series
    )
    return draw_plot(f"skew-{number}", f"Who stands among the first 25, by {attribute.name}", told, fill)


def _impact(attribute: Attribute, number: int) -> Plot:
    shown = [(name, each) for name, each in attribute.selected.items() if each.impact_ratio is not None]

    def fill(axes: Any) -> None:
        axes.axvline(FOUR_FIFTHS, color=_COLOURS[1], linestyle="--", linewidth=1, label="four fifths")
        for at, (name, each) in enumerate(shown):
            ratio = each.impact_ratio or 0.0
            interval = attribute.intervals.get(name)
            if interval is not None:
                axes.plot(interval, [at, at], color=_COLOURS[0], linewidth=2)
            axes.plot([ratio], [at], "o", color=_COLOURS[0])
        axes.set_yticks(range(len(shown)), [name for name, _ in shown])
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(left=0)
        axes.set_xlabel("impact ratio, with its 95 % interval", color=_INK)
        axes.legend(frameon=False, fontsize=9, labelcolor=_INK)

    told = ", ".join(f"{name} {each.impact_ratio:.2f}" for name, each in shown)
    return draw_plot(f"impact-{number}", f"How often each group is selected, by {attribute.name}", told, fill)


def _exposures(attribute: Attribute, number: int) -> Plot:
    groups = list(attribute.people)
    orders = [("by score", attribute.before)]
    if attribute.after is not None:
        orders.append(("re-ranked", attribute.after))
    series = [(label, [order.exposure.get(group, 0.0) for group in groups]) for label, order in orders]

    def fill(axes: Any) -> None:
        for at, (label, values) in enumerate(series):
            places = [place + (at - (len(series) - 1) / 2) * 0.38 for place in range(len(groups))]
            axes.barh(places, values, height=0.36, color=_COLOURS[at], label=label)
        axes.set_yticks(range(len(groups)), groups)
        axes.set_ylim(len(groups) - 0.5, -1.1)
        axes.locator_params(axis="x", nbins=5)
        axes.set_xlabel("attention a person gets on average (exposure)", color=_INK)
        axes.legend(frameon=False, fontsize=9, labelcolor=_INK, ncols=2, loc="upper left")

    told = "; ".join(
        f"{label}: " + ", ".join(f"{group} {value:.3f}" for group, value in zip(groups, values, strict=True))
        for label, values in series
    )
    return draw_plot(f"exposure-{number}", f"Who is seen, by {attribute.name}", told, fill)
