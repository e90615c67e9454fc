"""What a run says at its end: scores beside baselines, examples, where the model is."""

from __future__ import annotations

import json
import math
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks import bundle
from seqtasks.cli.printable import encodable, on_one_line
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field, LabelSetField, TagField
from seqtasks.data.module import SequenceData
from seqtasks.data.raw_inputs import as_text, json_object, spelled
from seqtasks.data.record import Value
from seqtasks.reporting.classes import (
    class_rows,
    confused_rows,
    confusion_rows,
    most_frequent,
)
from seqtasks.task import Task

PERCENT = {
    "accuracy",
    "f1",
    "f1_micro",
    "f1_macro",
    "exact_match",
    "cut",
    "sequence_error_rate",
    "symbol_error_rate",
    "calibration_error",
    "uncalibrated_error",
}

WIDTH = 300
"""Characters of an example that are printed."""

LINE = 60
"""Characters of an input in the command that is printed last."""

WORST, MATRIX = 3, 120
"""Worst texts that are shown at most, and characters of the widest table of confusions."""

NEAR = 4
"""Words that are shown on either side of one with a wrong tag."""


def explain_run(
    console: Console,
    folder: Path,
    task: Task,
    data: SequenceData,
    count: int,
    results: dict[str, Any],
    foreign: Sequence[str],
    last: bool = True,
) -> None:
    """Print scores, examples and the next command; the saved bundle predicts the examples.

    One that is not the last thing of a command leaves the next command to what follows.
    """
    show_scores(console, results)
    show_report(console, results.get("report", {}))
    pairs = pick_examples(data, task, max(count, 1))  # one at least, to try the model on
    saved = bundle.load(folder / "bundle", trusted=foreign)
    predicted = saved.answers([inputs for inputs, _, _ in pairs[:count]])
    field = data.fields.get(str(task.target))
    for (_, text, right), said in zip(pairs[:count], predicted, strict=True):
        show_example(console, "", text, right, one_line(field, said or ""))
    place = folder / "bundle"
    short = Path(os.path.relpath(place)) if place.is_relative_to(Path.cwd()) else place
    for name in results.get("profiles", []):
        if name.endswith(".txt"):
            show(console, f"Profile: {short.parent / name}")
    if not last:
        show_page(console, short)
        return
    show_next(console, short, pairs[0][1] if pairs else "", foreign)


def show_scores(console: Console, results: Mapping[str, Any]) -> None:
    """Print a table with the model's scores in its first row, those of the baselines below."""
    what = "Scores" if results["test"] else "No scores"
    show(
        console,
        f"\n{what} on the {results['tested_on']} split, {results['parameters']:,} parameters, "
        f"{counted(results['epochs'])} in {results['seconds']:.0f} s",
    )
    if not results["test"]:
        return
    table = Table()
    table.add_column("", min_width=len("this model"), overflow="fold")
    headings, rows = score_rows(results)
    for name in headings:
        table.add_column(name, justify="right", overflow="fold")
    for at, (label, *cells) in enumerate(rows):
        table.add_row(escape(label), *cells, style=None if at else "bold")
    console.print(table)
    for line in left_out(results):
        show(console, line)


def counted(epochs: float) -> str:
    """A number of epochs in words.

    >>> counted(1), counted(2.5)
    ('1 epoch', '2.5 epochs')
    """
    return f"{epochs} epoch{'s' * (epochs != 1)}"


def score_rows(results: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The headings of the scores, and a row with its label for the model and each baseline."""
    model, report = results["test"], results.get("report", {})
    rows = [
        [label, *(number(name, scores.get(name)) for name in model)]
        for label, scores in {"this model": model, **results["baselines"]}.items()
    ]
    return [heading(name, report) for name in model], rows


def left_out(results: Mapping[str, Any]) -> list[str]:
    """A line for each baseline that is not in the table, which says why.

    >>> left_out({"baselines_left_out": {"bigram": "it takes longer than 2 s"}})
    ['Left out: bigram, it takes longer than 2 s']
    """
    found: Mapping[str, str] = results.get("baselines_left_out", {})
    return [f"Left out: {name}, {why}" for name, why in found.items()]


def heading(name: str, report: Mapping[str, Any]) -> str:
    """What tables call a score: the task's own words for it, else its name without underscores.

    >>> report = {"score_names": {"sequence_error_rate": "word error rate"}}
    >>> heading("sequence_error_rate", report), heading("length_ratio", report)
    ('word error rate', 'length ratio')
    """
    own: str | None = report.get("score_names", {}).get(name)
    return own or name.replace("_", " ")


def number(name: str, value: float | None) -> str:
    """A score as printed: shares in percent, the rest to four digits; a dash where it has no value.

    >>> number("accuracy", 0.98765), number("perplexity", 12.3456), number("bleu", None)
    ('98.77 %', '12.35', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{100 * value:.2f} %" if name in PERCENT else f"{value:.4g}"


def show(console: Console, text: str) -> None:
    """Print a text as it stands, on lines as long as its own."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def show_report(console: Console, report: Mapping[str, Any]) -> None:
    """Print what a test says beside its scores: classes, signatures, the worst texts."""
    show_classes(console, report)
    show_confusion(console, report)
    if (penalty := report.get("outside_penalty")) is not None:
        best = f"A penalty of O of {penalty:g} gives" if penalty else "No penalty of O gives"
        show(console, f"{best} the best F1 on the validation split")
    for name, signature in report.get("signatures", {}).items():
        show(console, f"{name}: {signature}")
    if report.get("worst"):
        show(console, "\nSome of the worst outputs:")
    for row in report.get("worst", [])[:WORST]:
        expected, written = "\t".join(row["references"]), row["output"] or "(nothing)"
        show_example(console, f"{row['score']:.4g}", row["source"], expected, written)
    for row in report.get("sentences", [])[:WORST]:
        show(console, sentence(row))


def show_classes(console: Console, report: Mapping[str, Any]) -> None:
    """Print the scores of each type of span or of each class; of many those of the first."""
    headings, rows = class_rows(report)
    kept, rest = most_frequent(rows)
    if kept:
        console.print(tabled(headings, kept))
    if rest:
        show(console, rest)


def show_confusion(console: Console, report: Mapping[str, Any]) -> None:
    """Print how often each label is taken for which other; of many the pairs alone."""
    rows = confusion_rows(report, min(console.width, MATRIX))
    pairs = confused_rows(report)
    if rows:
        show(console, "Each row is a right label, each column a predicted one:")
        console.print(tabled([*rows], rows))
    elif pairs:
        table = Table()
        for column in ("right label", "predicted label", "times"):
            table.add_column(column, justify="right" if column == "times" else "left")
        for right, predicted, count in pairs:
            table.add_row(escape(on_one_line(right)), escape(on_one_line(predicted)), count)
        show(console, "Most often confused:")
        console.print(table)


def tabled(headings: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Table:
    """A table with a name before each row."""
    table = Table()
    for column in ("", *headings):
        name = escape(on_one_line(column))
        table.add_column(name, justify="right" if column else "left", overflow="fold")
    for name, cells in rows.items():
        table.add_row(escape(on_one_line(name)), *cells)
    return table


def sentence(row: Mapping[str, Any]) -> str:
    """A sentence in which each wrong tag stands in brackets beside its word, with the right one.

    >>> words, right, said = ["in", "New", "York"], ["O", "B-LOC", "I-LOC"], ["O", "B-LOC", "O"]
    >>> row = {"place": "f:3", "wrong": 1, "words": words, "expected": right, "predicted": said}
    >>> print(sentence(row))
    f:3, 1 of 3 tags wrong [word: predicted, not right]:
                in New [York: O, not I-LOC]
    """
    triples = [*zip(row["words"], row["expected"], row["predicted"], strict=True)]
    near = {
        place
        for at, (_, right, said) in enumerate(triples)
        if right != said
        for place in range(at - NEAR, at + NEAR + 1)
    }
    shown, length = "", 0
    for at, (word, right, said) in enumerate(triples):
        if at not in near:
            shown += "" if shown.endswith("… ") else "… "
            continue
        part = word if right == said else f"[{word}: {said}, not {right}]"
        shown, length = f"{shown}{on_one_line(part)} ", length + len(part)
        if length > WIDTH:
            shown += "…"
            break
    counts = f"{row['wrong']} of {len(triples)} tags wrong [word: predicted, not right]"
    return f"{row['place']}, {counts}:\n{'':12}{shown.rstrip()}"


def show_example(console: Console, *values: str) -> None:
    """Print a score, an input, what was expected and what the model says; what is empty is not."""
    for label, value in zip(("score", "input", "expected", "predicted"), values, strict=True):
        if value:
            value = on_one_line(value.replace("\t", "  |  "))
            shown = value if len(value) <= WIDTH else value[:WIDTH] + " …"
            console.print(f"{label:>10}  {shown}", markup=False, highlight=False)
    console.print()


def show_next(console: Console, folder: Path, sample: str, foreign: Sequence[str]) -> None:
    """Print where the bundle is, and the command that predicts with it on a sample.

    The command trusts the foreign modules, which the model is made of. A sample that the console
    cannot show would be another one where it is copied: the command then names a file.
    """
    show(console, f"Saved: {folder}")
    show_page(console, folder)
    trust = "".join(f" --trust {module}" for module in foreign)
    command = f"python -m seqtasks.predict {shlex.quote(str(folder))}{trust}"
    given = typed(shortened(sample))
    if encodable(on_one_line(given), console.encoding) == given:
        show(console, f"Next:  {given} | {command}")
    else:
        show(console, f"Next:  {command} --input FILE")


def show_page(console: Console, folder: Path) -> None:
    """Print where the report beside a bundle is, if there is one."""
    page = folder.parent / "report.html"
    if page.is_file():
        show(console, f"Report: {page}")


def typed(line: str) -> str:
    r"""A command that writes a line, without tabs, at which a shell would complete names.

    >>> print(typed("a b"), typed("a\tb"), sep="; ")
    echo 'a b'; printf '%b\n' 'a\tb'
    """
    if "\t" not in line:
        return f"echo {shlex.quote(line)}"
    return "printf '%b\\n' " + shlex.quote(line.replace("\\", r"\\").replace("\t", r"\t"))


def shortened(sample: str, room: int = LINE) -> str:
    r"""The beginning of a text's first line, or the first steps of a sequence of vectors.

    It has ``room`` characters at most, or one step. Of an object that holds several inputs, each
    input is shortened.

    >>> len(shortened("a " * 40 + "\nb")), shortened("[[0.5, 1], [2, 3]]", 9)
    (59, '[[0.5, 1]]')
    >>> shortened("[[0.5, 1], [2, 3], [4, 5]]", 20)
    '[[0.5, 1], [2, 3]]'
    >>> shortened('{"tokens": "a\\nb", "pair": ["c", "d"]}')
    '{"tokens": "a", "pair": "c d"}'
    """
    values = json_object(sample)
    if values is not None:
        short = {name: shortened(as_text(value), room) for name, value in values.items()}
        return json.dumps(short, ensure_ascii=False)
    if sample.startswith("[["):
        end = sample.rfind("]", 0, room)
        return sample[: max(end, sample.index("]")) + 1].rstrip("]") + "]]"
    texts = sample.splitlines()[0].split("\t") if sample else []
    return "\t".join(text[:room].rstrip() for text in texts)


def pick_examples(
    data: SequenceData, task: Any, count: int
) -> list[tuple[Mapping[str, Value], str, str]]:
    """The first test examples; of running text, its beginning.

    Returns:
        Of each, the inputs by name, the inputs on a line, and the expected output.
    """
    dataset = data.datasets[data.test_split]
    every = dataset.records
    records = [every[number] for number in range(min(count, len(every)))]
    main = task.inputs[0]
    if task.target == main:
        texts = [" ".join(as_text(r.values[main])[:60].split()[:8]) for r in records]
        return [({main: text} if text else {}, text, "") for text in texts]
    return [
        (r.values, spelled(r.values, task.inputs), expected(dataset, task.target, number))
        for number, r in enumerate(records)
    ]


def expected(dataset: SequenceDataset, name: str, number: int) -> str:
    """What is right of an example, as predictions spell it: tags in the scheme that is learnt."""
    field, record = dataset.fields[name], dataset.records[number]
    if isinstance(field, TagField):
        names = [*field.vocabulary.symbols, *field.unseen.labels]
        return one_line(field, [names[n] for n in dataset.encoded[name][number]])
    if isinstance(field, LabelSetField):
        return one_line(field, field.labels(record))
    return as_text(record.values[name])


def one_line(field: Field | None, value: Any) -> str:
    """A target as text; labels of a set with what stands between them in the data."""
    if isinstance(field, LabelSetField) and isinstance(value, list):
        return field.separator.join(value)
    return as_text(value)
