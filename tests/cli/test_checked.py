"""A configuration against what it makes."""

from __future__ import annotations

import inspect
import os

import pytest
from small import SMALL, TASKS

from seqtasks.api import compose
from seqtasks.cli.checked import as_plain, check_argument, check_config
from seqtasks.errors import UsageError

MOST = f"{max(256, os.cpu_count() or 1):,}"

BAD = {
    "seed=-1": "seed: it is from 0 to 4,294,967,295, not -1",
    "seed=1.5": "seed: it is a whole number, not 1.5",
    "seed=null": "seed: it is a whole number, not null",
    f"seed={2**70}": "seed: it is a whole number below 2⁶³ in size, not",
    "optimizer.lr=1e39": "optimizer.lr: it is a number below 1e38 in size or",
    "optimizer.betas=[0.9,1e39]": "optimizer.betas: it is a list of 2 (a number",
    "encoder.cell=5": "encoder.cell: it is a text or an object (Callable) that a choice",
    "threads=abc": "threads: it is a whole number or null, not the text 'abc'",
    "threads=0": f"threads: it is from 1 to {MOST}, not 0",
    "threads=1000000000": f"threads: it is from 1 to {MOST}",
    "examples=-1": "examples: it is from 0 to",
    "report=maybe": "report: it is true or false, not the text 'maybe'",
    "ckpt_path=5": "ckpt_path: it is a text or null, not 5",
    "encoder.hidden_size=big": "encoder.hidden_size: it is a whole number or null, not",
    "encoder.num_layers=2.0": "encoder.num_layers: it is a whole number, not 2.0",
    "encoder.bidirectional=1": "encoder.bidirectional: it is true or false, not 1",
    "encoder.dropout=nan": "encoder.dropout: it is a number, not nan",
    "task.embedding.tokens.dropout=[]": "task.embedding.tokens.dropout: it is a number, not []",
    "data.num_workers=two": "data.num_workers: it is a whole number, not the text 'two'",
    "data.tokens=3": "data.tokens: it is an object (Field)",
    "optimizer.lr=fast": "optimizer.lr: it is a number",
    "optimizer.betas=[0.9]": "optimizer.betas: it is",
    "scheduler.warmup=''": "scheduler.warmup: it is a number, not an empty text",
    "trainer.max_epochs=abc": "trainer.max_epochs: it is a whole number or null, not",
    "trainer.precision=7": "trainer.precision: it is",
    "trainer.gradient_clip_val=x": "trainer.gradient_clip_val: it is",
    "callbacks.early_stopping.patience=x": "callbacks.early_stopping.patience: it is a whole",
    "callbacks.early_stopping=x": "callbacks.early_stopping: it is to say by _target_",
    "logger.csv.name=[1]": "logger.csv.name: it is a text or null, not [1]",
    "task._target_=no.such.Task": "task._target_: 'no.such.Task' cannot be found",
}


@pytest.mark.parametrize("option", BAD)
def test_a_value_of_another_type_is_refused_by_the_name_of_its_option(composed, option):
    with pytest.raises(UsageError) as caught:
        check_config(as_plain(composed(option, "task=tagging")))
    said = str(caught.value)
    assert said.startswith(BAD[option])
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("group", ["scheduler", "callbacks", "logger", "lr_finder"])
def test_a_training_does_without_some_groups(composed, group):
    config = as_plain(composed(f"~{group}", "task=tagging"))
    check_config(config)
    check_config({**config, group: None})


@pytest.mark.parametrize(
    "name", ["optimizer", "transfer", "trainer", "report", "examples", "paths"]
)
def test_what_a_training_needs_is_missed_in_a_line(composed, name):
    config = as_plain(composed("task=tagging"))
    del config[name]
    with pytest.raises(UsageError, match=f"^{name}: it is "):
        check_config(config)


def take(**sizes: int) -> None: ...


def test_of_any_names_null_is_taken_and_not_told():
    sizes = inspect.signature(take, eval_str=True).parameters["sizes"]
    check_argument("mine.a", None, sizes)
    with pytest.raises(UsageError, match=r"^mine\.a: it is a whole number, not 0\.5$"):
        check_argument("mine.a", 0.5, sizes)


def test_paths_are_a_part_of_the_configuration():
    with pytest.raises(UsageError, match=r"^paths: it is options, as in \{NAME: VALUE\}, not 3$"):
        compose("paths=3")


@pytest.mark.parametrize("task", TASKS)
def test_every_task_fits(composed, task):
    check_config(as_plain(composed(f"task={task}", *SMALL)))


def test_a_class_of_ones_own_is_checked_too(composed):
    config = as_plain(composed("task=tagging"))
    config["callbacks"]["mine"] = {"_target_": "collections.deque", "maxlen": "a"}
    check_config(config)  # it does not say what it takes
    config["callbacks"]["mine"] = {"_target_": "seqtasks.data.batch.Batch", "a": 1}
    check_config(config)


def test_a_wrong_type_is_a_line_before_any_data_is_read(cli):
    code, _, error = cli("task=tagging", "data.train=nowhere.txt", "data.num_workers=-1.5")
    assert code == 2
    assert error == "seqtasks: data.num_workers: it is a whole number, not -1.5\n"
