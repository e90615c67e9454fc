"""One step of an attention decoder as a graph, and the decoder run by this graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from seqtasks.graphs.graph import Axes, Graph, Named, Run, name_state, replace, state_of
from seqtasks.heads.decoder import AttentionDecoder, DecoderOutput, Parts
from seqtasks.kernels.lengths import State

CHANGING = ("coverage", "fed", "alignment")
"""Parts of the state that a step changes, beside those of the recurrence."""


def by_name(parts: Parts) -> Named:
    """Name the parts of a decoder's state; the tensors of the recurrence are ``state_0``, …."""
    *known, recurrent = parts
    names = zip(Parts._fields, known, strict=False)
    return {name: part for name, part in names if part is not None} | name_state(recurrent)


def unnamed(tensors: Mapping[str, Tensor]) -> Parts:
    """The reverse of `by_name`; shapes are those of `Parts`."""
    known: Any = {name: tensors.get(name) for name in Parts._fields[:-1]}
    return Parts(**known, recurrent=state_of(tensors))


def step_graph(decoder: AttentionDecoder, tokens: Tensor, state: State) -> Graph:
    """The graph from tokens (batch,) int64 and the state before them to the next tokens' logits.

    Its outputs are the logits (batch, words), the attention's weights (batch, steps), and each part
    of the state that has changed, as ``next_<name>``. The decoder is in evaluation mode.
    """

    def compute(inputs: Mapping[str, Tensor]) -> Named:
        rest = {name: tensor for name, tensor in inputs.items() if name != "tokens"}
        reading = decoder(inputs["tokens"].unsqueeze(1), unnamed(rest).joined())
        logits = decoder.scores(*reading).squeeze(1)
        after = by_name(decoder.parts(reading.state))
        changed = {
            f"next_{name}": tensor
            for name, tensor in after.items()
            if name in CHANGING or name.startswith("state_")
        }
        return {"logits": logits, "weights": reading.weights.squeeze(1), **changed}

    for _ in range(2):  # so that no two parts of the state are the same
        _, state = decoder.step(tokens, state)
    inputs = {"tokens": tokens, **by_name(decoder.parts(state))}
    return Graph("decoder", compute, inputs, {name: axes(name, t) for name, t in inputs.items()})


def axes(name: str, tensor: Tensor) -> Axes:
    """Name the axes of a part of the state that vary: the batch, and the steps of the source.

    The tensor is (batch, …).
    """
    if name in ("tokens", "fed") or name.startswith("state_"):
        return ("batch", *[None] * (tensor.dim() - 1))
    if name in ("values", "keys"):  # with heads in front of the steps, or without
        return ("batch", *[None] * (tensor.dim() - 3), "steps", None)
    return ("batch", "steps")


def attach_step(decoder: AttentionDecoder, run: Run) -> None:
    """Let a graph compute the decoder's steps; the features of its outputs are then logits."""

    def forward(tokens: Tensor, state: State) -> DecoderOutput:
        parts = by_name(decoder.parts(state))
        logits, weights = [], []
        for column in tokens.unbind(1):
            found = run({"tokens": column, **parts})
            logits.append(found.pop("logits"))
            weights.append(found.pop("weights"))
            parts |= {name.removeprefix("next_"): tensor for name, tensor in found.items()}
        return DecoderOutput(
            torch.stack(logits, dim=1), torch.stack(weights, dim=1), unnamed(parts).joined()
        )

    replace(decoder, "forward", forward)
    replace(decoder, "scores", lambda features, weights, state: features)
