"""``python -m seqtasks`` alone: what can be done next, and no training."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest
from small import TASKS
from test_walls import VERBS

from seqtasks.__main__ import answered
from seqtasks.cli.first_screen import first_screen
from seqtasks.folders.latest import name_latest


def words_of(text):
    """The options of each training that the screen names."""
    commands = re.findall(r"^  python -m seqtasks (.+?)(?:  .*)?$", text, flags=re.MULTILINE)
    return [shlex.split(command) for command in commands]


def test_a_command_without_arguments_trains_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "seqtasks"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("seqtasks trains recurrent networks on sequences.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["task=tagging"], ["seed=2"], ["-m"], ["--help"]])
def test_whatever_is_typed_goes_on_to_hydra(arguments):
    assert not answered(arguments)


def test_every_task_is_named_and_every_command_composes(tmp_path, composed):
    text = "\n".join(first_screen(tmp_path))
    commands = words_of(text)
    assert [words for words in commands if len(words) == 1 and "=" in words[0]] == [
        [f"task={task}"] for task in TASKS
    ]
    for words in commands:
        composed(*(word for word in words if "=" in word))
    assert max(map(len, text.splitlines())) <= 90
    assert len(text.splitlines()) <= 30
    assert "last model" not in text
    assert sorted(text.splitlines()[-1].split()) == sorted(VERBS)


def test_the_last_model_is_the_one_that_was_trained_last(tmp_path):
    for age, name in enumerate(["generation", "tagging"]):
        folder = tmp_path / name / "2026-01-01_10-00-00"
        folder.mkdir(parents=True)
        name_latest(folder)
        os.utime(tmp_path / name / "latest", (0, 1000 - age), follow_symlinks=False)
    (tmp_path / "translation").mkdir()
    (tmp_path / "translation" / "latest").symlink_to("gone")  # newer, and removed
    latest = tmp_path / "generation" / "latest"
    text = "\n".join(first_screen(tmp_path))
    assert f"python -m seqtasks.predict {latest} < lines.txt" in text
    assert "Its report" not in text
    (latest / "report.html").touch()
    assert f"Its report: {latest}/report.html" in "\n".join(first_screen(tmp_path))
