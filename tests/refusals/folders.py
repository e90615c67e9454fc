"""What the folders of runs refuse, and the processes that share one."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from refusals.kept import TAGGING, folder
from torch.distributed import HashStore

from seqtasks import bundle
from seqtasks.bundle import bundle as bundles
from seqtasks.comparison.results import compare
from seqtasks.comparison.runs import find_runs
from seqtasks.comparison.writing import write
from seqtasks.files.holding import LOCK, hold, let_go
from seqtasks.folders.callback import earlier_folder
from seqtasks.folders.claim import claim
from seqtasks.folders.contents import RUN, SWEEP
from seqtasks.folders.resumed import resumed
from seqtasks.training import launched
from seqtasks.training.launched import Launched, agreed, check_size


def finished(**options: Any) -> None:
    """Claim a folder that holds a run."""
    checkpoint = Path("a", "checkpoints", "last.ckpt")
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    Path("a", "config.yaml").write_text("seed:\nckpt_path:\noverwrite:\npaths:\ntask:\n")
    Path("a", LOCK).touch()
    claim(Path("a"), **options)


def resuming(contents: Any, **options: Any) -> None:
    """Ask for the latest sweep."""
    config = OmegaConf.create({"sweep": {"resume": "latest"}, **options})
    earlier_folder(config, Path("runs/now"), contents)


def of_somebody() -> None:
    Path("a", "checkpoints").mkdir(parents=True)
    Path("a", "checkpoints", "mine.ckpt").touch()
    claim(Path("a"), overwrite=True)


def under_way() -> None:
    Path("a").mkdir()
    assert hold(Path("a"))
    try:
        claim(Path("a"), overwrite=True)
    finally:
        let_go(Path("a"))


def second_of_two(store: Any) -> pytest.MonkeyPatch:
    """Let this process be the second of two, which meet in a store."""
    patch = pytest.MonkeyPatch()
    patch.setattr(launched, "launched", lambda: Launched(1, 2, "head", 29500))
    patch.setattr(launched, "meet", lambda group: store)
    return patch


def without_answer() -> None:
    patch = second_of_two(HashStore())
    patch.setattr(launched, "PATIENCE", timedelta(0))
    try:
        agreed(lambda: Path("mine"), Path("mine"))
    finally:
        patch.undo()


def without_folder() -> None:
    store = HashStore()
    store.set("seqtasks/0/1", "")
    patch = second_of_two(store)
    try:
        agreed(lambda: Path("mine"), Path("mine"))
    finally:
        patch.undo()


def alone() -> None:
    patch = second_of_two(None)
    try:
        check_size(1)
    finally:
        patch.undo()


def half_told() -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("STEP_ID", "0"), ("NTASKS", "2"), ("PROCID", "0")):
            patch.setenv(f"SLURM_{name}", value)
        launched.launched()


def replaced_meanwhile() -> None:
    shutil.copytree(folder(*TAGGING), "bundle")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "read_manifest", lambda _: {})
        bundle.load("bundle")


def ended(text: str = "{}") -> Path:
    """The folder of a run that has left some scores."""
    Path("a").mkdir()
    Path("a", "metrics.json").write_text(text, encoding="utf-8")
    return Path("a")


def without_runs() -> None:
    Path("a").mkdir()
    find_runs([Path("a")])


ROWS = {
    "comparison.results:named": (
        lambda: compare([ended()], beside="cell=gru", samples=0),
        "beside: 0 settings are called 'cell=gru'; choose one of: 'run 0'",
    ),
    "comparison.runs:find_runs": (
        lambda: find_runs([Path("a")]),
        "a: there is no such folder; name those of runs or sweeps",
    ),
    "comparison.runs:find_runs#2": (
        without_runs,
        "a is no run that has ended and holds none: neither it nor a folder in it has metrics.json",
    ),
    "comparison.runs:read": (
        lambda: find_runs([ended("[]")]),
        "a/metrics.json is damaged: names and values are expected; ",
    ),
    "comparison.writing:write": (
        lambda: write(Path("a/b.html"), "", option="output"),
        "output: a/b.html: No such file or directory; choose another",
    ),
    "bundle.bundle:opened#2": (
        replaced_meanwhile,
        "bundle was replaced while it was read; repeat it",
    ),
    "folders.claim:take_over": (
        lambda: finished(overwrite=True, checkpoint="a/checkpoints/last.ckpt"),
        "overwrite: it would remove ckpt_path=a/checkpoints/last.ckpt, which lies in a; leave one",
    ),
    "folders.claim:refused": (
        finished,
        "a holds a run; resume it with ckpt_path=a/checkpoints/last.ckpt, replace it with ",
    ),
    "folders.claim:foreign": (
        of_somebody,
        "a/checkpoints/mine.ckpt would be written over by this run, and no run of this folder has ",
    ),
    "folders.claim:busy": (
        under_way,
        "another run is under way in a; wait until it has ended, or name another folder: hydra.run",
    ),
    "folders.callback:earlier_folder": (
        lambda: resuming(RUN),
        "sweep.resume: only several runs are resumed; a single one goes on by ckpt_path=PATH",
    ),
    "folders.callback:earlier_folder#2": (
        lambda: resuming(SWEEP, overwrite=True),
        "overwrite: it would remove what is to be resumed; leave one of them out",
    ),
    "folders.resumed:resumed": (
        lambda: resumed(Path("runs/now"), "latest", SWEEP),
        "sweep.resume: there is no sweep beside runs/now; name its folder, or leave it out",
    ),
    "training.launched:check_size": (
        alone,
        "devices: 2 processes were started for a training of 1; set it so that with trainer.num_",
    ),
    "training.launched:launched": (
        half_told,
        "what started this process does not say enough: You set `--ntasks=2` in your SLURM bash",
    ),
    "training.launched:agreed": (
        without_answer,
        "process 1 of 2 does not find the others at head:29500 (",
    ),
    "training.launched:exchanged": (
        without_folder,
        "the first process has no run folder; see what it says",
    ),
}
