"""The command line of a verb, ``python -m seqtasks.VERB``."""

from __future__ import annotations

import argparse
import functools
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn

from seqtasks.cli.exit_on_error import warn

BUNDLE = "a trained model: runs/TASK/latest/bundle, or its run"

ADAPTATION: tuple[tuple[str, Any, str], ...] = (
    ("--cache", bool, "mix the model with a cache of the last words"),
    ("--cache-size", int, "words in the cache"),
    ("--cache-theta", float, "how much more a word counts whose context is alike"),
    ("--cache-lambda", float, "share of the probability that the cache gives away"),
    ("--dynamic", bool, "let the model learn from what it has just been scored on"),
    ("--dynamic-rule", str, "rms, which needs the training text, or sgd"),
    ("--dynamic-rate", float, "learning rate"),
    ("--dynamic-decay", float, "how fast the weights go back to the trained ones"),
    ("--dynamic-epsilon", float, "of rms: added to what gradients are divided by"),
    ("--dynamic-segment", int, "tokens scored before the model learns from them"),
)
"""How a language model adapts to the text that it is scored on: flag, type, meaning."""

_OF = {int: "N", float: "X", str: "NAME"}
"""What stands for a value in the help, by its type."""

_WIDTH = 78
_Formatter: Any = functools.partial(argparse.RawDescriptionHelpFormatter, max_help_position=26)


def repeated(metavar: str, text: str) -> dict[str, Any]:
    """How an option is added that collects its values in a list."""
    text += "; may be given again"
    return {"action": "append", "default": [], "metavar": metavar, "help": text}


class Parser(argparse.ArgumentParser):
    """Reads the arguments of a verb, and says in one line what is wrong with them.

    Args:
        verb: its name.
        takes: what stands behind the verb, without the options.
        description: what it does, in a sentence or two.
        examples: commands that run, each on a line.

    Attributes:
        examples: the commands, as given.
    """

    def __init__(self, verb: str, takes: str, description: str, examples: Sequence[str]) -> None:
        self.examples = examples
        commands = [f"  {command}" for command in examples]
        told = [textwrap.fill(description, _WIDTH), "", "examples:", *commands]
        prog = f"python -m seqtasks.{verb}"
        super().__init__(
            prog=prog,
            usage=f"{prog} {takes}",
            description="\n".join(told),
            formatter_class=_Formatter,
            add_help=False,
        )

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with code 2."""
        warn(f"{message}; see {self.prog} --help")
        self.exit(2)

    def add_general(self, device: bool = True, trust: bool = True) -> None:
        """Add the options that verbs share, as the last group of the help."""
        add = self.add_argument_group("general").add_argument
        if device:
            add("--device", default="cpu", help="cpu (default), cuda, cuda:1, …")
        if trust:
            add("--trust", **repeated("MODULE", "a module of your own that holds the task's class"))
        add("-h", "--help", action="help", help="show this help and exit")

    def add_bootstrap(self, without: str) -> None:
        """Add the options of intervals and tests; ``without`` says what no samples leave."""
        add = self.add_argument_group("intervals and significance").add_argument
        samples = f"samples of the bootstrap (default 1,000; {without})"
        add("--samples", type=int, default=1000, metavar="N", help=samples)
        share = "how sure an interval is (default 0.95)"
        add("--confidence", type=float, default=0.95, metavar="X", help=share)
        add("--seed", type=int, default=1, metavar="N", help="of the samples (default 1)")

    def add_adaptation(self) -> Any:
        """Add what `seqtasks.evaluation.asked` looks for; absent unless given: their group."""
        group = self.add_argument_group("a language model that adapts to what it is scored on")
        for flag, kind, text in ADAPTATION:
            how = {"action": "store_true"} if kind is bool else {"type": kind, "metavar": _OF[kind]}
            name = flag[2:].replace("-", "_") + "_" * (flag == "--cache-lambda")
            group.add_argument(flag, dest=name, default=argparse.SUPPRESS, help=text, **how)
        return group

    def spell(self, name: str) -> str:
        """An option as this command line spells it; a name that is no option here stays.

        >>> parser = Parser("predict", "BUNDLE", "Predict.", [])
        >>> _ = parser.add_argument("--n-best")
        >>> _ = parser.add_adaptation()
        >>> parser.spell("n_best"), parser.spell("cache.size"), parser.spell("beam_size")
        ('--n-best', '--cache-size', 'beam_size')
        """
        flags = {one.dest: one.option_strings for one in self._actions if one.option_strings}
        own = name.replace(".", "_")
        return flags[own][-1] if own in flags else name


def utf8(text: str) -> str:
    """A type for argparse: a text, whose bytes on the command line are UTF-8.

    A locale that knows ASCII alone leaves the bytes of other characters as they are.
    """
    try:
        return text.encode(errors="surrogateescape").decode()
    except UnicodeError:
        place = next(at for at, one in enumerate(text) if "\ud800" <= one <= "\udfff")
        said = f"not valid utf-8 at character {place}; type it in UTF-8"
        raise argparse.ArgumentTypeError(said) from None
