"""What a saved model declares, checked before anything of that size is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import nn
from torch.overrides import TorchFunctionMode

from seqtasks.cells.initial import orthogonal_
from seqtasks.errors import BundleError

COPY = "copy the whole folder again"
"""What helps where a file of a bundle is not as it was saved."""

NODES = 100_000
"""Values that a configuration has at most; aliases of YAML let a short file stand for billions."""


def check_config(path: Path, config: Any) -> None:
    """Refuse a configuration of more values than anyone writes."""
    count, nodes = 0, [config]
    while nodes:
        node = nodes.pop()
        count += 1
        if count > NODES:
            raise BundleError(
                f"{path} holds more than {NODES:,} values; no model has as many: {COPY}"
            )
        if isinstance(node, dict):
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node


@contextmanager
def on_meta_device() -> Iterator[None]:
    """Make models of sizes without numbers, which take neither memory nor time."""
    with torch.device("meta"), NoInitialValues():
        yield


class NoInitialValues(TorchFunctionMode):
    """Make models whose weights are still to be read: what fills them at first does nothing."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) in ("torch.nn.init", orthogonal_.__module__):
            return [*args, *kwargs.values()][0]  # each gives back its tensor
        return func(*args, **kwargs)


def check_weights(path: Path, task: nn.Module) -> None:
    """Refuse weights of other names or sizes than a model's, before they are read.

    Of the model the sizes alone are looked at (`on_meta_device`).
    """
    try:
        with safe_open(path, framework="pt") as file:
            found = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except Exception as error:  # safetensors raises its own kinds
        said = f"{path} holds no weights in the format of safetensors: {error}; {COPY}"
        raise BundleError(said) from error
    weights = task.state_dict(keep_vars=True)
    kept = {id(weights[name]) for name in found if name in weights}
    wanted = {
        name: tuple(value.shape)
        for name, value in weights.items()
        if name in found or id(value) not in kept  # of one tensor with several names one is kept
    }
    for name in sorted({*wanted} | {*found}):
        if wanted.get(name) != found.get(name):
            raise BundleError(
                f"{path} does not fit config.yaml: {name} is {shown_sizes(found.get(name))} there, "
                f"and {shown_sizes(wanted.get(name))} by the configuration and the "
                f"vocabularies; {COPY}"
            )


def shown_sizes(shape: Sequence[int] | None) -> str:
    """A size in words.

    >>> shown_sizes((3, 4)), shown_sizes(()), shown_sizes(None)
    ('3 × 4', 'a number', 'not')
    """
    if shape is None:
        return "not"
    return " × ".join(map(str, shape)) or "a number"
