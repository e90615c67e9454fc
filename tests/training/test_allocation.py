"""Memory that a training keeps for its next step."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from seqtasks.training.allocation import keep_memory

STEPS = """
import resource, sys, torch
from seqtasks.training.allocation import keep_memory
if sys.argv[1] == "kept":
    assert keep_memory()
def step():
    parts = [torch.ones(7_000_000) for _ in range(4)]
    sum(parts).sum()
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(kind: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", STEPS, kind], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_a_step_finds_the_pages_of_the_step_before():
    # Where something small lies at the heap's end, a process may not find all pages again.
    assert min(faults("kept") for _ in range(4)) < faults("as it is") / 10


@pytest.mark.parametrize("name", ["MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "LD_PRELOAD"])
def test_what_a_person_has_told_the_c_library_stays(name, monkeypatch):
    monkeypatch.setenv(name, "1")
    assert not keep_memory()


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert not keep_memory()
