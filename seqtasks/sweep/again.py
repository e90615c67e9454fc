"""Commands that go on with a sweep, as they are typed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from seqtasks.cli.quoting import quoted
from seqtasks.training.resuming import changed

LEFT_OUT = ("overwrite=", "sweep.resume=")
"""Options of a sweep that the command which goes on with it does not have."""


def typed(arguments: Sequence[str]) -> str:
    """A command of training, as it is typed."""
    return shlex.join(["python", "-m", "seqtasks", *arguments])


def again(folder: Path, options: Mapping[str, str] | None = None) -> str:
    """The command of this process, in a folder and with some options changed."""
    left = [word for word in sys.argv[1:] if not word.lstrip("+").startswith(LEFT_OUT)]
    place = {"hydra.sweep.dir": str(folder)}
    return typed(quoted(changed(left, {**(options or {}), **place})))
