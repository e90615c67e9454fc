"""What a law is examined on: the lengths of a batch and the shape of an encoder."""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Topology:
    """The shape of an encoder around the cell.

    Attributes:
        depth: layers.
        bidirectional: a backward cell beside each forward one.
        residual: each layer's input is added to its output.
        layer_norm: each layer's input is normalised.

    >>> str(Topology(3, True, False, True))
    '3 layers, bidirectional, with layer norm'
    """

    depth: int = 1
    bidirectional: bool = False
    residual: bool = False
    layer_norm: bool = False

    @property
    def plain(self) -> bool:
        """Whether this is one layer of the cell with nothing added."""
        return self.depth == 1 and not self.residual and not self.layer_norm

    def __str__(self) -> str:
        parts = ["1 layer" if self.depth == 1 else f"{self.depth} layers"]
        parts.append("bidirectional" if self.bidirectional else "forward")
        extras = {"residual": self.residual, "layer norm": self.layer_norm}
        added = [name for name, there in extras.items() if there]
        return ", ".join([*parts, f"with {' and '.join(added)}"] if added else parts)


@dataclass(frozen=True)
class Case:
    """One batch for one encoder.

    Attributes:
        lengths: real steps of each sequence.
        topology: the encoder's shape.

    >>> str(Case((2, 1)))
    'lengths [2, 1], 1 layer, forward'
    """

    lengths: tuple[int, ...]
    topology: Topology = Topology()

    @property
    def time(self) -> int:
        """Steps of the longest sequence."""
        return max(self.lengths, default=0)

    @property
    def even(self) -> bool:
        """Whether every sequence is as long as the batch."""
        return len(set(self.lengths)) <= 1

    def __str__(self) -> str:
        return f"lengths {list(self.lengths)}, {self.topology}"


_PRODUCT = itertools.product((False, True), (False, True), (1, 3), (False, True))
TOPOLOGIES = tuple(
    Topology(depth, both, residual, norm) for residual, norm, depth, both in _PRODUCT
)
"""Every shape, the simplest first."""
