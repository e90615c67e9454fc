"""Errors a person can act on: one line that says what, where, and how to put it right."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class SeqtasksError(Exception):
    """Something in the data, the files or the machine that the user can put right (exit code 1).

    The options that an error speaks of are named as the arguments where it is raised. Whoever
    knows where these arguments stand adds the place (`located`), and every surface spells the
    names in its own way (`spelled`).

    Args:
        message: what was given, what was expected, how to put it right. The names of other
            options of the same place stand in backticks; those of elsewhere are written out.
        option: what the message speaks of: ``num_layers`` in an encoder, ``n_best`` in a search.

    >>> str(UsageError("it is at least 1, not 0", option="num_layers"))
    'num_layers: it is at least 1, not 0'
    """

    exit_code = 1

    def __init__(self, message: str, *, option: str | None = None) -> None:
        super().__init__(message)
        self.message, self.option = message, option
        self.place, self.rooted = "", False

    def locate(self, place: str, *, rooted: bool = False) -> None:
        """Say where the options stand.

        Args:
            place: a dotted path, put before the place that is known already.
            rooted: the path begins at the root of a configuration; later places are ignored.

        >>> error = UsageError("it is at least 1, not 0", option="beam_size")
        >>> error.locate("search")
        >>> error.locate("task", rooted=True)
        >>> str(error)
        'task.search.beam_size: it is at least 1, not 0'
        """
        if not self.rooted:
            self.place = f"{place}.{self.place}".strip(".")
            self.rooted = rooted

    def spelled(self, spell: Callable[[str], str]) -> str:
        """The error in one line, with the options written as a surface writes them.

        Args:
            spell: from an option's name, with its place, to what a person types.

        >>> error = UsageError("it is 1 to 5, the `beam_size`", option="n_best")
        >>> error.spelled(lambda name: "--" + name.replace("_", "-"))
        '--n-best: it is 1 to 5, the --beam-size'
        """

        def full(name: str) -> str:
            return spell(f"{self.place}.{name}".strip("."))

        said = re.sub(r"`([a-z]\w*(?:\.\w+)*)`", lambda found: full(found[1]), self.message)
        return said if self.option is None else f"{full(self.option)}: {said}"

    def __str__(self) -> str:
        return self.spelled(str)


class UsageError(SeqtasksError):
    """A command, option or name that does not exist or does not fit (exit code 2)."""

    exit_code = 2


class DataError(SeqtasksError):
    """A data file that cannot be used as it is; the message starts with ``path:line`` if known."""


class BundleError(SeqtasksError):
    """A saved model folder that is incomplete, damaged or not to be trusted."""


class Interrupted(SeqtasksError):
    """A training that a signal has ended; the message says how to go on."""


@contextmanager
def located(place: str, *, rooted: bool = False) -> Iterator[None]:
    """Say of every error that is raised within where its options stand (`SeqtasksError.locate`).

    >>> with located("task.head", rooted=True):
    ...     raise UsageError("it is at least 0, not -1", option="alpha")
    Traceback (most recent call last):
    seqtasks.errors.UsageError: task.head.alpha: it is at least 0, not -1
    """
    try:
        yield
    except SeqtasksError as error:
        error.locate(place, rooted=rooted)
        raise


class Located(functools.partial[Any]):
    """A partial that knows where in a configuration its arguments stand, and tells its errors."""

    place: str

    @classmethod
    def at(cls, place: str, made: functools.partial[Any]) -> Located:
        """The partial with its place, a path from the configuration's root."""
        found = cls(made)
        found.place = place
        return found

    def __call__(self, /, *arguments: Any, **options: Any) -> Any:
        with located(self.place, rooted=True):
            return super().__call__(*arguments, **options)


def nearest(name: str, choices: Iterable[str]) -> str:
    """A clause that names the choice closest to a misspelt one, else the empty string.

    >>> nearest("lsmt", ["lstm", "gru"])
    " Did you mean 'lstm'?"
    >>> nearest("zzz", ["lstm", "gru"])
    ''
    """
    close = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""


def first_line(error: BaseException) -> str:
    r"""The first line of an error's message that says something, else the name of its kind.

    >>> first_line(ValueError("\n no such size\nsee above"))
    'no such size'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def check_rate(option: str, rate: float) -> float:
    """The rate that an option gives.

    Raises:
        UsageError: the rate is not in [0, 1).
    """
    if not 0 <= rate < 1:
        raise UsageError(f"a rate is at least 0 and below 1, not {rate:g}", option=option)
    return rate
