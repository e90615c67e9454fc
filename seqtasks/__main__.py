"""``python -m seqtasks task=tagging``: compose the configuration and run it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, read_write

from seqtasks.cli.choices import check_choices
from seqtasks.cli.exit_on_error import exit_on_error, report_failed_job
from seqtasks.cli.hydra_errors import arguments_of_a_job
from seqtasks.cli.quoting import quoted
from seqtasks.cli.signals import is_first
from seqtasks.cli.streams import prepare_streams
from seqtasks.errors import Interrupted


@hydra.main(version_base="1.3", config_path="pkg://seqtasks.conf", config_name="config")
def main(config: DictConfig) -> Any:
    """Train, test, save and explain what the configuration says.

    Returns:
        What ``metrics.json`` holds; of one run of several that failed, ``error``.
    """
    hydra_config: Any = HydraConfig.get()
    # A process that Lightning starts keeps its parent's folder.
    folder = os.environ.setdefault("SEQTASKS_RUN", hydra_config.runtime.output_dir)
    several = hydra_config.mode == RunMode.MULTIRUN
    given = sys.argv[1:]
    if several:  # whoever asks for the command gets that of this run
        sys.argv[1:] = arguments_of_a_job(given, hydra_config.overrides)
        with read_write(hydra_config):  # where the processes that Lightning starts look
            hydra_config.run.dir = folder
    try:
        with exit_on_error(sys.argv[1:]):
            from seqtasks.run import run  # late, so that --help need not wait for torch
            from seqtasks.training.processes import end_with_parent
            from seqtasks.training.trainer import disband

            if not is_first():
                end_with_parent()
            try:
                check_choices(config, hydra_config.runtime.choices)
                return run(config, Path(folder), hydra_config.runtime.choices["task"])
            except Interrupted:
                raise
            except Exception as error:
                if not several:
                    raise
                return {"error": report_failed_job(error, sys.argv[1:])}
            finally:
                disband()
    finally:  # another job may follow in this process, with processes of its own
        sys.argv[1:] = given
        for name in ("SEQTASKS_RUN", "LOCAL_RANK"):
            os.environ.pop(name, None)


if __name__ == "__main__":
    prepare_streams(lasting=True)
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # Hydra then leaves its errors to us
    sys.argv[1:] = quoted(sys.argv[1:])
    with exit_on_error(sys.argv[1:]):
        main()
