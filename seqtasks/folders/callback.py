"""Hydra's callback that makes the folder of a run or a sweep before Hydra writes there."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.quoting import in_quotes
from seqtasks.errors import UsageError
from seqtasks.files.holding import let_go
from seqtasks.folders.claim import claim
from seqtasks.folders.contents import RUN, SEARCH, SWEEP, Contents
from seqtasks.folders.resumed import resumed
from seqtasks.training.launched import agreed

RESUMABLE = ("hydra_plugins.seqtasks.Sweep", "hydra_plugins.seqtasks.Tune")
"""The sweepers that go on in the folder of an earlier sweep; others would write over it."""


class OwnFolder(Callback):
    """Gives a run, or a sweep, a folder of its own; all processes of one training have one.

    A name that the clock gives gets a number behind where it is taken. Another one is refused if it
    holds a run.
    """

    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        config.hydra.run.dir, config.hydra.job.name = folder_of(config, config.hydra.run, RUN)

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        contents = SEARCH if "tune" in config else SWEEP
        if config.hydra.sweeper.get("_target_") not in RESUMABLE:
            contents = contents._replace(resumed=False)
        config.hydra.sweep.dir, log = folder_of(config, config.hydra.sweep, contents)
        # The configurations of the jobs are composed anew, from these.
        config.hydra.overrides.hydra.extend(
            [f"hydra.sweep.dir={in_quotes(config.hydra.sweep.dir)}", f"hydra.job.name={log}"]
        )

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        let_go(Path(config.hydra.sweep.dir))


def earlier_folder(config: DictConfig, named: Path, contents: Contents) -> Path | None:
    """The folder of the sweep that a command goes on with; None where it begins one.

    Raises:
        UsageError: there is none, or the command cannot go on with one.
    """
    resume = OmegaConf.select(config, "sweep.resume")
    if resume is None:
        return None
    if not contents.resumed:
        said = "only several runs are resumed; a single one goes on by `ckpt_path`=PATH"
        if contents is not RUN:
            said = "this sweeper begins anew; leave it out, or choose `hydra/sweeper`=resumable"
        raise UsageError(said, option="sweep.resume")
    if config.get("overwrite"):
        raise UsageError(
            "it would remove what is to be resumed; leave one of them out", option="overwrite"
        )
    return resumed(named, resume, contents)


def folder_of(config: DictConfig, section: DictConfig, contents: Contents) -> tuple[str, str]:
    """The folder for what a section of Hydra's configuration names, and what its log is called.

    An error ends the process here: Hydra would turn it into a warning.
    """
    config.task_name = config.task_name or config.hydra.runtime.choices.task
    named = Path(section.dir)
    written: Any = OmegaConf.to_container(section, resolve=False)

    def choose() -> Path:
        options = {"overwrite": config.get("overwrite"), "checkpoint": config.get("ckpt_path")}
        earlier = earlier_folder(config, named, contents)
        if earlier is not None:
            return claim(earlier, contents, **options)
        return claim(named, contents, from_clock="${now:" in written["dir"], **options)

    try:
        with exit_on_error(sys.argv[1:]):
            folder, rank = agreed(choose, named)
    except Exception as error:
        traceback.print_exception(error)
        sys.exit(1)
    # Lightning gives the processes that it starts such logs.
    return str(folder), f"train_ddp_process_{rank}" if rank else config.hydra.job.name
