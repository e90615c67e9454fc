"""A language model as graphs, and the model run by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.data.batch import Batch
from seqtasks.graphs.graph import Graph, Named, Run, axes_of, name_state, replace, state_of, tensors
from seqtasks.heads.loss import Loss, cross_entropy
from seqtasks.kernels.lengths import State

LOGITS = 2**22
"""Logits that scoring holds at once, for a batch of 32 texts."""


class Scored(nn.Identity):
    """The head of a model whose graph computes the logits."""

    temperature = None


def first_state(model: Any, count: int) -> State:
    """The state before the first token of ``count`` texts, where no condition sets it.

    Zeros, (count, …) each, of the encoder's shapes.
    """
    shapes = model.encoder.state_shapes
    return tuple(torch.zeros(count, *shape) for shape in shapes)


def language_graphs(model: Any, batch: Batch) -> list[Graph]:
    """The graph from tokens (batch, time) and the state to logits and the state after them.

    The model is a `LanguageModel` in evaluation mode, and ``batch`` an example of its inputs. Where
    it starts from a condition, another graph computes the first state from the condition.
    """

    def step(inputs: Mapping[str, Tensor]) -> Named:
        features, after = model.read(inputs["tokens"], inputs["lengths"], state_of(inputs))
        return {"logits": model.head(features), **name_state(after, "next_")}

    def start(inputs: Mapping[str, Tensor]) -> Named:
        return name_state(model.start(Batch(inputs)))

    rows = len(batch.example)
    state = model.start(batch) if model.condition is not None else first_state(model, rows)
    tokens = (torch.arange(rows * (rows + 1)) % len(model.vocabulary)).view(rows, rows + 1)
    _, state = model.read(tokens[:, :1], None, state)
    reading = {"tokens": tokens, "lengths": torch.arange(rows) + 2, **name_state(state)}
    graphs = [Graph("step", step, reading, axes_of(reading))]
    if model.condition is not None:
        field = model.condition.field
        axes = ("batch", *[None] * (batch[field].dim() - 1))
        graphs.insert(0, Graph("start", start, {field: batch[field]}, {field: axes}))
    return graphs


def attach_language(model: Any, runs: Mapping[str, Run]) -> None:
    """Let the graphs of `language_graphs`, by name, read and score in the place of a model.

    The outputs of the model's ``read`` are then logits.
    """

    def inputs(tokens: Tensor, lengths: Tensor | None, state: State | None) -> Named:
        rows, time = tokens.shape
        if lengths is None:
            lengths = torch.full((rows,), time)
        if not time:  # nothing to read is read as padding
            tokens = tokens.new_zeros(rows, 1)
        given = first_state(model, rows) if state is None else state
        return {"tokens": tokens, "lengths": lengths, **name_state(given)}

    def read(tokens: Tensor, lengths: Tensor | None, state: State | None) -> tuple[Tensor, State]:
        found = runs["step"](inputs(tokens, lengths, state))
        return found["logits"][:, : tokens.size(1)], state_of(found, "next_")

    def skim(tokens: Tensor, lengths: Tensor | None, state: State | None) -> State:
        given = inputs(tokens, lengths, state)
        wanted = [f"next_{name}" for name in given if name.startswith("state_")]
        return state_of(runs["step"](given, wanted), "next_") if wanted else ()

    def start(batch: Batch) -> State | None:
        return state_of(runs["start"](tensors(batch))) if "start" in runs else None

    def loss(outputs: tuple[Tensor, State], batch: Batch) -> Loss:
        lengths = (batch.lengths - 1).clamp(min=0)
        return cross_entropy(outputs[0], batch.tokens[:, 1:], lengths)

    replace(model, "read", read)
    replace(model, "skim", skim)
    replace(model, "start", start)
    model.head = Scored()
    replace(model, "loss", loss)
    model.window = max(1, LOGITS // (32 * len(model.vocabulary)))
