"""One text that waits for its prediction."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from seqtasks.data.record import Record


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a request asks for beside the prediction of each text.

    Attributes:
        scores: the probabilities of the labels.
        n_best: so many outputs with their scores; None for the best alone.
        search: options of the search, by name.
        attention: which source symbols each output attends to.
    """

    scores: bool = False
    n_best: int | None = None
    search: tuple[tuple[str, Any], ...] = ()
    attention: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wanted:
        """What the options of a request ask for."""
        search = tuple(sorted((options.get("search") or {}).items()))
        return cls(**{**options, "search": search})


@dataclass(eq=False, kw_only=True)
class Job:
    """A text in the queue.

    Attributes:
        record: the inputs of the model; its line is the place of the text in its request, from 1,
            and names the random stream.
        wanted: what is asked about the text.
        request: whose text it is; None where it may run together with the texts of others.
        answer: what is found, or the error.
        arrived: on the monotonic clock, in seconds.
    """

    record: Record
    wanted: Wanted
    request: object | None = None
    answer: Future[dict[str, Any]] = field(default_factory=Future)
    arrived: float = field(default_factory=time.monotonic)

    @property
    def length(self) -> int:
        """Characters, or tokens where the text is given as a list of them."""
        return sum(map(len, self.record.values.values()))

    def joins(self, other: Job) -> bool:
        """Whether both may run in one batch."""
        return self.wanted == other.wanted and self.request is other.request
