"""Curves as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 14, 34
COLOURS = ("#2563eb", "#d9480f", "#2b8a3e", "#862e9c", "#b08900")

Point = tuple[float, float]


def curves(series: Mapping[str, Sequence[Point]], across: str) -> str:
    """Several curves in one picture; nothing where no curve has two finite points.

    Args:
        series: name → points.
        across: what the points are over.
    """
    kept = {
        name: [point for point in points if all(map(math.isfinite, point))]
        for name, points in series.items()
    }
    kept = {name: points for name, points in kept.items() if len(points) > 1}
    if not kept:
        return ""
    xs, ys = ([point[axis] for points in kept.values() for point in points] for axis in (0, 1))
    horizontal, vertical = (min(xs), max(xs)), padded(min(ys), max(ys))
    marks = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
        for tick in ticks(*vertical)
        for y in [scaled(tick, vertical, HEIGHT - BOTTOM, TOP)]
    ]
    marks += [
        f'<text x="{scaled(tick, horizontal, LEFT, WIDTH - RIGHT):.1f}" y="{HEIGHT - BOTTOM + 18}" '
        f'text-anchor="middle">{tick:g}</text>'
        for tick in ticks(*horizontal)
    ]
    lines = []
    for place, (name, points) in enumerate(kept.items()):
        shade = COLOURS[place % len(COLOURS)]
        path = " ".join(
            f"{scaled(x, horizontal, LEFT, WIDTH - RIGHT):.1f},"
            f"{scaled(y, vertical, HEIGHT - BOTTOM, TOP):.1f}"
            for x, y in points
        )
        at = TOP + 14 + 18 * place
        lines.append(
            f'<polyline points="{path}" fill="none" stroke="{shade}" stroke-width="2"/>'
            f'<line x1="{WIDTH - RIGHT + 12}" x2="{WIDTH - RIGHT + 30}" y1="{at - 4}" '
            f'y2="{at - 4}" stroke="{shade}" stroke-width="3"/>'
            f'<text x="{WIDTH - RIGHT + 36}" y="{at}">{escape(name)}</text>'
        )
    label = (
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 2}" text-anchor="middle">'
        f"{escape(across)}</text>"
    )
    said = escape(f"Curves of {', '.join(kept)} by {across}")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f"{''.join(marks)}{label}{''.join(lines)}</svg>"
    )


def scaled(value: float, span: tuple[float, float], start: float, end: float) -> float:
    """Where a value stands on an axis.

    >>> scaled(5, (0, 10), 100, 0)
    50.0
    """
    low, high = span
    return start + (end - start) * ((value - low) / (high - low) if high > low else 0.5)


def padded(low: float, high: float) -> tuple[float, float]:
    """A span with some air around it."""
    air = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
    return low - air, high + air


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers within a span.

    >>> ticks(0, 10), ticks(1.2, 1.9)
    ([0, 2, 4, 6, 8, 10], [1.2, 1.4, 1.6, 1.8])
    """
    if high <= low:
        return [low]
    rough = (high - low) / count
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    found = [round(place * step, digits) for place in range(first, last + 1)]
    return [int(value) if value == int(value) else value for value in found]
