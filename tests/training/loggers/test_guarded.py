"""A logger that fails ends no training, and is told of once."""

from __future__ import annotations

import pytest
from outside.service_of_mine import Service
from pytorch_lightning.loggers import CSVLogger
from small import SMALL

from seqtasks.run import run
from seqtasks.training.loggers.guarded import Guarded, guarded


@pytest.mark.parametrize("fails", ["params", "metrics", "finalize", "end"])
def test_a_training_goes_on_without_a_logger_that_fails(fails, composed, tmp_path, capsys):
    service = f"+logger.service={{_target_: outside.service_of_mine.Service, fails: [{fails}]}}"
    config = composed("task=one_to_one", *SMALL, "examples=0", service)
    results = run(config, tmp_path / "run", "one_to_one")
    assert results["test"]["accuracy"] >= 0
    assert (tmp_path / "run/bundle/model.safetensors").is_file()
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("seqtasks:")]
    assert told == [
        "seqtasks: logger.service has failed; the training goes on without it: "
        f"{fails}: the server is gone"
    ]


def test_a_logger_that_works_hears_everything():
    inner = Service()
    logger = guarded(inner, "logger.service")
    logger.log_hyperparams({"a": 1})
    logger.log_metrics({"b": 2.0}, step=3)
    logger.log_image("c")
    assert logger.experiment is inner
    assert (logger.name, logger.version, logger.save_dir) == ("service", "service", None)
    logger.finalize("success")
    told = [("params", {"a": 1}), ("metrics", {"b": 2.0}), ("image", "c")]
    assert inner.told == [*told, ("experiment",), ("finalize", "success")]


def test_a_logger_that_has_failed_takes_every_call(capsys):
    logger = Guarded(Service(["experiment"]), "logger.service")
    logger.experiment.add_figure("a", None)
    logger.log_metrics({"b": 2.0})
    logger.log_image("c")
    assert logger.logger.told == []
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(AttributeError):
        _ = logger.log_nothing


def test_files_of_the_run_folder_are_not_guarded(tmp_path):
    logger = CSVLogger(tmp_path)
    assert guarded(logger, "logger.csv") is logger
