"""Attention as a picture: target symbols down, source symbols across."""

from __future__ import annotations

from pathlib import Path

from seqtasks.errors import UsageError
from seqtasks.inspection.alignment import Alignment
from seqtasks.inspection.canvas import FAINT, LARGEST, drawing, save
from seqtasks.inspection.marks import visible

CELL = 0.24
"""Inches: the side of a cell."""

LETTER = 0.085
"""Inches: the width of a letter beside the map, about."""

EDGE = 0.35
"""Inches around everything."""


def draw_alignment(alignment: Alignment, path: Path) -> None:
    """Write a heat map, the darker the more attention (Bahdanau et al. 2015, figure 3).

    Args:
        alignment: of a pair of texts.
        path: ends in .png or .svg.

    Raises:
        UsageError: the texts are too long for a picture.
        SeqtasksError: matplotlib is missing, or the place cannot be written.
    """
    source = [visible(symbol) for symbol in alignment.source]
    target = [visible(symbol) for symbol in alignment.target]
    left = EDGE + LETTER * max(map(len, target))
    top = EDGE + LETTER * max(map(len, source))
    width = left + CELL * len(source) + EDGE + 0.4
    height = top + CELL * len(target) + EDGE
    if max(width, height) > LARGEST:
        raise UsageError(
            f"{len(source)} by {len(target)} symbols are too many for one picture: shorten the "
            "text, or write a .json file"
        )
    with drawing([*source, *target]) as fonts:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height))
        axes = figure.add_axes(
            (
                left / width,
                EDGE / height,
                CELL * len(source) / width,
                CELL * len(target) / height,
            )
        )
        axes.pcolormesh(
            alignment.weights.tolist(),
            cmap="Blues",
            vmin=0,
            vmax=1,
            edgecolors="white",
            linewidth=0.6,
        )
        axes.set(xlim=(0, len(source)), ylim=(len(target), 0))
        axes.xaxis.tick_top()
        axes.set_xticks([n + 0.5 for n in range(len(source))], labels=map(fonts.drawable, source))
        axes.set_yticks([n + 0.5 for n in range(len(target))], labels=map(fonts.drawable, target))
        for label in axes.get_xticklabels():
            label.set(rotation=90)
        axes.tick_params(length=0, pad=3)
        for spine in axes.spines.values():
            spine.set_color(FAINT)
        if fonts.note:
            figure.text(left / width, 0.12 / height, fonts.note, fontsize=7, color=FAINT)
        save(figure, path)
