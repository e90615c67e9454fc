"""How probable given texts are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from seqtasks.decoding.steps import State, TextModel, check_possible, log_softmax

ROWS = 256
"""Distributions that are held at once."""


@torch.inference_mode()
def score_texts(
    model: TextModel,
    texts: Sequence[Sequence[int]],
    *,
    state: State | None = None,
    device: torch.device | str = "cpu",
    window: int = 256,
) -> list[float]:
    """Sums the nats of each text's tokens after its first, each given all tokens before it.

    Arguments are those of `read_prompts`, with texts of token ids in place of the prompts; a text
    of fewer than two tokens has nothing to score. State tensors are (batch, …), a row a text.

    Returns:
        Nats, one number a text.

    Raises:
        SeqtasksError: The model's logits are NaN.
    """
    nats = torch.zeros(len(texts), dtype=torch.float64)
    for tokens, lengths in side_by_side(texts, window):
        features, state = model.read(tokens[:, :-1].to(device), lengths.to(device), state)
        rows, places = (torch.arange(tokens.size(1) - 1) < lengths.unsqueeze(1)).nonzero().unbind(1)
        real = features[rows.to(features.device), places.to(features.device)]
        targets = tokens[rows, places + 1]
        for part, target, row in zip(
            real.split(ROWS), targets.split(ROWS), rows.split(ROWS), strict=True
        ):
            nats.index_add_(0, row, -log_probs(model, part, target).cpu())
    return nats.tolist()


def side_by_side(texts: Sequence[Sequence[int]], window: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield texts side by side, a window of targets of each at a time.

    Yields:
        Tokens (texts, time + 1), of which neighbouring windows share one, and how many of ``time``
        have a target in each text, (texts,).
    """
    for start in range(0, max(map(len, texts), default=0) - 1, window):
        pieces = [list(text[start : start + window + 1]) for text in texts]
        width = max(map(len, pieces))
        tokens = torch.tensor([piece + [0] * (width - len(piece)) for piece in pieces])
        yield tokens, torch.tensor([max(len(piece) - 1, 0) for piece in pieces])


def log_probs(model: TextModel, features: Tensor, targets: Tensor) -> Tensor:
    """The log-probability of each target, (steps,) float64, from features (steps, size)."""
    values = check_possible(log_softmax(model.head(features)))
    return values.gather(1, targets.to(values.device).unsqueeze(1)).squeeze(1)
