"""Curves as places in a picture, which ``templates/parts.html`` draws as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

COLOURS = (
    *("#2563eb", "#d9480f", "#2b8a3e", "#a855f7", "#b08900"),
    *("#0891b2", "#e11d48", "#65a30d", "#a0714a", "#64748b"),
    *("#d97706", "#0f766e", "#db2777", "#6366f1"),
)

Point = tuple[float, float]


class Chart(NamedTuple):
    """Several curves in one picture, in SVG's units.

    Attributes:
        across: what the horizontal axis shows.
        horizontal: the place and the label of each mark on that axis.
        vertical: the same of the other axis.
        lines: the name, the colour and the points of each curve, as ``polyline`` takes points; a
            further curve of the same name has an empty one.
        dots: the place and the title of each point that stands alone.
    """

    across: str
    horizontal: Sequence[tuple[float, str]] = ()
    vertical: Sequence[tuple[float, str]] = ()
    lines: Sequence[tuple[str, str, str]] = ()
    dots: Sequence[tuple[float, float, str]] = ()
    width: int = 500
    height: int = 266
    left: int = 64
    right: int = 484
    top: int = 14
    bottom: int = 222


def curves(
    series: Mapping[str, Sequence[Point]], across: str, dots: Mapping[str, Point] | None = None
) -> Chart | None:
    """Curves by name over what ``across`` names; None where none has two finite points.

    Args:
        series: the points of each curve.
        across: what the horizontal axis shows.
        dots: points by their titles, which stand alone and are drawn even without a curve.
    """
    lines = {name: [points] for name, points in series.items()}
    return overlaid(lines, Chart(across), dots or {})


def overlaid(
    series: Mapping[str, Sequence[Sequence[Point]]],
    frame: Chart,
    dots: Mapping[str, Point] = MappingProxyType({}),
) -> Chart | None:
    """Curves in a frame, those of one name in one colour, and points by their titles.

    None where no curve has two finite points, and no point is one.
    """
    kept = {
        name: finite
        for name, lines in series.items()
        if (finite := [one for line in lines if len(one := finite_points(line)) > 1])
    }
    alone = {title: dot for title, dot in dots.items() if finite_points([dot])}
    every = [point for lines in kept.values() for line in lines for point in line]
    every += alone.values()
    if not every:
        return None
    xs, ys = zip(*every, strict=True)
    air = 0.06 * (max(ys) - min(ys)) or abs(max(ys)) * 0.1 or 1.0
    spans = (min(xs), max(xs)), (min(ys) - air, max(ys) + air)

    def x(value: float) -> float:
        return round(scaled(value, spans[0], frame.left, frame.right), 1)

    def y(value: float) -> float:
        return round(scaled(value, spans[1], frame.bottom, frame.top), 1)

    return frame._replace(
        horizontal=[(x(tick), f"{tick:g}") for tick in ticks(*spans[0])],
        vertical=[(y(tick), f"{tick:g}") for tick in ticks(*spans[1])],
        lines=[
            (
                "" if number else name,
                COLOURS[at % len(COLOURS)],
                " ".join(f"{x(a)},{y(b)}" for a, b in line),
            )
            for at, (name, lines) in enumerate(kept.items())
            for number, line in enumerate(lines)
        ],
        dots=[(x(a), y(b), title) for title, (a, b) in alone.items()],
    )


def finite_points(points: Sequence[Point]) -> list[Point]:
    """The points that can be drawn."""
    return [point for point in points if all(map(math.isfinite, point))]


def scaled(value: float, span: tuple[float, float], start: float, end: float) -> float:
    """Where a value stands on an axis.

    >>> scaled(5, (0, 10), 100, 0)
    50.0
    """
    low, high = span
    return start + (end - start) * ((value - low) / (high - low) if high > low else 0.5)


def ticks(low: float, high: float) -> list[float]:
    """Round numbers within a span.

    >>> ticks(0, 10), ticks(1.2, 1.9)
    ([0, 2, 4, 6, 8, 10], [1.2, 1.4, 1.6, 1.8])
    """
    if high <= low:
        return [low]
    rough = (high - low) / 5
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    found = [round(place * step, digits) for place in range(first, last + 1)]
    return [int(value) if value == int(value) else value for value in found]
