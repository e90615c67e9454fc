"""Hidden states as a picture: units down, symbols across, in as many lines as the text needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtasks.errors import UsageError
from seqtasks.inspection.canvas import FAINT, INK, MAX_INCHES, Fonts, drawing
from seqtasks.inspection.grid import add_grid
from seqtasks.inspection.marks import visible
from seqtasks.inspection.palette import signed
from seqtasks.inspection.selectivity import Selectivity
from seqtasks.inspection.states import HiddenStates

_ARROWS = {"forward": "→", "backward": "←"}
_CELL, _SLANTED_CELL, _HEIGHT = 0.15, 0.27, 0.2
"""Inches: the width of a cell under one upright character or a slanted word, and its height."""

_LINE, _SLANTED_LINE = 72, 36
"""The most symbols in a line."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 0.75, 1.9, 0.7, 0.6
"""Inches around the lines: unit names, properties, the title, the colours' scale."""


def draw_states(states: HiddenStates, chosen: Sequence[Selectivity], path: Path) -> None:
    """Write a heat map, red above zero and blue below (Karpathy et al. 2016, figure 2).

    Args:
        states: over a text.
        chosen: the units to show, from top to bottom.
        path: ends in .png or .svg.

    Raises:
        UsageError: the text is too long for a picture.
        SeqtasksError: as of `drawing`.
    """
    labels = [visible(symbol) for symbol in states.symbols]
    widest = max(map(len, labels))
    slanted = widest > 2 and sum(len(label) > 2 for label in labels) > len(labels) / 20
    if not slanted:
        labels = [label if len(label) <= 2 else "·" for label in labels]
    cell, line = (_SLANTED_CELL, _SLANTED_LINE) if slanted else (_CELL, _LINE)
    lines = _lines(states.symbols, line)
    head = 0.12 + (0.058 * max(map(len, labels)) if slanted else 0.15)
    block = head + _HEIGHT * len(chosen) + 0.12
    height = _TOP + len(lines) * block + _BOTTOM
    if height > MAX_INCHES:
        raise UsageError(
            f"{len(labels)} symbols are too many for one picture of {len(chosen)} units: shorten "
            "the text, show fewer units, or let the file's name end in .json",
            option="text",
        )
    arrows = _ARROWS if len(set(states.directions)) > 1 else dict.fromkeys(_ARROWS, "")
    rows = [f"{arrows[states.directions[one.unit]]} {one.unit}".strip() for one in chosen]
    longest = max(span.stop - span.start for span in lines)
    width = _LEFT + max(cell * longest, 2.6) + _RIGHT
    texts = [*labels, *(one.property for one in chosen), *_ARROWS.values()]
    with drawing(path, texts, figsize=(width, height)) as (figure, fonts):
        values = states.values[:, [one.unit for one in chosen]].T.tolist()
        limit = max((abs(value) for row in values for value in row), default=0.0) or 1.0
        colours = {"cmap": signed(), "vmin": -limit, "vmax": limit, "linewidth": 0.4}
        mesh: Any = None
        for number, span in enumerate(lines):
            corner = (_LEFT, _TOP + number * block + head)
            part, columns = [unit[span] for unit in values], labels[span]
            axes, mesh = add_grid(
                figure, fonts, part, corner, (cell, _HEIGHT), columns, rows, **colours
            )
            _finish(axes, chosen, len(columns), slanted, fonts)
        _title(figure, states, fonts, height)
        place = (_LEFT / width, 0.3 / height, 2.4 / width, 0.1 / height)
        scale = figure.colorbar(mesh, cax=figure.add_axes(place), orientation="horizontal")
        scale.set_ticks([-limit, 0, limit], labels=[f"{-limit:.3g}", "0", f"{limit:.3g}"])
        scale.ax.tick_params(length=2, labelsize=8)
        scale.outline.set_visible(False)


def _lines(symbols: Sequence[str], width: int) -> list[slice]:
    """Pieces of a text, cut behind white space where there is some near the end of a line.

    >>> [("to be or not"[line]) for line in _lines("to be or not", 5)]
    ['to be', ' or ', 'not']
    """
    lines, start = [], 0
    while start < len(symbols):
        stop = min(start + width, len(symbols))
        if stop < len(symbols):
            near = range(stop, stop - width // 2, -1)
            stop = next((place for place in near if symbols[place - 1].isspace()), stop)
        lines.append(slice(start, stop))
        start = stop
    return lines


def _finish(
    axes: Any, chosen: Sequence[Selectivity], width: int, slanted: bool, fonts: Fonts
) -> None:
    """Slant the symbols, hide the frame, and write each unit's property on the right."""
    if slanted:
        for text in axes.get_xticklabels():
            text.set(rotation=60, ha="left", va="bottom", rotation_mode="anchor")
    for spine in axes.spines.values():
        spine.set_visible(False)
    for place, one in enumerate(chosen):
        axes.annotate(
            fonts.drawable(f"{one.share:.2f}  {one.property}" if one.property else "–"),
            (width, place + 0.5),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=FAINT,
            annotation_clip=False,
        )


def _title(figure: Any, states: HiddenStates, fonts: Fonts, height: float) -> None:
    """Write the title in one line and the meaning of the numbers in the next."""
    what = "output h" if states.state == "h" else f"state {states.state}"
    left = _LEFT / figure.get_figwidth()
    title = f"{states.cell}, layer {states.layer}: {what}"
    figure.text(left, 1 - 0.24 / height, title, fontsize=12, va="center", weight="bold", color=INK)
    below = "unit numbers on the left; on the right r² with the property that tells most"
    if fonts.note:
        below += f"; {fonts.note}"
    figure.text(left, 1 - 0.48 / height, below, fontsize=8, va="center", color=FAINT)
