"""How probable a text is to a model that adapts to it: by a cache, by learning from it, or both.

Each text is read alone and in order. A token is scored before the model learns or remembers
anything of it, and nothing of a text is kept for the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqtasks.decoding.cache_pointer import Cache, CachePointer, mix
from seqtasks.decoding.dynamic import Follower
from seqtasks.decoding.scoring import ROWS, log_probs
from seqtasks.decoding.steps import State, TextModel


class Steps(NamedTuple):
    """Successive steps of one text, as the model without a cache has scored them.

    Attributes:
        features: (steps, size), from which the model scores the token after each step.
        targets: (steps,) int64, those tokens.
        log_probs: (steps,) float64, those of the targets.
    """

    features: Tensor
    targets: Tensor
    log_probs: Tensor


def adaptive_log_probs(
    model: TextModel,
    text: Sequence[int] | Tensor,
    *,
    cache: CachePointer | None = None,
    follower: Follower | None = None,
    state: State | None = None,
    device: torch.device | str = "cpu",
    window: int = ROWS,
) -> Tensor:
    """The log-probabilities of a text's tokens after its first, each given all before it.

    Args:
        model: the language model.
        text: token ids, (tokens,).
        cache: what the model is mixed with; None for nothing.
        follower: the weights of the model, which start from those of training and learn from the
            text; None for weights that stay.
        state: before the first token, tensors (1, …); None for the model's own.
        device: where the model is.
        window: tokens that are read at once; where the weights learn, those of a segment.

    Returns:
        (tokens - 1,) float64 on the CPU.

    Raises:
        SeqtasksError: the model's logits are NaN.
    """
    found = torch.zeros(max(len(text) - 1, 0), dtype=torch.float64)  # whole: no small rests
    done, past = 0, None if cache is None else Cache(cache.size)
    how: dict[str, Any] = {"follower": follower, "state": state, "device": device}
    for steps in read_text(model, text, window=window, **how):
        mixed = steps.log_probs
        if cache is not None and past is not None:
            shares = past.look_up(steps.features, steps.targets, cache.theta)
            past.remember(steps.features, steps.targets)
            mixed = mix(mixed, shares, cache.lambda_)
        found[done : done + len(mixed)] = mixed.cpu()
        done += len(mixed)
    return found


def read_text(
    model: TextModel,
    text: Sequence[int] | Tensor,
    *,
    follower: Follower | None = None,
    state: State | None = None,
    device: torch.device | str = "cpu",
    window: int = ROWS,
) -> Iterator[Steps]:
    """Yield the steps of a text, ``window`` at a time; a follower learns once they are scored.

    Arguments and their shapes are those of `adaptive_log_probs`.
    """
    if follower is not None:
        follower.go_back()
    for start in range(0, len(text) - 1, window):
        tokens = torch.as_tensor(text[start : start + window + 1]).to(device)
        with torch.set_grad_enabled(follower is not None):
            features, state = model.read(tokens[:-1].unsqueeze(0), None, state)
            found = log_probs(model, features[0], tokens[1:])
        if follower is not None:
            follower.learn(-found.mean())
        state = tuple(tensor.detach() for tensor in state)
        yield Steps(features[0].detach(), tokens[1:], found.detach())
