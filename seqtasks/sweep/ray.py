"""Hydra's launcher of runs that Ray does, on this machine or a cluster."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Sequence
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, configure_log, run_job, setup_globals
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict

from seqtasks.errors import UsageError


class Ray(Launcher):
    """Runs as tasks of Ray, each with its processors; all end before an error is told.

    Args:
        cpus: that a run asks for.
        gpus: that a run asks for; a share of one is given to several.
        address: of a cluster; None starts Ray on this machine.

    Raises:
        UsageError: Ray is missing.
    """

    def __init__(
        self, cpus: int = 1, gpus: float = 0, address: str | None = None, **options: Any
    ) -> None:
        if importlib.util.find_spec("ray") is None:
            raise UsageError("launcher=ray needs Ray: pip install 'seqtasks[ray]'")
        self.cpus, self.gpus, self.address = cpus, gpus, address

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        self.hydra_context, self.task_function, self.composed = hydra_context, task_function, config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        import ray

        configure_log(self.composed.hydra.hydra_logging, self.composed.hydra.verbose)
        os.environ.setdefault("RAY_DEDUP_LOGS", "0")  # lines of a table are alike
        began = not ray.is_initialized()
        if began:
            ray.init(self.address, include_dashboard=False, logging_level=logging.ERROR)
        do = ray.remote(num_cpus=self.cpus, num_gpus=self.gpus, max_retries=0)(done)
        context = ray.put((self.hydra_context, self.task_function, Singleton.get_state()))
        runs = [
            do.remote(context, self.composed, overrides, number)
            for number, overrides in enumerate(job_overrides, initial_job_idx)
        ]
        try:
            ray.wait(runs, num_returns=len(runs))
            found: list[JobReturn] = ray.get(runs)
        finally:
            if began:
                ray.shutdown()  # all that the runs print is printed by then
        return found


def done(
    context: tuple[HydraContext, TaskFunction, Any],
    composed: DictConfig,
    overrides: Sequence[str],
    number: int,
) -> JobReturn:
    """Do a run in this process.

    Args:
        context: Hydra's, what a run is, and the state of Hydra's single objects.
        composed: the configuration of the sweep.
        overrides: of the run.
        number: as Hydra counts.
    """
    hydra_context, task_function, state = context
    setup_globals()
    Singleton.set_state(state)
    config = hydra_context.config_loader.load_sweep_config(composed, [*overrides])
    with open_dict(config):
        config.hydra.job.id, config.hydra.job.num = f"{config.hydra.job.name}_{number}", number
    HydraConfig.instance().set_config(config)
    return run_job(
        hydra_context=hydra_context,
        config=config,
        task_function=task_function,
        job_dir_key="hydra.sweep.dir",
        job_subdir_key="hydra.sweep.subdir",
    )
