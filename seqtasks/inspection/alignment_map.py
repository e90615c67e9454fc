"""Attention as a picture: target symbols down, source symbols across."""

from __future__ import annotations

from pathlib import Path

from seqtasks.errors import UsageError
from seqtasks.inspection.alignment import Alignment
from seqtasks.inspection.canvas import FAINT, MAX_INCHES, drawing
from seqtasks.inspection.grid import add_grid
from seqtasks.inspection.marks import visible
from seqtasks.inspection.palette import shares

_CELL, _LETTER, _EDGE = 0.24, 0.085, 0.35
"""Inches: the side of a cell, about the width of a letter, and the space around the picture."""


def draw_alignment(alignment: Alignment, path: Path) -> None:
    """Write a heat map, the darker the more attention (Bahdanau et al. 2015, figure 3).

    Raises:
        UsageError: the texts are too long for a picture.
        SeqtasksError: as of `drawing`.
    """
    source = [visible(symbol) for symbol in alignment.source]
    target = [visible(symbol) for symbol in alignment.target]
    left = _EDGE + _LETTER * max(map(len, target))
    top = _EDGE + _LETTER * max(map(len, source))
    width = left + _CELL * len(source) + _EDGE + 0.4
    height = top + _CELL * len(target) + _EDGE
    if max(width, height) > MAX_INCHES:
        raise UsageError(
            f"{len(source)} by {len(target)} symbols are too many for one picture: shorten the "
            "text, or let the file's name end in .json",
            option="text",
        )
    with drawing(path, [*source, *target], figsize=(width, height)) as (figure, fonts):
        weights, cell = alignment.weights.tolist(), (_CELL, _CELL)
        colours = {"cmap": shares(), "vmin": 0, "vmax": 1, "linewidth": 0.6}
        axes, _ = add_grid(figure, fonts, weights, (left, top), cell, source, target, **colours)
        for label in axes.get_xticklabels():
            label.set(rotation=90)
        for spine in axes.spines.values():
            spine.set_color(FAINT)
        if fonts.note:
            figure.text(left / width, 0.12 / height, fonts.note, fontsize=7, color=FAINT)
