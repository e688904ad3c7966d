"""What people read beside a model: its card, the public summary of what it was trained on, its loss curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

import matplotlib as mpl
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from assent.evidence.manifest import SnapshotManifest
from assent.evidence.model import ModelManifest
from assent.policy.pack import Purpose
from assent.vocabulary.instants import format_instant

Curve = Sequence[tuple[int, float]]
TO_COMPLETE: Final = "[to be completed by the provider]"
_HOW: Final = {
    "mean": "the base with the mean of what all adapters add to its weights, as one model",
    "logits": "the mean of what all adapters answer, each asked by itself",
}


@dataclass(frozen=True, slots=True)
class _Shard:
    shard: int
    members: int
    tokens: int
    loss: float


def write_card(model: ModelManifest, purpose: Purpose) -> str:
    """The model card, as Markdown; it follows from the manifest and the pack alone.

    Source: Mitchell et al. 2019, arXiv 1810.03993.
    """
    return _texts().get_template("card.md").render(**_said(model, purpose), how=_HOW[model.aggregation])


def write_training_content(model: ModelManifest, snapshot: SnapshotManifest, purpose: Purpose) -> str:
    """The public summary of training content, in the order of the Commission's template (AI Act, Art. 53(1)(d))."""
    counts = snapshot.counts
    return (
        _texts()
        .get_template("training-content.md")
        .render(
            **_said(model, purpose),
            counts=counts,
            rules=snapshot.pack_name,
            by_kind=_listed(counts.allowed_by_category),
            by_region=_listed(counts.allowed_by_region),
        )
    )


def draw_losses(curves: Mapping[tuple[int, int], Curve]) -> bytes:
    """The loss of every shard while it learned, as SVG; equal curves have equal bytes.

    Args:
        curves: by (shard, slice), each from its own beginning.
    """
    with mpl.rc_context({"svg.hashsalt": "assent", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(7, 3.2), layout="constrained")
        axes = figure.subplots()
        shards = sorted({shard for shard, _ in curves})
        for place, shard in enumerate(shards):
            colour = mpl.colormaps["viridis"](place / max(1, len(shards) - 1) * 0.9)
            begins = 0
            for points in (each for key, each in sorted(curves.items()) if key[0] == shard and each):
                axes.plot([(begins + at) / 1e3 for at, _ in points], [loss for _, loss in points], color=colour, lw=1)
                begins += points[-1][0]
        axes.set_xlabel("thousand tokens a shard has learned, every pass counted")
        axes.set_ylabel("loss, nats per token")
        axes.set_title("a line for each slice, a colour for each shard", fontsize=9)
        axes.grid(visible=True, alpha=0.3)
        written = BytesIO()
        FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})
    return written.getvalue()


@cache
def _texts() -> Environment:
    # Markdown, not HTML: nothing is escaped, and nothing that a member wrote is in it.
    return Environment(  # noqa: S701
        loader=PackageLoader("assent.training"), undefined=StrictUndefined, keep_trailing_newline=True
    )


def _said(model: ModelManifest, purpose: Purpose) -> dict[str, object]:
    return {
        "model": model,
        "purpose": purpose,
        "at": format_instant(model.at),
        "shards": _shards(model),
        "rows": model.rows,
        "members": model.members,
        "provenance": model.base.provenance,
        "to_complete": TO_COMPLETE,
    }


def _shards(model: ModelManifest) -> list[_Shard]:
    found = []
    for shard in range(model.shards):
        own = [each for each in model.slices if each.shard == shard]
        losses = [each.loss for each in own if each.loss is not None]
        if losses:
            found.append(_Shard(shard, sum(each.members for each in own), sum(each.tokens for each in own), losses[-1]))
    return found


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counts.items())) or "none"
