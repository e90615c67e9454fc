"""What is written takes the place of what was there when it is whole, and never before."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from seqtasks.files.replacing import replacing, replacing_folder, write_text


def test_a_file_takes_the_place_of_the_one_before_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "scores.json"
    write_text(path, "one")
    with replacing(path) as part:
        part.write_text("two")
        assert path.read_text() == "one"
        assert part.parent == path.parent  # the same file system: a rename copies nothing
    assert path.read_text() == "two"
    assert os.listdir(path.parent) == ["scores.json"]


def test_a_file_that_cannot_be_finished_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    write_text(path, "one")
    with contextlib.suppress(KeyboardInterrupt), replacing(path) as part:
        part.write_text("tw")
        raise KeyboardInterrupt
    assert path.read_text() == "one"
    assert os.listdir(tmp_path) == ["scores.json"]


def test_a_new_file_has_the_permissions_that_new_files_get(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "scores.json", "one")
        with replacing_folder(tmp_path / "bundle") as part:
            write_text(part / "card", "one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "scores.json").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "bundle").stat().st_mode) == 0o750


def test_a_folder_takes_the_place_of_the_one_before_whole(tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    for content in ("one", "two"):
        with replacing_folder(path) as part:
            (part / content).write_text(content)
    assert os.listdir(path) == ["two"]
    with contextlib.suppress(ValueError), replacing_folder(path) as part:
        (part / "three").write_text("three")
        raise ValueError("no")
    assert os.listdir(path) == ["two"]
    assert os.listdir(tmp_path) == ["bundle"]
