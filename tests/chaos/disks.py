"""A disk that fills up ends a training in one line, and nothing that was whole is lost."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from chaos.case import Case
from chaos.references import PATIENCE, References
from chaos.remains import bundle_of, checkpoint_step, damaged, differences, failure, last_line
from chaos.small_disk import PAGE, SmallFiles, small_disk
from chaos.trainings import TRAININGS, Training, load_all, other_file_system

SHORT = 2
NAMES = ("classification", "tagging", "generation-streams", "translation", "best-mean")
PLACES = ("run folder", "run folder", "run folder", "temporary folder", "cache", "file")


def cases(seed: int, count: int) -> Iterator[Case]:
    """Disks of every size for every folder that a training writes to, in turn."""
    load_all()
    references = References()
    for number in range(1, count + 1):
        name, place = NAMES[number % len(NAMES)], PLACES[number % len(PLACES)]
        yield Case(
            f"full {place}",
            f"{number:03}-{name}-{place.replace(' ', '-')}",
            partial(attempt, name, place, f"{seed} {number}", references),
        )


def attempt(name: str, place: str, seed: str, references: References, folder: Path) -> str:
    """Train where one disk is small; once it has grown, go on, and compare."""
    draw = random.Random(seed)
    whole = references.get(name, TRAININGS[name]).run
    need = 1 + pages(whole if place in ("run folder", "file") else whole.parent / "cache")
    if place == "file":
        disk = SmallFiles(folder / "small", 1 + draw.randrange(largest(whole)))
    else:
        disk = small_disk(folder / "small", draw.randint(1, need))
    with tempfile.TemporaryDirectory(dir=other_file_system(folder)) as temporary:
        here = {"run folder": folder / "run-1", "cache": folder / "cache"}
        here["temporary folder"] = Path(temporary)
        if place in here:
            here[place] = disk.folder / "run-1" if place == "run folder" else disk.folder
        run = here["run folder"]
        environment = {
            "SEQTASKS_CACHE": str(here["cache"]),
            "TMPDIR": str(here["temporary folder"]),
        }
        options = (*TRAININGS[name], f"hydra.run.dir={run}")
        training = Training(options, folder, environment, forked=True)
        if not training.wait(PATIENCE):
            training.kill()
            return "it hangs"
        if training.code == 0:
            return differences(whole, run)
        told = disk.folder if place != "file" else folder
        if wrong := ill_told(training, told) or damaged(run.parent):
            return wrong
        kept = [*run.glob("checkpoints/*.ckpt")]
        if kept and not named(training):
            return f"it does not name {kept[0]} or another: {last_line(training.error)}"
        disk.grow()
        again = [f"hydra.run.dir={run.with_name('run-2')}"]
        last = next((path for path in named(training) if path.suffix == ".ckpt"), None)
        if last := last or next((path for path in kept if path.name == "last.ckpt"), None):
            again.append(f"ckpt_path={last}")
        resumed = Training((*TRAININGS[name], *again), folder, environment, forked=True)
        if not resumed.wait(PATIENCE) or resumed.code:
            resumed.kill()
            return f"it does not go on with room: {last_line(resumed.error)}"
        return differences(whole, run.with_name("run-2"))


def ill_told(training: Training, folder: Path) -> str:
    """What is wrong with how a training tells that a folder has no space, or ""."""
    said = last_line(training.error)
    if training.code != 1:
        return f"exit code {training.code}: {said}"
    if "Traceback" in training.error:
        return f"a traceback: {said}"
    if not said.startswith("seqtasks: "):
        return f"it does not say why: {said!r}"
    if str(folder) not in said:
        return f"it does not name {folder}: {said}"
    for path in named(training):
        if wrong := failure(checkpoint_step if path.suffix == ".ckpt" else bundle_of, path):
            return f"it names {path}, which is damaged: {wrong}"
    return ""


def named(training: Training) -> list[Path]:
    """The checkpoints and bundles that a training's last line names."""
    found = re.findall(r"[^\s'\"=]+(?:\.ckpt|/bundle)\b", last_line(training.error))
    return [training.folder / path for path in found]


def pages(folder: Path) -> int:
    """The pages that the files of a folder take."""
    return sum(1 + path.stat().st_size // PAGE for path in folder.rglob("*") if path.is_file())


def largest(folder: Path) -> int:
    """The pages of the largest file of a folder."""
    return max(1 + path.stat().st_size // PAGE for path in folder.rglob("*") if path.is_file())
