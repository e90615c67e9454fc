"""A model in a form that can be traced: no way through it depends on the numbers that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.layer import EncoderLayer
from seqtasks.graphs.leaves import cells, copied, recurrence
from seqtasks.heads.copying import CopyGate
from seqtasks.kernels.lengths import State


@contextmanager
def plain(model: nn.Module) -> Iterator[None]:
    """Within it encoders and copy gates call the operators of `seqtasks.graphs.leaves`."""
    changed: list[tuple[Any, str]] = []

    def change(module: Any, method: str, function: Callable[..., Any]) -> None:
        setattr(module, method, function)
        changed.append((module, method))

    with cells() as listed:
        try:
            for module in model.modules():
                if isinstance(module, RecurrentEncoder):
                    change(module, "forward", plain_encoder(module))
                elif isinstance(module, EncoderLayer):
                    change(module, "run", plain_run(len(listed)))
                    listed += module.cells
                elif isinstance(module, CopyGate):
                    change(module, "forward", plain_gate(module))
            yield
        finally:
            for owner, method in changed:
                delattr(owner, method)


def plain_encoder(encoder: RecurrentEncoder) -> Callable[..., Any]:
    """What `RecurrentEncoder.forward` computes, for a batch of any lengths."""

    def forward(
        inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        if state is None:
            rows = inputs.size(0)
            state = tuple(inputs.new_zeros(rows, *shape) for shape in encoder.state_shapes)
        return encoder.run(inputs, lengths, state)

    return forward


def plain_run(first: int) -> Callable[..., Any]:
    """What `EncoderLayer.run` computes, where ``first`` is the place of the layer's first cell."""

    def run(
        number: int, features: Tensor, lengths: Tensor | None, state: State, _: None
    ) -> tuple[Tensor, State]:
        output, *final = recurrence(features, lengths, list(state), first + number, number == 1)
        return output, tuple(final)

    return run


def plain_gate(gate: CopyGate) -> Callable[..., Tensor]:
    """What `CopyGate.forward` computes."""

    def forward(features: Tensor, logits: Tensor, weights: Tensor, copies: Tensor) -> Tensor:
        made, share = gate.shares(features, logits)
        return copied(made, share, weights, copies)

    return forward
