"""How large the gradient of each weight is over the text that a language model was trained on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from seqtasks.bundle import Bundle
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.preparation.notes import said_before
from seqtasks.decoding import gradient_sizes, side_by_side, weights_of
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.evaluation.split import read_split
from seqtasks.kernels.lengths import mask

TOKENS, ROWS = 100_000, 100
"""So many tokens are read, all over the text, in so many rows side by side."""


class Piece(NamedTuple):
    """Part of a text: its number, and the places of its first token and behind its last one."""

    text: int
    start: int
    stop: int


def training_gradients(bundle: Bundle, segment: int, trusted: Collection[str] = ()) -> list[Tensor]:
    """The root of the mean squared gradient of each weight that learns, over training batches.

    A batch is a segment of each of 100 rows, as in dynamic evaluation (Krause et al. 2018).

    Args:
        bundle: a language model.
        segment: targets of each row in a batch.
        trusted: modules of your own whose classes the bundle may name.

    Returns:
        One tensor of each weight's shape.

    Raises:
        UsageError: the training text cannot be read.
    """
    try:
        with said_before():
            dataset = read_split(bundle, trusted=trusted, split="train").dataset
    except SeqtasksError as error:
        raise UsageError(
            f"rms needs the text that the model was trained on: {error}; or take sgd, which needs "
            "none",
            option="dynamic.rule",
        ) from error
    model: Any = bundle.task
    lengths = dataset.encoded[str(model.target)].lengths
    taken = pieces(lengths, max(TOKENS // ROWS, segment), TOKENS)
    nats = (
        mean
        for at in range(0, len(taken), ROWS)
        for mean in segments(model, dataset, taken[at : at + ROWS], segment)
    )
    return gradient_sizes(weights_of(model), nats)


def pieces(lengths: np.ndarray, size: int, most: int) -> list[Piece]:
    """Parts of texts, spread evenly over all of them.

    Args:
        lengths: (texts,) the tokens of each.
        size: targets of a piece at most.
        most: targets of all pieces, about.

    >>> pieces(np.array([8, 1, 3]), size=3, most=6)
    [Piece(text=0, start=0, stop=4), Piece(text=0, start=6, stop=8)]
    """
    targets = np.maximum(lengths - 1, 0)
    counts = -(-targets // size)
    before = np.cumsum(counts) - counts
    number = np.arange(0, int(counts.sum()), max(1, -(-int(targets.sum()) // most)))
    text = np.searchsorted(before + counts, number, side="right")
    start = (number - before[text]) * size
    stop = np.minimum(start + size + 1, lengths[text])
    return [Piece(*one) for one in zip(text.tolist(), start.tolist(), stop.tolist(), strict=True)]


def segments(
    model: Any, dataset: SequenceDataset, rows: list[Piece], segment: int
) -> Iterator[Tensor]:
    """The mean nats of each batch of some rows, a scalar with a gradient."""
    encoded = dataset.encoded[str(model.target)]
    texts = [encoded[piece.text][piece.start : piece.stop].tolist() for piece in rows]
    state = None
    if getattr(model, "condition", None) is not None:
        with torch.no_grad():
            state = model.start(dataset[[piece.text for piece in rows]].to(model.device))
    for tokens, lengths in side_by_side(texts, segment):
        tokens, lengths = tokens.to(model.device), lengths.to(model.device)
        with torch.enable_grad():
            features, after = model.read(tokens[:, :-1], lengths, state)
            real = mask(lengths, tokens.size(1) - 1)
            yield functional.cross_entropy(model.head(features[real]).float(), tokens[:, 1:][real])
        state = tuple(tensor.detach() for tensor in after)
