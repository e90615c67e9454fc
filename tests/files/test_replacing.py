"""What is written takes the place of what was there when it is whole, and never before."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

import pytest

from seqtasks.files.replacing import clear_parts, replacing, replacing_folder, write_text


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


def test_names_as_long_as_there_are(tmp_path: Path) -> None:
    for name in ("a" * 255, "é" * 127, "日" * 85):
        write_text(tmp_path / name, "one")
        assert (tmp_path / name).read_text() == "one"
        (tmp_path / name).unlink()
        for content in ("one", "two"):
            with replacing_folder(tmp_path / name) as part:
                (part / content).write_text(content)
        assert os.listdir(tmp_path / name) == ["two"]
    assert len(os.listdir(tmp_path)) == 3


def test_a_link_leads_to_the_file_that_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("scores.json")
    write_text(tmp_path / "link", "one")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "scores.json").read_text() == "one"


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.touch(0o600)
    write_text(path, "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_pipe_and_an_open_file_are_written_to_at_once(tmp_path: Path) -> None:
    ends = os.pipe()
    write_text(Path(f"/dev/fd/{ends[1]}"), "one")
    assert os.read(ends[0], 10) == b"one"
    write_text(Path(os.devnull), "one")
    with (tmp_path / "open").open("w") as file:
        write_text(Path(f"/proc/self/fd/{file.fileno()}"), "one")
    assert os.listdir(tmp_path) == ["open"]
    for end in ends:
        os.close(end)


def test_no_folder_is_made_for_a_file_that_a_person_names(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "missing" / "out", parents=False):
        pass


def test_what_killed_processes_had_begun_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".scores.json.abcde_12.part").write_text("hal")
    for name in (".hidden", ".mine.part"):
        (tmp_path / name).write_text("of somebody")
    for name in (
        ".bundle.abcdefgh.part",
        ".bundle.abcdefgh.part.before",
        ".graphs.cdefghij.part.before",
        "graphs",
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / name.strip(".")).write_text("one")
    clear_parts(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".hidden", ".mine.part", "bundle", "graphs"]
    assert os.listdir(tmp_path / "bundle") == ["bundle.abcdefgh.part.before"]
