"""The time that the baselines of a training may take."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

SHARE, LEAST = 0.1, 2.0
"""A baseline may take this share of the training's seconds, or so many if that is more."""


class OutOfTimeError(Exception):
    """A baseline takes longer than it may; `Budget.of` catches it."""


class Budget:
    """The seconds that each baseline may take, and those that are left out for want of time.

    A method that may take long asks `check` at least every half second, or goes `over` its parts.

    Args:
        seconds: for each baseline; without a limit if not given.
        until: when all of them end at the latest, by `time.perf_counter`.

    Attributes:
        left_out: the name of each baseline that is left out → why.

    >>> budget, scores = Budget(seconds=0.0), {}
    >>> with budget.of("slow"):
    ...     scores["slow"] = sum(budget.over([1, 2]))
    >>> scores, budget.left_out
    ({}, {'slow': 'it takes longer than 0 s'})
    """

    def __init__(self, seconds: float = math.inf, until: float = math.inf) -> None:
        self.seconds, self.until, self.end = seconds, until, math.inf
        self.left_out: dict[str, str] = {}

    @classmethod
    def beside(cls, training: float, until: float = math.inf) -> Budget:
        """The budget beside a training of so many seconds, which ends at a time at the latest.

        >>> Budget.beside(50.0).seconds, Budget.beside(0.5).seconds
        (5.0, 2.0)
        """
        return cls(max(SHARE * training, LEAST), until)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Time one baseline; it is left out where it takes too long."""
        now = time.perf_counter()
        seconds = max(0.0, min(self.seconds, self.until - now))
        self.end = now + seconds
        try:
            yield
        except OutOfTimeError:
            self.left_out[name] = f"it takes longer than {seconds:.3g} s"
        finally:
            self.end = math.inf

    def check(self) -> None:
        """Stop the baseline that is timed where its time is over."""
        if time.perf_counter() > self.end:
            raise OutOfTimeError

    def over(self, parts: Iterable[Item]) -> Iterator[Item]:
        """Yield the parts of a long work, and stop where the time is over."""
        for part in parts:
            self.check()
            yield part
