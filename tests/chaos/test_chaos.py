"""A short part of every attack, and the counting of attacks."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time

import pytest
from small import ROOT

pytest.importorskip("resource")  # systems with fork
from chaos.__main__ import AREAS
from chaos.case import Case, run_cases

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def chaos(area: str, *options: str) -> None:
    """Try an area as from the command line: in a process without the threads of other tests."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", "chaos", area, *options],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("area", [area for area in AREAS if AREAS[area].SHORT])
def test_no_attack_of_some_succeeds(area, tmp_path):
    chaos(area, "--short", "--under", str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_no_attack_of_many_succeeds(area, tmp_path):
    chaos(area, "--count", "20", "--jobs", "2", "--under", str(tmp_path))


@pytest.mark.parametrize("area", AREAS)
def test_the_same_seed_gives_the_same_cases(area):
    names = [[case.name for case in AREAS[area].cases(7, 8)] for _ in range(2)]
    assert names[0] == names[1]
    assert len({*names[0]}) == len(names[0])
    assert [name for name in names[0] if shlex.quote(name) != name] == []


def test_what_fails_is_counted_and_named(tmp_path, capsys):
    def leave(folder):
        (folder / "left").touch()
        return ""

    def die(folder):
        os.kill(os.getpid(), signal.SIGKILL)

    def hang(folder):
        time.sleep(600)

    def stumble(folder):
        raise ValueError("a reason")

    cases = [
        Case("good", "leaves", leave),
        Case("good", "says", lambda folder: "this went wrong"),
        Case("bad", "dies", die),
        Case("bad", "hangs", hang, limit=0.2),
        Case("bad", "stumbles", stumble),
    ]
    kinds = run_cases(cases, jobs=2, repeat="python -m chaos", under=tmp_path)
    assert (kinds["good"].tried, [*kinds["good"].failed]) == (2, ["says"])
    assert kinds["good"].failed["says"].startswith("this went wrong [")
    assert kinds["bad"].failed["dies"] == "the process died: exit code -9"
    assert kinds["bad"].failed["hangs"] == "it hangs: not done after 0.2 s"
    assert kinds["bad"].failed["stumbles"].startswith("ValueError: a reason")
    assert not list(tmp_path.glob("*/leaves-*"))
    printed = capsys.readouterr().out
    assert "to repeat it: python -m chaos dies" in printed
    assert printed.splitlines()[-1].split() == ["all", "5", "4"]


def test_a_case_takes_along_what_it_began(tmp_path):
    def begin(folder):
        if os.fork() == 0:
            time.sleep(0.5)
            (tmp_path / "late").touch()
            os._exit(0)
        return ""

    run_cases([Case("kind", "begins", begin)], under=tmp_path)
    time.sleep(0.7)
    assert not (tmp_path / "late").exists()
