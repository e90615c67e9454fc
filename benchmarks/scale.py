"""Memory and time until training begins, on data of any size: a first run, and another.

    python benchmarks/scale.py --folder FOLDER --book warandpeace.txt

makes a gigabyte of text, a million pairs of sentences, five million rows of CSV and a million
tagged sentences below the folder (they stay there for another time), and trains on each for 50
batches, first with an empty cache (SEQTASKS_CACHE), then with what the first run left there.
`--scale 0.1` takes a tenth of each, `--runs pairs table` some of them alone, and `--grow` shows
how the memory grows from a tenth to the whole. `--processes 4` trains on as many processes.

Memory is the peak of what all processes of a run hold together, from start to end, sampled every
50 ms; pages of mapped files do not count, since the kernel may drop them. Seconds count from the
start of the command to its first training batch. Linux alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from held_memory import Peak, check_system
from large_files import FILES

HERE = Path(__file__).parent
INTERVAL = 0.05


class Run(NamedTuple):
    """What is trained on which data.

    Attributes:
        files: the kind of the data files.
        size: their bytes, pairs, rows or sentences at full scale.
        options: of `python -m seqtasks`.
    """

    files: str
    size: int
    options: str


RUNS = {
    "characters": Run(
        "text", 10**9, "task=generation data=text data.tokens.level=character encoder.hidden_size=8"
    ),
    "words": Run(
        "text", 10**9, "task=generation data=text data.tokens.max_size=20000 encoder.hidden_size=8"
    ),
    "pairs": Run(
        "pairs",
        10**6,
        "task=translation data=parallel data.source.max_size=20000 data.target.max_size=20000 "
        "task.search.beam_size=1 task.search.max_length=10 encoder.hidden_size=8",
    ),
    "table": Run(
        "table",
        5 * 10**6,
        "task=classification data=table data.tokens.column=text encoder.hidden_size=8",
    ),
    "tagged": Run("tagged", 10**6, "task=tagging data=conll encoder.hidden_size=8"),
}

EVERY = (
    "trainer.max_steps=50 trainer.limit_val_batches=5 trainer.limit_test_batches=5 "
    "logger=none report=false"
)
"""The options of every run; its model is small, so that what is measured is the data."""


def main() -> None:
    """Measure, print a line for each run, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_options(parser, scale=1.0)
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="of one training")
    parser.add_argument("--grow", action="store_true", help="measure a tenth too, and compare")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    check_system()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scale-", dir=options.folder) as scratch:
        rows = [*measure(options, options.folder or Path(scratch), Path(scratch))]
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2))
    if any(row["failed"] for row in rows):
        sys.exit(1)


def add_data_options(parser: argparse.ArgumentParser, scale: float) -> None:
    """The options on which data there are, with the default of their scale."""
    parser.add_argument("--folder", type=Path, help="where the files stay; else a temporary one")
    parser.add_argument("--book", type=Path, help="running text is this file, again and again")
    parser.add_argument("--scale", type=float, default=scale, help="1 is the full size")
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=[*RUNS], metavar="RUN")


def measure(options: argparse.Namespace, folder: Path, scratch: Path) -> Iterator[dict[str, Any]]:
    """Yield what is measured of each run, and print it."""
    print("the import alone takes {:.1f} s and {:,.0f} MB\n".format(*importing()))
    print(LINE.format("run", "MB of data", "MB held, first", "second", "seconds, first", "second"))
    for name in options.runs:
        rows = []
        for scale in (options.scale / 10, options.scale) if options.grow else (options.scale,):
            run = RUNS[name]
            paths = files(folder, run.files, round(run.size * scale), options.book)
            rows.append({"run": name, **twice(run, paths, scratch, options.processes)})
            show(rows[-1])
            yield rows[-1]
        if options.grow:
            small, whole = (max(row["held"]) for row in rows)
            print(f"{'':>12} ten times the data: {whole / small:.2f} times the memory")


def importing(repeats: int = 3) -> tuple[float, float]:
    """Median seconds of a process that imports what a run needs, and the MB that it then holds."""
    code = "import seqtasks.run; print(open('/proc/self/status').read())"
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        status = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout
        seconds.append(time.perf_counter() - began)
    [held] = [line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")]
    return statistics.median(seconds), int(held) * 1024 / 1e6


def files(folder: Path, kind: str, size: int, book: Path | None) -> list[Path]:
    """The paths of the data files of a kind and size, which are made where they are not yet."""
    more = [book] if book is not None and kind == "text" else []
    made = folder / "-".join([kind, str(size), *(path.stem for path in more)])
    if not made.is_dir():
        begun = made.with_name(f"{made.name}.part")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        FILES[kind](begun, size, *more)
        begun.rename(made)
    return sorted(made.iterdir())


def twice(run: Run, paths: Sequence[Path], scratch: Path, processes: int = 1) -> dict[str, Any]:
    """Run on the files with an empty cache, and once more with what is in it then."""
    options = options_of(run, paths)
    if processes > 1:
        options += ["trainer.accelerator=cpu", "trainer.strategy=ddp"]
        options.append(f"trainer.devices={processes}")
    with tempfile.TemporaryDirectory(dir=scratch) as cache:
        both = [once(options, cache, scratch) for _ in range(2)]
    return {
        "bytes": sum(path.stat().st_size for path in paths),
        **{name: [result[name] for result in both] for name in both[0]},
        "failed": [result["failed"] for result in both if result["failed"]],
    }


def options_of(run: Run, paths: Sequence[Path]) -> list[str]:
    """The options of a run on some files."""
    quoted = ",".join(f"'{path}'" for path in paths)
    source = f"[{quoted}]" if len(paths) > 1 else quoted
    return [*run.options.split(), *EVERY.split(), f"data.train={source}"]


def once(options: Sequence[str], cache: str, scratch: Path) -> dict[str, Any]:
    """The bytes held and the seconds to the first batch of one run.

    Where the run fails, ``failed`` is the end of what it said, or the signal that ended it.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        begins, log = Path(folder, "begins"), Path(folder, "log")
        command = [sys.executable, "-m", "seqtasks", *options, f"hydra.run.dir={folder}/run"]
        command += ["+callbacks.probe._target_=first_batch.FirstBatch"]
        command += [f"+callbacks.probe.path={begins}"]
        path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "SEQTASKS_CACHE": cache, "PYTHONPATH": path}
        with log.open("w", encoding="utf-8") as said:
            began = time.time()
            process = subprocess.Popen(
                command, env=environment, stdout=said, stderr=said, start_new_session=True
            )
        try:
            peak = Peak(process.pid)
            while process.poll() is None:
                peak.sample()
                time.sleep(INTERVAL)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        code = process.returncode
        failed = (
            signal.Signals(-code).name
            if code < 0
            else log.read_text(encoding="utf-8")
            if code
            else ""
        )
        seconds = float(begins.read_text(encoding="utf-8")) - began if begins.exists() else None
        return {"held": peak.bytes, "seconds": seconds, "failed": failed[-2000:]}


LINE = "{:>12} {:>12} {:>16} {:>8} {:>16} {:>8}"


def show(row: dict[str, Any]) -> None:
    """Print the line of a run."""
    held = [f"{value / 1e6:,.0f}" for value in row["held"]]
    seconds = ["–" if value is None else f"{value:.1f}" for value in row["seconds"]]
    print(LINE.format(row["run"], f"{row['bytes'] / 1e6:,.1f}", *held, *seconds), flush=True)
    for failed in row["failed"]:
        print(f"{'':>12} failed: {failed}", flush=True)


if __name__ == "__main__":
    main()
