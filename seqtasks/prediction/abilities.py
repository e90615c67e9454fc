"""What some tasks can do and others cannot, as types to ask for with ``isinstance``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from seqtasks.data.batch import Batch
from seqtasks.decoding import Hypothesis, Search, SearchInput, State
from seqtasks.prediction.answer import Answer, Prediction


@runtime_checkable
class Searches(Protocol):
    """Writes its output by a search over tokens, which can be changed and shared by several models.

    Attributes:
        search: how the task searches where a prediction asks for nothing else.
    """

    search: Search

    def search_input(self, batch: Batch) -> SearchInput:
        """Where the search begins for each example of a batch."""

    def answers(self, found: list[list[Hypothesis]], batch: Batch) -> list[list[Answer]]:
        """The outputs that a search has found for each example, best first."""


@runtime_checkable
class Ranks(Protocol):
    """Gives several outputs for each example, in the order of their probability."""

    def best(self, batch: Batch, count: int = 1) -> list[list[Answer]]:
        """The ``count`` most probable outputs of each example, best first."""


@runtime_checkable
class GivesProbabilities(Protocol):
    """Gives the probability of every label."""

    def with_probabilities(self, batch: Batch) -> list[Prediction]:
        """For each example its answer and the probabilities."""


@runtime_checkable
class Generates(Protocol):
    """Goes on from a text token by token: a language model.

    Attributes:
        sampling: keyword arguments of `seqtasks.decoding.stream_text`.
    """

    sampling: Mapping[str, Any]

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """Logits (batch, vocab) and the next state after one token a row, (batch,) int64."""

    def read(
        self, tokens: Tensor, lengths: Tensor | None, state: State | None
    ) -> tuple[Tensor, State]:
        """Features before the head, and the state after many tokens a row.

        Tokens are (batch, time) int64, lengths (batch,) or None where all are real, features
        (batch, time, size) and state tensors (batch, …).
        """
