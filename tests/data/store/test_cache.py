"""The cache: stores are made once, whole or not at all, and nothing stops a run."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from seqtasks.data.store import cache as cache_file
from seqtasks.data.store.cache import AUTO, Cache, cache_folder
from seqtasks.data.store.eviction import size_of
from seqtasks.data.store.manifest import NAME, whole
from seqtasks.errors import DataError, UsageError

A, B, C, D, E, F = (digit * 32 for digit in "abcdef")


class Made:
    """Builds stores, and counts them."""

    def __init__(self, text="content"):
        self.text, self.count = text, 0

    def __call__(self, folder):
        self.count += 1
        (folder / "part").mkdir()
        (folder / "part" / "file").write_text(self.text)
        return {"said": self.text}


def load(folder, content):
    return (folder / "part" / "file").read_text(), content["said"]


def test_a_store_is_made_once_and_by_its_key(tmp_path):
    made, other = Made(), Made("other")
    for _ in range(2):
        assert Cache(tmp_path).get(A, made, load) == ("content", "content")
        assert Cache(tmp_path).get(B, other, load) == ("other", "other")
    assert (made.count, other.count) == (1, 1)


def test_without_a_key_or_a_folder_nothing_is_remembered(tmp_path):
    made = Made()
    for cache, key in ((Cache(tmp_path / "c"), None), (Cache(None), A), (Cache(None), A)):
        assert cache.get(key, made, load) == ("content", "content")
        assert not cache.used
    assert made.count == 3
    assert not (tmp_path / "c").exists()


def test_temporary_folders_go_with_the_cache():
    cache = Cache(None)
    cache.get(None, Made(), load)
    folder = cache.temporary
    assert folder.is_dir()
    del cache
    assert not folder.exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "manifest", "half", "empty"])
def test_a_damaged_store_is_made_again(tmp_path, caplog, damage):
    made = Made()
    Cache(tmp_path).get(A, made, load)
    file, manifest = tmp_path / A / "part" / "file", tmp_path / A / NAME
    if damage == "cut":
        file.write_text("conten")
    elif damage == "changed":
        os.utime(manifest.parent / "part", (1, 1))
        file.write_text("kontent")
        os.utime(file, (1, 1))
    elif damage == "gone":
        file.unlink()
    elif damage == "manifest":
        manifest.unlink()
    elif damage == "half":
        manifest.write_text(manifest.read_text()[:20])
    else:
        manifest.write_text("[]")
    assert Cache(tmp_path).get(A, made, load) == ("content", "content")
    assert made.count == 2
    assert "is damaged; it is prepared anew" in caplog.text


def test_a_store_that_was_copied_is_as_good(tmp_path):
    made = Made()
    Cache(tmp_path).get(A, made, load)
    os.utime(tmp_path / A / "part" / "file", (1, 1))
    Cache(tmp_path).get(A, made, load)
    assert made.count == 1
    assert (tmp_path / A / "part" / "file").stat().st_mtime != 1  # nothing is read again


def test_what_fails_leaves_nothing(tmp_path):
    def build(folder):
        (folder / "file").write_text("half")
        raise DataError("bad line", where="f:1")

    for _ in range(2):
        with pytest.raises(DataError, match="bad line"):
            Cache(tmp_path).get(A, build, load)
        assert [path.name for path in tmp_path.iterdir()] == [f"{A}.lock"]


def test_what_a_killed_process_left_half_made_is_thrown_away(tmp_path):
    (tmp_path / f"{A}.part").mkdir()
    (tmp_path / f"{A}.part" / "rest").write_text("half")
    (tmp_path / f"{B}.part").mkdir()
    Cache(tmp_path).get(A, Made(), load)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [A]
    assert not (tmp_path / A / "rest").exists()


def test_one_builds_and_the_others_wait_and_say_so(tmp_path, caplog):
    begun, go = threading.Event(), threading.Event()
    made = Made()

    def slow(folder):
        begun.set()
        go.wait(5)
        return made(folder)

    found = []
    first = threading.Thread(target=lambda: found.append(Cache(tmp_path).get(A, slow, load)))
    first.start()
    begun.wait(5)
    second = threading.Thread(target=lambda: found.append(Cache(tmp_path).get(A, slow, load)))
    second.start()
    while "Another run is preparing this data" not in caplog.text:
        second.join(0.01)
        assert second.is_alive()
    go.set()
    first.join(5)
    second.join(5)
    assert found == [("content", "content")] * 2
    assert made.count == 1


def test_the_least_recently_used_go_first(tmp_path):
    for at, key in enumerate((A, B, C, D)):
        Cache(tmp_path).get(key, Made("x" * 1000), load)
        os.utime(tmp_path / key / NAME, (at, at))
    assert Cache(tmp_path).get(A, Made(), load)[0] == "x" * 1000  # used again
    Cache(tmp_path, gigabytes=7e-6).get(E, Made("x" * 1000), load)
    kept = {path.parent.name for path in tmp_path.glob(f"*/{NAME}")}
    assert {A, E} <= kept
    assert "b" not in kept
    with FileLock(tmp_path / f"{D}.lock"):  # somebody is opening it
        Cache(tmp_path, gigabytes=1e-9).get(F, Made(), load)
    assert {path.parent.name for path in tmp_path.glob(f"*/{NAME}")} == {D, F}


@pytest.mark.parametrize(("size", "kept"), [(900, "abc"), (6000, "c"), (50_000, "abc")])
def test_old_stores_make_room_where_that_is_enough(tmp_path, monkeypatch, size, kept):
    for at, key in enumerate((A, B, C)):
        Cache(tmp_path).get(key, Made("x" * 1000), load)
        os.utime(tmp_path / key / NAME, (at, at))
    total = cache_file.shutil.disk_usage(tmp_path)

    def usage(folder):
        return total._replace(free=9000 - size_of(folder))

    monkeypatch.setattr(cache_file.shutil, "disk_usage", usage)
    with contextlib.suppress(DataError):
        Cache(tmp_path).get(D, Made(), load, size=size)
    found = {path.parent.name[0] for path in tmp_path.glob(f"*/{NAME}")}
    assert found - {"d"} == set(kept)


def test_what_is_no_store_is_left_alone(tmp_path):
    for name in ("mine", "mine.part", "f" * 31, "g" * 32):
        (tmp_path / name).mkdir()
        (tmp_path / name / NAME).write_text("x" * 1000)
    (tmp_path / B).mkdir()
    (tmp_path / B / "file").write_text("a store whose removal was interrupted")
    Cache(tmp_path, gigabytes=1e-9).get(A, Made(), load)
    kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert kept == {A, "mine", "mine.part", "f" * 31, "g" * 32}


def test_a_cache_that_cannot_be_written_to_is_left_alone(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    cache, made = Cache(tmp_path / "file"), Made()
    for key in (A, B):
        assert cache.get(key, made, load) == ("content", "content")
    assert "cannot be used (file exists)" in caplog.text or "not a directory" in caplog.text
    assert "data.cache or SEQTASKS_CACHE" in caplog.text
    assert len(caplog.records) == 1


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EOPNOTSUPP])
def test_what_a_cache_holds_is_used_where_it_cannot_be_written_to(tmp_path, monkeypatch, number):
    made = Made()
    Cache(tmp_path).get(A, made, load)

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(cache_file.FileLock, "acquire", refuse)
    monkeypatch.setattr(os, "utime", refuse)
    cache = Cache(tmp_path)
    assert cache.get(A, made, load) == ("content", "content")
    assert made.count == 1
    assert cache.used == {tmp_path / A}


def test_an_error_of_what_is_read_is_none_of_the_cache(tmp_path, caplog):
    built = []

    def build(folder):
        built.append(folder)
        (tmp_path / "words").read_text()

    for folder in (tmp_path / "c", None):
        with pytest.raises(FileNotFoundError, match="words") as raised:
            Cache(folder).get(A, build, load)
        causes, error = [], raised.value
        while error is not None:  # whoever looks for the cause comes to an end
            assert error not in causes
            causes.append(error)
            error = error.__cause__ or error.__context__
    assert len(built) == 2
    assert not caplog.text


def test_a_folder_that_goes_while_it_is_filled_is_left_for_a_temporary_one(tmp_path, caplog):
    made = Made()

    def build(folder):
        if tmp_path in folder.parents:
            cache_file.shutil.rmtree(tmp_path / "c")
        return made(folder)

    assert Cache(tmp_path / "c").get(A, build, load) == ("content", "content")
    assert "cannot be used (no such file or directory)" in caplog.text


def test_a_full_disk_is_left_for_a_temporary_folder(tmp_path, caplog):
    made = Made()

    def build(folder):
        if tmp_path in folder.parents:
            raise OSError(errno.ENOSPC, "No space left on device")
        return made(folder)

    assert Cache(tmp_path / "c").get(A, build, load) == ("content", "content")
    assert "cannot be used (no space left on device)" in caplog.text


def test_where_nothing_fits_the_error_says_how_much_is_needed(tmp_path, monkeypatch, caplog):
    free = cache_file.shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(cache_file.shutil, "disk_usage", lambda folder: free)
    with pytest.raises(DataError, match=r"cache: the prepared data takes about 3.5 GB"):
        Cache(tmp_path).get(A, Made(), load, size=3_500_000_000)
    assert "no space left for about 3.5 GB" in caplog.text


def test_without_any_folder_for_temporary_files_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_file.tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=r"cannot take it: .*gone \(no such file or directory\)"):
        Cache(None).get(A, Made(), load)


def test_the_folder_is_named_by_option_variable_or_system(monkeypatch, tmp_path):
    monkeypatch.setenv("SEQTASKS_CACHE", "~/here")
    assert cache_folder(AUTO) == Path("~/here").expanduser()
    monkeypatch.delenv("SEQTASKS_CACHE")
    assert cache_folder(AUTO).name == "seqtasks"
    assert cache_folder(tmp_path) == tmp_path
    assert cache_folder("here") == Path.cwd() / "here"
    assert cache_folder(None) is None
    with pytest.raises(UsageError, match="cache_gigabytes: it is above 0, not 0"):
        Cache(None, 0)


KILLED = """
import os, signal, sys
from pathlib import Path
from seqtasks.data.store.cache import Cache

def build(folder):
    (folder / "file").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)

Cache(Path(sys.argv[1])).get("a" * 32, build, lambda folder, content: None)
"""


def test_a_process_that_is_killed_holds_nobody_up(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    assert (tmp_path / f"{A}.part" / "file").exists()
    assert Cache(tmp_path).get(A, Made(), load) == ("content", "content")
    assert whole(tmp_path / A) is not None
    assert not (tmp_path / A / "file").exists()


ENDED = """
import os, signal, sys
from pathlib import Path
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.data.store.cache import Cache

def build(folder):
    (folder / "file").write_text("half")
    os.kill(os.getpid(), signal.Signals[sys.argv[2]])

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a background job is without
with exit_on_error():
    Cache(Path(sys.argv[1])).get("a" * 32, build, lambda folder, content: None)
"""


@pytest.mark.parametrize(
    ("name", "said"), [("SIGINT", "interrupted"), ("SIGTERM", "ended by a signal while the data")]
)
def test_a_process_that_is_asked_to_end_leaves_nothing_half_made(tmp_path, name, said):
    command = [sys.executable, "-c", ENDED, str(tmp_path), name]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"seqtasks: {said}")
    assert ended.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"{A}.lock"]
