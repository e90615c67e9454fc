"""Gradients through time: how far back the loss of the last step reaches."""

from __future__ import annotations

import copy
import math
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.data.batch import Batch
from seqtasks.data.record import Value
from seqtasks.errors import UsageError
from seqtasks.inspection.ending import end_of_loss
from seqtasks.inspection.norms import finite_or_none
from seqtasks.inspection.reading import encode_text, find_encoder
from seqtasks.inspection.trace import LayerTrace, trace_encoder
from seqtasks.task import Task


@dataclass(frozen=True)
class Reach:
    """Norms of a loss's gradients by the inputs and states of each layer at earlier steps.

    A lag is the number of steps before the last that the encoder read; entry k of a list belongs
    to lag k.

    Attributes:
        symbols: the symbols that the encoder read.
        loss: the loss, in nats.
        of: a name of the loss, in words.
        inputs: for each layer, the norms of the gradients by its inputs, from lag 0 on.
        states: for each layer, the norms of the gradients by the whole state that its forward
            recurrence handed to the next step; NaN at lag 0, which has no next step. Empty for a
            stateless cell.
    """

    symbols: list[str]
    loss: float
    of: str
    inputs: list[list[float]]
    states: list[list[float]]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a file, with the `factor` of each layer."""
        series = {
            name: [{"norms": finite_or_none(norms), "factor": factor(norms)} for norms in layers]
            for name, layers in (("inputs", self.inputs), ("states", self.states))
        }
        return {**asdict(self), **series}


def trace_gradients(
    bundle: Bundle, text: str, target: str | None = None, last: int | None = None
) -> Reach:
    """The gradient of the loss at the end of a text, followed back through time.

    Where a label or token is predicted at every step, the loss is that of the last steps alone;
    where the whole text has one target, the whole loss. This is the loss that training minimises,
    label smoothing included, but without dropout. The gradients are total derivatives, computed
    in float64, step by step. In one layer of a cell whose only state is its output h, ``states``
    are the norms of ∂E_T/∂h_t = ∂E_T/∂h_T ∂h_T/∂h_t (Pascanu et al. 2013, "On the difficulty of
    training recurrent neural networks", equations 4 and 5).

    Args:
        bundle: a model with an encoder.
        text: at least two symbols.
        target: the target as raw text; None for the model's own prediction. A language model's
            target is the text.
        last: the number of last steps that have the loss; 1 if None.

    Raises:
        UsageError: there is no encoder, the text is too short, ``target`` or ``last`` does not
            fit the task, or the loss does not depend on the encoder.
        DataError: the model cannot read the text or the target.
    """
    find_encoder(bundle.task)
    reading = encode_text(bundle, text, _target(bundle, text, target))
    with in_float64(bundle.task) as task, torch.enable_grad():
        numbers = {n: t for n, t in reading.batch.items() if torch.is_tensor(t)}
        wide = {n: t.double() for n, t in numbers.items() if t.is_floating_point()}
        batch = Batch({**reading.batch, **wide})
        with trace_encoder(find_encoder(task)) as (layers, given):
            outputs = task(batch)
        if len(given) != 1:
            raise UsageError(
                f"{type(task).__name__} runs its encoder {len(given)} times, not once; "
                "choose a task that reads once"
            )
        steps = layers[0].inputs[0].size(1)
        if steps < 2:
            raise UsageError(
                f"the encoder reads {steps} step of this text, at least 2 are needed; "
                "give a longer one"
            )
        end = end_of_loss(bundle, task, outputs, batch, last)
        ends = [tensor for tensor in given[0] if tensor.requires_grad]
        inputs = [layer.inputs[0] for layer in layers]
        states = [_states(layer) for layer in layers]
        wanted = [*inputs, *(tensor for layer in states for step in layer for tensor in step)]
        found = torch.autograd.grad(
            ends, wanted, end.gradients(ends), materialize_grads=True, allow_unused=True
        )
    gradients = iter(found)
    by_input = [next(gradients)[0].norm(dim=1).flip(0).tolist() for _ in inputs]
    by_state = [_norms(layer, gradients) for layer in states if any(layer)]
    if not any(map(any, by_input)):
        raise UsageError(
            f"the {end.of} does not depend on what the encoder reads; choose another text"
        )
    return Reach(reading.symbols[:steps], end.nats, end.of, by_input, by_state)


def factor(norms: Sequence[float]) -> float | None:
    """The factor by which a gradient's norm changes at each step back, on average.

    The factor is the exponential of the slope of a straight line that is fitted to the logarithms
    by least squares; None with fewer than two norms above zero.

    >>> round(factor([math.nan, 8.0, 4.0, 2.0, 0.0]), 6)
    0.5
    """
    points = {lag: math.log(norm) for lag, norm in enumerate(norms) if 0 < norm < math.inf}
    if len(points) < 2:
        return None
    return math.exp(statistics.linear_regression([*points], [*points.values()]).slope)


@contextmanager
def in_float64(task: Task) -> Iterator[Task]:
    """A copy of a task in float64 on the CPU; meanwhile float64 is torch's default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield copy.deepcopy(task).cpu().double().eval()
    finally:
        torch.set_default_dtype(before)


def _target(bundle: Bundle, text: str, target: str | None) -> Value | None:
    """The target as given, or else the model's prediction."""
    task = bundle.task
    if task.target is None or task.target == task.inputs[0]:
        if target is not None:
            raise UsageError(
                f"{type(task).__name__} takes no target beside the text: leave it out",
                option="target",
            )
        return None
    if target is not None:
        return target
    [predicted] = bundle.predict([text])
    if not predicted:
        raise UsageError("the model predicts nothing for this text: give one", option="target")
    return predicted


def _states(layer: LayerTrace) -> list[list[Tensor]]:
    """The tensors with a gradient of each state that the forward recurrence handed on."""
    steps = layer.cells[0].states[:-1]
    return [[tensor for tensor in state if tensor.requires_grad] for state in steps]


def _norms(steps: Sequence[Sequence[Tensor]], gradients: Iterator[Tensor]) -> list[float]:
    """Each step's norm over all its tensors, the last step first, behind NaN for lag 0."""
    squares = [sum(float(next(gradients).square().sum()) for _ in step) for step in steps]
    return [math.nan, *(math.sqrt(square) for square in reversed(squares))]
