"""What ``python -m seqtasks`` alone says: how to begin, and what to do with the last model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from seqtasks.cli.printable import printable

COMMAND = "python -m seqtasks"
OWN_FILES = (
    "task=tagging data.train=train.conll",
    "task=classification data.train=reviews.csv",
    "task=generation data.train=novel.txt",
    "task=translation 'data.train=[train.de,train.en]'",
)
"""Options of trainings on files, whatever the files are called."""

VERBS = (
    *("predict", "generate", "evaluate", "compare", "report"),
    *("picture", "serve", "export", "prepare", "doctor"),
)


def first_screen(runs: Path) -> Iterator[str]:
    """Yield the lines.

    Args:
        runs: the folder where trainings leave their runs; it need not be there.
    """
    yield "seqtasks trains recurrent networks on sequences. No task is named: nothing is trained."
    yield "\nTrain on a file of your own:"
    yield from (f"  {COMMAND} {options}" for options in OWN_FILES)
    yield "\nTry a task on data that seqtasks makes up, in a minute or a few:"
    told = {f"{COMMAND} task={name}": text for name, text in tasks().items()}
    widest = max(map(len, told), default=0)
    yield from (f"  {command:{widest}}  {text}" for command, text in told.items())
    if (last := last_run(runs)) is not None:
        folder = printable(str(last))
        yield "\nUse the last model:"
        yield f"  {COMMAND}.predict {folder} < lines.txt"
        yield f"  {COMMAND}.serve {folder}"
        if (last / "report.html").is_file():
            yield f"Its report: {folder}/report.html"
    yield "\nSee what can be set:"
    yield f"  {COMMAND} --help                  the parts to choose from"
    yield f"  {COMMAND} --cfg job task=tagging  every option of a training, with its value"
    yield f"  {COMMAND}.VERB --help             what a verb does; VERB is one of"
    yield f"    {' '.join(VERBS)}"


def tasks() -> dict[str, str]:
    """The tasks of the package, each with what the first comment of its file says.

    >>> tasks()["tagging"]
    'one label for each step'
    """
    found = {}
    for file in sorted(files("seqtasks.conf").joinpath("task").iterdir(), key=lambda one: one.name):
        name, _, ending = file.name.rpartition(".")
        if ending != "yaml":
            continue
        said = re.search(r"^# ([^@\n].*?)[.:;]", file.read_text(encoding="utf-8"), re.MULTILINE)
        if said:
            found[name] = said[1][0].lower() + said[1][1:]
    return found


def last_run(runs: Path) -> Path | None:
    """The ``latest`` that was named last of those beside the runs of each task; None of none."""
    found = [(one.lstat().st_mtime, one) for one in runs.glob("*/latest") if one.exists()]
    return max(found)[1] if found else None
