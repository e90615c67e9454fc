"""The part of a head that keeps to a tag scheme."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqtasks.heads.chain import Chain
from seqtasks.kernels.lengths import mask
from seqtasks.schemes import allowed_transitions, resolve_scheme, violation


class SchemeConstraint(nn.Module):
    """Gives a chain the score -inf wherever the scheme forbids a label or a transition.

    Args:
        labels: the labels in the order of their numbers.
        scheme: a name in `SCHEMES`; ``auto`` for that of the labels; None forbids nothing.
        learnt: the scheme that the data has shown, if any, as in `resolve_scheme`.

    Attributes:
        scheme: the name of the scheme in use, or None.

    Raises:
        UsageError: there is no such scheme.
        DataError: the labels do not fit it.
    """

    start: Tensor
    transitions: Tensor
    end: Tensor

    def __init__(
        self, labels: Sequence[str], scheme: str | None, learnt: str | None = None
    ) -> None:
        super().__init__()
        self.labels = list(labels)
        self.scheme = resolve_scheme(scheme, self.labels, learnt)
        with torch.device("cpu"):  # they are looked at, also where a model is made without memory
            allowed = allowed_transitions(self.labels, self.scheme)
        for name, which in allowed._asdict().items():
            self.register_buffer(name, which, persistent=False)

    def forward(self, start: Tensor, transitions: Tensor, end: Tensor) -> Chain:
        """The scores of a `Chain`, -inf where they are forbidden.

        Start and end are (labels,), transitions (labels, labels).
        """
        return Chain(
            start.masked_fill(~self.start, -torch.inf),
            transitions.masked_fill(~self.transitions, -torch.inf),
            end.masked_fill(~self.end, -torch.inf),
        )

    def legal(self, tags: Tensor, lengths: Tensor) -> Tensor:
        """Which sequences are allowed, (batch,) bool; tags (batch, time) int64.

        A sequence with a label that has no score, numbered past the labels, is not allowed.
        """
        if tags.size(1) == 0:
            return lengths == 0
        real = mask(lengths, tags.size(1))
        known = ((tags < len(self.labels)) | ~real).all(1)
        tags = tags.masked_fill(~(real & known.unsqueeze(1)), 0)
        last = tags.gather(1, (lengths - 1).clamp(min=0).unsqueeze(1)).squeeze(1)
        ends = self.start[tags[:, 0]] & self.end[last]
        table = self.transitions.expand(len(self.labels), len(self.labels))
        steps = table[tags[:, :-1], tags[:, 1:]] | ~real[:, 1:]
        return (ends & steps.all(1) & known) | (lengths == 0)

    def mistake(self, tags: Sequence[int]) -> str:
        """What is wrong, by the scheme, with a sequence of label numbers that it forbids."""
        names, scheme = [self.labels[number] for number in tags], str(self.scheme)
        return f"the tags '{' '.join(names)}' are not {scheme}: {violation(names, scheme)}"
