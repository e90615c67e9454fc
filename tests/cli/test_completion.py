"""Options completed in a shell, and what the command says of itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from small import ROOT

from seqtasks.__main__ import answered
from seqtasks.cli import about
from seqtasks.cli.completion import BASH, SCRIPTS, UNINSTALL, prepare_query, script

ASK = """
complete_line() {
    COMP_LINE="$2"; COMP_POINT=${#2}; _seqtasks_options "$1"; echo "${COMPREPLY[*]}"
}
"""


def completed(*lines: str) -> list[str]:
    """What bash offers at the end of each line, whose first word is Python."""
    asked = [f"complete_line '{sys.executable}' '{sys.executable} {line}'" for line in lines]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/nowhere"}
    command = ["bash", "-c", "\n".join([BASH, ASK, *asked])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_options_and_choices_of_the_command_and_of_no_other():
    assert (
        completed("-m pytest te", "-m seqtasks.predict ru", "-c seqtasks ta", "task=tag")
        == [""] * 4
    )
    assert completed("-m seqtasks task=tagging task/head=sof") == ["task/head=softmax"]


def test_hydra_is_asked_about_the_words_behind_the_command(monkeypatch):
    monkeypatch.setenv("COMP_LINE", "x/python3 -m seqtasks -m seqtasks=1 ta")
    prepare_query(["-sc", "query=bash"])
    assert os.environ["COMP_LINE"] == "seqtasks -m seqtasks=1 ta"
    for line in ("python my.py ta", "python x.py seqtasks ta"):
        monkeypatch.setenv("COMP_LINE", line)
        prepare_query(["-sc", "query=bash"])
        assert os.environ["COMP_LINE"] == line


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_shell_is_given_its_script(shell, capsys):
    assert answered(["--shell-completion", f"install={shell}"])
    assert "-m seqtasks -sc query=" in capsys.readouterr().out
    assert script(["-sc", f"uninstall={shell}"]) == UNINSTALL[shell]


def test_the_help_of_hydra_tells_a_command_that_can_be_typed(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/some/where/__main__.py", "--hydra-help"])
    assert not answered(["--hydra-help"])
    assert sys.argv[0] == "python -m seqtasks"


def test_info_is_short_and_true(capsys):
    assert answered(["--info"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 9
    assert lines[0].startswith("seqtasks ")
    assert sys.version.split()[0] in lines[1]
    assert any(line.startswith("Devices: cpu (") for line in lines)
    assert not answered(["--info", "searchpath"])  # Hydra's own pages are there
    there, missing = about.extras()
    assert {"dev", "test"}.isdisjoint([*there, *missing])
