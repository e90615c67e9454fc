"""The page of a search: its runs as pictures and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from seqtasks.reporting.chart import Chart, Point, curves
from seqtasks.reporting.console import number
from seqtasks.reporting.parts import Part, Section, Table
from seqtasks.reporting.rendering import render
from seqtasks.sweep.tuning.study import Outcome
from seqtasks.sweep.tuning.table import options_of, short

CURVES = 5
"""Runs whose validations are drawn, the best ones."""


def page(
    name: str,
    command: str,
    monitor: str,
    ranking: Sequence[Outcome],
    validations: Callable[[int], Sequence[Point]],
) -> str:
    """A search as one HTML page that loads nothing from elsewhere.

    Args:
        name: of its folder.
        command: repeats the best run alone.
        monitor: the score that the runs are compared by.
        ranking: the runs, the best first.
        validations: of a run, by its number: when, and the score.
    """
    score = monitor.rpartition("/")[2]
    best, [first] = ranking[0], [run for run in ranking if run.number == 0]
    tiles = [
        (f"{monitor}, best (run {best.number})", number(score, best.score)),
        (f"{monitor}, options as given", number(score, first.score)),
        ("runs", str(len(ranking))),
        ("all together", f"{sum(run.seconds for run in ranking):,.0f} s"),
    ]
    drawn = {f"run {run.number}": validations(run.number) for run in ranking[:CURVES]}
    found = [
        Section("Runs", pictures([trials(ranking, score)])),
        Section("Options", pictures(by_option(ranking, score))),
        Section(f"Validations of the best {CURVES}", pictures([curves(drawn, "validation")])),
        Section("Table", [table(ranking, score)]),
    ]
    return render("search.html", name=name, command=command, tiles=tiles, sections=found)


def pictures(charts: Sequence[Chart | None]) -> list[Part]:
    """Charts side by side, without those that show nothing."""
    kept = [chart for chart in charts if chart is not None]
    return [kept] if kept else []


def trials(ranking: Sequence[Outcome], score: str) -> Chart | None:
    """The score of each run, and the best one so far."""
    places = {run.number: place for place, run in enumerate(ranking)}
    in_order = sorted((run for run in ranking if run.score is not None), key=lambda run: run.number)
    line: list[Point] = []
    so_far: Outcome | None = None
    for run in in_order:
        if so_far is None or places[run.number] < places[so_far.number]:
            so_far = run
        line.append((run.number, so_far.score or 0.0))
    return curves(
        {"best so far": line},
        "run",
        titled(in_order, score, {run.number: run.number for run in in_order}),
    )


def by_option(ranking: Sequence[Outcome], score: str) -> list[Chart | None]:
    """The score over each option that is a number."""
    found = []
    for option in options_of(ranking):
        some = [run for run in ranking if run.score is not None and option in run.options]
        try:
            values = {run.number: float(run.options[option]) for run in some}
        except ValueError:  # words
            continue
        found.append(curves({}, option, titled(some, score, values)))
    return found


def titled(runs: Sequence[Outcome], score: str, across: Mapping[int, float]) -> dict[str, Point]:
    """Where runs stand, by what is said of each; ``across`` has a value for each number."""
    return {
        f"run {run.number}: {number(score, run.score)}": (across[run.number], run.score or 0.0)
        for run in runs
    }


def table(ranking: Sequence[Outcome], score: str) -> Table:
    """A row for each run, the best first."""
    options = options_of(ranking)
    rows = [
        [
            *(run.number, number(score, run.score), run.epochs, f"{run.seconds:.0f}"),
            *(run.options.get(option, "") for option in options),
            run.error or run.ended,
        ]
        for run in ranking
    ]
    headings = ["run", score.replace("_", " "), "epochs", "seconds", *map(short, options), ""]
    return Table(headings, rows, texts=(len(headings) - 1,))
