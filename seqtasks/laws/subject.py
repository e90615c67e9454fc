"""The cell under examination, and what one pass through it gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.cells import Recurrence, State
from seqtasks.encoder import RecurrentEncoder
from seqtasks.laws.broken import EXACT, compare
from seqtasks.laws.case import Case

NOISE = 0.1
"""Standard deviation of the noise on every start value: no bias stays at zero, and parameters that
mean something, such as logarithms of decays, stay in their range."""

STEPS = ("sequence", "step")
"""The names of the leading axes of inputs and outputs."""


@dataclass(frozen=True)
class Subject:
    """A cell, and how to make encoders of it.

    Attributes:
        cell: a name or a callable, as an encoder takes it.
        options: keyword arguments of the cell.
        size: hidden size; inputs have one feature less, so that the two cannot be confused.
        training: whether to examine in training mode, where a cell's own dropout acts.
    """

    cell: str | Callable[..., Recurrence]
    options: Mapping[str, Any] = field(default_factory=dict)
    size: int = 6
    training: bool = True

    @property
    def input_size(self) -> int:
        """Features of each input step: one less than the hidden size, and at least 1."""
        return max(1, self.size - 1)

    def encoder(self, case: Case, dtype: torch.dtype = torch.float64) -> RecurrentEncoder:
        """The same encoder at every call: the cell's own start values and a little noise."""
        topology = case.topology
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            encoder = RecurrentEncoder(
                self.input_size,
                self.size,
                topology.depth,
                cell=self.cell,
                cell_options=self.options,
                bidirectional=topology.bidirectional,
                residual=topology.residual,
                layer_norm=topology.layer_norm,
            )
            with torch.no_grad():
                for parameter in encoder.parameters():
                    parameter.add_(torch.randn_like(parameter), alpha=NOISE)
        return widen(encoder, dtype).train(self.training)

    def inputs(
        self, case: Case, padding: int = 0, dtype: torch.dtype = torch.float64
    ) -> tuple[Tensor, Tensor]:
        """Inputs (batch, time + padding, input_size), alike for any padding, and lengths.

        Padding inside the first ``time`` steps is as random as the rest; what follows is 100.
        """
        inputs = self.random(len(case.lengths), case.time, seed=0).to(dtype)
        inputs = nn.functional.pad(inputs, (0, 0, 0, padding), value=100.0)
        return inputs, torch.tensor(case.lengths, dtype=torch.int64)

    def state(self, encoder: RecurrentEncoder, case: Case) -> State:
        """A state in the cell's range, (batch, …) each: that after two steps of random inputs."""
        with torch.no_grad():
            return encoder(self.random(len(case.lengths), 2, seed=1))[1]

    def random(self, rows: int, steps: int, seed: int) -> Tensor:
        """Inputs (rows, steps, input_size) in float64, alike at every call."""
        generator = torch.Generator().manual_seed(seed)
        shape = (rows, steps, self.input_size)
        return torch.randn(shape, generator=generator, dtype=torch.float64)


def widen(module: nn.Module, dtype: torch.dtype) -> Any:
    """The module in a float type, its complex tensors in the complex type of the same width."""
    wide = dtype.to_complex()
    for tensor in [*module.parameters(), *module.buffers()]:
        if tensor.is_complex():
            tensor.data = tensor.data.to(wide)
    return module.double() if dtype == torch.float64 else module.float()


@dataclass(frozen=True)
class Pass:
    """The result of one run of an encoder.

    Attributes:
        outputs: (batch, time, output_size).
        state: a tuple of (batch, …).
        gradients: of the inputs and of each parameter, by name; empty if not asked for.
    """

    outputs: Tensor
    state: State
    gradients: dict[str, Tensor]

    def must_equal(self, other: Pass, when: str, tolerance: float = EXACT) -> None:
        """Raise `Broken` where outputs, states or gradients differ."""
        compare("output", self.outputs, other.outputs, when, STEPS, tolerance)
        for number, (mine, theirs) in enumerate(zip(self.state, other.state, strict=True)):
            compare(f"state {number}", mine, theirs, when, STEPS[:1], tolerance)
        for name, gradient in self.gradients.items():
            if name in other.gradients:  # a parameter made meanwhile breaks the law of sharing
                axes = STEPS if name == "inputs" else ()
                theirs = other.gradients[name]
                compare(f"gradient of {name}", gradient, theirs, when, axes, tolerance)


def run_subject(
    encoder: RecurrentEncoder, inputs: Tensor, lengths: Tensor | None, state: State | None = None
) -> Pass:
    """One call of the encoder, with gradients.

    Inputs are (batch, time, input_size), lengths (batch,) int64 or None, state tensors (batch, …).
    """
    return feed(encoder, inputs, lambda leaf: encoder(leaf, lengths, state))


def feed(
    encoder: RecurrentEncoder, inputs: Tensor, call: Callable[[Tensor], tuple[Tensor, State]]
) -> Pass:
    """Outputs, states and the gradients of one weighted sum of them all.

    The weights differ from entry to entry and are alike for every sequence and step.

    Args:
        encoder: has the parameters whose gradients are taken, without those that the call makes.
        inputs: (batch, time, input_size).
        call: from inputs that require gradients to outputs and state.
    """
    leaf = inputs.detach().clone().requires_grad_()
    leaves = {"inputs": leaf, **dict(encoder.named_parameters())}
    outputs, state = call(leaf)
    total = sum((_weighted(tensor, 1) for tensor in state), start=_weighted(outputs, 2))
    if total.requires_grad:
        gradients = torch.autograd.grad(total, list(leaves.values()), materialize_grads=True)
    else:
        gradients = tuple(torch.zeros_like(tensor) for tensor in leaves.values())
    return Pass(outputs, state, dict(zip(leaves, gradients, strict=True)))


def _weighted(tensor: Tensor, leading: int) -> Tensor:
    """The sum of the entries, each times a weight of its place past the leading axes."""
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    shape = tensor.shape[leading:]
    weights = torch.linspace(-1, 1.1, math.prod(shape), dtype=torch.float64)
    return (tensor * weights.view(shape).to(tensor)).sum()
