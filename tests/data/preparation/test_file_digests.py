"""Digests of files: taken once, and again wherever a file may have changed."""

from __future__ import annotations

import os

import pytest

from seqtasks.data.preparation import file_digests as module
from seqtasks.data.preparation.file_digests import file_digests


@pytest.fixture
def taken(monkeypatch):
    """The files whose bytes were read; every change lies far back."""
    found = []
    take = module._digest
    monkeypatch.setattr(module, "_digest", lambda path: (found.append(path.name), take(path))[1])
    monkeypatch.setattr(module, "_SETTLED", -1e9)
    return found


def test_a_file_that_stays_is_read_once(tmp_path, taken):
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text(path.name)
    os.utime(paths[1], (4e9, 4e9))  # a time to come
    found = {tuple(file_digests(paths, tmp_path / "memory")) for _ in range(2)}
    assert len(found) == 1
    assert taken == ["a", "b"]


@pytest.mark.parametrize("change", ["content", "renamed", "link"])
def test_a_file_of_the_same_size_and_time_is_read_again(tmp_path, taken, change):
    path, other = tmp_path / "a", tmp_path / "other"
    path.write_text("one")
    other.write_text("two")
    for one in (path, other):
        os.utime(one, (1, 1))
    name = path
    if change == "link":
        name = tmp_path / "link"
        name.symlink_to(path)
    [before] = file_digests([name], tmp_path / "memory")
    if change == "content":
        path.write_text("two")
        os.utime(path, (1, 1))
    elif change == "renamed":
        other.replace(path)
    else:
        name.unlink()
        name.symlink_to(other)
    [after] = file_digests([name], tmp_path / "memory")
    assert before != after
    assert len(taken) == 2


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"a": 1}', '{"a": ["x", [1]]}', "\xff"])
def test_a_damaged_memory_is_forgotten(tmp_path, taken, damage):
    path, memory = tmp_path / "a", tmp_path / "memory"
    path.write_text("one")
    found = file_digests([path], memory)
    [file] = memory.iterdir()
    file.write_text(damage, encoding="latin-1")
    assert file_digests([path], memory) == found
    assert file_digests([path], memory) == found
    assert taken == ["a", "a"]


def test_a_file_that_has_just_changed_is_not_remembered(tmp_path, taken, monkeypatch):
    monkeypatch.setattr(module, "_SETTLED", 2.0)
    path = tmp_path / "a"
    path.write_text("one")
    for _ in range(2):
        file_digests([path], tmp_path / "memory")
    assert taken == ["a", "a"]
