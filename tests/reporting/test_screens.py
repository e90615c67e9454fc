"""A report in a real browser: nothing is wider than a phone, and every text can be read."""

from __future__ import annotations

import pytest
from serving.accessibility import CONTRAST

from seqtasks.reporting.chart import curves
from seqtasks.reporting.parts import Heat, Section, Table, Tagged
from seqtasks.reporting.rendering import render

WORDS = ["the", "pretty", "red", "roses", "are", "near", "the", "park"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_shows_a_report(browser, tmp_path, dark):
    lines = {f"val/a_score_with_a_long_name_{n}": [(0, 1.0), (100, 2.0 + n)] for n in range(4)}
    parts = [
        [curves(lines, "step")],
        Table([f"heading {n}" for n in range(12)], [["long label", *range(11)]]),
        Table(["nats", "input", "expected", "said"], [["1.2", *3 * [" ".join(WORDS)]]], (1, 2, 3)),
        Heat(WORDS, WORDS, [[n / 8] * 8 for n in range(8)], [[n] * 8 for n in range(8)]),
        Tagged("a sentence", [(word, "NOUN", "VERB") for word in WORDS]),
    ]
    page = {"name": "run", "command": "python -m seqtasks " + 9 * "option.of.a.long.name=12 "}
    page |= {"tiles": [("accuracy", "98.00 %")] * 5, "tested_on": "test", "configuration": "a: b"}
    path = tmp_path / "page.html"
    path.write_text(render("report.html", sections=[Section("All", parts)], **page))
    for width in (400, 1400):
        tab = browser.open(path.as_uri(), width=width, dark=dark)
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert (
            tab.run(
                "Math.max(...[...document.querySelectorAll('text')].map((one) => "
                "one.getBoundingClientRect().right))"
            )
            <= width
        )
        assert tab.run(CONTRAST) == []
        tab.socket.close()
