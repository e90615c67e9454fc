"""The scores of a saved model as tables on the console, beside another model's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.reporting.console import heading, number, show, show_report, tabled
from seqtasks.reporting.terminal import Terminal


def show_results(found: dict[str, Any], confidence: float) -> None:
    """Print what `seqtasks.evaluation.results` has found, intervals of a confidence among it."""
    console = Terminal()
    count = found["examples"]
    place = f"{count:,} example{'s' * (count != 1)} of the {found['tested_on']} split"
    show(console, f"\nScores of {found['bundle']} on {place}")
    if "adaptation" in found:
        show(console, adaptation_line(found["adaptation"]))
    share, intervals = f"{100 * confidence:g} % interval", found.get("intervals")
    report = found.get("report", {})
    rows = {
        heading(name, report): [
            number(name, value),
            *([span(name, intervals.get(name))] if intervals else []),
        ]
        for name, value in found["scores"].items()
    }
    console.print(tabled(["score", *([share] if intervals else [])], rows))
    if compared := found.get("compared"):
        plain = "adaptation" in compared and compared["adaptation"] is None
        itself = plain and compared["bundle"] == found["bundle"]
        show(console, f"Beside {'the same model as it is' if itself else compared['bundle']}")
        if compared.get("adaptation"):
            show(console, adaptation_line(compared["adaptation"]))
        rows = {
            heading(name, report): [
                number(name, compared["scores"][name]),
                number(name, one["difference"]),
                span(name, one["interval"]),
                f"{one['p_value']:.3f}",
            ]
            for name, one in compared["differences"].items()
        }
        console.print(tabled(["score", "difference", share, "p"], rows))
    show_report(console, report)


def adaptation_line(adaptation: Mapping[str, Any] | None) -> str:
    """How a model has adapted, as options to type.

    >>> adaptation_line({"cache": {"size": 5000000, "lambda": 0.1}})
    'Adapting: --cache-size 5000000 --cache-lambda 0.1'
    """
    numbers = [
        f"--{part}-{name} {value}"
        for part, values in (adaptation or {}).items()
        for name, value in values.items()
    ]
    return "Adapting: " + (" ".join(numbers) or "not at all, which suits the validation text best")


def span(name: str, interval: Sequence[float] | None) -> str:
    """An interval as printed.

    >>> span("accuracy", [0.5, 0.75]), span("bleu", None)
    ('50.00 % to 75.00 %', '–')
    """
    if interval is None:
        return "–"
    low, high = interval
    return f"{number(name, low)} to {number(name, high)}"
