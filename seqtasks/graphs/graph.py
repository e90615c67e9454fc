"""A computation of a model that can be written down as a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from seqtasks.data.batch import Batch
from seqtasks.kernels.lengths import State

LEAVE = "leave the model in torch, or write it in other operators"
"""What helps where a model cannot be written down as a graph."""

Named = dict[str, Tensor]
Compute = Callable[[Mapping[str, Tensor]], Named]


class Run(Protocol):
    """A graph that runs."""

    def __call__(self, inputs: Mapping[str, Tensor], wanted: Sequence[str] | None = None) -> Named:
        """Compute the wanted outputs, or all; inputs that the graph does not read are ignored."""
        ...


AXES = {
    "tokens": ("batch", "time"),
    "lengths": ("batch",),
    "characters": ("words", "characters"),
    "characters_lengths": ("words",),
    "characters_index": ("batch", "time"),
    "case": ("batch", "time"),
    "series": ("batch", "time", None),
    "source": ("batch", "steps"),
    "source_lengths": ("batch",),
    "copies": ("batch", "steps"),
}
"""Field of a batch → the names of its axes; None for an axis of fixed length."""

Axes = tuple[str | None, ...]


class Graph(NamedTuple):
    """A computation of a model.

    Attributes:
        name: the file's name without ``.onnx``.
        compute: the computation.
        inputs: an example of its inputs; no axis that varies is of length 1.
        axes: input → the names of its axes; None for an axis of fixed length.
    """

    name: str
    compute: Compute
    inputs: Named
    axes: dict[str, Axes]


class Shaped(NamedTuple):
    """A computation with the shapes of its outputs for its example, by name."""

    graph: Graph
    shapes: dict[str, torch.Size]


def name_state(state: State, prefix: str = "") -> Named:
    """Name the tensors (batch, …) of a state: ``state_0``, ``state_1``, …."""
    return {f"{prefix}state_{number}": tensor for number, tensor in enumerate(state)}


def state_of(found: Mapping[str, Tensor], prefix: str = "") -> State:
    """The reverse of `name_state`: the tensors (batch, …) in order."""
    count = sum(name.startswith(f"{prefix}state_") for name in found)
    return tuple(found[f"{prefix}state_{number}"] for number in range(count))


def tensors(batch: Batch) -> Named:
    """The tensors of a batch, which are what a graph can read."""
    return {name: value for name, value in batch.items() if isinstance(value, Tensor)}


def axes_of(inputs: Named) -> dict[str, Axes]:
    """Name the axes of a batch and of a state, of which only the first axis varies.

    The last axis of an unknown field of floats has a fixed length.

    >>> import torch
    >>> axes_of({"lengths": torch.ones(2), "more": torch.ones(2, 3), "ids": torch.ones(2).long()})
    {'lengths': ('batch',), 'more': ('more_0', None), 'ids': ('ids_0',)}
    """
    found: dict[str, Axes] = {}
    for name, tensor in inputs.items():
        own: list[str | None] = [f"{name}_{axis}" for axis in range(tensor.dim())]
        if name.startswith("state_"):
            own = ["batch", *[None] * (tensor.dim() - 1)]
        elif tensor.is_floating_point() and own:
            own[-1] = None
        found[name] = AXES.get(name, tuple(own))
    return found


def batch_graph(batch: Batch, output: str, compute: Callable[[Batch], Tensor]) -> Graph:
    """The graph ``model``, from the tensors of a batch to one output, of any shape."""
    inputs = tensors(batch)
    return Graph("model", lambda given: {output: compute(Batch(given))}, inputs, axes_of(inputs))


def attach_batch(owner: Any, method: str, output: str, runs: Mapping[str, Run]) -> None:
    """Let the graph of `batch_graph` compute in the place of a method of one object."""
    replace(owner, method, lambda batch, *_: runs["model"](tensors(batch))[output])


def replace(owner: Any, method: str, function: Callable[..., Any]) -> None:
    """Replace a method of one object."""
    setattr(owner, method, function)
