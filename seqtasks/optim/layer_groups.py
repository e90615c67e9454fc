"""The levels of a model from its output down, each with a learning rate of its own.

Howard and Ruder 2018, "Universal language model fine-tuning for text classification", section 3.2
(discriminative fine-tuning).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor, nn

from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError


class LayerGroup(NamedTuple):
    """Parameters at one distance from the output.

    Attributes:
        name: ``head``, ``layer N`` or ``embedding``.
        parameters: those that are trained.
    """

    name: str
    parameters: list[Tensor]


def layer_groups(task: nn.Module) -> list[LayerGroup]:
    """A model's trained parameters from the output down.

    The first level is all that is neither ``task.encoder`` nor ``task.embedding``: the heads.
    Below it come the encoder's layers, the top one first, and the embedding last. A weight that
    two parts share belongs to the lower one.

    Raises:
        UsageError: the task has no ``encoder`` that is a `RecurrentEncoder`.
    """
    encoder = getattr(task, "encoder", None)
    if not isinstance(encoder, RecurrentEncoder):
        raise UsageError(
            f"{type(task).__name__} has no RecurrentEncoder named 'encoder', whose layers could "
            "learn one by one; leave `unfreeze_epochs` at null and `layer_factor` at 1",
            option="",
        )
    embedding, top = getattr(task, "embedding", None), len(encoder.layers)
    parts = {
        "embedding": [embedding] if isinstance(embedding, nn.Module) else None,
        **{f"layer {number}": [layer] for number, layer in enumerate(encoder.layers, 1)},
        f"layer {top}": [encoder.layers[-1], encoder.norm],
        "head": [task],
    }
    found: list[LayerGroup] = []
    seen: set[int] = set()
    for name, modules in parts.items():
        if modules is None:
            continue
        owned = [p for module in modules for p in module.parameters() if id(p) not in seen]
        seen.update(map(id, owned))
        found.append(LayerGroup(name, [p for p in owned if p.requires_grad]))
    return found[::-1]


def groups_by_layer(task: nn.Module) -> list[dict[str, Any]]:
    """One group for the optimizer for each level that has something to train, from the top."""
    return [
        {"name": level.name, "depth": depth, "params": level.parameters}
        for depth, level in enumerate(layer_groups(task))
        if level.parameters
    ]
