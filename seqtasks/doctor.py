"""``python -m seqtasks.doctor CELL``: which laws of a recurrence a cell obeys."""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from seqtasks.cli.arguments import Parser, repeated
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams
from seqtasks.errors import SeqtasksError, UsageError, nearest

if TYPE_CHECKING:
    from seqtasks.laws import Broken, Finding, Subject

MOST = 4096
"""The largest hidden size that the laws are tried at; they take longer than a training step."""

CONTRACT = "a Recurrence with a step(x, state), or a module that is called and sized as one"
WHERE = "'Your own cell' in docs/cells.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Examine one cell, or all that are built in; exit with 1 if a law breaks."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.all == (options.cell is not None):
        parser.error("name one CELL, or give --all")
    if options.all and options.option:
        parser.error("--option goes with one CELL")
    if not 1 <= options.size <= MOST:
        parser.error(f"--size is from 1 to {MOST:,}")
    with exit_on_error(spell=parser.spell):
        sys.exit(diagnose(options))


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "doctor",
        "CELL [OPTIONS]",
        "Examine whether a cell obeys the laws of a recurrence (docs/doctor.md).",
        [
            "python -m seqtasks.doctor lstm",
            "python -m seqtasks.doctor my_cells.MyCell --option decay=0.9 --size 8",
            "python -m seqtasks.doctor --all",
        ],
    )
    add = parser.add_argument_group("what is examined").add_argument
    add("cell", nargs="?", metavar="CELL", help="a built-in name, or module.Class for your own")
    add("--all", action="store_true", help="every built-in cell")
    add("--option", **repeated("NAME=VALUE", "an option of the cell"))
    add("--size", type=int, default=6, metavar="N", help="hidden size (default 6)")
    parser.add_general(device=False, trust=False)
    return parser


def diagnose(options: argparse.Namespace) -> int:
    """Print the findings on each cell; 0 if every law holds, else 1."""
    import torch

    from seqtasks.cells import CELLS
    from seqtasks.laws import Subject

    torch.set_num_threads(1)
    cells = CELLS if options.all else {options.cell: find(options.cell)}
    settings = dict(read_option(text) for text in options.option)
    broken = 0
    for name, cell in cells.items():
        for line, breaks in report(name, Subject(cell, settings, options.size)):
            print(line, flush=True)
            broken += breaks
    return 1 if broken else 0


def find(name: str) -> Callable[..., Any]:
    """The cell behind a name.

    Args:
        name: a key of ``seqtasks.cells.CELLS``, or ``module.Class``; the module may lie in the
            current folder.

    Raises:
        UsageError: there is no such cell, module or class.
        SeqtasksError: the module cannot be imported.
    """
    from seqtasks.cells import CELLS

    if name in CELLS:
        return CELLS[name]
    module_name, dot, class_name = name.rpartition(".")
    if not dot or not module_name or not class_name:
        raise UsageError(
            f"there is no cell '{name}';{nearest(name, CELLS)} The cells are {', '.join(CELLS)}; "
            "one of your own is named module.Class."
        )
    if str(Path.cwd()) not in sys.path and "" not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    module = _imported(module_name)
    cell = getattr(module, class_name, None)
    if not callable(cell):
        known = [key for key, value in vars(module).items() if inspect.isclass(value)]
        raise UsageError(f"{module_name} has no class '{class_name}';{nearest(class_name, known)}")
    return cell


def _imported(name: str) -> Any:
    from seqtasks.laws.broken import crash

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no module '{error.name}', neither in {Path.cwd()} nor installed; "
                "correct the name, or go to its folder"
            ) from None
        raise SeqtasksError(
            f"{name} cannot be imported: {crash(error).message}; correct it"
        ) from None
    except Exception as error:
        raise SeqtasksError(
            f"{name} cannot be imported: {crash(error).message}; correct it"
        ) from None


def read_option(text: str) -> tuple[str, Any]:
    """A name and its value, read as YAML.

    Raises:
        UsageError: there is no ``=``, or the value is no YAML.

    >>> read_option("forget_bias=2.0"), read_option("nonlinearity=relu")
    (('forget_bias', 2.0), ('nonlinearity', 'relu'))
    """
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise UsageError(f"--option {text}: options are written name=value")
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError:
        raise UsageError(f"--option {text}: the value cannot be read; write it as YAML") from None


def report(name: str, subject: Subject) -> Iterator[tuple[str, bool]]:
    """Lines to print on one cell, each with whether it tells of a break."""
    from seqtasks.laws import Broken, examine, settle

    try:
        settled = settle(subject)
    except Broken as broken:
        yield _break(f"contract: {CONTRACT}", broken, f"see {WHERE}"), True
        yield f"{name}: no law can be examined", False
        return
    broken_laws = total = 0
    for finding in examine(settled):
        total += 1
        broken_laws += finding.broken is not None
        yield _line(finding), finding.broken is not None
    still = "" if settled.training else " (examined in evaluation mode: it is random in training)"
    if broken_laws:
        verb = "breaks" if broken_laws == 1 else "break"
        yield f"{name}: {broken_laws} of {total} laws {verb}{still}", False
    else:
        yield f"{name}: all {total} laws hold{still}", False


def _line(finding: Finding) -> str:
    law = finding.law
    if finding.broken:
        return _break(f"{law.name}: {law.claim}", finding.broken, f"usual cause: {law.cause}")
    needs = " and ".join(sorted(finding.needs))
    if not finding.cases:
        return f"-       {law.name}: not examined, it needs {needs}"
    without = f", without those that need {needs}" if needs else ""
    return f"holds   {law.name}: {law.claim} ({finding.cases} cases{without})"


def _break(claim: str, broken: Broken, hint: str) -> str:
    lines = [f"BREAKS  {claim}"]
    if broken.case is not None:
        lines.append(f"smallest case: {broken.case}")
    lines += [broken.message, hint]
    return textwrap.indent("\n".join(lines), " " * 8).strip()


if __name__ == "__main__":
    prepare_streams()
    main()
