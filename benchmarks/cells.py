"""Tables and a picture of what each recurrence learned, from the folders of a sweep.

With several seeds the scores are means with their standard deviations.

python -m seqtasks sweep=cells experiment=cells_tinyshakespeare,cells_ud_ewt
python benchmarks/cells.py runs/generation/DATE runs/tagging/DATE --output cells.svg
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from seqtasks import bundle
from seqtasks.sweep import Spread

NAMES = {"loss": "nats a character", "accuracy": "accuracy"}


@dataclass(frozen=True)
class Result:
    """A recurrence, over its runs.

    Attributes:
        cell: name of the recurrence.
        width: units of a layer and direction.
        parameters: of the encoder alone.
        score: on the tested split, over the runs.
    """

    cell: str
    width: int
    parameters: int
    score: Spread


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
    """The score's name, and the results of every recurrence, best first."""
    runs: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("[0-9]*/metrics.json")):
        config = yaml.safe_load((path.parent / "config.yaml").read_text())
        runs.setdefault(config["encoder"]["cell"], []).append(path)
    results = []
    name = "loss"
    for cell, paths in runs.items():
        scores = [json.loads(path.read_text())["test"] for path in paths]
        encoder = bundle.load(paths[0].parent / "bundle").task.encoder
        name = "accuracy" if "accuracy" in scores[0] else "loss"
        results.append(
            Result(
                cell=cell,
                width=encoder.hidden_size,
                parameters=sum(p.numel() for p in encoder.parameters()),
                score=Spread.of(score[name] for score in scores),
            )
        )
    return name, sorted(results, key=lambda r: r.score.mean, reverse=name == "accuracy")


def show(name: str, results: list[Result]) -> None:
    """A table in Markdown."""
    print(f"\n| cell | {NAMES[name]} | width | parameters |\n|---|---|---|---|")
    for r in results:
        print(f"| `{r.cell}` | {r.score.shown(name)} | {r.width} | {r.parameters:,} |")


def draw(sweeps: list[tuple[str, list[Result]]], path: Path) -> None:
    """A point for each cell, the best on top, one panel for each sweep."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(sweeps), figsize=(4.6 * len(sweeps), 3.8), squeeze=False)
    for axis, (name, results) in zip(axes[0], sweeps, strict=True):
        scores = [r.score.mean for r in results]
        spreads = [r.score.deviation or 0.0 for r in results]
        places = range(len(results))
        axis.errorbar(scores, places, xerr=spreads, fmt="o", color="#1f6f8b", zorder=3)
        axis.set_yticks(places, [r.cell for r in results])
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
