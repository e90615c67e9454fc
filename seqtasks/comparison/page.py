"""A comparison as one HTML page, which loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.comparison.cells import (
    COSTS,
    between,
    cost,
    cost_names,
    headings,
    label,
    p,
    score,
    score_names,
    signed,
)
from seqtasks.comparison.table import differences_title
from seqtasks.reporting.chart import Chart, Point, overlaid
from seqtasks.reporting.console import number
from seqtasks.reporting.parts import Part, Section, Table
from seqtasks.reporting.rendering import render

NAME = 38
"""Characters of a label beside curves."""


def page(found: Mapping[str, Any]) -> str:
    """The page of what `seqtasks.comparison.results.compare` has found."""
    sections = [
        scores(found),
        *(differences(found, one) for one in found["comparisons"]),
        training(found),
        options(found),
        costs(found),
        every_run(found),
        Section("Left open", [*found["notes"]]),
    ]
    settings = found["settings"]
    runs = sum(len(one["runs"]) for one in settings)
    tiles = [("settings", f"{len(settings):,}"), ("runs", f"{runs:,}")]
    everywhere = found["everywhere"]
    return render("comparison.html", tiles=tiles, everywhere=everywhere, sections=sections)


def scores(found: Mapping[str, Any]) -> Section:
    """The scores of each setting, and the intervals over test examples."""
    names = score_names(found)
    rows = [
        [label(one), *(score(one, name, always=True) for name in names)]
        for one in found["settings"]
    ]
    said = (
        "± is the standard deviation over runs, of other seeds or folds. The range holds "
        f"{100 * found['bootstrap']['confidence']:g} % of the scores of resampled test sets, and "
        "says what other test data of the same kind would do."
        if found["bootstrap"]
        else "± is the standard deviation over runs, of other seeds or folds."
    )
    return Section("Test scores", [said, Table(["", *headings(found, names)], rows)])


def differences(found: Mapping[str, Any], one: Mapping[str, Any]) -> Section:
    """What the settings differ by from one of them."""
    rows = [
        [
            *(other, heading, signed(row, name), between(name, row["interval"])),
            *(p(row["p_value"]), p(row["p_holm"])),
        ]
        for other, each in one["differences"].items()
        for (name, row), heading in zip(each.items(), headings(found, [*each]), strict=True)
    ]
    columns = ["", "score", "difference", "interval", "p", "p of as many (Holm)"]
    said = (
        f"{differences_title(one)}: the paired bootstrap of Koehn (2004), of the mean of a "
        "setting's runs. It says whether other test examples would show the difference, and not "
        "whether other seeds would."
    )
    return Section(f"Differences from {one['beside']}", [said, Table(columns, rows, texts=(0, 1))])


def training(found: Mapping[str, Any]) -> Section:
    """The curves of all runs over each other, those of a setting in one colour."""
    histories = [run["history"] for one in found["settings"] for run in one["runs"]]
    names = dict.fromkeys(name for rows in histories for row in rows for name in row if "/" in name)
    names.pop("train/padding", None)
    parts: list[Part] = []
    for name in sorted(names, key=lambda name: (not name.startswith("val/"), name != "val/loss")):
        series = {
            short(one["label"], at): [curve(run, name) for run in one["runs"]]
            for at, one in enumerate(found["settings"])
        }
        if (chart := overlaid(series, Chart("epoch"))) is not None:
            parts += [name, [chart]]
    return Section("Training, epoch by epoch", parts)


def short(text: str, place: int) -> str:
    """A label that finds room beside curves, and differs from the others.

    >>> short("encoder.cell=gru optimizer.lr=0.001", 1)
    '2: cell=gru lr=0.001'
    """
    words = (word.partition("=") for word in text.split())
    last = " ".join(f"{name.rpartition('.')[2]}{sign}{value}" for name, sign, value in words)
    whole = f"{place + 1}: {last}"
    return whole if len(whole) <= NAME else f"{whole[: NAME - 1]}…"


def curve(run: Mapping[str, Any], name: str) -> list[Point]:
    """A score over the epochs of a run, whole or begun."""
    rows: Sequence[Mapping[str, float]] = run["history"]
    each = epoch_steps(run)
    return [
        (row["step"] / each if each else row["epoch"], row[name])
        for row in rows
        if row.get(name) is not None
    ]


def epoch_steps(run: Mapping[str, Any]) -> float:
    """The steps of an epoch, by the last row of the first one; 0 where that is not known.

    >>> epoch_steps({"history": [{"epoch": 1, "step": 5}, {"epoch": 1, "step": 9}]})
    9
    """
    first = [row["step"] for row in run["history"] if row["epoch"] == 1]
    return max(first, default=0)


def options(found: Mapping[str, Any]) -> Section:
    """The options that are not the same in all settings."""
    rows = [[name, *values] for name, values in found["differing"].items()]
    columns = ["", *(one["label"] for one in found["settings"])]
    table = Table(columns, rows, texts=range(len(columns)))
    return Section("In which options they differ", [table] if rows else [])


def costs(found: Mapping[str, Any]) -> Section:
    """What a run of each setting has taken, in the mean."""
    names = cost_names(found)
    rows = [[label(one), *(cost(one["runs"], name) for name in names)] for one in found["settings"]]
    table = Table(["", *(COSTS[name] for name in names)], rows)
    return Section("Time, size and memory", [table])


def every_run(found: Mapping[str, Any]) -> Section:
    """Each run with its scores and its folder."""
    names, taken = score_names(found), cost_names(found)
    rows = [
        [
            *(one["label"], run["label"]),
            *(number(name, run["scores"].get(name)) for name in names),
            *(cost([run], name) for name in taken),
            *(run["device"] or "–", run["folder"]),
        ]
        for one in found["settings"]
        for run in one["runs"]
    ]
    columns = ["setting", "run", *headings(found, names), *(COSTS[name] for name in taken)]
    columns += ["device", "folder"]
    return Section("Every run", [Table(columns, rows, texts=(0, 1, len(columns) - 1))])
