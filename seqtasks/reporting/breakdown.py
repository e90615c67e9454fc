"""Scores of some examples by how long they are and how rare their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from seqtasks.bundle import Bundle
from seqtasks.data.fields import TokenField
from seqtasks.evaluation.bootstrap import Sums
from seqtasks.evaluation.split import Split

GROUPS = 4


class Group(NamedTuple):
    """Some examples: what they have in common, how many they are, their scores by name."""

    name: str
    examples: int
    scores: dict[str, float]


def group_by_length(split: Split, sums: Mapping[str, Sums]) -> list[Group]:
    """The examples in four groups from short to long, by the tokens or steps of the main input."""
    [lengths, *_] = split.dataset.sizes() or [np.zeros(0, np.int64)]
    return groups(lengths.tolist(), range(len(lengths)), sums)


def by_rarest_word(bundle: Bundle, split: Split, sums: Mapping[str, Sums]) -> list[Group]:
    """The examples in four groups by the place of their rarest token among all in training.

    Vocabularies are in the order of how often symbols occur. Examples with unknown tokens are a
    group of their own.
    """
    name = bundle.task.inputs[0]
    field = bundle.fields.get(name)
    if not isinstance(field, TokenField) or name not in split.dataset.encoded:
        return []
    rows = split.dataset.encoded[name]
    ranks = [int(row.max()) if len(row) else 0 for row in rows]
    unread = [at for at, row in enumerate(rows) if (row == field.vocabulary.unk_id).any()]
    known = sorted({*range(len(ranks))} - {*unread})
    found = groups(ranks, known, sums, "rarest at place ")
    if unread:
        found.append(Group("unknown words", len(unread), scores_of(unread, sums, len(ranks))))
    return found


def groups(
    values: Sequence[int], places: Sequence[int], sums: Mapping[str, Sums], what: str = ""
) -> list[Group]:
    """The examples at some places in groups of about one size, in the order of their values.

    Examples of equal values stay together; ``what`` stands before the values in a group's name.
    """
    order = sorted(places, key=lambda at: values[at])
    found: list[Group] = []
    begin = 0
    while begin < len(order):
        left = max(GROUPS - len(found), 1)
        end = begin + -(-(len(order) - begin) // left)
        while end < len(order) and values[order[end]] == values[order[end - 1]]:
            end += 1
        chosen = order[begin:end]
        ends = dict.fromkeys(values[at] for at in (chosen[0], chosen[-1]))
        name = what + " to ".join(map(str, ends))
        found.append(Group(name, len(chosen), scores_of(chosen, sums, len(values))))
        begin = end
    return found


def scores_of(places: Sequence[int], sums: Mapping[str, Sums], count: int) -> dict[str, float]:
    """The scores of some of ``count`` examples."""
    chosen = torch.zeros(1, count, dtype=torch.float64)
    chosen[0, list(places)] = 1
    return {name: float(one.resampled(chosen)[0]) for name, one in sums.items()}


def most_loss(sums: Mapping[str, Sums], count: int) -> list[tuple[int, float]]:
    """The places of the examples with the greatest loss, and their nats, the greatest first."""
    nats = sums["loss"].parts("sums")[:, 0].tolist()
    return sorted(enumerate(nats), key=lambda pair: -pair[1])[:count]
