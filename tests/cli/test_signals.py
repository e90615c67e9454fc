"""A signal ends a command in a line, at any time, and what is half written is taken away first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a background job is without
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and what nohup begins
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.signals import take_signals
number = signal.Signals[sys.argv[1]]
"""

WORKS = """
take_signals()
with exit_on_error():
    try:
        os.kill(os.getpid(), number)
    finally:
        print("put in order", flush=True)
    print("not reached")
"""

ASKED_TWICE = """
take_signals()
with exit_on_error():
    try:
        os.kill(os.getpid(), number)
    finally:
        os.kill(os.getpid(), number)
        print("not reached", flush=True)
"""

IMPORTS = """
take_signals()
with exit_on_error():
    open("taken.py", "w").write("import os, sys\\nos.kill(os.getpid(), int(sys.argv[2]))")
    sys.argv.append(str(int(number)))
    sys.path.insert(0, os.getcwd())
    try:
        import taken
    except BaseException:
        print("not reached", flush=True)
"""

BEFORE = """
take_signals()
os.kill(os.getpid(), number)
print("not reached")
"""

IGNORES = """
signal.signal(number, signal.SIG_IGN)
take_signals()
with exit_on_error():
    os.kill(os.getpid(), number)
    print("put in order", flush=True)
    sys.exit(1)
"""

COPIES = """
take_signals()
with exit_on_error():
    if not (copy := os.fork()):
        os.kill(os.getpid(), number)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == -number
    print("put in order", flush=True)
    os.kill(os.getpid(), number)
"""

COMPUTES = """
import hashlib, threading
from seqtasks.cli import signals
signals.PATIENCE = 0.2
take_signals()
with exit_on_error():
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # minutes in C
    print("not reached", flush=True)
"""

OF_A_COMMAND = """
sys.argv, sys.orig_argv = ["-m", "x"], ["python", "-m", sys.argv[2], "x"]
import seqtasks
print(signal.getsignal(number) is not signal.SIG_DFL)
"""


def begun(script: str, *arguments: str, folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.strip(), done.stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        (WORKS, "put in order"),
        (ASKED_TWICE, ""),
        (IMPORTS, ""),
        (BEFORE, ""),
        (COPIES, "put in order"),
        (COMPUTES, ""),
    ],
    ids=["works", "asked twice", "imports", "before", "copies", "computes"],
)
def test_a_line_and_no_more(script, printed, name, tmp_path):
    assert begun(script, name, folder=tmp_path) == (1, printed, "seqtasks: interrupted\n")


def test_what_is_ignored_stays_so(tmp_path):
    assert begun(IGNORES, "SIGHUP", folder=tmp_path) == (1, "put in order", "")


@pytest.mark.parametrize(
    ("module", "taken"), [("seqtasks", "True"), ("seqtasks.predict", "True"), ("mine", "False")]
)
def test_commands_alone_take_signals(module, taken, tmp_path):
    script = OF_A_COMMAND
    code = BEGIN.replace("from seqtasks", "# from seqtasks") + script  # a fresh import
    done = subprocess.run(
        [sys.executable, "-c", code, "SIGTERM", module], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == taken, done.stderr
