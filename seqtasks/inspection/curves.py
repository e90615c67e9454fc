"""Gradients as pictures: over the steps of a text, and over the steps of a training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtasks.inspection.canvas import FAINT, INK, drawing, save
from seqtasks.inspection.norms import TrainingNorms
from seqtasks.inspection.reach import Reach, factor

LEGEND = 8
"""Layers that get a line in the legend."""


def draw_reach(reach: Reach, path: Path) -> None:
    """Write the gradient's norm over the lag, one curve a layer (Pascanu et al. 2013).

    Args:
        reach: of a text.
        path: ends in .png or .svg.

    Raises:
        SeqtasksError: matplotlib is missing, or the place cannot be written.
    """
    panels = {"to what a layer reads": reach.inputs, "to the state it hands on": reach.states}
    panels = {title: series for title, series in panels.items() if series}
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(0.6 + 4.6 * len(panels), 4.2), layout="constrained")
        figure.suptitle(
            f"Gradient of the {reach.of} ({reach.loss:.3g} nats) with respect …",
            weight="bold",
            fontsize=12,
        )
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for place, (title, series) in zip(axes, panels.items(), strict=True):
            place.set_title(f"… {title}", fontsize=10, loc="left")
            place.set_xlabel("lag: steps before the last that was read")
            _curves(place, series)
        _logarithmic(axes[0])
        axes[0].set_ylabel("norm")
        save(figure, path)


def _curves(axes: Any, series: Sequence[Sequence[float]]) -> None:
    """One curve a layer, dark for those that are near the input."""
    from matplotlib import colormaps

    colours = colormaps["viridis"]
    every = math.ceil(len(series) / LEGEND)
    for layer, norms in enumerate(series):
        rate = factor(norms)
        label = f"layer {layer}" + ("" if rate is None else f", × {rate:.3g} a step")
        shown = [norm if 0 < norm < math.inf else math.nan for norm in norms]
        axes.plot(
            range(len(shown)),
            shown,
            color=colours(0.85 * layer / max(1, len(series) - 1)),
            linewidth=1.4,
            marker="o" if len(shown) <= 40 and len(series) <= 4 else None,
            markersize=3,
            label=label if layer % every == 0 else None,
        )
    axes.grid(True, which="major")
    axes.spines[["top", "right"]].set_visible(False)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.15), "ncols": min(2, len(series))}
    axes.legend(fontsize=8, handlelength=1.5, **below)


def _logarithmic(axes: Any) -> None:
    """A logarithmic y axis; with plain numbers where it spans less than three decades."""
    from matplotlib import ticker

    axes.set_yscale("log")
    low, high = axes.get_ylim()
    if low > 1e-3 and high < 1e6 and high / low < 1e3:
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
        axes.yaxis.set_minor_formatter(ticker.NullFormatter())


def draw_norms(norms: TrainingNorms, path: Path) -> None:
    """Write the whole gradient's norm over training, before and after clipping.

    Args:
        norms: of a run.
        path: ends in .png or .svg.

    Raises:
        SeqtasksError: matplotlib is missing, or the place cannot be written.
    """
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.6, 4.0), layout="constrained")
        axes: Any = figure.subplots()
        marker = "o" if len(norms.steps) <= 40 else None
        for values, colour, label in (
            (norms.before, "#d1495b", "before clipping"),
            (norms.after, "#1b6ca8", "after clipping"),
        ):
            shown = [value if 0 < value < math.inf else math.nan for value in values]
            axes.plot(
                norms.steps, shown, color=colour, linewidth=1.2, marker=marker, ms=3, label=label
            )
        if norms.limit is not None:
            axes.axhline(norms.limit, color=FAINT, linewidth=0.9, linestyle="--", label="limit")
        _logarithmic(axes)
        axes.set(xlabel="optimizer step", ylabel="norm of the whole gradient")
        share = f"clipped at {norms.clipped:.0%} of {len(norms.steps)} logged steps"
        bad = sum(not math.isfinite(value) for value in norms.before)
        share += f", not finite at {bad}" if bad else ""
        axes.set_title(f"Gradient in training: {share}", weight="bold", fontsize=12, color=INK)
        axes.grid(True, which="major")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=8)
        save(figure, path)
