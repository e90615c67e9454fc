"""What the files decide gives way to what is typed, and is kept as plain options."""

from __future__ import annotations

import pytest
from omegaconf import OmegaConf
from small import OUTSIDE

import seqtasks
from seqtasks.errors import DataError, UsageError

QUESTIONS = "".join(
    f"{label} what is the {label}{word} ?\n" for label in "abc" for word in range(9)
)
ENTITIES = "John B-PER\nsleeps O\n\nin O\nParis B-LOC\n\n" * 5


@pytest.fixture
def questions(tmp_path):
    """The options of a small file of questions."""
    path = tmp_path / "questions.txt"
    path.write_text(QUESTIONS)
    return ["task=classification", "data=lines", f"data.train={path}"]


@pytest.fixture
def entities(tmp_path):
    """The options of a small file of entities."""
    path = tmp_path / "entities.conll"
    path.write_text(ENTITIES)
    return ["task=tagging", "data=conll", f"data.train={path}"]


def test_files_and_a_task_are_enough(questions):
    config = seqtasks.compose(*questions)
    assert config.preset.name == "good"
    assert config.data.tokens.lowercase is True
    assert config.task.embedding.spelling._target_.endswith("ConvolutionalSpelling")
    assert config.callbacks.averaging._target_.endswith("ExponentialAverage")
    assert config.trainer.max_epochs > 8
    assert "encoder.hidden_size=256" in config.preset.chosen
    assert "task/embedding/spelling=convolutional" in config.preset.chosen


def test_what_was_chosen_can_be_typed_and_gives_the_same_configuration(questions, entities):
    for options in (questions, entities):
        config = seqtasks.compose(*options)
        typed = seqtasks.compose(*options, *config.preset.chosen, "preset=none")
        typed.preset, typed.paths = config.preset, config.paths
        assert typed == config


@pytest.mark.parametrize(
    ("typed", "option", "value"),
    [
        ("encoder.hidden_size=32", "encoder.hidden_size", 32),
        ("encoder.hidden_size=128", "encoder.hidden_size", 128),  # though it is the default
        ("encoder={hidden_size: 48}", "encoder.hidden_size", 48),
        ("encoder={hidden_size: 128}", "encoder.hidden_size", 128),
        ("task={head: {dropout: 0.2}}", "task.head.dropout", 0.2),
        ("callbacks.checkpoint.monitor=val/accuracy", "callbacks.checkpoint.mode", None),
        ("~callbacks", "callbacks", None),
        ("trainer.limit_train_batches=3", "trainer.max_epochs", 8),
        ("data.batching.batch_tokens=100", "data.batching.batch_size", 32),
        ("encoder=deep", "encoder.num_layers", 20),
        ("trainer.max_epochs=1", "trainer.max_epochs", 1),
        ("++data.tokens.lowercase=false", "data.tokens.lowercase", False),
        ("~task/embedding/spelling", "task.embedding.spelling", None),
        ("callbacks=by_loss", "callbacks.checkpoint.monitor", "val/loss"),
        ("callbacks.early_stopping=null", "callbacks.early_stopping", None),
        ("task.head.dropout=0", "task.head.dropout", 0),
    ],
)
def test_what_is_typed_wins(questions, typed, option, value):
    config = seqtasks.compose(*questions, typed)
    assert OmegaConf.select(config, option) == value
    assert not any(one.startswith(f"{option}=") for one in config.preset.chosen)
    assert config.preset.chosen


def test_a_choice_that_is_typed_keeps_the_values_that_it_says(questions):
    assert seqtasks.compose(*questions, "optimizer=sgd").optimizer.lr == 1.0
    text = ["task=generation", "data=text", *questions[2:], "data.tokens.level=character"]
    assert seqtasks.compose(*text).optimizer.weight_decay == 0.1
    assert seqtasks.compose(*text, "optimizer=adam").optimizer.weight_decay == 0
    config = seqtasks.compose(*questions, "encoder=bidirectional_gru")
    assert (config.encoder.cell, config.encoder.bidirectional) == ("gru", True)


def test_tags_that_spell_spans_are_decoded_together(entities):
    config = seqtasks.compose(*entities)
    assert config.task.head._target_.endswith("CRFTagging")
    assert seqtasks.compose(*entities, "task/head=softmax").task.head._target_.endswith(
        "SoftmaxTagging"
    )


def test_the_sample_a_recipe_and_a_transfer_decide_all_themselves(questions):
    for options in (
        ["task=tagging"],
        ["experiment=trec"],
        [*questions, "debug=overfit"],
        [*questions, "preset=none"],
        [*questions, "transfer.encoder=some/bundle"],
    ):
        assert seqtasks.compose(*options).preset.chosen == []


def test_presets_differ_in_width_and_in_time(questions):
    quick, good, best = (
        seqtasks.compose(*questions, f"preset={name}") for name in ("quick", "good", "best")
    )
    widths = [one.encoder.hidden_size for one in (quick, good, best)]
    lengths = [one.trainer.max_epochs for one in (quick, good, best)]
    assert widths == sorted({*widths})
    assert lengths == sorted({*lengths})


def test_an_option_below_a_group_leaves_the_group_to_the_preset(questions):
    config = seqtasks.compose(*questions, "callbacks.early_stopping.patience=20")
    assert config.callbacks.early_stopping.patience == 20
    assert "callbacks=ema" in config.preset.chosen


def test_running_text_is_read_in_rows_of_the_presets_choice(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("to be or not to be\n" * 9)
    for reader in (["data=text"], []):
        options = [*reader, f"data.train={path}", "data.tokens.level=character"]
        config = seqtasks.compose("task=generation", *options)
        assert (config.data.batching.batch_size, config.data.batching.window) == (32, 64)


def test_a_recipe_can_be_joined_by_a_preset(questions):
    config = seqtasks.compose("experiment=trec", *questions[2:], "preset=good")
    assert config.encoder.hidden_size == 256  # the recipe's
    assert "trainer.max_epochs" not in " ".join(config.preset.chosen)


def test_a_task_of_no_rules_is_refused_by_name_and_else_left_alone(questions, monkeypatch):
    monkeypatch.syspath_prepend(str(OUTSIDE))
    own = {"config_dir": OUTSIDE / "conf"}
    with pytest.raises(UsageError, match=r"knows the tasks classification, .* not mean"):
        seqtasks.compose("task=mean", *questions[1:], "preset=good", **own)
    assert seqtasks.compose("task=mean", *questions[1:], **own).preset.chosen == []


def test_a_file_that_is_missing_is_left_to_the_run_where_its_reader_is_named(tmp_path):
    config = seqtasks.compose("task=classification", "data=lines", "data.train=nowhere.txt")
    assert config.preset.chosen == []
    for missing in (lambda: seqtasks.train(config, tmp_path / "run"), from_the_file_alone):
        with pytest.raises(DataError, match=r"nowhere\.txt: no such file"):
            missing()


def from_the_file_alone():
    """Compose what a missing file would have to tell."""
    seqtasks.compose("task=classification", "data.train=nowhere.txt")
