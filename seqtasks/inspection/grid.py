"""A grid of coloured cells with labels, which all heat maps draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqtasks.inspection.canvas import Fonts


def add_grid(
    figure: Any,
    fonts: Fonts,
    values: Sequence[Sequence[float]],
    corner: tuple[float, float],
    cell: tuple[float, float],
    columns: Sequence[str],
    rows: Sequence[str],
    **options: Any,
) -> tuple[Any, Any]:
    """Draw values as coloured cells, with labels above the columns and left of the rows.

    Args:
        figure: to draw on.
        fonts: for the labels.
        values: (rows, columns), drawn from top to bottom.
        corner: the upper left corner, in inches from the left and the top of the figure.
        cell: width and height of a cell, in inches.
        columns: labels.
        rows: labels.
        options: of matplotlib's ``pcolormesh``.

    Returns:
        The axes and the mesh of cells.
    """
    width, height = figure.get_size_inches()
    across, down = cell[0] * len(columns), cell[1] * len(rows)
    left, top = corner
    box = (left / width, 1 - (top + down) / height, across / width, down / height)
    axes = figure.add_axes(box)
    mesh = axes.pcolormesh(values, edgecolors="white", **options)
    axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    axes.xaxis.tick_top()
    axes.set_xticks([n + 0.5 for n in range(len(columns))], labels=map(fonts.drawable, columns))
    axes.set_yticks([n + 0.5 for n in range(len(rows))], labels=map(fonts.drawable, rows))
    axes.tick_params(length=0, pad=4)
    return axes, mesh
