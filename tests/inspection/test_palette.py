"""One set of colours for pictures, reports and the page, and text on them that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import seqtasks.reporting
from seqtasks.inspection import palette
from seqtasks.inspection.palette import PAPER, SCREEN_AT_NIGHT
from seqtasks.reporting.parts import Heat, Section
from seqtasks.reporting.rendering import render

STYLE = Path(seqtasks.reporting.__file__).parent / "templates" / "style.css"
SHADED = 0.5
"""The share of colour in the darkest cell that a number stands in."""


def triple(colour: str) -> tuple[int, ...]:
    """#rgb or #rrggbb as three numbers."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return tuple(bytes.fromhex(digits))


def light(colour: tuple[float, ...]) -> float:
    """The relative luminance of WCAG 2.1."""
    linear = [
        v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in map(_unit, colour)
    ]
    return sum(v * share for v, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _unit(value: float) -> float:
    return value / 255


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    lights = sorted((light(one), light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def inks(number: int) -> dict[str, tuple[int, ...]]:
    """The colours of the report's text and ground: 0 in the light mode, 1 in the dark."""
    sets = re.findall(r":root \{(.*?)\}", STYLE.read_text(encoding="utf-8"))
    return {name: triple(one) for name, one in re.findall(r"--(\w+): (#\w+);", sets[number])}


@pytest.mark.parametrize(("number", "ends"), [(0, PAPER), (1, SCREEN_AT_NIGHT)])
def test_text_of_a_report_can_be_read_in_both_modes(number, ends):
    colours = inks(number)
    ground = colours["back"]
    assert contrast(colours["ink"], ground) >= 4.5
    assert contrast(colours["soft"], ground) >= 4.5
    assert contrast(colours["soft"], colours["tile"]) >= 4.5
    for end in map(triple, ends.values()):
        shaded = tuple(SHADED * a + (1 - SHADED) * b for a, b in zip(end, ground, strict=True))
        assert contrast(colours["ink"], shaded) >= 4.5
        assert contrast(end, ground) >= 3  # a cell without text


def test_a_report_shows_signs_and_shares_in_the_colours_of_the_pictures():
    colors = pytest.importorskip("matplotlib.colors")
    assert colors.to_hex(palette.signed()(1.0)) == PAPER["positive"]
    assert colors.to_hex(palette.signed()(0.0)) == PAPER["negative"]
    assert colors.to_hex(palette.shares()(1.0)) == PAPER["share"]
    parts = [
        Heat(["a"], ["x", "y"], [[1.0, -0.5]], signed=True),
        Heat(["b"], ["x"], [[1.0]]),
        Heat(["c"], ["x"], [[1.0]], [[7]]),
    ]
    page = {"name": "", "command": "", "tiles": [], "tested_on": "test", "configuration": ""}
    text = render("report.html", sections=[Section("heat", parts)], **page)
    assert palette.style() in text
    assert re.findall(r"background:rgb\((var\(--\w+\) / [\d.]+)\)", text) == [
        "var(--positive) / 1.00",
        "var(--negative) / 0.50",
        "var(--share) / 1.00",
        f"var(--share) / {SHADED:.2f}",
    ]
