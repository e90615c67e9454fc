"""What a run says at its end: scores beside baselines, examples, where the model is."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks import bundle
from seqtasks.data.module import SequenceData
from seqtasks.data.raw_inputs import as_text, json_object, spelled
from seqtasks.data.record import Value
from seqtasks.task import Scores, Task

PERCENT = {
    "accuracy",
    "f1",
    "f1_micro",
    "f1_macro",
    "exact_match",
    "cut",
    "word_error_rate",
    "symbol_error_rate",
    "calibration_error",
    "uncalibrated_error",
}

CLASSES = 20
"""Up to so many of them are printed; ``metrics.json`` holds all."""


def explain(
    console: Console,
    folder: Path,
    task: Task,
    data: SequenceData,
    count: int,
    results: dict[str, Any],
    foreign: Sequence[str],
) -> None:
    """Print scores, examples and the next command; the examples come from the saved bundle."""
    title = (
        f"\nScores on the {results['tested_on']} split, {results['parameters']:,} parameters, "
        f"{results['epochs']} epochs in {results['seconds']:.0f} s"
    )
    show_scores(console, title, results["test"], results["baselines"])
    show_report(console, results.get("report", {}))
    pairs = pick_examples(data, task, max(count, 1))  # one at least, to try the model on
    saved = bundle.load(folder / "bundle", trusted=foreign)
    predicted = saved.predict([inputs for inputs, _, _ in pairs[:count]])
    rows = zip(pairs[:count], predicted, strict=True)
    show_examples(console, [(text, right, as_text(said)) for (_, text, right), said in rows])
    place = folder / "bundle"
    short = Path(os.path.relpath(place)) if place.is_relative_to(Path.cwd()) else place
    show_next(console, short, pairs[0][1] if pairs else "", foreign)


def show_scores(
    console: Console, title: str, model: Scores, baselines: Mapping[str, Scores]
) -> None:
    """Print the model's scores in the first row and those of the baselines below."""
    console.print(title, highlight=False, soft_wrap=True)
    table = Table()
    table.add_column("", min_width=len("this model"))
    for name in model:
        table.add_column(name.replace("_", " "), justify="right")
    for label, scores in {"this model": model, **baselines}.items():
        cells = [number(name, scores.get(name)) for name in model]
        table.add_row(escape(label), *cells, style="bold" if scores is model else None)
    console.print(table)


def number(name: str, value: float | None) -> str:
    """A score as printed: shares in percent, the rest to four digits.

    >>> number("accuracy", 0.98765), number("perplexity", 12.3456), number("bleu", None)
    ('98.77 %', '12.35', '–')
    """
    if value is None:
        return "–"
    return f"{100 * value:.2f} %" if name in PERCENT else f"{value:.4g}"


WORST = 3
"""So many of the worst texts are printed; ``metrics.json`` holds more."""


def show_report(console: Console, report: Mapping[str, Any]) -> None:
    """Print what a test says beside its scores."""
    show_classes(console, report)
    for name, signature in report.get("signatures", {}).items():
        console.print(f"{name}: {signature}", markup=False, highlight=False, soft_wrap=True)
    show_worst(console, report.get("worst", []))


def show_worst(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """Print the texts that score worst."""
    for row in found[:WORST]:
        console.print(f"\nAmong the worst, with a score of {row['score']:.4g}:", highlight=False)
        expected = "\t".join(row["references"])
        show_examples(console, [(row["source"], expected, row["output"] or "(nothing)")])


def show_classes(console: Console, report: Mapping[str, Any]) -> None:
    """Print the scores of each class, and how often each is taken for which, where they are few."""
    classes: Mapping[str, Mapping[str, float]] = report.get("classes", {})
    if not 0 < len(classes) <= CLASSES:
        return
    table = Table()
    for heading in ("", "precision", "recall", "f1", "examples"):
        table.add_column(heading, justify="right" if heading else "left")
    for label, scores in classes.items():
        shares = [f"{100 * scores[name]:.1f} %" for name in ("precision", "recall", "f1")]
        table.add_row(escape(label), *shares, str(scores["examples"]))
    console.print(table)
    rows: list[list[int]] = report.get("confusion", [])
    if not rows:
        return
    width = max(len(str(count)) for row in [*rows, [len(rows)]] for count in row)
    lines = ["Right label by row, predicted label by column, in the same order:"]
    lines += [
        " ".join([f"{number:>{width}} |", *(f"{count:>{width}}" for count in row), f"| {label}"])
        for number, (label, row) in enumerate(zip(classes, rows, strict=True), 1)
    ]
    console.print("\n".join([*lines, ""]), markup=False, highlight=False, soft_wrap=True)


def show_examples(console: Console, examples: list[tuple[str, str, str]], width: int = 300) -> None:
    """Print inputs with what was expected and what the model says."""
    for text, expected, predicted in examples:
        rows = (("input", text), ("expected", expected), ("predicted", predicted))
        for label, value in rows:
            if value:
                value = value.replace("\t", "  |  ")
                shown = value if len(value) <= width else value[:width] + " …"
                console.print(f"{label:>10}  {shown}", markup=False, highlight=False)
        console.print()


def show_next(console: Console, folder: Path, sample: str, foreign: Sequence[str]) -> None:
    """Print where the model is and the command that uses it next.

    Args:
        console: to print on.
        folder: the model's.
        sample: a text to predict on.
        foreign: modules outside the package that the model is made of.
    """

    def show(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    show(f"Saved: {folder}")
    page = folder.parent / "report.html"
    if page.is_file():
        show(f"Report: {page}")
    line = shortened(sample)
    trust = "".join(f" --trust {module}" for module in foreign)
    show(f"Next:  {typed(line)} | python -m seqtasks.predict {shlex.quote(str(folder))}{trust}")


def typed(line: str) -> str:
    r"""A command that writes a line; of a line with tabs one without, since a shell completes them.

    >>> print(typed("a b"), typed("a\tb"), sep="; ")
    echo 'a b'; printf '%b\n' 'a\tb'
    """
    if "\t" not in line:
        return f"echo {shlex.quote(line)}"
    return "printf '%b\\n' " + shlex.quote(line.replace("\\", r"\\").replace("\t", r"\t"))


def shortened(sample: str) -> str:
    r"""A text's first line, 60 characters of it; of a sequence of vectors the first step.

    Of the object that holds several inputs, each of them is shortened.

    >>> shortened("a " * 40 + "\nb") == "a " * 30, shortened("[[0.5, 1], [2, 3]]")
    (True, '[[0.5, 1]]')
    >>> shortened('{"tokens": "a\\nb", "pair": ["c", "d"]}')
    '{"tokens": "a", "pair": "c d"}'
    """
    values = json_object(sample)
    if values is not None:
        short = {name: shortened(as_text(value)) for name, value in values.items()}
        return json.dumps(short, ensure_ascii=False)
    if sample.startswith("[["):
        return sample[: sample.index("]") + 1] + "]"
    texts = sample.splitlines()[0].split("\t") if sample else []
    return "\t".join(text[:60] for text in texts)


def pick_examples(
    data: SequenceData, task: Any, count: int
) -> list[tuple[Mapping[str, Value], str, str]]:
    """The first test examples; of running text, its beginning.

    Returns:
        Of each the inputs by name, the same on a line, and the expected output.
    """
    records = data.datasets[data.test_split].records[:count]
    main = task.inputs[0]
    if task.target == main:
        texts = [" ".join(as_text(r.values[main])[:60].split()[:8]) for r in records]
        return [({main: text} if text else {}, text, "") for text in texts]
    return [
        (r.values, spelled(r.values, task.inputs), as_text(r.values[task.target])) for r in records
    ]
