"""What the folders of runs refuse, and the processes that share one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from refusals.kept import TAGGING, folder

from seqtasks import bundle
from seqtasks.bundle import bundle as bundles
from seqtasks.files.holding import hold, let_go
from seqtasks.folders.claim import claim
from seqtasks.training import launched
from seqtasks.training.launched import Launched, agreed, check_size


def finished(**options: Any) -> None:
    """Claim a folder that holds a run."""
    checkpoint = Path("a", "checkpoints", "last.ckpt")
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    claim(Path("a"), **options)


def under_way() -> None:
    Path("a").mkdir()
    assert hold(Path("a"))
    try:
        claim(Path("a"), overwrite=True)
    finally:
        let_go(Path("a"))


class Store:
    """Where a group of processes meets, with what it answers."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer

    def get(self, key: str) -> bytes:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def second_of_two(answer: bytes | Exception = b"") -> pytest.MonkeyPatch:
    """Let this process be the second of two, and say what the first one answers."""
    patch = pytest.MonkeyPatch()
    patch.setattr(launched, "launched", lambda: Launched(1, 2, "head", 29500))
    patch.setattr(launched, "meet", lambda group: Store(answer))
    return patch


def asked(answer: bytes | Exception) -> None:
    patch = second_of_two(answer)
    try:
        agreed(lambda: Path("mine"), Path("mine"))
    finally:
        patch.undo()


def alone() -> None:
    patch = second_of_two()
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


ROWS = {
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
    "folders.claim:busy": (
        under_way,
        "another run is under way in a; wait until it has ended, or name another folder: hydra.run",
    ),
    "training.launched:check_size": (
        alone,
        "devices: 2 processes were started for a training of 1; set it so that with trainer.num_",
    ),
    "training.launched:launched": (
        half_told,
        "what started this process does not say enough: You set `--ntasks=2` in your SLURM bash",
    ),
    "training.launched:told": (
        lambda: asked(RuntimeError("refused")),
        "process 1 of 2 got no answer from the first one at head:29500 (refused); start all of",
    ),
    "training.launched:told#2": (
        lambda: asked(b""),
        "the first process has no run folder; see what it says",
    ),
}
