"""``latest`` names a finished run at every moment."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seqtasks.bundle.files import find_bundle
from seqtasks.folders.latest import name_latest


@pytest.fixture
def runs(tmp_path):
    """Ten folders."""
    made = [tmp_path / str(number) for number in range(10)]
    for folder in made:
        (folder / "bundle").mkdir(parents=True)
    return made


def test_ten_runs_that_end_at_once(runs):
    latest, ended, missing = runs[0].parent / "latest", threading.Event(), []
    name_latest(runs[0])

    def look() -> None:
        while not ended.is_set():
            missing.extend([] if latest.is_dir() else ["missing"])

    looking = threading.Thread(target=look)
    looking.start()
    with ThreadPoolExecutor(10) as pool:
        [*pool.map(name_latest, runs * 5)]
    ended.set()
    looking.join()
    assert not missing
    assert latest.resolve() in runs
    assert len(os.listdir(latest.parent)) == 11


def test_a_file_where_there_are_no_links(runs, monkeypatch):
    def refuse(self: Path, target: str, target_is_directory: bool) -> None:
        raise OSError("no links")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    name_latest(runs[0])
    name_latest(runs[1])
    latest = runs[0].parent / "latest"
    assert latest.read_text() == "1"
    assert find_bundle(latest / "bundle") == runs[1] / "bundle"
    monkeypatch.undo()
    name_latest(runs[2])
    assert latest.resolve() == runs[2]


def test_a_folder_of_that_name_stays(runs):
    (runs[0].parent / "latest").mkdir()
    name_latest(runs[0])
    assert not (runs[0].parent / "latest").is_symlink()
