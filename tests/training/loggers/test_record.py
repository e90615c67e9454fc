"""What loggers are told of a run."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import yaml
from small import SMALL

from seqtasks.run import run
from seqtasks.training.loggers.record import ended


def test_tables_and_curves_come_with_the_configuration_and_the_bundle(composed, tmp_path):
    options = [*SMALL, "logger=[csv,tensorboard]", "task_name=mine", "tags=[a,b]", "examples=0"]
    run(composed("task=one_to_one", *options), tmp_path / "run", "one_to_one")
    for name in ("csv", "tensorboard"):
        kept = yaml.safe_load((tmp_path / "run" / name / "hparams.yaml").read_text())
        assert kept["task_name"] == "mine"
    kept = yaml.safe_load((tmp_path / "run/csv/hparams.yaml").read_text())
    assert kept["bundle"] == str(tmp_path / "run/bundle")
    assert kept["tags"] == ["a", "b"]
    assert kept["run_name"] == "mine/run"
    assert kept["encoder"]["hidden_size"] == 12


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_a_logger_is_told_how_its_run_ends(error):
    class Told:
        def end(self, failed):
            self.failed = failed

    told, other = Told(), object()
    expected = nullcontext() if error is None else pytest.raises(error)
    with expected, ended([other, told]):  # type: ignore[list-item]
        if error is not None:
            raise error
    assert told.failed == (error is not None)
