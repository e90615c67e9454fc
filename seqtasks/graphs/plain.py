"""A model in a form that can be traced: no way through it depends on the numbers that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.graphs.leaves import cells, copied, recurrence
from seqtasks.heads.copying import CopyGate, exact
from seqtasks.kernels.lengths import State, zero_padding


@contextmanager
def plain(model: nn.Module) -> Iterator[None]:
    """Within it encoders and copy gates call the operators of `seqtasks.graphs.leaves`."""
    with cells() as listed:
        changed: list[Any] = []
        try:
            for module in model.modules():
                if isinstance(module, RecurrentEncoder):
                    first = len(listed)
                    listed += [cell for layer in module.layers for cell in layer.cells]  # type: ignore[union-attr]
                    module.forward = PlainEncoder(module, first)  # type: ignore[method-assign]
                elif isinstance(module, CopyGate):
                    module.forward = PlainGate(module)  # type: ignore[method-assign]
                else:
                    continue
                changed.append(module)
            yield
        finally:
            for module in changed:
                del module.forward


class PlainEncoder:
    """What `RecurrentEncoder.forward` computes.

    Args:
        encoder: in evaluation mode.
        first: the place of its first cell in the list of cells.
    """

    def __init__(self, encoder: RecurrentEncoder, first: int) -> None:
        self.encoder, self.first = encoder, first

    def __call__(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Shapes as there."""
        encoder = self.encoder
        if state is None:
            shapes = encoder.state_shapes
            state = tuple(inputs.new_zeros(inputs.size(0), *shape) for shape in shapes)
        left, states, number = list(state), [], self.first
        outputs = inputs
        for layer in encoder.layers:
            level: Any = layer
            features, found = level.norm(outputs), []
            for place, count in enumerate(level.state_counts):
                given, left = left[:count], left[count:]
                output, *final = recurrence(features, lengths, given, number, place == 1)
                found.append(output)
                states += final
                number += 1
            joined = torch.cat(found, dim=-1) if len(found) > 1 else found[0]
            outputs = joined if level.shortcut is None else joined + level.shortcut(outputs)
        outputs = encoder.norm(outputs)
        if encoder.residual and lengths is not None:
            outputs = zero_padding(outputs, lengths)
        return outputs, tuple(states)


class PlainGate:
    """What `CopyGate.forward` computes.

    Args:
        gate: the gate.
    """

    def __init__(self, gate: CopyGate) -> None:
        self.gate = gate

    def __call__(self, features: Tensor, logits: Tensor, weights: Tensor, copies: Tensor) -> Tensor:
        """Shapes as there."""
        made, share = self.gate.shares(features)
        log_probs = made + exact(logits).log_softmax(dim=-1)
        return copied(log_probs, share, weights, copies)
