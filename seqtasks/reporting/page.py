"""A run's report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from seqtasks.bundle.files import CONFIG, METRICS, Files
from seqtasks.errors import BundleError, SeqtasksError, UsageError, check_least, first_line
from seqtasks.files.plain_file import COPY
from seqtasks.files.replacing import write_text
from seqtasks.reporting.chart import curves
from seqtasks.reporting.classes import CLASSES, class_rows, confused_rows
from seqtasks.reporting.console import heading, left_out, number, score_rows
from seqtasks.reporting.examples import examples
from seqtasks.reporting.parts import Heat, Part, Section, Table, Tagged
from seqtasks.reporting.rendering import render

Results = Mapping[str, Any]


def write_report(
    run: Path, output: Path | None = None, trusted: Sequence[str] = (), examples: int = 500
) -> Path:
    """Write the report of a run, one HTML page that loads nothing from elsewhere; return its path.

    Args:
        run: the folder of the run, or of its bundle.
        output: the file; None for ``report.html`` in the folder.
        trusted: modules of your own whose classes the run's bundle may name.
        examples: how many test examples are looked at one by one; drawn at random where there are
            more. With 0 the test data is not read.

    Raises:
        UsageError: there are fewer than no examples, or the folder is not a run's.
        BundleError: the bundle cannot be loaded.
        SeqtasksError: the file cannot be written.
    """
    path = output or run / "report.html"
    text = page(run, trusted, check_least("examples", examples))
    try:
        write_text(path, text, parents=False)
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}; choose another", option="output") from error
    return path


def page(folder: Path, trusted: Sequence[str], count: int) -> str:
    """The report of the run in a folder, as HTML."""
    place = folder / "bundle" if (folder / "bundle").is_dir() else folder
    if not (place / METRICS).is_file():
        raise UsageError(f"{folder} is no run: it has no bundle; training prints where it is")
    files = Files.of(place)
    files.require(METRICS, CONFIG)
    results, config = files.metrics(), files.config()
    with damage_told(place / METRICS):
        command, top, tested_on = str(config["command"]), tiles(results), results["tested_on"]
        before = [scores(results), training(results), classes(results)]
        after = [sentences(results), worst(results), machine(results)]
        plain = json.loads(json.dumps(config))
        options = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    looked_at = examples(place, trusted, count, results.get("report", {})) if count else []
    with damage_told(place / METRICS):
        return render(
            "report.html",
            name=folder.resolve().name,
            command=command,
            tiles=top,
            tested_on=tested_on,
            sections=[*before, *looked_at, *after],
            configuration=options,
        )


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Say, by a BundleError, that a file holds something else than results."""
    try:
        yield
    except Exception as error:  # whatever changed results lead to
        raise BundleError(
            f"{path} is damaged: {type(error).__name__}: {first_line(error)}; {COPY}, or train "
            "again"
        ) from error


def tiles(results: Results) -> list[tuple[str, str]]:
    """What stands in large print: a label and a figure each."""
    report = results.get("report", {})
    return [
        *((heading(name, report), number(name, v)) for name, v in results["test"].items()),
        ("parameters", f"{results['parameters']:,}"),
        ("training", f"{results['seconds']:,.0f} s"),
    ]


def scores(results: Results) -> Section:
    """The model beside the baselines."""
    headings, rows = score_rows(results)
    return Section("Scores beside baselines", [Table(["", *headings], rows), *left_out(results)])


def training(results: Results) -> Section:
    """How the scores went, epoch by epoch."""
    rows: list[dict[str, float]] = results.get("history", [])
    names = dict.fromkeys(name for row in rows for name in row if name.startswith("val/"))
    together = [("train/loss", "val/loss"), *((name,) for name in names if name != "val/loss")]
    curved = [name for group in together for name in group]
    points = {n: [(row["step"], row[n]) for row in rows if row.get(n) is not None] for n in curved}
    drawn = [curves({n: points[n] for n in group}, "step") for group in together]
    columns = ["epoch", "step", "seconds", "train/loss", "train/padding", *names]
    cells = [[shown_score(name, row.get(name)) for name in columns] for row in rows]
    parts: list[Part] = [Table(columns, cells, texts=())] if rows else []
    if charts := [chart for chart in drawn if chart]:
        parts.insert(0, charts)
    return Section("Training", parts)


def shown_score(name: str, value: float | None) -> str:
    """A figure of an epoch.

    >>> shown_score("epoch", 3.0), shown_score("seconds", 1.234), shown_score("train/padding", 0.1)
    ('3', '1.2', '10.00 %')
    """
    if value is None:
        return "–"
    if name == "train/padding":
        return f"{100 * value:.2f} %"
    digits = {"epoch": 0, "step": 0, "seconds": 1}.get(name)
    return number(name[4:], value) if digits is None else f"{value:.{digits}f}"


def classes(results: Results) -> Section:
    """The scores of each class or type of span, and which class is taken for which."""
    report: Mapping[str, Any] = results.get("report", {})
    parts: list[Part] = []
    for some in ({"spans": report.get("spans")}, {"classes": report.get("classes", {})}):
        headings, rows = class_rows(some)
        if rows:
            name = "type of span" if some.get("spans") else "label"
            parts.append(Table([name, *headings], [[n, *cells] for n, cells in rows.items()]))
    labels: list[str] = [*report.get("classes", {})]
    confusion: list[list[int]] = report.get("confusion", [])
    if 0 < len(confusion) <= 2 * CLASSES:
        shades = [[count / max(sum(row), 1) for count in row] for row in confusion]
        cells = [[count or "" for count in row] for row in confusion]
        parts.append("Each row is a right label, each column a predicted one.")
        parts.append(Heat(labels, labels, shades, cells))
    if pairs := confused_rows(report):
        parts.append("Most often confused:")
        parts.append(Table(["right label", "predicted label", "times"], pairs, texts=(0, 1)))
    return Section("Classes", parts)


def sentences(results: Results) -> Section:
    """The sentences with the most wrong tags, word by word."""
    found: list[Mapping[str, Any]] = results.get("report", {}).get("sentences", [])
    rows = [
        Tagged(
            f"{row['place']}: {row['wrong']} of {len(row['words'])} tags wrong",
            [*zip(row["words"], row["expected"], row["predicted"], strict=True)],
        )
        for row in found
    ]
    said = "Under each word its right tag; where another is predicted, that one stands struck out."
    return Section("The worst sentences", [said, *rows] if rows else [])


def worst(results: Results) -> Section:
    """The texts that score worst."""
    found: list[Mapping[str, Any]] = results.get("report", {}).get("worst", [])
    rows = [
        [f"{row['score']:.4g}", row["source"], " | ".join(row["references"]), row["output"]]
        for row in found
    ]
    table = Table(["score", "input", "expected", "written"], rows, texts=(1, 2, 3))
    return Section("The worst texts", [table] if rows else [])


PEAKS = {"peak_memory": "peak memory", "peak_gpu_memory": "peak memory of the GPU"}
"""What tables call the most memory that a training has held, by its name in ``metrics.json``."""


def megabytes(count: float) -> str:
    """A number of bytes as printed.

    >>> megabytes(523_456_789)
    '523 MB'
    """
    return f"{count / 1e6:,.0f} MB"


def machine(results: Results) -> Section:
    """Where and how long the training ran."""
    signatures = results.get("report", {}).get("signatures", {})
    facts = {
        "seconds of training": f"{results['seconds']:,.1f}",
        "epochs": results["epochs"],
        "steps": f"{results['steps']:,}",
        **{what: megabytes(results[name]) for name, what in PEAKS.items() if name in results},
        **results.get("environment", {}),
        **{f"signature of {name}": value for name, value in signatures.items()},
    }
    if profiles := results.get("profiles"):
        facts["profile"] = ", ".join(profiles)
    return Section("Time and machine", [Table(["", ""], [*facts.items()], texts=(0, 1))])
