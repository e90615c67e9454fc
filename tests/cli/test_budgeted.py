"""What a budget decides in place of other options, and what is typed beside it."""

from __future__ import annotations

import pytest

from seqtasks.api import compose
from seqtasks.cli.budgeted import check_budgeted
from seqtasks.errors import UsageError


def test_without_a_budget_nothing_changes():
    config = compose("task=tagging")
    assert config.budget is None
    assert config.trainer.max_epochs == 4
    assert config.callbacks.early_stopping.patience == 5


def test_the_time_decides_when_training_ends():
    config = compose("task=tagging", "budget=10min")
    assert config.trainer.max_epochs == -1
    assert config.callbacks.early_stopping is None


def test_what_is_typed_holds():
    options = ["trainer.max_epochs=7", "callbacks.early_stopping.patience=2"]
    config = compose("task=tagging", "budget=10min", *options)
    assert config.trainer.max_epochs == 7
    assert config.callbacks.early_stopping.patience == 2
    assert config.callbacks.early_stopping.check_on_train_epoch_end is False


def test_what_a_typed_choice_says_holds_too():
    config = compose("task=tagging", "debug=quick", "budget=10min")
    assert config.trainer.max_epochs == 1
    assert config.callbacks.early_stopping is None


def test_a_recipe_gives_way(monkeypatch, tmp_path):
    monkeypatch.setenv("SEQTASKS_DATA", str(tmp_path))
    config = compose("experiment=tinyshakespeare", "budget=2h")
    assert config.trainer.max_epochs == -1
    check_budgeted(config)


@pytest.mark.parametrize(
    "option", ["max_time=00:00:01:00", "min_epochs=3", "val_check_interval=0.5"]
)
def test_options_that_say_the_same_are_refused(option):
    config = compose("task=tagging", "budget=10min", f"trainer.{option}")
    with pytest.raises(UsageError, match=f"trainer.{option.partition('=')[0]}: the time decides"):
        check_budgeted(config)


def test_a_preset_gives_way(tmp_path):
    file = tmp_path / "train.txt"
    file.write_text(
        "".join(f"good day {number}\tyes\nbad day {number}\tno\n" for number in range(30))
    )
    options = ["task=classification", "data=lines", f"data.train={file}"]
    assert any(one.startswith("trainer.max_epochs") for one in compose(*options).preset.chosen)
    config = compose(*options, "budget=10min")
    assert config.trainer.max_epochs == -1
    kept = [one.partition("=")[0] for one in config.preset.chosen]
    assert "encoder.hidden_size" in kept
    assert "trainer.max_epochs" not in kept
    assert not any(one.startswith("callbacks.early_stopping") for one in kept)
