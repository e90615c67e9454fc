"""A run's report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from seqtasks.errors import BundleError, UsageError
from seqtasks.reporting.chart import curves
from seqtasks.reporting.console import CLASSES, heading, number
from seqtasks.reporting.examples import examples
from seqtasks.reporting.markup import heat, paragraph, section, table

Results = Mapping[str, Any]

SHARES = ("precision", "recall", "f1")


def page(folder: Path, trusted: Sequence[str] = (), count: int = 500) -> str:
    """The report of a run, one HTML page without anything outside it.

    Args:
        folder: of the run, or of its bundle.
        trusted: modules of your own whose classes the bundle may name.
        count: test examples that are looked at one by one, drawn at random where there are more.

    Raises:
        UsageError: it is no folder of a run.
        BundleError: its bundle cannot be loaded.
    """
    place = folder / "bundle" if (folder / "bundle").is_dir() else folder
    path = place / "metrics.json"
    if not path.is_file():
        raise UsageError(f"{folder} is no run: it has no bundle; training prints where it is")
    try:
        results: Results = json.loads(path.read_text(encoding="utf-8"))
        config: Mapping[str, Any] = yaml.safe_load((place / "config.yaml").read_text("utf-8"))
        command = str(config["command"])
        parts = [head(results, command), scores(results), training(results), classes(results)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path} is damaged: {error}") from error
    parts += examples(place, trusted, count, results.get("report", {}))
    parts += [worst(results), machine(results), configuration(config)]
    style = files("seqtasks.reporting").joinpath("style.css").read_text(encoding="utf-8")
    name = escape(folder.resolve().name)
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{name}: report</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def head(results: Results, command: str) -> str:
    """What was run, and its scores in large print."""
    report: Mapping[str, Any] = results.get("report", {})
    tiles = [
        *((heading(name, report), number(name, v)) for name, v in results["test"].items()),
        ("parameters", f"{results['parameters']:,}"),
        ("training", f"{results['seconds']:,.0f} s"),
    ]
    shown = "".join(
        f'<div class="tile"><b>{escape(value)}</b><span>{escape(name)}</span></div>'
        for name, value in tiles
    )
    split = f"Scores on the {results['tested_on']} split."
    return (
        f"<h1>Report of a run</h1>\n<pre>{escape(command)}</pre>\n"
        f'<div class="tiles">{shown}</div>\n<p class="soft">{split}</p>'
    )


def scores(results: Results) -> str:
    """The model beside the baselines."""
    names = list(results["test"])
    rows = [
        [label, *(number(name, found.get(name)) for name in names)]
        for label, found in {"this model": results["test"], **results["baselines"]}.items()
    ]
    headings = ["", *(heading(name, results.get("report", {})) for name in names)]
    return section("Scores beside baselines", table(headings, rows))


def training(results: Results) -> str:
    """How the scores went, epoch by epoch."""
    rows: list[dict[str, float]] = results.get("history", [])
    names = dict.fromkeys(name for row in rows for name in row if name.startswith("val/"))

    def over(name: str) -> list[tuple[float, float]]:
        return [(row["step"], row[name]) for row in rows if name in row]

    charts = [curves({name: over(name) for name in ("train/loss", "val/loss")}, "step")]
    charts += [curves({name: over(name)}, "step") for name in names if name != "val/loss"]
    columns = ["epoch", "step", "seconds", "train/loss", "train/padding", *names]
    cells = [[shown(name, row.get(name)) for name in columns] for row in rows]
    drawn = "".join(chart for chart in charts if chart)
    pictures = f'<div class="charts">{drawn}</div>' if drawn else ""
    return section("Training", pictures, table(columns, cells, texts=()))


def shown(name: str, value: float | None) -> str:
    """A figure of an epoch.

    >>> shown("epoch", 3.0), shown("seconds", 1.234), shown("train/padding", 0.1)
    ('3', '1.2', '10.00 %')
    """
    if value is None:
        return "–"
    if name in ("epoch", "step"):
        return f"{value:.0f}"
    if name == "seconds":
        return f"{value:.1f}"
    return f"{100 * value:.2f} %" if name == "train/padding" else number(name[4:], value)


def classes(results: Results) -> str:
    """The scores of each class, and which is taken for which."""
    report: Mapping[str, Any] = results.get("report", {})
    found: Mapping[str, Mapping[str, float]] = report.get("classes", {})
    rows = [
        [label, *(f"{100 * one[name]:.1f} %" for name in SHARES), f"{one['examples']:,}"]
        for label, one in found.items()
    ]
    confusion: list[list[int]] = report.get("confusion", [])
    picture = ""
    if 0 < len(confusion) <= CLASSES:
        names = list(found)
        shares = [[count / max(sum(row), 1) for count in row] for row in confusion]
        texts = [[str(count) for count in row] for row in confusion]
        picture = paragraph("Right label by row, predicted label by column.")
        picture += heat(names, names, shares, texts)
    headings = ["label", *SHARES, "examples"]
    return section("Classes", table(headings, rows), picture)


def worst(results: Results) -> str:
    """The texts that score worst."""
    found: list[Mapping[str, Any]] = results.get("report", {}).get("worst", [])
    rows = [
        [f"{row['score']:.4g}", row["source"], " | ".join(row["references"]), row["output"]]
        for row in found
    ]
    headings = ["score", "input", "expected", "written"]
    return section("The worst texts", table(headings, rows, texts=(1, 2, 3)))


def machine(results: Results) -> str:
    """Where and how long the training ran."""
    facts = {
        "seconds of training": f"{results['seconds']:,.1f}",
        "epochs": results["epochs"],
        "steps": f"{results['steps']:,}",
        **results.get("environment", {}),
    }
    rows = [[name, value] for name, value in facts.items()]
    signatures = results.get("report", {}).get("signatures", {})
    rows += [[f"signature of {name}", value] for name, value in signatures.items()]
    return section("Time and machine", table(["", ""], rows, texts=(0, 1)))


def configuration(config: Mapping[str, Any]) -> str:
    """All options."""
    text = yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True)
    found = section("Configuration", f"<pre>{escape(text)}</pre>")
    return found.replace("<section>", '<section class="long">', 1)
