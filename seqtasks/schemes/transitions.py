"""The transitions between labels that a scheme allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqtasks.errors import DataError
from seqtasks.schemes.scheme import OUTSIDE, find_scheme

MOST_LABELS = 5_000
"""Labels of spans; a table of all pairs grows by their square."""


class Allowed(NamedTuple):
    """The places that a scheme allows labels, bool.

    Attributes:
        start: (labels,), whether a sequence may begin with the label.
        transitions: (labels, labels), whether the second label may follow the first; (1, 1) where
            any may follow any.
        end: (labels,), whether a sequence may end with the label.
    """

    start: Tensor
    transitions: Tensor
    end: Tensor


def allowed_transitions(labels: Sequence[str], scheme: str | None) -> Allowed:
    """The transitions that a scheme allows; without a scheme all of them.

    Args:
        labels: in the order of their numbers.
        scheme: a name in `SCHEMES`.

    Raises:
        DataError: there are too many labels, the scheme lacks one of them, or no label can stand
            alone, so that a sequence of one token could have none.

    >>> allowed_transitions(["O", "B-X", "I-X"], "BIO").transitions.int().tolist()
    [[1, 1, 0], [1, 1, 1], [1, 1, 1]]
    """
    if scheme is None:
        free = torch.ones(len(labels), dtype=torch.bool)
        return Allowed(free, torch.ones(1, 1, dtype=torch.bool), free.clone())
    if len(labels) > MOST_LABELS:
        raise DataError(
            f"there are {len(labels):,} labels, and which of them may follow which is known for "
            f"{MOST_LABELS:,} at most; choose no scheme: null",
            option="scheme",
        )
    rules = find_scheme(scheme)
    strange = [label for label in labels if label not in rules]
    if strange:
        raise DataError(
            f"{rules.unlike(strange[0])}; choose the scheme that the tags follow, or null",
            option="scheme",
        )
    parts = [rules.parts(label) for label in labels]
    start = torch.tensor([rules.follows(OUTSIDE, part) for part in parts])
    end = torch.tensor([rules.follows(part, OUTSIDE) for part in parts])
    if not bool((start & end).any()):
        raise DataError(
            f"the labels {', '.join(labels)} follow {scheme}, but none of them can stand alone, so "
            "a single token could have no label; add examples of O or of a span of one token to "
            "the training data, or choose no scheme: null",
            option="scheme",
        )
    return Allowed(start, torch.tensor([[rules.follows(p, q) for q in parts] for p in parts]), end)
