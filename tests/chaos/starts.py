"""Runs that begin in one second each get a folder, and keep what is theirs in it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import yaml
from chaos.case import Case
from chaos.references import PATIENCE, References
from chaos.remains import differences, last_line
from chaos.trainings import TRAININGS, Training, load_all

SHORT = 1
NAMES = ("classification", "tagging", "generation-streams", "one_to_one")
RUNS = 10


def cases(seed: int, count: int) -> Iterator[Case]:
    """Ten runs, ten runs with one folder, and two sweeps, in turn."""
    load_all()
    references = References()
    attempts = (same_command, other_seeds, one_folder, sweeps, one_sweep_folder)
    for number in range(1, count + 1):
        attempt = attempts[(number - 1) % len(attempts)]
        name = NAMES[(seed + number) % len(NAMES)]
        yield Case(
            attempt.__name__.replace("_", " "),
            f"{number:03}-{attempt.__name__}-{name}",
            partial(attempt, name, references),
        )


def same_command(name: str, references: References, folder: Path) -> str:
    """Ten runs with one command."""
    whole = references.get(name, TRAININGS[name]).run
    trainings = begin([TRAININGS[name]] * RUNS, folder)
    if wrong := unsuccessful(trainings):
        return wrong
    runs = [folder / told_folder(training) for training in trainings]
    if len({*runs}) != RUNS:
        return f"{RUNS} runs name {len({*runs})} folders"
    found = [wrong for run in runs if (wrong := differences(whole, run))]
    return found[0] if found else strays(runs)


def other_seeds(name: str, references: References, folder: Path) -> str:
    """Ten runs that differ in their seeds, so that the scores of one are not those of another."""
    options = [(*TRAININGS[name], f"seed={seed}") for seed in range(1, RUNS + 1)]
    wholes = [
        references.get(f"{name}-{seed}", option).run for seed, option in enumerate(options, 1)
    ]
    trainings = begin(options, folder)
    if wrong := unsuccessful(trainings):
        return wrong
    runs = [folder / told_folder(training) for training in trainings]
    for seed, (whole, run) in enumerate(zip(wholes, runs, strict=True), 1):
        kept = yaml.safe_load((run / "config.yaml").read_text())["seed"]
        if kept != seed:
            return f"the run of seed {seed} names {run.name}, which is of seed {kept}"
        if wrong := differences(whole, run):
            return f"seed {seed}: {wrong}"
    return strays(runs)


def one_folder(name: str, references: References, folder: Path) -> str:
    """Ten runs that all want one folder: one gets it, the others are told."""
    whole = references.get(name, TRAININGS[name]).run
    trainings = begin([(*TRAININGS[name], "hydra.run.dir=one")] * RUNS, folder)
    if wrong := ended(trainings):
        return wrong
    codes = sorted(training.code for training in trainings)
    if codes[0] != 0 or {*codes[1:]} - {1, 2}:
        return f"exit codes {codes}"
    for training in trainings:
        if training.code and "one" not in last_line(training.error):
            return f"it does not name the folder: {last_line(training.error)}"
    return differences(whole, folder / "one")


def sweeps(name: str, references: References, folder: Path) -> str:
    """Two sweeps that begin at once, each with seeds of its own."""
    given = ["1,2", "3,4"]
    trainings = begin([("-m", *TRAININGS[name], f"seed={seeds}") for seeds in given], folder)
    if wrong := unsuccessful(trainings):
        return wrong
    places = {}
    for seeds, training in zip(given, trainings, strict=True):
        summary = folder / saved(training, "summary.json")
        labels = [
            run["label"] for group in json.loads(summary.read_text()) for run in group["runs"]
        ]
        if labels != [f"seed={seed}" for seed in seeds.split(",")]:
            return f"the sweep over {seeds} sums up {labels}"
        places[seeds] = summary.parent
        for number, seed in enumerate(seeds.split(",")):
            options = (*TRAININGS[name], f"seed={seed}")
            whole = references.get(f"{name}-{seed}", options).run
            if wrong := differences(whole, summary.parent / str(number)):
                return f"seed {seed}: {wrong}"
    return "" if len({*places.values()}) == len(given) else f"both sweeps are in {places}"


def one_sweep_folder(name: str, references: References, folder: Path) -> str:
    """A sweep into the folder of a finished one leaves that one's table."""
    options = ("-m", *TRAININGS[name], "hydra.sweep.dir=one")
    if wrong := unsuccessful(begin([(*options, "seed=1,2")], folder)):
        return wrong
    before = {
        path: path.read_bytes()
        for path in (folder / "one").rglob("*")
        if path.is_file() and path.suffix in (".json", ".jsonl", ".md", ".safetensors")
    }
    [second] = begin([(*options, "seed=3")], folder)
    if wrong := ended([second]):
        return wrong
    changed = [path for path in before if path.read_bytes() != before[path]]
    if changed:
        return f"{changed[0].relative_to(folder)} is another"
    if second.code not in (1, 2) or "one" not in last_line(second.error):
        return f"exit code {second.code}: {last_line(second.error)}"
    return ""


def begin(options: Sequence[Sequence[str]], folder: Path) -> list[Training]:
    """Begin trainings at the beginning of a second, all in one folder."""
    environment = {"SEQTASKS_CACHE": str(folder / "cache")}
    printed = [folder / f"printed-{number}" for number in range(len(options))]
    for path in printed:
        path.mkdir(exist_ok=True)
    time.sleep(-time.time() % 1)
    return [
        Training(one, folder, environment, forked=True, printed=path)
        for one, path in zip(options, printed, strict=True)
    ]


def ended(trainings: Sequence[Training]) -> str:
    """Wait for trainings; which of them hangs or ends in a traceback, or ""."""
    for training in trainings:
        if not training.wait(PATIENCE):
            training.kill()
            return f"it hangs: {last_line(training.error)}"
    for training in trainings:
        if "Traceback" in training.error:
            return f"a traceback: {last_line(training.error)}"
    return ""


def unsuccessful(trainings: Sequence[Training]) -> str:
    """Wait for trainings; which of them fails, or ""."""
    if wrong := ended(trainings):
        return wrong
    failed = [training for training in trainings if training.code]
    if not failed:
        return ""
    return f"{len(failed)} of {len(trainings)} fail: {last_line(failed[0].error)}"


def saved(training: Training, name: str) -> str:
    """The path of a name that a training says it has saved."""
    lines = [line for line in training.out.splitlines() if line.startswith("Saved: ")]
    return next(
        path
        for path in (line.removeprefix("Saved: ").partition(",")[0] for line in lines)
        if Path(path).name == name
    )


def told_folder(training: Training) -> str:
    """The run folder that a training names."""
    return str(Path(saved(training, "bundle")).parent)


def strays(runs: Sequence[Path]) -> str:
    """What else stands beside runs, or a ``latest`` that names none of them; or ""."""
    [parent] = {run.parent for run in runs}
    others = {path for path in parent.iterdir() if path.name != "latest"} - {*runs}
    if others:
        return f"{sorted(path.name for path in others)} beside the runs"
    latest = parent / "latest"
    return "" if latest.resolve() in {run.resolve() for run in runs} else "latest names none"
