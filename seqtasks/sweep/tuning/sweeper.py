"""Hydra's sweeper that looks for better options with Optuna."""

from __future__ import annotations

import functools
import importlib.util
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, RunMode, TaskFunction
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from seqtasks.cli.beginning import begun
from seqtasks.cli.checked import check_value
from seqtasks.cli.duration import seconds_of
from seqtasks.cli.quoting import in_quotes
from seqtasks.errors import UsageError, check_least
from seqtasks.files.holding import let_go
from seqtasks.files.replacing import write_text
from seqtasks.folders.latest import name_latest
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.tuning.trial import VARIABLE, Trial
from seqtasks.training.launched import launched

if TYPE_CHECKING:
    from seqtasks.sweep.tuning.given import Given

LEFT_OUT = {
    "ckpt_path": "every run begins anew",
    "lr_finder": "the search finds the rate",
    "hydra.sweeper.max_batch_size": "the runs begin one by one",
    "hydra.sweeper.params": "what is searched stands in tune.space",
}
"""Options that do not go with a search, and why."""


class Tune(Sweeper):
    """Tries options, each time by what the runs before have shown, and tests the best run alone.

    What it goes by stands in the section ``tune`` of the configuration (conf/sweep/tune.yaml), and
    not among the options of Hydra's own sweeper, which Hydra hands over all the same.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        with read_write(config):
            config.hydra.hydra_logging.root.level = "WARNING"  # the search says which run begins
        self.loader, self.composed = hydra_context.config_loader, config
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Search, test the best run and print the table.

        Raises:
            UsageError: an option does not go with a search, or Optuna is missing.
            SeqtasksError: the first run fails, or the test of the best.
        """
        config, folder = with_space(self.composed, self.loader), Path(self.composed.hydra.sweep.dir)
        check_search(config)
        spent = time.perf_counter() - begun()
        seconds = None if config.budget is None else seconds_of(config.budget, "budget") - spent
        from seqtasks.sweep.tuning.closing import Closing  # late: Optuna may be missing
        from seqtasks.sweep.tuning.given import Given
        from seqtasks.sweep.tuning.search import Search
        from seqtasks.sweep.tuning.study import Study

        try:
            given = Given(config, arguments, self.loader)
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / "multirun.yaml", OmegaConf.to_yaml(config))
            sampler = instantiate(config.tune.sampler, _partial_=True)
            study = Study(folder, sampler, config.seed, config.tune.storage, config.tune.study)
            closing = Closing(Terminal(), study, given, config.hydra.overrides.hydra)
            search = Search(
                study,
                functools.partial(self.launch, given),
                given.space,
                given.about(),
                trials=config.tune.trials,
                seconds=seconds,
                say=closing.say,
            )
            try:
                best = search.run()
                if not search.is_over():
                    closing.left_to_others()
                    return study.outcomes
                search.finish(best)
            except (KeyboardInterrupt, SystemExit):
                closing.interrupted()
                raise
            name_latest(folder)
            closing.finished()
        finally:
            let_go(folder)
        return study.outcomes

    def launch(self, given: Given, trial: Trial, options: Mapping[str, str]) -> dict[str, Any]:
        """Run a trial with some options; what it returns."""
        told = f"+hydra.job.env_set.{VARIABLE}={in_quotes(trial.text())}"
        words = [*given.overrides(options), "hydra.mode=MULTIRUN", told]
        launcher: Any = self.launcher
        [job] = launcher.launch([words], initial_job_idx=trial.number)
        result: dict[str, Any] = job.return_value
        return result


def with_space(config: DictConfig, loader: ConfigLoader) -> DictConfig:
    """The configuration of a search, with the space of its task unless another one is chosen."""
    choices = config.hydra.runtime.choices
    spaces = loader.get_group_options("hparams_search")
    if choices.get("hparams_search") is not None or choices.task not in spaces:
        return config
    given = config.hydra.overrides
    words = [*given.hydra, *given.task, f"hparams_search={choices.task}"]
    composed = loader.load_configuration(
        "config", words, RunMode.MULTIRUN, validate_sweep_overrides=False
    )
    with open_dict(config):
        config.tune = composed.tune
    return config


def check_search(config: DictConfig) -> None:
    """Refuse what does not go with a search (UsageError)."""
    if importlib.util.find_spec("optuna") is None:
        raise UsageError("sweep=tune needs Optuna: pip install 'seqtasks[tune]'")
    if config.hydra.runtime.choices.get("launcher") is not None:
        raise UsageError(
            "a search tries one run after the other; to have several at once, type the command "
            "several times, each with the same tune.storage=PATH",
            option="launcher",
        )
    if launched() is not None:
        raise UsageError("a search runs in one process; start it without a launcher")
    for option, why in LEFT_OUT.items():
        if OmegaConf.select(config, option):
            raise UsageError(f"{why}; leave it out of a search", option=option)
    check_value("tune.trials", config.tune.trials, int | None)
    check_value("tune.storage", config.tune.storage, str | None)
    check_value("tune.study", config.tune.study, str)
    if config.tune.trials is not None:
        check_least("tune.trials", config.tune.trials, 1)
