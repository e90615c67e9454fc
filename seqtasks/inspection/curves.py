"""Gradients as pictures: over the steps of a text, and over the steps of a training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtasks.inspection.canvas import FAINT, INK, drawing
from seqtasks.inspection.norms import TrainingNorms
from seqtasks.inspection.reach import Reach, factor

_LEGEND = 8
"""The most layers with a line in the legend."""

_DOTTED = 40
"""The most points of a curve that are marked one by one."""


def draw_reach(reach: Reach, path: Path) -> None:
    """Write the norm over the lag by `drawing`, one curve a layer (Pascanu et al. 2013)."""
    panels = {"to what a layer reads": reach.inputs, "to the state it hands on": reach.states}
    panels = {title: series for title, series in panels.items() if series}
    size = (0.6 + 4.6 * len(panels), 4.2)
    with drawing(path, figsize=size, layout="constrained") as (figure, _):
        title = f"Gradient of the {reach.of} ({reach.loss:.3g} nats) with respect …"
        figure.suptitle(title, weight="bold", fontsize=12)
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for place, (panel, series) in zip(axes, panels.items(), strict=True):
            place.set_title(f"… {panel}", fontsize=10, loc="left")
            place.set_xlabel("lag: steps before the last that was read")
            _layers(place, series)
        _logarithmic(axes[0])
        axes[0].set_ylabel("norm")


def draw_norms(norms: TrainingNorms, path: Path) -> None:
    """Write the whole gradient's norm over training, before and after clipping, by `drawing`."""
    with drawing(path, figsize=(7.6, 4.0), layout="constrained") as (figure, _):
        axes: Any = figure.subplots()
        look = {"linewidth": 1.2, "marker": "o" if len(norms.steps) <= _DOTTED else None, "ms": 3}
        before, after = _positive(norms.before), _positive(norms.after)
        axes.plot(norms.steps, before, color="#d1495b", label="before clipping", **look)
        axes.plot(norms.steps, after, color="#1b6ca8", label="after clipping", **look)
        if norms.limit is not None:
            axes.axhline(norms.limit, color=FAINT, linewidth=0.9, linestyle="--", label="limit")
        _logarithmic(axes)
        axes.set(xlabel="optimizer step", ylabel="norm of the whole gradient")
        share = f"clipped at {norms.clipped:.0%} of {len(norms.steps)} logged steps"
        bad = sum(not math.isfinite(value) for value in norms.before)
        share += f", not finite at {bad}" if bad else ""
        axes.set_title(f"Gradient in training: {share}", weight="bold", fontsize=12, color=INK)
        _finish(axes)
        axes.legend(fontsize=8)


def _layers(axes: Any, series: Sequence[Sequence[float]]) -> None:
    """Draw one curve a layer, dark for layers near the input."""
    from matplotlib import colormaps

    colours = colormaps["viridis"]
    every = math.ceil(len(series) / _LEGEND)
    for layer, norms in enumerate(series):
        rate = factor(norms)
        label = f"layer {layer}" + ("" if rate is None else f", × {rate:.3g} a step")
        axes.plot(
            range(len(norms)),
            _positive(norms),
            color=colours(0.85 * layer / max(1, len(series) - 1)),
            linewidth=1.4,
            marker="o" if len(norms) <= _DOTTED and len(series) <= 4 else None,
            markersize=3,
            label=label if layer % every == 0 else None,
        )
    _finish(axes)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.15), "ncols": min(2, len(series))}
    axes.legend(fontsize=8, handlelength=1.5, **below)


def _positive(values: Sequence[float]) -> list[float]:
    """The values with NaN, which leaves a gap, where a logarithmic axis has no place."""
    return [value if 0 < value < math.inf else math.nan for value in values]


def _finish(axes: Any) -> None:
    axes.grid(True, which="major")
    axes.spines[["top", "right"]].set_visible(False)


def _logarithmic(axes: Any) -> None:
    """Make the y axis logarithmic, with plain numbers if it spans less than three decades."""
    from matplotlib import ticker

    axes.set_yscale("log")
    low, high = axes.get_ylim()
    if low > 1e-3 and high < 1e6 and high / low < 1e3:
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axes.yaxis.set_minor_formatter(ticker.NullFormatter())
