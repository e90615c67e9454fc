"""What sweeps and searches for better options refuse."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import searched
from hydra import initialize_config_module
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import MissingConfigException
from omegaconf import OmegaConf

from seqtasks.cli.hydra_errors import as_usage_error
from seqtasks.sweep.ray import Ray
from seqtasks.sweep.sweeper import Sweep
from seqtasks.sweep.tuning import conditions, search, sweeper
from seqtasks.sweep.tuning.given import Given
from seqtasks.sweep.tuning.space import read
from seqtasks.sweep.tuning.study import storage
from seqtasks.training.optimized import optimized


def configured(**options: Any) -> Any:
    """The configuration of a search."""
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        words = ["sweep=tune", "hparams_search=tagging"]
        config = loader.load_configuration("config", words, "MULTIRUN")
    OmegaConf.set_struct(config, False)
    for name, value in options.items():
        OmegaConf.update(config, name, value)
    return config, loader


def checked(**options: Any) -> None:
    sweeper.check_search(configured(**options)[0])


def without_optuna() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        checked()


def launched() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeper, "launched", lambda: SimpleNamespace(rank=0))
        checked()


def given(*arguments: str, **settled: Any) -> Any:
    """What a command says, in sight of a first run with some options."""
    config, loader = configured()
    Path("config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(settled)))
    found = Given(config, arguments, loader)
    return found.space(Path())


def searching(result: Any, finished: bool = False, **options: Any) -> None:
    """A search whose runs all return the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "check_kept", lambda folder: folder)
        found = searched.search(Path(), trials=1, **options)
        if finished:
            found.run()
        found.launch = lambda trial, options: result
        found.finish(found.study.ranking[0]) if finished else found.run()


class Translated:
    """A task of one score, the ratio of lengths."""

    monitor, mode = "val/loss", "min"

    def metrics(self) -> dict[str, Any]:
        return {"length_ratio": SimpleNamespace(higher_is_better=None)}


def of_another_command() -> None:
    searching(searched.result([0.5]))
    searched.search(Path(), about={"options": "task=translation"})


def sweeping(*words: str, launch: Any = None, **options: Any) -> None:
    """A sweep, in a folder that holds one of the seed 1, whose launcher does something."""
    config, loader = configured(**{"hydra.sweep.dir": "made", **options})
    Path("made").mkdir()
    Path("made", "plan.json").write_text('[{"seed": "1"}]')
    sweep = Sweep()
    sweep.composed, sweep.loader = config, loader
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "validate_batch_is_legal", lambda runs: None)
        sweep.launcher = SimpleNamespace(launch=launch)
        sweep.sweep([*words])


def elsewhere() -> None:
    """A search whose best run is on another machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "check_kept", lambda folder: folder)
        found = searched.search(Path(), trials=1)
        found.study.here = "other:/far"
        best = found.run()
        found.study.here = "this:/here"
        found.finish(best)


def without_ray() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        Ray()


def without_joblib() -> None:
    missing = MissingConfigException("", "hydra/launcher/joblib", ["basic"])
    assert as_usage_error(missing, []) is not None


def fails(runs: Any, initial_job_idx: int) -> None:
    raise OSError("no such machine")


ROWS = {
    "sweep.sweeper:Sweep.complete": (
        lambda: sweeping("seed=2,3", **{"sweep.resume": "latest"}),
        "sweep.resume: made holds a sweep of other runs; leave it out, or name the folder of",
    ),
    "sweep.sweeper:Sweep.launch": (
        lambda: sweeping("seed=2,3", launch=fails),
        "the launcher has failed: OSError: no such machine; correct that, and go on with what is",
    ),
    "training.optimized:optimized": (
        lambda: optimized(Translated(), "val/length_ratio"),
        "optimized_metric: neither less nor more of val/length_ratio is better; choose another",
    ),
    "sweep.tuning.sweeper:check_search": (
        without_optuna,
        "sweep=tune needs Optuna: pip install 'seqtasks[tune]'",
    ),
    "sweep.tuning.sweeper:check_search#2": (
        lambda: checked(**{"hydra.runtime.choices.launcher": "joblib"}),
        "launcher: a search tries one run after the other; to have several at once, type the comm",
    ),
    "sweep.tuning.sweeper:check_search#3": (
        launched,
        "a search runs in one process; start it without a launcher",
    ),
    "sweep.tuning.sweeper:check_search#4": (
        lambda: checked(ckpt_path="last.ckpt"),
        "ckpt_path: every run begins anew; leave it out of a search",
    ),
    "sweep.tuning.given:Given.__init__": (
        lambda: given("task=tagging,classification"),
        "task: scores of several tasks cannot be compared; give one",
    ),
    "sweep.tuning.given:Given.space": (
        lambda: given("optimizer.lr=tag(log,interval(0.1,1))", optimizer={"lr": 0.0}),
        "optimizer.lr: it is 0.0 in the first run, from which this range does not go out; set it",
    ),
    "sweep.tuning.given:Given.space#2": (
        lambda: given("task=tagging"),
        "tune.space: no option is left to search; name some",
    ),
    "sweep.tuning.space:read": (
        lambda: read("optimizer.lr", "interval(0,"),
        "optimizer.lr: 'interval(0,' cannot be read; write interval(0,0.5), range(1,4), choice(a",
    ),
    "sweep.tuning.space:read#2": (
        lambda: read("optimizer.lr", "0.1"),
        "optimizer.lr: '0.1' is one value and no range of them; write interval(0,0.5), range(1,4",
    ),
    "sweep.tuning.space:check_range": (
        lambda: read("x", "tag(log,interval(0,1))"),
        "x: 0 to 1 is no range of ratios; write the lower bound first, above 0",
    ),
    "sweep.tuning.space:check_range#2": (
        lambda: read("x", "tag(times,choice(0.5,big))"),
        "x: 0.5, big multiply no value; write numbers, or leave out times",
    ),
    "sweep.tuning.search:Search.check": (
        of_another_command,
        "holds a search with the options task=tagging, not task=translation; repeat its command to",
    ),
    "sweep.tuning.search:Search.first": (
        lambda: searching({"error": "no such file"}),
        "the first run, with the options as they are, failed: no such file; correct that",
    ),
    "sweep.tuning.search:Search.first#2": (
        lambda: searching(searched.result([])),
        "the first run has no val/accuracy; give the search more time, or let the train",
    ),
    "sweep.tuning.search:Search.finish": (
        elsewhere,
        "run 0, the best, lies in other:/far, which cannot be seen from here; repeat the command",
    ),
    "sweep.tuning.search:Search.finish#2": (
        lambda: searching({"error": "no space is left"}, finished=True),
        "the test of run 0, the best, failed: no space is left; correct that, and repeat the comm",
    ),
    "sweep.tuning.conditions:read": (
        lambda: conditions.read({"encoder.dropout": 2}),
        "tune.when: {encoder.dropout:2} is no condition; write OPTION: {OTHER: VALUE}",
    ),
    "sweep.tuning.conditions:ordered": (
        lambda: conditions.ordered("ab", {"a": {"b": ["1"]}, "b": {"a": ["2"]}}),
        "depend on each other; leave one of these conditions out",
    ),
    "sweep.tuning.study:storage": (
        lambda: storage(Path(), "sqlite:////no/such/folder/search.db"),
        "tune.storage: sqlite:////no/such/folder/search.db cannot be opened: ",
    ),
    "sweep.ray:Ray.__init__": (
        without_ray,
        "launcher=ray needs Ray: pip install 'seqtasks[ray]'",
    ),
    "cli.hydra_errors:_needs_plugin": (
        without_joblib,
        "launcher=joblib needs a plugin of Hydra: pip install 'seqtasks[joblib]'",
    ),
    "sweep.tuning.search:check_kept": (
        lambda: search.check_kept(Path("7")),
        "7 has no checkpoint, and the best run is tested from its checkpoint; choose callbacks=def",
    ),
}
