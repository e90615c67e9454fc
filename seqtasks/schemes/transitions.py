"""Which label may follow which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqtasks.errors import DataError
from seqtasks.schemes.scheme import OUTSIDE, find_scheme


class Allowed(NamedTuple):
    """What a scheme lets labels do, bool.

    Attributes:
        start: (labels,), whether a sequence may begin with it.
        transitions: (labels, labels), whether the second may follow the first.
        end: (labels,), whether a sequence may end with it.
    """

    start: Tensor
    transitions: Tensor
    end: Tensor


def allowed_transitions(labels: Sequence[str], scheme: str | None) -> Allowed:
    """The transitions that a scheme allows; all of them where it is None.

    Args:
        labels: in the order of their numbers.
        scheme: a name in `SCHEMES`.

    Raises:
        DataError: the scheme lacks one of the labels, or no label can stand alone, so that a
            sequence of one token could have none.

    >>> allowed_transitions(["O", "B-X", "I-X"], "BIO").transitions.int().tolist()
    [[1, 1, 0], [1, 1, 1], [1, 1, 1]]
    """
    if scheme is None:
        free = torch.ones(len(labels), dtype=torch.bool)
        return Allowed(free, free.expand(len(labels), -1).clone(), free.clone())
    rules = find_scheme(scheme)
    strange = [label for label in labels if label not in rules]
    if strange:
        raise DataError(
            f"{rules.unlike(strange[0])}; choose the scheme that the tags follow, or "
            "task.head.scheme=null"
        )
    parts = [rules.parts(label) for label in labels]
    start = torch.tensor([rules.follows(OUTSIDE, part) for part in parts])
    end = torch.tensor([rules.follows(part, OUTSIDE) for part in parts])
    if not bool((start & end).any()):
        raise DataError(
            f"the labels {', '.join(labels)} follow {scheme}, but none of them can stand alone, so "
            "a single token could have no label; add examples of O or of a span of one token to "
            "data.train, or set task.head.scheme=null"
        )
    return Allowed(start, torch.tensor([[rules.follows(p, q) for q in parts] for p in parts]), end)
