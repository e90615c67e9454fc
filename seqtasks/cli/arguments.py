"""The command line of a verb, ``python -m seqtasks.VERB``."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from seqtasks.cli.exit_on_error import warn

ADAPTATION: tuple[tuple[str, Any, str], ...] = (
    ("--cache", bool, "a language model mixed with a cache of the last words"),
    ("--cache-size", int, "words that it remembers"),
    ("--cache-theta", float, "how much more words in like contexts count"),
    ("--cache-lambda", float, "share of the probability that the cache gives away"),
    ("--dynamic", bool, "a language model learns from what it has just been scored on"),
    ("--dynamic-rule", str, "rms, which needs the training text, or sgd"),
    ("--dynamic-rate", float, "learning rate"),
    ("--dynamic-decay", float, "how fast the weights go back to those of training"),
    ("--dynamic-epsilon", float, "of rms, added to what gradients are divided by"),
    ("--dynamic-segment", int, "tokens that are scored before the model learns from them"),
)
"""How a language model adapts to the text that it is scored on: flag, type, meaning."""


class Parser(argparse.ArgumentParser):
    """Reads the arguments of a verb, and says in one line what is wrong with them."""

    def __init__(self, verb: str, description: str) -> None:
        super().__init__(prog=f"python -m seqtasks.{verb}", description=description)

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and exit with code 2."""
        warn(f"{message}; see {self.prog} --help")
        self.exit(2)

    def add_repeated(self, flag: str, metavar: str, text: str) -> None:
        """Add an option that collects its values in a list."""
        text += "; may be given again"
        self.add_argument(flag, action="append", default=[], metavar=metavar, help=text)

    def add_trust(self) -> None:
        """Add ``--trust MODULE``, which may be given again."""
        self.add_repeated("--trust", "MODULE", "a module of your own that holds the task's class")

    def add_device(self) -> None:
        """Add ``--device``, where the model computes; ``cpu`` by default."""
        self.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, …")

    def add_adaptation(self) -> None:
        """Add what `seqtasks.evaluation.asked` looks for; absent unless given."""
        for flag, kind, text in ADAPTATION:
            how = {"action": "store_true"} if kind is bool else {"type": kind, "metavar": "NUMBER"}
            name = flag[2:].replace("-", "_") + "_" * (flag == "--cache-lambda")
            self.add_argument(flag, dest=name, default=argparse.SUPPRESS, help=text, **how)

    def spell(self, name: str) -> str:
        """An option as this command line spells it; a name that is no option here stays.

        >>> parser = Parser("predict", "")
        >>> _ = parser.add_argument("--n-best")
        >>> parser.add_adaptation()
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
