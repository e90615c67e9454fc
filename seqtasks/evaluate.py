"""``python -m seqtasks.evaluate BUNDLE data.test=FILE``: the scores of a saved model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from seqtasks.evaluation import Evaluation, Split, Sums


def main(arguments: Sequence[str] | None = None) -> None:
    """Test a model as training did, on its own test data or on any file of the same form."""
    parser = argparse.ArgumentParser(
        prog="python -m seqtasks.evaluate",
        description="The scores of a saved model, with intervals by bootstrap; beside another's.",
    )
    parser.add_argument("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    parser.add_argument(
        "options",
        nargs="*",
        metavar="data.NAME=VALUE",
        help="changes of the data: data.test=FILE; without, the model's own test data",
    )
    parser.add_argument("--compare", metavar="OTHER", help="a bundle to set beside it")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument(
        "--samples", type=int, default=1000, metavar="N", help="of the bootstrap; 0 for none"
    )
    parser.add_argument(
        "--confidence", type=float, default=0.95, metavar="SHARE", help="of intervals: 0.95"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the samples")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, …")
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="MODULE",
        help="a module of your own that holds the task's class; may be given again",
    )
    options = parser.parse_args(arguments)
    with exit_on_error():
        if options.samples < 0:
            raise UsageError(f"--samples is at least 0, not {options.samples}")
        found = results(options)
        if options.json:
            print(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            show(found, options.confidence)


def results(options: argparse.Namespace) -> dict[str, Any]:
    """What is found, as JSON takes it."""
    from seqtasks import evaluation

    if options.compare is not None and options.samples == 0:
        raise UsageError("--compare needs samples to tell chance from more: set --samples=1000")
    names = [options.bundle, *([options.compare] if options.compare else [])]
    pairs = [scored(name, options) for name in names]
    (ours, sums, split), *others = pairs
    drawn: dict[str, Any] = {
        "samples": options.samples,
        "confidence": options.confidence,
        "seed": options.seed,
    }
    found: dict[str, Any] = {
        "bundle": str(options.bundle),
        "tested_on": split.name,
        "examples": len(split.dataset),
        "scores": ours.scores,
    }
    if options.samples:
        found["bootstrap"] = drawn
        found["intervals"] = {
            name: list(evaluation.interval(one, **drawn)) for name, one in sums.items()
        }
    for theirs, their_sums, other in others:
        check_same(split, other)
        shared = [name for name in sums if name in their_sums]
        if not shared:
            raise UsageError(f"--compare {options.compare}: the two models have no score in common")
        found["compared"] = {
            "bundle": str(options.compare),
            "scores": theirs.scores,
            "differences": {
                name: evaluation.compare_scores(sums[name], their_sums[name], **drawn)._asdict()
                for name in shared
            },
        }
    if ours.report:
        found["report"] = ours.report
    return found


def scored(name: str, options: argparse.Namespace) -> tuple[Evaluation, dict[str, Sums], Split]:
    """One model's scores, what each example adds to them, and the examples."""
    from seqtasks import bundle, evaluation

    loaded = bundle.load(name, options.device, options.trust)
    split = evaluation.read_split(loaded, options.options, options.trust)
    sums = evaluation.contributions(loaded, split) if options.samples else {}
    return evaluation.evaluate(loaded, split), sums, split


def check_same(ours: Split, theirs: Split) -> None:
    """Refuse to compare scores on different examples.

    Raises:
        UsageError: they are not the same.
    """
    pairs = [[r.place for r in split.dataset.records] for split in (ours, theirs)]
    if pairs[0] != pairs[1]:
        raise UsageError(
            f"--compare: the models are tested on {len(pairs[0]):,} and {len(pairs[1]):,} "
            "examples, which are not the same; name one file for both: data.test=FILE"
        )


def show(found: dict[str, Any], confidence: float) -> None:
    """Print tables."""
    from rich.console import Console

    from seqtasks.reporting.console import heading, number, show_report

    console = Console(soft_wrap=False)
    place = f"{found['examples']:,} examples of the {found['tested_on']} split"
    line = f"\nScores of {found['bundle']} on {place}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)
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
        line = f"Beside {compared['bundle']}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
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


def tabled(headings: Sequence[str], rows: dict[str, list[str]]) -> Table:
    """A table with a name before each row."""
    from rich.table import Table

    table = Table()
    for column in ("", *headings):
        table.add_column(column, justify="right" if column else "left")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def span(name: str, interval: Sequence[float] | None) -> str:
    """An interval as printed.

    >>> span("accuracy", [0.5, 0.75]), span("bleu", None)
    ('50.00 % to 75.00 %', '–')
    """
    from seqtasks.reporting.console import number

    if interval is None:
        return "–"
    low, high = interval
    return f"{number(name, low)} to {number(name, high)}"


if __name__ == "__main__":
    main()
