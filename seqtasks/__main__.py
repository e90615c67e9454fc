"""``python -m seqtasks task=tagging``: compose the configuration and run it."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, read_write

from seqtasks.cli.about import about, asks_about
from seqtasks.cli.beginning import begun
from seqtasks.cli.completion import prepare_query, script
from seqtasks.cli.exit_on_error import exit_on_error, report_failed_job
from seqtasks.cli.first_screen import first_screen
from seqtasks.cli.hydra_errors import arguments_of_a_job
from seqtasks.cli.importing import importing
from seqtasks.cli.quoting import quoted
from seqtasks.cli.signals import PARENT
from seqtasks.cli.streams import prepare_streams
from seqtasks.cli.typed import with_reader
from seqtasks.errors import Interrupted
from seqtasks.files.holding import let_go
from seqtasks.files.space import is_full
from seqtasks.folders.claim import claim
from seqtasks.training.launched import FOLDER, agreed, rank_by_hand


@hydra.main(version_base="1.3", config_path="pkg://seqtasks.conf", config_name="config")
def main(config: DictConfig) -> Any:
    """Train, test, save and explain what the configuration says.

    Returns:
        The score by which runs are compared, for the sweepers of Hydra; NaN of a run of several
        that failed. Of a run of a search what `Search` takes.
    """
    hydra_config: Any = HydraConfig.get()
    several = hydra_config.mode == RunMode.MULTIRUN
    names = (FOLDER, PARENT, "LOCAL_RANK")
    given, before = sys.argv[1:], {name: os.environ.get(name) for name in names}
    if several:  # whoever asks for the command gets that of this run
        sys.argv[1:] = arguments_of_a_job(command_of(given), hydra_config.overrides)
    try:
        with exit_on_error(sys.argv[1:]):
            return one_run(config, hydra_config, several)
    finally:  # another job may follow in this process, with processes of its own
        sys.argv[1:] = given
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def answered(arguments: Sequence[str]) -> bool:
    """Answer what needs no configuration: no arguments, ``--info``, a shell that completes."""
    if not arguments:
        print("\n".join(first_screen(Path("runs"))))
    elif asks_about(arguments):
        print("\n".join(about()))
    elif (text := script(arguments)) is not None:
        print(text)
    else:
        prepare_query(arguments)
        if "--hydra-help" in arguments:
            sys.argv[0] = "python -m seqtasks"  # what Hydra's help tells to type
        return False
    return True


def composed(words: Sequence[str]) -> DictConfig:
    """A configuration from other words, in the place of the command line's."""
    return hydra.compose("config", [*words])


def command_of(given: list[str]) -> list[str]:
    """The arguments of the command that began a sweep, in whichever process a run of it is."""
    from seqtasks.sweep.job import Job

    job = Job.here()
    return given if job is None else [*job.arguments]


def one_run(config: DictConfig, hydra_config: Any, several: bool) -> Any:
    """Do a run in the folder that Hydra has made."""
    began = begun()
    with importing():  # late, so that --help need not wait for torch
        from seqtasks.presets.settling import settled
        from seqtasks.run import run
        from seqtasks.sweep.job import Job
        from seqtasks.sweep.tuning.trial import Trial
        from seqtasks.training.children import end_with_parent
        from seqtasks.training.trainer import disband

    if FOLDER in os.environ and rank_by_hand():
        end_with_parent(int(os.environ.get(PARENT, os.getppid())))
    folder, trial = Path(hydra_config.runtime.output_dir), Trial.here()
    job = Job.here() if several and trial is None else None
    options = {name: config.get(name) for name in ("overwrite", "ckpt_path", "lr_finder")}
    claims = {"overwrite": options["overwrite"], "checkpoint": options["ckpt_path"]}
    choices, given = hydra_config.runtime.choices, hydra_config.overrides
    try:
        if several:
            if trial is not None:
                claims = trial.claims()
            if job is not None:
                job.begin(given.task)
                claims = job.claims(folder, options)
            folder, _ = agreed(lambda: claim(folder, **claims), folder)
            with read_write(hydra_config):  # where the processes that Lightning starts look
                hydra_config.run.dir = str(folder)
        os.environ[FOLDER] = str(folder)
        os.environ.setdefault(PARENT, str(os.getpid()))
        config = settled(config, choices, [*given.hydra, *given.task], composed)
        if job is not None:
            config.ckpt_path = claims["checkpoint"]
        share = None if job is None else job.threads
        results = run(config, folder, choices["task"], began=began, trial=trial, share=share)
        if job is not None:
            job.record(hydra_config.job.num, folder, given.task, results["test"])
        return results if trial is not None else score_of(results)
    except Interrupted as error:
        told = job.number is not None if job else trial is not None and trial.checkpoint is None
        if not told:
            raise
        raise KeyboardInterrupt from error  # the sweep says how to go on
    except Exception as error:
        if not several:
            raise
        said = report_failed_job(error, sys.argv[1:])
        if is_full(error):  # so is it for the other runs, and for the record
            sys.exit(1)
        if trial is not None:
            return {"error": said}
        if job is not None:
            job.record(hydra_config.job.num, folder, given.task, error=said)
        return math.nan
    finally:
        disband()
        let_go(folder)


def score_of(results: Mapping[str, Any]) -> float:
    """The score by which a run is compared; NaN of one that was not validated."""
    score = results.get("optimized", {}).get("score")
    return math.nan if score is None else float(score)


if __name__ == "__main__":
    prepare_streams(lasting=True)
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra then leaves its errors to us
    sys.argv[1:] = with_reader(quoted(sys.argv[1:]))
    with exit_on_error(sys.argv[1:]):
        if not answered(sys.argv[1:]):
            main()
