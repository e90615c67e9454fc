"""Python use without the command line."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from small import OUTSIDE, SMALL

import seqtasks
from seqtasks.errors import SeqtasksError, UsageError

LINES = ["the dogs see the cat .", "she walks ."]


def test_three_lines_compose_train_and_predict(tmp_path, monkeypatch, caplog, capsys):
    """As in a notebook, whose kernel has given the log a handler; each line comes once."""
    caplog.set_level(logging.INFO)
    monkeypatch.chdir(tmp_path)
    config = seqtasks.compose("task=tagging", *SMALL)
    model = seqtasks.train(config)
    printed = capsys.readouterr()
    assert (caplog.messages, printed.err, "\x1b" in printed.out) == ([], "", False)
    said = [line for line in printed.out.splitlines() if line.strip(" ─━")]
    assert len(said) == len({*said})
    tags = model.predict(LINES)
    assert [len(row) for row in tags] == [6, 3]
    assert seqtasks.load("runs/tagging/latest/bundle").predict(LINES) == tags
    card = (tmp_path / "runs" / "tagging" / "latest" / "bundle" / "README.md").read_text()
    assert "    seqtasks.train(config)\n" in card


def test_a_configuration_can_be_changed_and_stays_as_it_is(tmp_path):
    config = seqtasks.compose("task=classification", *SMALL)
    config.encoder.hidden_size = 7
    before = config.copy()
    model = seqtasks.train(config, tmp_path / "mine")
    assert model.task.encoder.hidden_size == 7
    assert config == before
    assert (tmp_path / "mine" / "bundle" / "manifest.json").is_file()


def test_a_folder_of_choices_and_what_is_wrong_with_options():
    own = seqtasks.compose("task=mean", config_dir=OUTSIDE / "conf")
    assert own.task._target_ == "mean_task.MeanClassifier"
    with pytest.raises(UsageError, match="Did you mean 'tagging'"):
        seqtasks.compose("task=taging")
    with pytest.raises(UsageError, match=r"no option 'encoder\.hiden_size'"):
        seqtasks.compose("encoder.hiden_size=3")
    config = seqtasks.compose("data.train=nowhere.conll", "data=conll")
    with pytest.raises(SeqtasksError, match=r"nowhere\.conll"):
        seqtasks.train(config)


def test_public_names_are_few_and_the_package_is_imported_at_once():
    assert sorted(seqtasks.__all__) == ["Bundle", "compose", "load", "train"]
    assert all(hasattr(seqtasks, name) for name in seqtasks.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'lod'"):
        seqtasks.lod  # noqa: B018
    code = "import sys, seqtasks; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
