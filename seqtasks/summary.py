"""What a run says at its end: scores beside baselines, examples, where the model is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks.data.module import SequenceData
from seqtasks.task import Scores

PERCENT = {"accuracy", "f1", "exact_match"}


def show_scores(
    console: Console, title: str, model: Scores, baselines: Mapping[str, Scores]
) -> None:
    """Print the model's scores in the first row and those of the baselines below."""
    console.print(title, highlight=False, soft_wrap=True)
    table = Table()
    table.add_column("")
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


def show_examples(console: Console, examples: list[tuple[str, str, str]], width: int = 300) -> None:
    """Print inputs with what was expected and what the model says."""
    for text, expected, predicted in examples:
        rows = (("input", text), ("expected", expected), ("predicted", predicted))
        for label, value in rows:
            if value:
                shown = value if len(value) <= width else value[:width] + " …"
                console.print(f"{label:>10}  {shown}", markup=False, highlight=False)
        console.print()


def show_next(console: Console, bundle: Path, sample: str, foreign: Sequence[str]) -> None:
    """Print where the model is and the command that uses it next.

    Args:
        console: to print on.
        bundle: the model's folder.
        sample: a text to predict on.
        foreign: modules outside the package that the model is made of.
    """
    console.print(f"Saved: {bundle}", markup=False, highlight=False, soft_wrap=True)
    line = sample.splitlines()[0][:60] if sample else ""
    trust = "".join(f" --trust {module}" for module in foreign)
    place = shlex.quote(str(bundle))
    command = f"echo {shlex.quote(line)} | python -m seqtasks.predict {place}{trust}"
    console.print(f"Next:  {command}", markup=False, highlight=False, soft_wrap=True)


def as_text(value: Sequence[str]) -> str:
    """A raw or predicted value on one line."""
    return value if isinstance(value, str) else " ".join(value)


def card(
    task_name: str, config: Mapping[str, Any], results: Mapping[str, Any], command: str
) -> str:
    """The model card of a bundle, Markdown."""
    rows = [
        f"| {label} | {name} | {number(name, value)} |"
        for label, scores in {"this model": results["test"], **results["baselines"]}.items()
        for name, value in scores.items()
    ]
    sources = "\n".join(
        f"- {split}: `{config['data'][split]}`" for split in ("train", "val", "test")
    )
    return f"""---
library_name: seqtasks
tags: [seqtasks, {task_name}]
---

# {task_name}

A recurrent model with {results["parameters"]:,} parameters, trained by

    {command}

in {results["seconds"]:.0f} s, seed {config["seed"]}.

## Data

{sources}

## Test scores

| method | score | value |
|---|---|---|
{chr(10).join(rows)}

## Use

    python -m seqtasks.predict PATH_OF_THIS_FOLDER < lines > results
"""


def pick_examples(data: SequenceData, task: Any, count: int) -> list[tuple[str, str]]:
    """Inputs and expected outputs of the first test examples; of running text, its beginning."""
    records = data.datasets[data.test_split].records[:count]
    main = task.inputs[0]
    if task.target == main:
        return [(" ".join(as_text(r.values[main])[:60].split()[:8]), "") for r in records]
    return [(as_text(r.values[main]), as_text(r.values[task.target])) for r in records]
