"""What a saved model declares, checked before anything of that size is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn.modules.module import register_module_module_registration_hook
from torch.overrides import TorchFunctionMode

from seqtasks.cells.initial import orthogonal_
from seqtasks.errors import BundleError
from seqtasks.files.plain_file import COPY
from seqtasks.files.plain_json import DEEPEST

NODES = 100_000
"""Values that a configuration has at most; aliases of YAML let a short file stand for billions."""

MODULES = 5_000
"""Parts of all sizes that a model has at most; each takes time to make, however small it is."""

LARGEST = 1_000_000
"""What a number of a configuration is at most, where no other limit is its own."""

LIMITS: dict[str, float] = {
    "seed": 1 << 64,
    "max_parameters": 1e12,
    "max_size": 1e9,
    "min_count": 1e9,
    "cutoffs": 1e9,
    "class_weights": 1e9,
    "num_layers": 1_000,
    "beam_size": 1_000,
    "max_length_ratio": 1_000,
    "no_repeat_ngram": 1_000,
}
"""Option → the most that it may be, in its own way."""

OURS, ELSEWHERE = "seqtasks.", "(elsewhere)"

DECODED = ("search", "sampling")
"""Parts of a task that say how it writes, and the most steps that they may ask for."""

MOST_STEPS = 100_000


def check_config(path: Path, config: Any) -> None:
    """Refuse a configuration of more values, levels or larger numbers than anyone writes.

    Numbers are looked at in ``task`` and ``fields``, from which a model is made, but not where
    they are those of a class from elsewhere, which its user has to trust.
    """
    count, nodes = 0, [("", config, 0)]
    while nodes:
        place, node, depth = nodes.pop()
        if isinstance(node, dict) and not str(node.get("_target_", OURS)).startswith(OURS):
            place = ELSEWHERE
        count += 1
        if count > NODES or depth > DEEPEST:
            raise BundleError(
                f"{path} holds more than {NODES:,} values, or more than {DEEPEST} levels of them; "
                f"no model has as many: {COPY}"
            )
        if isinstance(node, dict):
            nodes += [(f"{place}.{name}", value, depth + 1) for name, value in node.items()]
        elif isinstance(node, list):
            nodes += [(place, value, depth + 1) for value in node]
        elif isinstance(node, int | float) and place.startswith((".task", ".fields")):
            check_number(path, place, node)


def check_number(path: Path, place: str, number: float) -> None:
    """Refuse a number that is larger than any at its place, or none at all."""
    most = largest(place)
    if not abs(number) <= most:
        raise BundleError(
            f"{path}: {place[1:]} is {number:,}, and no model has more than {most:,.0f} there; "
            f"{COPY}"
        )


def largest(place: str) -> float:
    """The most that a number may be at a place of a configuration.

    >>> largest(".task.encoder.num_layers"), largest(".task.head.class_weights.O")
    (1000, 1000000000.0)
    """
    names = place.split(".")
    if names[-1] in ("max_length", "min_length") and any(part in names for part in DECODED):
        return MOST_STEPS
    return next((LIMITS[name] for name in reversed(names) if name in LIMITS), LARGEST)


@contextmanager
def few_modules() -> Iterator[None]:
    """Stop the making of a model when it has more parts than any has."""
    count = 0

    def registered(module: nn.Module, name: str, part: nn.Module | None) -> None:
        nonlocal count
        count += 1
        if count > MODULES:
            raise BundleError(
                f"config.yaml describes a model of more than {MODULES:,} parts, which none has; "
                f"{COPY}"
            )

    handle = register_module_module_registration_hook(registered)
    try:
        yield
    finally:
        handle.remove()


def check_finite(path: Path, tensors: Iterable[tuple[str, Tensor]]) -> None:
    """Refuse weights, by name, of which one is infinite or not a number.

    The tensors, by name, may have any shape.
    """
    for name, tensor in tensors:
        if tensor.is_floating_point() and not is_finite(tensor.detach()):
            raise BundleError(
                f"{path}: {name} holds numbers that are infinite or none; train the model again, "
                "or take an earlier checkpoint of it"
            )


def is_finite(tensor: Tensor) -> bool:
    """Whether all numbers are; a sum, which is quick, tells it of most tensors.

    The tensor may have any shape.
    """
    return bool(tensor.sum().isfinite()) or bool(tensor.isfinite().all())


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
