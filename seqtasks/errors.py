"""Errors a person can act on: one line that says what, where, and how to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable


class SeqtasksError(Exception):
    """Something in the data, the files or the machine that the user can put right (exit code 1).

    Args:
        message: what was given, what was expected, how to put it right.
        option: what the message speaks of, by the name that it has where the error is raised:
            ``num_layers`` in an encoder, ``n_best`` in a prediction. Whoever calls from a command
            line, a configuration or a request spells it in its own way.

    >>> str(UsageError("it is at least 1, not 0", option="num_layers"))
    'num_layers: it is at least 1, not 0'
    """

    exit_code = 1

    def __init__(self, message: str, *, option: str | None = None) -> None:
        super().__init__(message)
        self.message, self.option = message, option

    def spelled(self, spell: Callable[[str], str]) -> str:
        """The error in one line, with its option as ``spell`` writes the name."""
        return self.message if self.option is None else f"{spell(self.option)}: {self.message}"

    def __str__(self) -> str:
        return self.spelled(str)


class UsageError(SeqtasksError):
    """A command, option or name that does not exist or does not fit (exit code 2)."""

    exit_code = 2


class DataError(SeqtasksError):
    """A data file, or a record of one, that cannot be used as it is.

    Args:
        message: as in `SeqtasksError`.
        where: the record stands, ``path:line``; the printed error starts with it.
        option: as in `SeqtasksError`.

    >>> str(DataError("the column 'tokens' is empty", where="input:3"))
    "input:3: the column 'tokens' is empty"
    """

    def __init__(
        self, message: str, *, where: str | None = None, option: str | None = None
    ) -> None:
        super().__init__(message, option=option)
        self.where = where

    def spelled(self, spell: Callable[[str], str]) -> str:
        said = super().spelled(spell)
        return said if self.where is None else f"{self.where}: {said}"


class BundleError(SeqtasksError):
    """A saved model folder that is incomplete, damaged or not to be trusted."""


class Interrupted(SeqtasksError):
    """A training that a signal has ended; the message says how to go on."""


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


def check_rate(name: str, rate: float) -> float:
    """The rate itself.

    Raises:
        UsageError: it is not in [0, 1).
    """
    if not 0 <= rate < 1:
        raise UsageError(f"{name}: a rate is at least 0 and below 1, not {rate:g}")
    return rate
