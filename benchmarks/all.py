"""Every benchmark of speed, one after the other, and the tables of docs/performance.md from them.

    python benchmarks/all.py --data PATH --folder figures

PATH holds the folders multi30k and ud_en_ewt; without it what needs them is left out. The figures
stay in the folder as JSON; `--tables` writes the page again from what is there, without timing.
Takes about half an hour; nothing else should run meanwhile. Rivals that are not installed are left
out: `pip install joeynmt==2.3.0 importlib_metadata flair`. `--small` takes the smallest sizes,
which say nothing but that everything runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
PLOT = HERE.parent / "docs" / "growth.svg"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


class Benchmark(NamedTuple):
    """A benchmark and how it is run.

    Attributes:
        title: of its table.
        arguments: at full size; ``{data}`` stands for the folder of the data.
        small: at the smallest size.
    """

    title: str
    arguments: str
    small: str


BENCHMARKS = {
    "language_model": Benchmark(
        "Language models: training, and generation",
        "--threads 1 2 --repeats 9",
        "--threads 1 --repeats 1 --words 50 --length 20",
    ),
    "translation": Benchmark(
        "Translation beside JoeyNMT",
        "{data}/multi30k --threads 1 2 --repeats 5 --sentences 1920 --translated 128",
        "{data}/multi30k --threads 1 --repeats 1 --sentences 64 --translated 2",
    ),
    "tagger": Benchmark(
        "A tagger beside flair",
        "{data}/ud_en_ewt/en_ewt-ud-train.conllu --threads 1 2 --repeats 5 --sentences 1000",
        "{data}/ud_en_ewt/en_ewt-ud-train.conllu --threads 1 --repeats 1 --sentences 32",
    ),
    "step": Benchmark(
        "Where a training step's time goes",
        "--threads 1 2 --repeats 3",
        "--threads 1 --repeats 1 --steps 2 --tasks tagging",
    ),
    "start": Benchmark(
        "Seconds until something happens", "--repeats 5", "--repeats 0 --tasks tagging"
    ),
    "growth": Benchmark(
        "Growth", f"--repeats 3 --plot {PLOT}", "--repeats 1 --largest 0.001 --only batch layers"
    ),
    "gpu": Benchmark("A GPU", "", "--shape 2 3 4 1 --repeats 1"),
}


def main() -> None:
    """Time what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, metavar="PATH", help="holds multi30k and ud_en_ewt")
    parser.add_argument("--folder", type=Path, default=Path("figures"), help="of the JSON files")
    parser.add_argument("--only", nargs="+", default=list(BENCHMARKS), choices=list(BENCHMARKS))
    parser.add_argument("--small", action="store_true", help="the smallest sizes; no page")
    parser.add_argument("--tables", action="store_true", help="write the page from the JSON alone")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if not options.tables:
        for name in options.only:
            if possible(name, options):
                time_one(name, options)
    if not options.small:
        found = {
            name: json.loads(path.read_text(encoding="utf-8"))
            for name in BENCHMARKS
            if (path := options.folder / f"{name}.json").is_file()
        }
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        text = f"{before}{BEGIN}\n\n{page(found)}\n{END}{after}"
        PAGE.write_text(text, encoding="utf-8")


def possible(name: str, options: argparse.Namespace) -> bool:
    """Whether there is what the benchmark needs."""
    if "{data}" in BENCHMARKS[name].arguments:
        return options.data is not None
    return name != "gpu" or options.small or has_gpu()


def has_gpu() -> bool:
    """Whether torch sees one."""
    import torch

    return torch.cuda.is_available()


def time_one(name: str, options: argparse.Namespace) -> None:
    """Run a benchmark in a process of its own."""
    given = BENCHMARKS[name].small if options.small else BENCHMARKS[name].arguments
    words = given.format(data=options.data and options.data.absolute()).split()
    print(f"\n{name}.py {' '.join(words)}", flush=True)
    target = (options.folder / f"{name}.json").absolute()
    paths = [str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, str(HERE / f"{name}.py"), *words, "--json", str(target)]
    subprocess.run(command, check=True, env=environment)


def page(found: dict[str, dict[str, Any]]) -> str:
    """The tables in Markdown."""
    parts = []
    for name, figures in found.items():
        benchmark = BENCHMARKS[name]
        command = benchmark.arguments.replace("{data}", "PATH").replace(str(PLOT), "growth.svg")
        machine = ", ".join(f"{key} {value}" for key, value in figures["machine"].items())
        parts += [f"## {benchmark.title}", f"    python benchmarks/{name}.py {command}"]
        parts += [f"Measured on: {machine}."]
        if name == "growth":
            parts += [growth_table(figures["notes"]), "![Time against size](growth.svg)"]
            continue
        if figures["speeds"]:
            parts.append(speed_table(figures["speeds"]))
        if figures["notes"]:
            rows = [(name, number(value)) for name, value in figures["notes"].items()]
            parts.append(table(("figure", "value"), rows))
    return "\n\n".join(parts) + "\n"


def speed_table(speeds: dict[str, dict[str, float]]) -> str:
    """Ours, each rival, and how many times as fast ours is."""
    rows = []
    for title, figures in speeds.items():
        ours = figures["seqtasks"]
        rivals = {name: each for name, each in figures.items() if name != "seqtasks"}
        ratios = "; ".join(f"**{ours / each:.2f} ×** {name}" for name, each in rivals.items())
        others = "; ".join(f"{name} {each:,.0f}" for name, each in rivals.items())
        rows.append((title, ratios, number(ours), others))
    return table(("work", "seqtasks is", "seqtasks", "others"), rows)


def growth_table(notes: dict[str, dict[str, Any]]) -> str:
    """The largest size, its time and memory, and the exponents."""
    rows = []
    for name, found in notes.items():
        memory = found["megabytes"][-1]
        rows.append(
            (
                name,
                f"{found['size'][0]:,} to {found['size'][-1]:,}",
                f"{found['seconds'][-1]:.2f}",
                "–" if memory is None else f"{memory:,.0f}",
                f"{found['exponent']} ({found['expected']})",
                str(found["exponent of memory"]),
            )
        )
    names = ("what grows", "sizes", "seconds", "MB", "exponent of time (should be)", "of memory")
    return table(names, rows)


def number(value: Any) -> str:
    """A number with three or four figures."""
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    lines = [list(names), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
