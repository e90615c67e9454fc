"""Weights of one model set into another: vectors by symbol, recurrent layers by direction."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder


class Taken(NamedTuple):
    """Names of an encoder's parameters, by what became of them.

    Attributes:
        whole: taken as they are.
        part: taken for the features that both encoders read.
        left: as they were.
    """

    whole: list[str]
    part: list[str]
    left: list[str]


def take_rows(source: Tensor, target: Tensor, there: Vocabulary, here: Vocabulary) -> int:
    """Copy the rows of the symbols that both vocabularies have, and return how many they are.

    Special symbols are those of the same name.

    Both are (symbols, size), each with a row for every symbol of its vocabulary; the target is
    written to.
    """
    pairs = ((here.specials, there.specials), (here.index, there.index))
    shared = [(n, old[symbol]) for new, old in pairs for symbol, n in new.items() if symbol in old]
    if shared:
        to = torch.tensor([number for number, _ in shared], device=target.device)
        rows = torch.tensor([number for _, number in shared], device=source.device)
        with torch.no_grad():
            target[to] = source[rows].to(target)
    return len(shared)


def sizes(encoder: RecurrentEncoder) -> dict[str, int | bool]:
    """The options that two encoders have to agree on."""
    return {
        "hidden_size": encoder.hidden_size,
        "num_layers": len(encoder.layers),
        "residual": encoder.residual,
        "layer_norm": any(isinstance(layer.norm, nn.LayerNorm) for layer in encoder.layers),
    }


def take_encoder(source: RecurrentEncoder, target: RecurrentEncoder, shared: int) -> Taken:
    """Copy the directions that both encoders have, layer by layer.

    Where a layer here reads more features than there, as one above a second direction does, the
    weights of the features that both read are copied and those of the others set to zero: of a
    stack without norm or shortcut, a direction then puts out at first what it did there (the way
    of Chen, Goodfellow and Shlens 2016, "Net2Net").

    The encoders have the same cell and `sizes`, and the first ``shared`` features mean the same in
    the inputs of both; the target is written to.
    """
    theirs = dict(source.named_parameters())
    stacks: Any = source.layers, target.layers
    sizes_read = [(there.input_size, here.input_size) for there, here in zip(*stacks, strict=True)]
    taken = Taken([], [], [])
    for name, weight in target.named_parameters():
        given = theirs.get(name)
        read = (0, 0)  # the last norm reads no layer's input
        if name.startswith("layers."):
            read = sizes_read[int(name.split(".")[1])]
        limit = min(*read, shared) if name.startswith("layers.0.") else min(read)
        block = None if given is None else common(given, weight, read, limit, ".cells." in name)
        if given is None or block is None:
            taken.left.append(name)
            continue
        with torch.no_grad():
            if weight.dim() > 1:  # in the block's rows, weights of the features beyond become zero
                weight[block[:-1]] = 0
            weight[block] = given[block].to(weight)
        (taken.whole if given.shape == weight.shape else taken.part).append(name)
    return taken


def common(
    given: Tensor, weight: Tensor, read: tuple[int, int], limit: int, cell: bool
) -> tuple[slice, ...] | None:
    """The block of two weights, there and here, that means the same in both, or None.

    The weights may have any shape. The layers ``read`` so many features there and here, of which
    ``limit`` mean the same; the other sizes of a recurrence's ``cell`` are equal.
    """
    if given.dim() != weight.dim():
        return None
    block = []
    for there, here in zip(given.shape, weight.shape, strict=True):
        features = (there, here) == read and there != here
        if there != here and not features and cell:
            return None
        block.append(slice(limit if features else min(there, here)))
    return tuple(block)


def take_grown(source: Tensor, target: Tensor, growth: set[int]) -> bool:
    """Copy a weight into one that has grown at its end, or return False where it does not fit.

    Both may have any shape.
    """
    if source.dim() != target.dim():
        return False
    pairs = list(zip(source.shape, target.shape, strict=True))
    if any(here - there not in growth | {0} for there, here in pairs):
        return False
    with torch.no_grad():
        target[tuple(slice(there) for there, _ in pairs)] = source.to(target)
    return True
