"""Tables and a picture of what each recurrence learned, from the folders of a sweep.

python -m seqtasks -m sweep=cells experiment=cells_tinyshakespeare,cells_ud_ewt
python benchmarks/cells.py runs/generation/DATE runs/tagging/DATE --output cells.svg
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from seqtasks import bundle

NAMES = {"loss": "nats a character", "accuracy": "accuracy"}


@dataclass(frozen=True)
class Result:
    """One run of a sweep.

    Attributes:
        cell: name of the recurrence.
        width: units of a layer and direction.
        parameters: of the encoder alone.
        score: on the tested split.
    """

    cell: str
    width: int
    parameters: int
    score: float


def main() -> None:
    """Print a table for each sweep and draw them side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sweeps", nargs="+", type=Path, metavar="SWEEP")
    parser.add_argument("--output", type=Path, metavar="FILE", help="a picture: .svg or .png")
    options = parser.parse_args()
    sweeps = [read(folder) for folder in options.sweeps]
    for name, results in sweeps:
        show(name, results)
    if options.output:
        draw(sweeps, options.output)


def read(folder: Path) -> tuple[str, list[Result]]:
    """The score's name, and the results of every run, best first."""
    results = []
    name = "loss"
    for path in sorted(folder.glob("[0-9]*/metrics.json")):
        metrics = json.loads(path.read_text())
        config = yaml.safe_load((path.parent / "config.yaml").read_text())
        encoder = bundle.load(path.parent / "bundle").task.encoder
        name = "accuracy" if "accuracy" in metrics["test"] else "loss"
        results.append(
            Result(
                cell=config["encoder"]["cell"],
                width=encoder.hidden_size,
                parameters=sum(p.numel() for p in encoder.parameters()),
                score=metrics["test"][name],
            )
        )
    return name, sorted(results, key=lambda r: r.score, reverse=name == "accuracy")


def show(name: str, results: list[Result]) -> None:
    """A table in Markdown."""
    print(f"\n| cell | {NAMES[name]} | width | parameters |\n|---|---|---|---|")
    for r in results:
        score = f"{100 * r.score:.2f} %" if name == "accuracy" else f"{r.score:.4f}"
        print(f"| `{r.cell}` | {score} | {r.width} | {r.parameters:,} |")


def draw(sweeps: list[tuple[str, list[Result]]], path: Path) -> None:
    """A point for each cell, the best on top, one panel for each sweep."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(sweeps), figsize=(4.6 * len(sweeps), 3.8), squeeze=False)
    for axis, (name, results) in zip(axes[0], sweeps, strict=True):
        scores = [r.score for r in results]
        axis.scatter(scores, range(len(results)), color="#1f6f8b", zorder=3)
        axis.set_yticks(range(len(results)), [r.cell for r in results])
        axis.invert_yaxis()
        if name == "loss":
            axis.invert_xaxis()  # better is to the right in every panel
        axis.set_xlabel(NAMES[name])
        axis.grid(axis="x", color="#dddddd")
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.tick_params(axis="y", length=0)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
