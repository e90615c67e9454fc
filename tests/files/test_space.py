"""A full disk is told with the folder that was written to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from seqtasks.files.space import FullDisk, elsewhere, told_space


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_its_folder(tmp_path: Path, code: int) -> None:
    with pytest.raises(FullDisk, match=str(tmp_path)), told_space(tmp_path):
        raise OSError(code, os.strerror(code))


def test_another_error_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), told_space(tmp_path):
        raise PermissionError(errno.EACCES, "no")


def test_what_fails_on_the_way_out_hides_no_full_disk(tmp_path: Path) -> None:
    first = FullDisk(tmp_path / "first")
    second = OSError(errno.ENOSPC, "again")
    second.__context__ = first
    with pytest.raises(FullDisk) as caught, told_space(tmp_path):
        raise second
    assert caught.value is first


def test_what_does_not_fit_is_written_where_there_is_room(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "nowhere"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    place = elsewhere("run", lambda folder: (folder / "scores").write_text("one"))
    assert place is not None
    assert place.parent == tmp_path / "here"
    assert (place / "scores").read_text() == "one"


def test_there_is_room_nowhere(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(Path, "cwd", lambda: tmp_path)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    def write(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError(errno.ENOSPC, "full")

    assert elsewhere("run", write) is None
    assert os.listdir(tmp_path) == []
