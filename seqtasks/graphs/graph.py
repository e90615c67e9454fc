"""A computation of a model that can be written down as a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from torch import Tensor

from seqtasks.data.batching.batch import Batch

Named = dict[str, Tensor]
"""Tensors by name."""

Compute = Callable[[Mapping[str, Tensor]], Named]
"""A computation from named tensors to named tensors."""


class Run(Protocol):
    """A graph that runs."""

    def __call__(self, inputs: Mapping[str, Tensor], wanted: Sequence[str] | None = None) -> Named:
        """Its outputs by name: those that are wanted, or all; inputs it does not read may stand."""
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
"""What a batch holds → the names of its axes that vary."""

Axes = tuple[str | None, ...]


class Graph(NamedTuple):
    """A computation of a model.

    Attributes:
        name: of the file without ``.onnx``.
        compute: the computation.
        inputs: an example of what it reads; no axis that varies is of length 1.
        axes: input → a name for each axis that varies, None for one that does not.
    """

    name: str
    compute: Compute
    inputs: Named
    axes: dict[str, Axes]


def tensors(batch: Batch) -> Named:
    """What of a batch a graph can read."""
    return {name: value for name, value in batch.items() if isinstance(value, Tensor)}


def axes_of(inputs: Named) -> dict[str, Axes]:
    """Names for the axes of a batch; of what is not known by name the last axis of numbers stays.

    >>> import torch
    >>> axes_of({"lengths": torch.ones(2), "more": torch.ones(2, 3), "ids": torch.ones(2).long()})
    {'lengths': ('batch',), 'more': ('more_0', None), 'ids': ('ids_0',)}
    """
    found: dict[str, Axes] = {}
    for name, tensor in inputs.items():
        given = [f"{name}_{axis}" for axis in range(tensor.dim())]
        last = [None] if tensor.is_floating_point() and given else []
        own: Axes = (*given[: len(given) - len(last)], *last)
        found[name] = AXES.get(name, own)
    return found


def replace(owner: Any, method: str, function: Callable[..., Any]) -> None:
    """Let a function stand in the place of an object's method."""
    setattr(owner, method, function)
