"""Hidden states as a picture: units down, symbols across, in as many lines as the text needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqtasks.errors import UsageError
from seqtasks.inspection.canvas import FAINT, INK, LARGEST, Fonts, drawing, save
from seqtasks.inspection.marks import visible
from seqtasks.inspection.selectivity import Selectivity
from seqtasks.inspection.states import HiddenStates

ARROWS = {"forward": "→", "backward": "←"}
CELL, SLANTED_CELL, HEIGHT = 0.15, 0.27, 0.2
"""Inches: the width of a cell under one upright character or a slanted word, and its height."""

LINE, SLANTED_LINE = 72, 36
"""Symbols in a line, at most."""

LEFT, RIGHT, TOP, BOTTOM = 0.75, 1.9, 0.7, 0.6
"""Inches around the lines: unit names, properties, the title, the colours' scale."""


def draw_states(states: HiddenStates, chosen: Sequence[Selectivity], path: Path) -> None:
    """Write a heat map, red above zero and blue below (Karpathy et al. 2016, figure 2).

    Args:
        states: over a text.
        chosen: the units to show, from top to bottom.
        path: ends in .png or .svg.

    Raises:
        UsageError: the text is too long for a picture.
        SeqtasksError: matplotlib is missing, or the place cannot be written.
    """
    labels = [visible(symbol) for symbol in states.symbols]
    widest = max(map(len, labels))
    slanted = widest > 2 and sum(len(label) > 2 for label in labels) > len(labels) / 20
    if not slanted:
        labels = [label if len(label) <= 2 else "·" for label in labels]
    cell, line = (SLANTED_CELL, SLANTED_LINE) if slanted else (CELL, LINE)
    lines = _lines(states.symbols, line)
    line = max(span.stop - span.start for span in lines)
    head = 0.12 + (0.058 * max(map(len, labels)) if slanted else 0.15)
    block = head + HEIGHT * len(chosen) + 0.12
    height = TOP + len(lines) * block + BOTTOM
    if height > LARGEST:
        raise UsageError(
            f"{len(labels)} symbols are too many for one picture of {len(chosen)} units: shorten "
            "the text, take fewer units, or write a .json file"
        )
    names = [one.property for one in chosen]
    with drawing([*labels, *names, *ARROWS.values()]) as fonts:
        from matplotlib.figure import Figure

        width = LEFT + max(cell * line, 2.6) + RIGHT
        figure = Figure(figsize=(width, height))
        values = states.values[:, [one.unit for one in chosen]].T.tolist()
        limit = max((abs(value) for row in values for value in row), default=0.0) or 1.0
        mesh: Any = None
        for row, span in enumerate(lines):
            top = height - TOP - row * block - head
            axes = figure.add_axes(
                (
                    LEFT / width,
                    (top - HEIGHT * len(chosen)) / height,
                    cell * line / width,
                    HEIGHT * len(chosen) / height,
                )
            )
            mesh = axes.pcolormesh(
                [unit[span] for unit in values],
                cmap="RdBu_r",
                vmin=-limit,
                vmax=limit,
                edgecolors="white",
                linewidth=0.4,
            )
            axes.set(xlim=(0, line), ylim=(len(chosen), 0))
            _label(axes, states, chosen, labels[span], slanted, fonts)
        _title(figure, states, fonts, height)
        place = (LEFT / width, 0.3 / height, 2.4 / width, 0.1 / height)
        colours = figure.colorbar(mesh, cax=figure.add_axes(place), orientation="horizontal")
        colours.set_ticks([-limit, 0, limit], labels=[f"{-limit:.3g}", "0", f"{limit:.3g}"])
        colours.ax.tick_params(length=2, labelsize=8)
        colours.outline.set_visible(False)
        save(figure, path)


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


def _label(
    axes: Any,
    states: HiddenStates,
    chosen: Sequence[Selectivity],
    labels: Sequence[str],
    slanted: bool,
    fonts: Fonts,
) -> None:
    """Symbols above, unit numbers on the left, what each unit follows on the right."""
    axes.xaxis.tick_top()
    axes.set_xticks(
        [place + 0.5 for place in range(len(labels))], labels=map(fonts.drawable, labels)
    )
    if slanted:
        for text in axes.get_xticklabels():
            text.set(rotation=60, ha="left", va="bottom", rotation_mode="anchor")
    arrows = ARROWS if len(set(states.directions)) > 1 else dict.fromkeys(ARROWS, "")
    names = [f"{arrows[states.directions[one.unit]]} {one.unit}".strip() for one in chosen]
    axes.set_yticks([place + 0.5 for place in range(len(chosen))], labels=names)
    axes.tick_params(length=0, pad=4)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for place, one in enumerate(chosen):
        says = f"{one.share:.2f}  {one.property}" if one.property else "–"
        axes.annotate(
            fonts.drawable(says),
            (len(labels), place + 0.5),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=FAINT,
            annotation_clip=False,
        )


def _title(figure: Any, states: HiddenStates, fonts: Fonts, height: float) -> None:
    """The title in one line, what the numbers mean in the next."""
    what = "output h" if states.state == "h" else f"state {states.state}"
    left = LEFT / figure.get_figwidth()
    title = f"{states.cell}, layer {states.layer}: {what}"
    figure.text(left, 1 - 0.24 / height, title, fontsize=12, va="center", weight="bold", color=INK)
    below = "unit numbers on the left; on the right r² with the property that tells most"
    if fonts.note:
        below += f"; {fonts.note}"
    figure.text(left, 1 - 0.48 / height, below, fontsize=8, va="center", color=FAINT)
