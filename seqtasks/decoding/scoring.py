"""How probable given texts are, to the last token."""

from __future__ import annotations

from collections.abc import Sequence

import torch

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
    """Sums the information of each text's tokens after its first, given all before them.

    Arguments are those of `read_prompts`, with texts of token ids in place of the prompts; a text
    of fewer than two tokens has nothing to score.

    Returns:
        Nats, one number a text.

    Raises:
        SeqtasksError: The model's logits are NaN.
    """
    nats = torch.zeros(len(texts), dtype=torch.float64)
    for start in range(0, max(map(len, texts), default=0) - 1, window):
        pieces = [list(text[start : start + window + 1]) for text in texts]
        width = max(map(len, pieces))
        tokens = torch.tensor([piece + [0] * (width - len(piece)) for piece in pieces])
        lengths = torch.tensor([max(len(piece) - 1, 0) for piece in pieces])
        features, state = model.read(tokens[:, :-1].to(device), lengths.to(device), state)
        rows, places = (torch.arange(width - 1) < lengths.unsqueeze(1)).nonzero().unbind(1)
        real = features[rows.to(features.device), places.to(features.device)]
        targets = tokens[rows, places + 1].unsqueeze(1)
        for part, target, row in zip(
            real.split(ROWS), targets.split(ROWS), rows.split(ROWS), strict=True
        ):
            values = check_possible(log_softmax(model.head(part)))
            nats.index_add_(0, row, -values.gather(1, target.to(values.device)).squeeze(1).cpu())
    return nats.tolist()
