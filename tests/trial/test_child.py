"""Processes with limits."""

from __future__ import annotations

import sys

import pytest

from seqtasks.errors import BundleError
from seqtasks.trial import child

MODULE = """
import os, sys, time
from seqtasks.errors import DataError
from seqtasks.trial import child

def attempt(what):
    child.limit(1 << 28, 2)
    if what == "refuse":
        child.refuse(DataError("it is bad; use another\\nmore"))
    if what == "memory":
        bytes(1 << 30)
    if what == "processor":
        while True:
            pass
    if what == "time":
        time.sleep(60)
    if what == "read":
        assert sys.stdin.buffer.read() == b"given"
    os._exit(0)
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "tried.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return lambda what, **options: child.run({"tried:attempt": [what]}, "a bundle", **options)


def test_what_does_no_harm_ends_well(run):
    run("read", given=b"given")


def test_what_is_refused_is_said_in_one_line(run):
    with pytest.raises(BundleError, match=r"^it is bad; use another$"):
        run("refuse")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems limit the time alone")
@pytest.mark.parametrize("what", ["memory", "processor"])
def test_memory_and_the_processors_time_are_limited(run, what):
    with pytest.raises(BundleError, match="a bundle cannot be opened within"):
        run(what, seconds=120.0)


def test_time_is_limited(run):
    with pytest.raises(BundleError, match="takes more than 1 seconds"):
        run("time", seconds=1.0)


def test_an_end_without_a_word_is_no_success(run):
    with pytest.raises(BundleError, match="ModuleNotFoundError"):
        child.run({"nowhere:attempt": []}, "a bundle")
