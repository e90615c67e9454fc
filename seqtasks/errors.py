"""Errors a person can act on: one line that says what, where, and how to put it right."""

from __future__ import annotations

import difflib
import functools
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar


class SeqtasksError(Exception):
    """Something in the data, the files or the machine that the user can put right (exit code 1).

    The options that an error speaks of are named as the arguments where it is raised. Whoever
    knows where these arguments stand adds the place (`located`, `Located`), and every surface
    spells the names in its own way (`spelled`).

    Args:
        message: what was given, what was expected, how to put it right. The names of other
            options of the same place stand in backticks; those of elsewhere are written out.
        option: what the message speaks of: ``num_layers`` in an encoder, ``n_best`` in a search;
            empty for the whole of what is made there.

    >>> str(UsageError("it is at least 1, not 0", option="num_layers"))
    'num_layers: it is at least 1, not 0'
    """

    exit_code = 1

    def __init__(self, message: str, *, option: str | None = None) -> None:
        super().__init__(message)
        self.message, self.option = message, option
        self.place = ""
        self.root: str | None = None
        self.shared: Mapping[str, str] = {}

    def within(self, place: str) -> None:
        """Put a place before the one that is known already, unless the root is known.

        >>> error = UsageError("it is at least 1, not 0", option="beam_size")
        >>> error.within("search")
        >>> error.within("task")
        >>> str(error)
        'task.search.beam_size: it is at least 1, not 0'
        """
        if self.root is None:
            self.place = _joined(place, self.place)

    def below(self, root: str, shared: Mapping[str, str] | None = None) -> None:
        """Say where the place stands in a configuration; what is said first holds.

        Args:
            root: the path from the configuration's root.
            shared: argument → the path of what it takes from elsewhere in the configuration.
        """
        if self.root is None:
            self.root, self.shared = root, shared or {}

    def path(self, name: str) -> str:
        """The name of an option with all that is known of its place."""
        path = _joined(self.place, name)
        argument, _, rest = path.partition(".")
        if argument in self.shared:
            return _joined(self.shared[argument], rest)
        return _joined(self.root or "", path)

    def spelled(self, spell: Callable[[str], str]) -> str:
        """The error in one line, with the options written as a surface writes them.

        Args:
            spell: from an option's name, with its place, to what a person types.

        >>> error = UsageError("it is 1 to 5, the `beam_size`", option="n_best")
        >>> error.spelled(lambda name: "--" + name.replace("_", "-"))
        '--n-best: it is 1 to 5, the --beam-size'
        """
        said = re.sub(
            r"`([a-z]\w*(?:\.\w+)*)`", lambda found: spell(self.path(found[1])), self.message
        )
        about = None if self.option is None else self.path(self.option)
        return f"{spell(about)}: {said}" if about else said

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


class RecordError(DataError):
    """A record that gives no example, though others do; arguments are those of `DataError`.

    Preparing data leaves such records out and says so, or lists them all.
    """


class BundleError(SeqtasksError):
    """A saved model folder that is incomplete, damaged or not to be trusted."""


class Interrupted(SeqtasksError):
    """A training that a signal has ended; the message says how to go on."""


@contextmanager
def located(place: str) -> Iterator[None]:
    """Say of every error that is raised within that its options stand below a place.

    >>> with located("search"):
    ...     raise UsageError("it is at least 1, not 0", option="beam_size")
    Traceback (most recent call last):
    seqtasks.errors.UsageError: search.beam_size: it is at least 1, not 0
    """
    try:
        yield
    except SeqtasksError as error:
        error.within(place)
        raise


class Located(functools.partial[Any]):
    """A partial that knows where a configuration sets its arguments, and tells its errors."""

    root: str
    shared: Mapping[str, str]

    @classmethod
    def at(
        cls, root: str, made: functools.partial[Any], shared: Mapping[str, str] | None = None
    ) -> Located:
        """The partial with what `SeqtasksError.below` takes."""
        found = cls(made.func, *made.args, **made.keywords)
        found.root, found.shared = root, shared or {}
        return found

    def __call__(self, /, *arguments: Any, **options: Any) -> Any:
        try:
            return super().__call__(*arguments, **options)
        except SeqtasksError as error:
            error.below(self.root, self.shared)
            raise


def _joined(*names: str) -> str:
    return ".".join(filter(None, names))


def closest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that a misspelt name most likely means, None if none is close."""
    found = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.5)
    return found[0] if found else None


def nearest(name: str, choices: Iterable[str]) -> str:
    """A clause that names the choice closest to a misspelt one, else the empty string.

    >>> nearest("lsmt", ["lstm", "gru"])
    " Did you mean 'lstm'?"
    >>> nearest("zzz", ["lstm", "gru"])
    ''
    """
    found = closest(name, choices)
    return "" if found is None else f" Did you mean '{found}'?"


@contextmanager
def refused_as(option: str) -> Iterator[None]:
    """Turn what torch says of a value that it cannot take into a `UsageError` of an option."""
    try:
        yield
    except (TypeError, ValueError, ArithmeticError) as error:
        raise UsageError(
            f"{first_line(error)}; correct the option, or choose another", option=option
        ) from error


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it comes from, each once: some come from each other.

    >>> one, other = ValueError("one"), ValueError("other")
    >>> one.__cause__, other.__cause__ = other, one
    >>> [str(cause) for cause in causes(one)]
    ['one', 'other']
    """
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and not any(cause is one for one in seen):
        yield cause
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__


def raised_in(error: BaseException, package: str) -> bool:
    """Whether an error comes from a module of a package."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).startswith(f"{package}.")


LISTED = 20
"""The most problems that an error lists."""


def enumerated(problems: Sequence[str], count: int, what: str) -> str:
    """A message on several problems, a line each; a single one stands alone.

    Args:
        problems: the first of them, each with its place; up to `LISTED` are shown.
        count: how many there are.
        what: is wrong with all of them, and how to go on.

    >>> print(enumerated(["a:1: no label", "a:7: no label"], 9, "lines cannot be used"))
    9 lines cannot be used:
      a:1: no label
      a:7: no label
      … and 7 more
    """
    if count == 1:
        return problems[0]
    shown = problems[:LISTED]
    rest = [f"… and {count - len(shown):,} more"] if count > len(shown) else []
    return "\n  ".join([f"{count:,} {what}:", *shown, *rest])


def few(names: Sequence[str], shown: int = 10) -> str:
    """The first of some names, for a message.

    >>> few(["a", "b", "c"], shown=2)
    'a, b, …'
    """
    return ", ".join(names[:shown]) + (", …" if len(names) > shown else "")


def first_line(error: BaseException) -> str:
    r"""The first line of an error's message that says something, else the name of its kind.

    >>> first_line(ValueError("\n no such size\nsee above"))
    'no such size'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def check_choice(option: str, name: str, choices: Iterable[str]) -> str:
    """The name that an option gives, if it is one of the choices.

    >>> check_choice("bridge", "zeros", ["projection", "last", "zero"])
    Traceback (most recent call last):
    seqtasks.errors.UsageError: bridge: there is no 'zeros'; Did you mean 'zero'? The choices are \
projection, last, zero.
    """
    known = list(choices)
    if name not in known:
        close = nearest(str(name), known)
        raise UsageError(
            f"there is no '{name}';{close} The choices are {', '.join(known)}.", option=option
        )
    return name


Number = TypeVar("Number", int, float)


def check_least(option: str, value: Number, least: int = 0) -> Number:
    """The number that an option gives (UsageError: the number is below the least)."""
    if not value >= least:
        raise UsageError(f"it is at least {least}, not {value:g}", option=option)
    return value


def check_between(option: str, value: Number, least: Number, most: Number) -> Number:
    """The number that an option gives (UsageError: the number lies outside of two bounds).

    >>> check_between("seed", -1, 0, 9999)
    Traceback (most recent call last):
    seqtasks.errors.UsageError: seed: it is from 0 to 9,999, not -1
    """
    if not least <= value <= most:
        raise UsageError(f"it is from {least:,} to {most:,}, not {value:,}", option=option)
    return value


def check_rate(option: str, rate: float) -> float:
    """The rate that an option gives (UsageError: the rate is not in [0, 1))."""
    if not 0 <= rate < 1:
        raise UsageError(f"a rate is at least 0 and below 1, not {rate:g}", option=option)
    return rate
