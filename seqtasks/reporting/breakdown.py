"""Scores of some examples by how long they are and how rare their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch

from seqtasks.bundle import Bundle
from seqtasks.data.fields import TokenField
from seqtasks.evaluation.bootstrap import Sums
from seqtasks.evaluation.split import Split

GROUPS = 4


class Group(NamedTuple):
    """Some examples.

    Attributes:
        name: what they have in common.
        examples: their places.
        scores: theirs alone, by name.
    """

    name: str
    examples: list[int]
    scores: dict[str, float]


def by_length(split: Split, sums: Mapping[str, Sums]) -> list[Group]:
    """The examples in four groups from short to long, by the tokens or steps of the main input."""
    [lengths, *_] = split.dataset.sizes() or [[]]
    return groups(lengths, sums, "{} to {}", "{}")


def by_rarest_word(bundle: Bundle, split: Split, sums: Mapping[str, Sums]) -> list[Group]:
    """The examples in four groups by their rarest token's place among all in training.

    Vocabularies are in the order of how often symbols occur. Examples with unknown tokens are a
    group of their own.
    """
    name = bundle.task.inputs[0]
    field = bundle.fields.get(name)
    if not isinstance(field, TokenField) or name not in split.dataset.encoded:
        return []
    unknown = field.vocabulary.unk_id
    ranks, unread = [], []
    for place, row in enumerate(split.dataset.encoded[name]):
        ranks.append(int(row.max()) if len(row) else 0)
        if unknown is not None and (row == unknown).any():
            unread.append(place)
    known = [place for place in range(len(ranks)) if place not in {*unread}]
    found = groups(ranks, sums, "rarest at place {} to {}", "rarest at place {}", known)
    if unread:
        found.append(Group("unknown words", unread, scores_of(unread, sums, len(ranks))))
    return found


def groups(
    values: Sequence[int],
    sums: Mapping[str, Sums],
    span: str,
    single: str,
    places: Sequence[int] | None = None,
) -> list[Group]:
    """Examples in groups of about one size, in the order of a number; equal ones stay together.

    Args:
        values: the number of each example.
        sums: what each example adds to each score.
        span: how a group from one number to another is called.
        single: how a group of one number is called.
        places: the examples; None for all.
    """
    order = sorted(range(len(values)) if places is None else places, key=lambda at: values[at])
    found: list[Group] = []
    begin = 0
    while begin < len(order):
        left = GROUPS - len(found)
        end = begin + max(1, -(-(len(order) - begin) // max(left, 1)))
        while end < len(order) and values[order[end]] == values[order[end - 1]]:
            end += 1
        chosen = order[begin:end]
        low, high = values[chosen[0]], values[chosen[-1]]
        name = single.format(low) if low == high else span.format(low, high)
        found.append(Group(name, sorted(chosen), scores_of(chosen, sums, len(values))))
        begin = end
    return found


def scores_of(places: Sequence[int], sums: Mapping[str, Sums], count: int) -> dict[str, float]:
    """The scores of some of ``count`` examples."""
    chosen = torch.zeros(1, count, dtype=torch.float64)
    chosen[0, list(places)] = 1
    return {name: float(one.resampled(chosen)[0]) for name, one in sums.items()}


def most_loss(sums: Mapping[str, Sums], count: int) -> list[tuple[int, float]]:
    """The examples that cost the most, with their nats, the most first."""
    rows: list[dict[str, Any]] = sums["loss"].rows
    nats = [float(row["total_nats"]) for row in rows]
    order = sorted(range(len(nats)), key=lambda place: -nats[place])[:count]
    return [(place, nats[place]) for place in order]
