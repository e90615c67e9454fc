"""A held folder is held by one, with locks and without."""

from __future__ import annotations

import errno
import os

import pytest
from filelock import FileLock

from seqtasks.files import holding
from seqtasks.files.holding import RUNNING, hold, let_go, was_held


def test_a_folder_is_held_once_and_again_when_it_was_let_go(tmp_path):
    assert not was_held(tmp_path)
    assert hold(tmp_path)
    assert not hold(tmp_path)
    let_go(tmp_path)
    let_go(tmp_path)
    assert was_held(tmp_path)
    assert hold(tmp_path)
    let_go(tmp_path)


@pytest.mark.parametrize("error", [NotImplementedError(), OSError(errno.ENOLCK, "no locks")])
def test_a_file_stands_for_a_lock_where_there_are_none(tmp_path, monkeypatch, error):
    def refuse(self, timeout):
        raise error

    monkeypatch.setattr(FileLock, "acquire", refuse)
    assert hold(tmp_path)
    assert RUNNING in os.listdir(tmp_path)
    monkeypatch.setattr(holding, "_held", {})  # as another process has it
    assert not hold(tmp_path)


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(FileExistsError):
        hold(tmp_path / "taken")
